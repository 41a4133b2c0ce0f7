"""Each event's effect comes once, whatever is delivered twice, fails, or ends the process (rules M6, M7)."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Envelope, headers_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.rehab_discharged import PatientDischargedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging import batch
from shared.messaging.consumer_core import ATTEMPTS, REACTIONS, set_aside
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.received import Aside, Raw, Reading, Received, Unreadable
from shared.messaging.subscription import Subscription
from shared.messaging.tests.conftest import CAUSE, TOPIC
from shared.messaging.tests.deliveries import (
    Listener,
    Poison,
    event,
    reading_of,
    record,
    started,
)
from shared.persistence.engine import Database
from shared.persistence.outbox import Outbox
from shared.persistence.unit_of_work import UnitOfWork

pytestmark = pytest.mark.postgres
NOON = datetime(2026, 7, 15, 4, tzinfo=UTC)


@pytest.fixture
async def listener(database: Database) -> Listener:
    return Listener(database)


async def always_new(store: ConsumerStore, received: Sequence[Received]) -> list[Received]:
    return list(received)


def without_keys(readings: Sequence[Reading], _: Mapping[str, int]) -> tuple[list[Received], list[Aside]]:
    return set_aside(readings, {})


async def check_that_repeats_are_dropped(listener: Listener) -> None:
    """Twice in a row, and twice at once by two workers; raises AssertionError when an effect comes twice."""
    events = [event(number % 7 + 1, number, number) for number in range(80)]
    one, other = await started(listener.database), await started(listener.database)
    await one.handle(listener.both, events)
    await one.handle(listener.both, events)
    more = [event(number % 7 + 1, number, number) for number in range(80, 160)]
    await asyncio.gather(one.handle(listener.both, more), other.handle(listener.both, more))
    assert sorted(await listener.reactions()) == list(range(160))


async def test_a_reaction_comes_once_although_delivered_twice_and_by_two_workers_at_once(listener: Listener) -> None:
    await check_that_repeats_are_dropped(listener)


async def test_without_the_inbox_the_same_check_is_red(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConsumerStore, "new_among", always_new)
    with pytest.raises(AssertionError):
        await check_that_repeats_are_dropped(listener)


async def test_the_id_of_another_topic_makes_no_event_a_repeat(listener: Listener) -> None:
    """Nor of this one, once it was handled; what was handled before the inbox knew topics is handled."""
    true, before = event(1, 1, 0), event(2, 1, 1)
    assert isinstance(true, Received)
    assert isinstance(before, Received)
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        store = ConsumerStore(uow.connection, "jobs")
        assert await store.new_among([replace(true, raw=replace(true.raw, topic="registration.payable"))])
        assert await store.new_among([true, true]) == [true]
        assert await store.new_among([true]) == []
        values = {"id": before.envelope.id}
        await uow.connection.execute(text("INSERT INTO inbox (consumer, event_id) VALUES ('jobs', :id)"), values)
        assert await store.new_among([before]) == []


async def test_an_announcement_reaches_the_projection_and_never_the_reaction(listener: Listener) -> None:
    handler = await started(listener.database)
    await handler.handle(listener.both, [event(1, 5, 0, run="run-1"), event(2, 6, 1)])
    assert await listener.projected() == {1: 5, 2: 6}
    assert await listener.reactions() == [6]


async def test_what_a_subscription_does_not_use_is_counted_behind_what_is_parked_and_does_nothing(
    listener: Listener,
) -> None:
    async def handle(event: PatientDischargedV1, uow: UnitOfWork) -> None:
        raise AssertionError(event)

    subscription = Subscription(TOPIC.name, handle=handle)
    handler = await started(listener.database)
    await handler.handle(subscription, [event(1, 1, 1)])
    await handler.handle(subscription, [reading_of(record(2, 1, 5, payload=b"{")), event(2, 2, 6)])
    await handler.handle(subscription, [event(1, 2, 2)])
    seen = await listener.query("SELECT aggregate, version FROM stream_seen")
    assert [each["version"] for each in seen] == [2]
    assert [each["events"] for each in await listener.query("SELECT events FROM daily_total")] == [2]
    assert await listener.parked() == [5, 6]


async def check_that_the_poisoned_key_waits(listener: Listener) -> None:
    """Raises AssertionError when another key waits too, or when this key's later events overtake."""
    listener.faults = {2: Poison()}
    handler = await started(listener.database)
    delivered = [event(7, 1, 10), event(7, 2, 11), event(8, 3, 12), event(7, 4, 13), event(9, 5, 14), event(7, 6, 15)]
    await handler.handle(listener.both, delivered)
    await handler.handle(listener.both, [event(7, 7, 16), event(8, 8, 17)])
    assert await listener.reactions() == [1, 3, 5, 8]
    assert await listener.parked() == [11, 13, 15, 16]
    assert await listener.dead_letters() == 4
    assert await listener.in_flight() == []


