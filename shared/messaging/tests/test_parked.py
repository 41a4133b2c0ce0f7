"""What a person does about what is parked: it ends the hold, it never comes back, and who did it stands for good."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.contracts.envelope import envelope_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE
from shared.contracts.topics import BENEFIT_PAID
from shared.kernel.clock import now
from shared.messaging import consumer_store, parked
from shared.messaging.consumer_store import ConsumerStore, Known
from shared.messaging.parked import NotDone, Who, discard, fix, parked_counts
from shared.messaging.parking import StillUnreadable, replay_all, replay_key
from shared.messaging.received import Aside, Fault, Raw, Reading, Received
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed
from shared.messaging.tests.deliveries import Listener, Poison, event, reading_of, record, started
from shared.messaging.tests.test_batch import control
from shared.messaging.tests.test_consumer_store import gaps_counted
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.clock import BusinessClock
from shared.testing.junk import JUNK, sensible, with_header
from shared.testing.servers import TestDatabase
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

AMINAH = Who("aminah", "foreign bytes, case 4711")
KEY = "person:7"


@dataclass
class Held:
    """A key whose first record is poison, with two events behind it; as delivered."""

    listener: Listener
    delivered: list[Reading]

    @property
    def database(self) -> Database:
        return self.listener.database

    async def deliver(self) -> None:
        await (await started(self.database)).handle(self.listener.both, self.delivered)

    async def id_at(self, offset: int) -> int:
        [row] = await self.listener.query(f"SELECT id FROM parked WHERE kafka_offset = {offset}")  # noqa: S608
        assert isinstance(row["id"], int)
        return row["id"]

    async def replay(self) -> int:
        return await replay_key(self.database, UnitOfWork, self.listener.both, KEY)

    async def done(self) -> list[tuple[object, object, object]]:
        rows = await self.listener.query("SELECT action, kafka_offset, acted_by FROM parked_action ORDER BY id")
        return [(row["action"], row["kafka_offset"], row["acted_by"]) for row in rows]


@pytest.fixture
async def listener(database: Database) -> Listener:
    return Listener(database)


@pytest.fixture
async def held(listener: Listener) -> Held:
    """Eleven junk bytes with a person's key stopped that person's payments for ever."""
    junk = reading_of(JUNK["eleven bytes"].record(TOPIC.name, KEY, offset=11))
    scene = Held(listener, [event(7, 1, 10), junk, event(7, 2, 12), event(8, 3, 13), event(7, 4, 14)])
    await scene.deliver()
    assert (await listener.parked(), await listener.reactions()) == ([11, 12, 14], [1, 3])
    return scene


async def check_that_it_is_gone(held: Held) -> None:
    """Raises AssertionError where the discarded record comes back, or anything has a second effect."""
    await held.deliver()
    assert await held.listener.parked() == []
    await (await started(held.database)).handle(held.listener.both, [event(7, 5, 15)])
    assert await held.listener.reactions() == [1, 3, 2, 4, 5]


async def test_what_waited_behind_a_discarded_record_goes_on_in_order_and_it_never_comes_back(held: Held) -> None:
    await discard(held.database, UnitOfWork, await held.id_at(11), AMINAH)
    assert await held.replay() == 2
    assert await held.done() == [
        ("discarded", 11, "aminah"),
        ("replayed", 12, "replay"),
        ("replayed", 14, "replay"),
    ]
    await check_that_it_is_gone(held)


async def test_forgotten_that_it_was_discarded_the_same_check_is_red(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ConsumerStore.known

    async def nothing_discarded(*asked: Any) -> Known:
        return replace(await known(*asked), discarded=frozenset())

    async def is_not(*_: object) -> bool:
        return False

    monkeypatch.setattr(ConsumerStore, "known", nothing_discarded)
    monkeypatch.setattr(ConsumerStore, "_is_discarded", is_not)
    await discard(held.database, UnitOfWork, await held.id_at(11), AMINAH)
    await held.replay()
    with pytest.raises(AssertionError):
        await check_that_it_is_gone(held)


async def test_another_record_at_the_place_of_a_discarded_one_is_handled(held: Held) -> None:
    """The topic was deleted and made again: its offsets begin again."""
    await discard(held.database, UnitOfWork, await held.id_at(11), AMINAH)
    await held.replay()
    other = reading_of(JUNK["no JSON"].record(TOPIC.name, KEY, offset=11))
    await (await started(held.database)).handle(held.listener.both, [event(9, 6, 10), other])
    assert await held.listener.parked() == [11]


async def test_another_record_at_the_place_of_a_parked_one_is_parked_beside_it(held: Held) -> None:
    """The topic was deleted and made again: what must be parked at the offset of the old record was lost."""
    new = [reading_of(JUNK["no JSON"].record(TOPIC.name, "person:9", offset=11)), event(9, 6, 15)]
    for _ in range(2):
        await (await started(held.database)).handle(held.listener.both, new)
    assert await held.listener.parked() == [11, 12, 14, 11, 15]
    assert await held.listener.dead_letters() == 5
    again = reading_of(JUNK["no value"].record(TOPIC.name, KEY, offset=11))
    await (await started(held.database)).handle(held.listener.both, [again])
    rows = await held.listener.query(f"SELECT id FROM parked WHERE key = '{KEY}' ORDER BY id LIMIT 1")  # noqa: S608
    assert isinstance(rows[0]["id"], int)
    await discard(held.database, UnitOfWork, rows[0]["id"], AMINAH)
    with pytest.raises(StillUnreadable, match="no_data"):
        await held.replay()


def of_a_later_release(raw: Raw, number: int) -> Reading:
    """The record as a release reads it that knows its version."""
    return Received(raw, envelope_of(raw.headers), placed(7, number))


async def test_what_was_discarded_too_early_to_be_read_does_nothing_when_its_time_has_come(
    listener: Listener, business_clock: BusinessClock
) -> None:
    ahead = with_header(record(7, 9, 10), "ce_time", (now() + timedelta(hours=2)).isoformat().encode())
    held = Held(listener, [reading_of(ahead), event(7, 2, 11)])
    await held.deliver()
    await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    assert await held.replay() == 1
    business_clock.advance(hours=3)
    held.delivered[0] = reading_of(ahead)
    assert isinstance(held.delivered[0], Received)
    await held.deliver()
    assert (await listener.reactions(), await listener.projected()) == ([2], {7: 2})
    assert await listener.parked() == []


@pytest.mark.parametrize("act", ["discard", "fix"])
async def test_what_was_done_to_an_unknown_version_stands_for_the_release_that_knows_it(
    listener: Listener, act: str
) -> None:
    good = record(7, 1, 10)
    unknown = with_header(good, "ce_type", b"jaring.placement.confirmed.v9")
    held = Held(listener, [reading_of(unknown), event(7, 2, 11)])
    await held.deliver()
    if act == "discard":
        await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    else:
        known = dict(good.headers)["ce_type"].decode()
        await fix(held.database, UnitOfWork, await held.id_at(10), good.payload, known, AMINAH)
    await held.replay()
    before = await listener.reactions()
    held.delivered[0] = of_a_later_release(unknown, 9)
    await held.deliver()
    assert before == ([2] if act == "discard" else [1, 2])
    assert (await listener.reactions(), await listener.projected()) == (before, {7: 2})


async def test_an_event_that_failed_and_was_discarded_is_not_projected_when_it_is_read_again(
    listener: Listener,
) -> None:
    listener.faults = {9: Poison()}
    held = Held(listener, [event(7, 9, 10), event(7, 2, 11)])
    await held.deliver()
    await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    await held.replay()
    listener.faults = {}
    listener.applied.clear()
    await held.deliver()
    assert (await listener.reactions(), listener.applied) == ([2], [["person:7"]])


async def test_what_a_person_is_just_discarding_while_it_is_read_again_does_nothing(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker waits for the person's transaction, and then knows all that this one did."""
    listener.faults = {1: Poison()}
    delivered = [event(7, 1, 10)]
    await (await started(listener.database)).handle(listener.both, delivered)
    listener.faults = {}
    handler, reading = await started(listener.database), []

    async def remove_once_the_worker_waits(*asked: Any) -> None:
        reading.append(asyncio.create_task(handler.handle(listener.both, delivered)))
        await eventually(lambda: _somebody_waits(listener))
        await remove(*asked)

    remove = parked.remove
    monkeypatch.setattr(parked, "remove", remove_once_the_worker_waits)
    [row] = await listener.query("SELECT id FROM parked")
    assert isinstance(row["id"], int)
    await discard(listener.database, UnitOfWork, row["id"], AMINAH)
    await asyncio.gather(*reading)
    assert (await listener.projected(), await listener.reactions(), await listener.parked()) == ({}, [], [])


