"""Every class of poison that a foreign client can write: counted, logged with its place, and it holds its key alone.

What is sent stands in ``shared/testing/junk.py``; ``tests/prove/test_poison_classes.py`` sends the same to every
service through a broker.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from structlog.testing import capture_logs

from shared.contracts.heartbeat import HEARTBEAT_TYPE
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS
from shared.kernel.clock import now
from shared.messaging import consumer_store
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.parked import parked_counts
from shared.messaging.received import Fault, Raw, Received, Unreadable, read
from shared.messaging.tests.conftest import CAUSE, TOPIC
from shared.messaging.tests.deliveries import Listener, event, reading_of, record, started
from shared.messaging.tests.test_batch import control
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics
from shared.testing.junk import CONTENT, HARMLESS, JUNK

CLASSES = sorted(JUNK)


@pytest.fixture
async def listener(database: Database) -> Listener:
    return Listener(database)


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS])
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_known_for_what_it_is_in_every_topic(topic: str, name: str) -> None:
    junk = JUNK[name]
    reading = read(junk.record(topic, "person:7"))
    assert isinstance(reading, Unreadable)
    assert (reading.fault, reading.holds) == (junk.fault, junk.holds)


def test_every_class_that_a_record_can_have_by_itself_is_among_the_junk() -> None:
    by_their_effect = {Fault.FAILED, Fault.ENDED_THE_PROCESS, Fault.BEHIND, Fault.FIXED}
    assert {junk.fault for junk in JUNK.values()} == set(Fault) - by_their_effect


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_is_odd_and_still_an_event_is_read(name: str) -> None:
    assert isinstance(read(HARMLESS[name](record(1, 1, 0))), Received)


def test_every_event_belongs_to_a_topic_and_is_refused_in_every_other_one() -> None:
    for kind in EVENTS:
        others = [topic.name for topic in TOPICS if topic is not kind.topic]
        raw = JUNK["event of another topic"].record(others[0], "person:7")
        headers = tuple({**dict(raw.headers), "ce_type": kind.type().encode()}.items())
        reading = read(replace(raw, headers=headers))
        assert isinstance(reading, Unreadable)
        assert reading.fault is Fault.WRONG_TOPIC


def counted(fault: Fault) -> float:
    labels = {"topic": TOPIC.name, "consumer": "jobs", "fault": fault.value}
    return metrics.REGISTRY.get_sample_value("jaring_parked_events_total", labels) or 0.0


@pytest.mark.postgres
@pytest.mark.parametrize("name", CLASSES)
async def test_it_is_counted_and_logged_with_its_place_and_holds_its_key_alone(listener: Listener, name: str) -> None:
    junk = JUNK[name]
    poison = junk.record(TOPIC.name, "person:7", offset=10)
    handler, before = await started(listener.database), counted(junk.fault)
    with capture_logs() as logs:
        delivered = [event(7, 1, 9), reading_of(poison), event(7, 2, 11), event(8, 3, 12)]
        await handler.handle(listener.both, delivered)
        await handler.handle(listener.both, [event(9, 4, 13), event(7, 5, 14)])
    waits = junk.holds
    assert await listener.reactions() == ([1, 3, 4] if waits else [1, 2, 3, 4, 5])
    assert await listener.parked() == ([10, 11, 14] if waits else [10])
    assert counted(junk.fault) == before + 1
    [said] = [each for each in logs if each["event"] == "event_parked" and each["fault"] == junk.fault]
    assert (said["topic"], said["partition"], said["offset"]) == (TOPIC.name, 0, 10)
    assert said["log_level"] == "error"
    assert CONTENT not in str(logs)
    assert "person:7" not in str(logs)
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        counts = {each.fault: each for each in await parked_counts(uow.connection)}
    assert counts[junk.fault].records == 1
    assert counts[junk.fault].keys_held == int(waits)
    assert 0 <= counts[junk.fault].oldest_seconds < 60


@pytest.mark.postgres
async def test_a_version_of_the_future_stops_no_watermark(listener: Listener) -> None:
    """One record stopped every refusal in the nation: the heartbeats behind it were not read."""
    noon = datetime(2026, 7, 15, 4, tzinfo=UTC)
    poison = JUNK["version of the future"].record(TOPIC.name, "person:7", offset=1)
    beating = control(HEARTBEAT_TYPE, 2, partitions=1, complete_until=noon.isoformat())
    await (await started(listener.database)).handle(listener.both, [reading_of(poison), reading_of(beating)])
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        store = ConsumerStore(uow.connection, "jobs")
        assert await store.complete_until(TOPIC.name) == noon
        assert await store.is_parked(TOPIC.name, "person:7")
        assert not await store.is_parked(TOPIC.name, "person:8")


@pytest.mark.postgres
@pytest.mark.parametrize("key", ["person:8", ""])
async def test_who_is_named_in_a_record_with_another_key_is_not_refused_meanwhile(listener: Listener, key: str) -> None:
    raw = replace(record(7, 1, 3), key=key)
    await (await started(listener.database)).handle(listener.both, [reading_of(raw), event(7, 2, 4)])
    assert await listener.reactions() == [2], "the order of its own key is that of its own records"
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        store = ConsumerStore(uow.connection, "jobs")
        assert await store.is_parked(TOPIC.name, "person:7")
        assert await store.is_parked(TOPIC.name, "person:8") == (key == "person:8")


@pytest.mark.postgres
@pytest.mark.parametrize("until", ["2999-01-01T00:00:00+00:00", "ahead", "2026-07-15T04:00:00"])
async def test_a_watermark_of_the_future_or_without_an_offset_is_none(listener: Listener, until: str) -> None:
    """Believed, it would let claims refuse on facts that are still on their way."""
    said = (now() + timedelta(minutes=5)).isoformat() if until == "ahead" else until
    reading = reading_of(control(HEARTBEAT_TYPE, 1, partitions=1, complete_until=said))
    await (await started(listener.database)).handle(listener.both, [reading, event(2, 2, 2)])
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        assert await ConsumerStore(uow.connection, "jobs").complete_until(TOPIC.name) is None
    assert (await listener.parked(), await listener.reactions()) == ([1], [2])


@pytest.mark.postgres
async def test_a_stream_of_records_that_hold_nothing_fills_no_table(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_store, "_KEPT_THAT_HOLD_NOTHING", 3)
    before = counted(Fault.UNKNOWN_TYPE)
    delivered = [JUNK["type that nobody knows"].record(TOPIC.name, "person:7", offset=number) for number in range(9)]
    await (await started(listener.database)).handle(listener.both, [reading_of(raw) for raw in delivered])
    assert len(await listener.parked()) == 3
    assert counted(Fault.UNKNOWN_TYPE) == before + 9, "all of them are counted"


@pytest.mark.postgres
@pytest.mark.parametrize("size", [3_000, 200_000])
async def test_a_large_subject_or_value_stops_nobody(listener: Listener, size: int) -> None:
    """An index takes no entry of that size: what cannot be noted is parked."""
    large = record(1, 1, 0)
    subject = orjson.dumps(list(range(size))).hex().encode()
    large = replace(large, headers=tuple({**dict(large.headers), "ce_subject": subject}.items()))
    await (await started(listener.database)).handle(listener.both, [reading_of(large), event(2, 2, 1)])
    assert (await listener.parked(), await listener.reactions()) == ([0], [2])


def raw_named(name: str) -> Raw:
    return JUNK[name].record(TOPIC.name, "person:7")


def test_the_reason_says_nothing_of_what_the_record_says() -> None:
    for name in CLASSES:
        reading = read(raw_named(name))
        assert isinstance(reading, Unreadable)
        assert CONTENT not in reading.reason