async def test_a_poison_event_is_parked_with_its_key_and_the_other_keys_are_done(listener: Listener) -> None:
    await check_that_the_poisoned_key_waits(listener)
    tried = await listener.query("SELECT reason, key FROM parked ORDER BY id LIMIT 1")
    assert tried == [{"reason": "failed: Poison", "key": "person:7"}]


async def test_parked_without_its_key_the_same_check_is_red(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "set_aside", without_keys)
    with pytest.raises(AssertionError):
        await check_that_the_poisoned_key_waits(listener)


async def test_a_poison_event_is_tried_exactly_as_often_as_allowed(listener: Listener) -> None:
    tries = 0

    async def refuse(_: object, uow: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        raise Poison

    handler = await started(listener.database)
    await handler.handle(Subscription(TOPIC.name, handle=refuse), [event(1, 1, 0), event(1, 2, 1)])
    assert tries == 1 + ATTEMPTS, "once in its batch, then alone"


async def test_what_fails_in_the_projection_is_parked_as_well(listener: Listener) -> None:
    async def refuse(events: Sequence[PlacementConfirmedV1], uow: UnitOfWork) -> None:
        await listener.apply(events, uow)
        if any(each.wage_sen == 2 for each in events):
            raise Poison

    handler = await started(listener.database)
    await handler.handle(Subscription(TOPIC.name, apply=refuse), [event(1, 2, 0), event(2, 3, 1)])
    assert await listener.parked() == [0]
    assert await listener.projected() == {2: 3}


async def test_the_parked_row_and_its_copy_are_one_transaction(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_room(*_: object) -> None:
        raise Poison

    listener.faults = {1: Poison()}
    handler = await started(listener.database)
    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "append_raw", no_room)
        with pytest.raises(Poison):
            await handler.handle(listener.both, [event(1, 1, 0)])
    assert await listener.parked() == []
    await (await started(listener.database)).handle(listener.both, [event(1, 1, 0)])
    assert (await listener.parked(), await listener.dead_letters()) == ([0], 1)


async def test_what_stands_in_front_of_an_unreadable_record_of_its_key_is_still_reacted_to(
    listener: Listener,
) -> None:
    """The projection's transaction parks the unreadable one before the reactions run."""
    broken = reading_of(record(1, 2, 1, payload=b"{"))
    handler = await started(listener.database)
    await handler.handle(listener.both, [event(1, 1, 0), broken, event(1, 3, 2), event(2, 4, 3)])
    assert await listener.reactions() == [1, 4]
    assert await listener.parked() == [1, 2]


@pytest.mark.parametrize("fault", ["data", "id", "version", "no headers", "binary", "heartbeat"])
async def test_a_record_that_cannot_be_read_is_parked_and_never_dropped(listener: Listener, fault: str) -> None:
    good = record(1, 1, 0)
    beating = Envelope(new_id(), "/jobs", HEARTBEAT_TYPE, now(), "jobs", 0, "jobs")
    raw: Raw = {
        "data": replace(good, payload=b"not json \x00\xff"),
        "id": replace(good, headers=_with(good, "ce_id", b"no-uuid")),
        "version": replace(good, headers=_with(good, "ce_streamversion", b"\x00")),
        "no headers": replace(good, headers=(), payload=b""),
        "binary": replace(good, headers=(("\x00", b"\xff\x00"),)),
        "heartbeat": replace(good, key="", headers=tuple(headers_of(beating)), payload=b"{}"),
    }[fault]
    reading = reading_of(raw)
    assert isinstance(reading, Unreadable)
    await (await started(listener.database)).handle(listener.both, [reading, event(2, 2, 1)])
    assert (await listener.parked(), await listener.dead_letters()) == ([0], 1)
    assert await listener.reactions() == [2]


def _with(raw: Raw, name: str, value: bytes) -> tuple[tuple[str, bytes], ...]:
    return tuple({**dict(raw.headers), name: value}.items())


async def test_the_projection_gets_a_batch_sorted_by_key(listener: Listener) -> None:
    """So that two batches that share rows lock them in one order."""
    handler = await started(listener.database)
    await handler.handle(listener.projection, [event(person, person, person) for person in (5, 3, 9, 1)])
    assert listener.applied == [["person:1", "person:3", "person:5", "person:9"]]


async def test_reactions_run_in_transactions_of_at_most_fifty(listener: Listener) -> None:
    handler = await started(listener.database)
    await handler.handle(listener.both, [event(number + 1, 1, number) for number in range(120)])
    assert list(listener.transactions.values()) == [REACTIONS, REACTIONS, 20]


ALL_BEYOND = {
    "partitions": (HEARTBEAT_TYPE, {"partitions": 2**40}),
    "no partition": (HEARTBEAT_TYPE, {"partitions": 0}),
    "more partitions than the topic has": (HEARTBEAT_TYPE, {"partitions": 13}),
    "epoch": (HEARTBEAT_TYPE, {"epoch": 2**63}),
    "an epoch that no clock has reached": (HEARTBEAT_TYPE, {"epoch": 2**63 - 1}),
    "events": (DAILY_TOTALS_TYPE, {"events": 2**63}),
    "fewer than none": (DAILY_TOTALS_TYPE, {"events": -1}),
    "money": (DAILY_TOTALS_TYPE, {"money_sen": -(2**63) - 1}),
}


def control(type_: str, offset: int, **said: object) -> Raw:
    """A heartbeat or daily totals; ``said`` replaces fields of a good one."""
    good: dict[str, object] = {
        HEARTBEAT_TYPE: {"epoch": 1, "partitions": 2, "last_offset": -1, "complete_until": NOON.isoformat()},
        DAILY_TOTALS_TYPE: {"day": "2026-07-15", "events": 1, "money_sen": 1},
    }[type_]
    headers = tuple(headers_of(Envelope(new_id(), "/jobs", type_, now(), "jobs", 0, "jobs")))
    return Raw(TOPIC.name, 0, offset, "", headers, json.dumps({**good, **said}).encode())


@pytest.mark.parametrize("field", sorted(ALL_BEYOND))
async def test_a_control_record_out_of_range_is_parked_and_ends_nothing(listener: Listener, field: str) -> None:
    type_, said = ALL_BEYOND[field]
    reading = reading_of(control(type_, 1, **said))
    assert isinstance(reading, Unreadable)
    await (await started(listener.database)).handle(listener.both, [reading, event(2, 2, 2)])
    assert (await listener.parked(), await listener.reactions()) == ([1], [2])


@pytest.mark.parametrize("type_", [HEARTBEAT_TYPE, DAILY_TOTALS_TYPE])
async def test_a_control_record_that_cannot_be_noted_is_parked_and_ends_nothing(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, type_: str
) -> None:
    """Whatever keeps it from being noted keeps it each time: parking it may not try again."""

    async def cannot(*_: object) -> None:
        raise Poison

    monkeypatch.setattr(ConsumerStore, "note_freshness", cannot)
    monkeypatch.setattr(ConsumerStore, "note_totals", cannot)
    await (await started(listener.database)).handle(listener.both, [reading_of(control(type_, 1)), event(2, 2, 2)])
    assert (await listener.parked(), await listener.reactions()) == ([1], [2])
    assert await listener.in_flight() == []