async def _somebody_waits(listener: Listener) -> bool:
    waiting = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database AND datname = current_database()"
    return bool(await listener.query(f"{waiting} WHERE locktype = 'advisory' AND NOT granted"))


@pytest.mark.parametrize("act", ["nothing", "discard", "replay"])
async def test_a_watermark_that_was_not_believed_is_none_when_its_instant_has_come(
    listener: Listener, business_clock: BusinessClock, act: str
) -> None:
    """Its owner's clock ran ahead: what the topic holds behind it may be older than the instant that it says."""
    until = now() + timedelta(minutes=5)
    watermark = control(HEARTBEAT_TYPE, 10, partitions=1, complete_until=until.isoformat())
    held = Held(listener, [reading_of(watermark)])
    await held.deliver()
    business_clock.advance(minutes=10)
    if act == "discard":
        await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    elif act == "replay":
        await replay_all(held.database, UnitOfWork, [listener.both], AMINAH)
    held.delivered[0] = reading_of(watermark)
    await held.deliver()
    async with held.database.begin(UnitOfWork, CAUSE) as uow:
        assert await ConsumerStore(uow.connection, "jobs").complete_until(TOPIC.name) is None
    held.delivered[0] = reading_of(control(HEARTBEAT_TYPE, 11, partitions=1, complete_until=until.isoformat()))
    await held.deliver()
    async with held.database.begin(UnitOfWork, CAUSE) as uow:
        assert await ConsumerStore(uow.connection, "jobs").complete_until(TOPIC.name) == until


@pytest.mark.parametrize("act", ["nothing", "discard"])
async def test_the_totals_of_a_topic_that_was_made_again_are_taken_where_something_is_parked(
    listener: Listener, act: str
) -> None:
    """They are stated once: passed over by their place alone, the day was never compared."""
    unbelieved = control(DAILY_TOTALS_TYPE, 10, events=-1)
    held = Held(listener, [reading_of(unbelieved)])
    await held.deliver()
    if act == "discard":
        await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    held.delivered[0] = reading_of(control(DAILY_TOTALS_TYPE, 10, events=7))
    await held.deliver()
    async with held.database.begin(UnitOfWork, CAUSE) as uow:
        differing = await ConsumerStore(uow.connection, "jobs").differing_totals()
    assert [row.stated_events for row in differing] == [7]


async def test_what_was_done_is_looked_up_by_place_however_much_was_done(
    listener: Listener, platform: TestDatabase
) -> None:
    """Every batch asks. By a join the planner read both tables from end to end for each."""
    async with platform.connection("migrate") as owner:
        await owner.execute("""
            INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
            SELECT 't' || n % 3, n, n % 12, n, '{}', '', 'bad_data', 'r', true FROM generate_series(1, 60000) AS n
        """)
        await owner.execute("""
            INSERT INTO parked_action
                (action, topic, key, kafka_partition, kafka_offset, fault, fingerprint, acted_by, why)
            SELECT 'replayed', topic, key, kafka_partition, kafka_offset, fault, '', 'a', 'b' FROM parked
        """)
        await owner.execute("ANALYZE parked")
        await owner.execute("ANALYZE parked_action")
    places = consumer_store._spans(
        [record(1, 1, offset, partition=number) for number in range(12) for offset in (5, 400)]
    )
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        asked = (consumer_store._DISCARDED, consumer_store._KNOWN_OF_EVENTS, consumer_store._KNOWN_OF_ALL)
        values = {"keys": '{"1"}', **places, **{f"control_{of}": at for of, at in places.items()}}
        for statement, topic in product(asked, (TOPIC.name, "t1")):
            plan = await uow.connection.execute(text(f"EXPLAIN {statement}"), values | {"topic": topic})
            assert "Seq Scan" not in str(plan.all())


async def test_an_event_that_failed_is_discarded_without_a_gap_and_without_a_later_effect(listener: Listener) -> None:
    listener.faults = {2: Poison()}
    held = Held(listener, [event(7, 1, 10), event(7, 2, 11), event(7, 3, 12)])
    await held.deliver()
    before = gaps_counted()
    await discard(held.database, UnitOfWork, await held.id_at(11), AMINAH)
    await held.replay()
    assert gaps_counted() == before
    listener.faults = {}
    await held.deliver()
    assert (await listener.reactions(), await listener.parked()) == ([1, 3], [])


async def test_a_fixed_record_is_handled_in_the_order_of_its_key_and_what_it_was_is_kept(held: Held) -> None:
    right = record(7, 9, 11).payload
    await fix(held.database, UnitOfWork, await held.id_at(11), right, None, AMINAH)
    async with held.database.begin(UnitOfWork, CAUSE) as uow:
        assert [each.fault for each in await parked_counts(uow.connection)] == ["behind", "fixed"]
    assert await held.replay() == 3
    assert await held.listener.reactions() == [1, 3, 9, 2, 4]
    [was] = await held.listener.query("SELECT payload_before, why FROM parked_action WHERE action = 'fixed'")
    assert was == {"payload_before": held.delivered[1].raw.payload, "why": AMINAH.reason}
    await held.deliver()
    assert await held.listener.parked() == [], "what it was does not come back when the topic is read again"


async def test_a_mistyped_type_is_fixed(listener: Listener) -> None:
    """`death` for `Death`: the events of a month did not process, and nobody saw it (public case 21)."""
    good = record(7, 1, 10)
    typed = replace(good, headers=tuple({**dict(good.headers), "ce_type": b"jaring.Placement.Confirmed.v1"}.items()))
    held = Held(listener, [reading_of(typed)])
    await held.deliver()
    id_ = await held.id_at(10)
    await fix(held.database, UnitOfWork, id_, good.payload, "jaring.placement.confirmed.v1", AMINAH)
    [replayed] = await replay_all(held.database, UnitOfWork, [listener.both], AMINAH)
    assert ((replayed.handled, replayed.left), await listener.reactions()) == ((1, 0), [1])


async def test_what_cannot_be_fixed_stays_as_it_is(held: Held) -> None:
    id_ = await held.id_at(11)
    with pytest.raises(NotDone, match="still cannot be read: bad_data"):
        await fix(held.database, UnitOfWork, id_, b"{}", None, AMINAH)
    with pytest.raises(NotDone, match="still cannot be read: wrong_key"):
        await fix(held.database, UnitOfWork, id_, record(8, 1, 0).payload, None, AMINAH)
    with pytest.raises(NotDone, match="it can be read"):
        await fix(held.database, UnitOfWork, await held.id_at(12), b"{}", None, AMINAH)
    with pytest.raises(NotDone, match="nothing is parked under 4711"):
        await fix(held.database, UnitOfWork, 4711, b"{}", None, AMINAH)
    assert (await held.listener.parked(), await held.done()) == ([11, 12, 14], [])


async def test_no_person_states_money_in_the_place_of_its_owner(listener: Listener) -> None:
    stated = sensible(JUNK["no JSON"].record(BENEFIT_PAID.name, "person:424242", offset=1))
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        spoiled = replace(stated, payload=b"{}")
        await ConsumerStore(uow.connection, uow.service).park(Aside(spoiled, Fault.BAD_DATA))
    [row] = await listener.query("SELECT id FROM parked")
    assert isinstance(row["id"], int)
    with pytest.raises(NotDone, match="it states money"):
        await fix(listener.database, UnitOfWork, row["id"], stated.payload, None, AMINAH)


async def test_the_history_is_written_by_the_worker_changed_by_nobody_and_read_by_no_request(
    held: Held, platform: TestDatabase
) -> None:
    await discard(held.database, UnitOfWork, await held.id_at(11), AMINAH)
    tries: list[tuple[str, str]] = [
        ("worker", "UPDATE parked_action SET acted_by = 'somebody'"),
        ("worker", "DELETE FROM parked_action"),
        ("worker", "TRUNCATE parked_action"),
        ("api", "SELECT * FROM parked_action"),
        ("api", "SELECT * FROM parked"),
    ]
    for role, statement in tries:
        async with platform.connection(role) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


@pytest.mark.parametrize("fault", ["no JSON", "version of the future", "another key", "dated in the future"])
async def test_every_class_that_holds_its_key_lets_go_when_it_is_discarded(listener: Listener, fault: str) -> None:
    junk = reading_of(JUNK[fault].record(TOPIC.name, KEY, offset=10))
    held = Held(listener, [junk, event(7, 1, 11)])
    await held.deliver()
    assert await listener.parked() == [10, 11]
    await discard(held.database, UnitOfWork, await held.id_at(10), AMINAH)
    await held.replay()
    assert (await listener.parked(), await listener.reactions()) == ([], [1])
