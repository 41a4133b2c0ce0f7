"""Everything that was committed is sent, in order for each aggregate; and the watermark never runs ahead."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts.envelope import envelope_of
from shared.contracts.heartbeat import HEARTBEAT_TYPE, Heartbeat
from shared.contracts.topics import physical
from shared.kernel.identifiers import new_id
from shared.messaging.publisher import Message, Position, Publisher
from shared.messaging.relay import Relay
from shared.messaging.relay_core import HeartbeatTimer, Unsent, acknowledged_prefix
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed
from shared.persistence.engine import Database
from shared.persistence.outbox import Outbox, Record
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.round_trips import RoundTrips
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

WRITERS = 8
TRANSACTIONS = 25
AGGREGATES = 12


class BareCursorRelay(Relay):
    """The bug that this suite must catch: reading after the last id seen instead of by state."""

    cursor = 0

    async def _read(self, connection: asyncpg.Connection, limit: int, _: Sequence[Unsent] = ()) -> list[Unsent]:
        rows = await connection.fetch(
            "SELECT id, topic, key, headers, payload FROM outbox WHERE id > $1 ORDER BY id LIMIT $2", self.cursor, limit
        )
        self.cursor = rows[-1]["id"] if rows else self.cursor
        return [Unsent(row["id"], row["topic"], row["key"], _json(row["headers"]), row["payload"]) for row in rows]


def _json(text: str) -> Mapping[str, str]:
    import orjson

    parsed: Mapping[str, str] = orjson.loads(text)
    return parsed


async def write(database: Database, seed: int, committed: dict[int, list[int]]) -> None:
    """Transactions of random length, one in four rolled back; what was committed is noted by person, in order."""
    chance = random.Random(seed)
    for _ in range(TRANSACTIONS):
        person = 1 + chance.randrange(AGGREGATES)
        number = chance.getrandbits(31)
        try:
            async with database.begin(UnitOfWork, CAUSE) as uow:
                uow.publish(placed(person, number))
                await uow.flush()
                await asyncio.sleep(chance.random() * 0.04)
                if chance.random() < 0.25:
                    raise asyncio.CancelledError
                # The stream's row is still locked: nobody else can note this person in between.
                committed[person].append(number)
        except asyncio.CancelledError:
            continue


async def read_all(bootstrap: str, topic: str, count: int) -> list[tuple[int, int, int]]:
    """Person, number and stream version of the events on a topic, in the order of their partitions."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    found: list[tuple[int, int, int]] = []
    try:
        quiet = 0
        while quiet < 4 and len(found) < count * 3:
            records = await consumer.getmany(timeout_ms=500)
            quiet = 0 if records else quiet + 1
            for record in (record for batch in records.values() for record in batch):
                envelope = envelope_of(record.headers)
                if envelope.type != HEARTBEAT_TYPE:
                    from shared.contracts.job_placed import PlacementConfirmedV1

                    event = PlacementConfirmedV1.model_validate_json(record.value)
                    found.append((event.person, event.revision, envelope.stream_version))
    finally:
        await consumer.stop()
    return found


async def relay_under_writers(kind: type[Relay], platform: TestDatabase, broker: Broker, prefix: str) -> None:
    """Eight overlapping writers and an idle transaction held open; raises AssertionError for a loss or a disorder."""
    database = Database(platform.url("worker"), "jobs", pool_size=WRITERS)
    relay = kind(platform.url("worker"), "jobs", Publisher(broker.bootstrap, "t"), (TOPIC,), prefix)
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(stop))
    committed: dict[int, list[int]] = defaultdict(list)

    async def something_was_sent() -> bool:
        return bool(relay.last_offsets)

    async with database.begin(UnitOfWork, CAUSE) as idle:
        idle.publish(placed(999, 1))
        await idle.flush()
        await asyncio.gather(*(write(database, seed, committed) for seed in range(WRITERS)))
        # Only when higher ids were read and sent has the lowest been passed by.
        await eventually(something_was_sent)
    committed[999].append(1)
    expected = sum(map(len, committed.values()))
    try:
        await asyncio.sleep(1.0)
        sent = await read_all(broker.bootstrap, physical(TOPIC.name, prefix), expected)
    finally:
        stop.set()
        await running
        await database.close()
    by_person: dict[int, list[int]] = defaultdict(list)
    for person, number, _ in sent:
        by_person[person].append(number)
    assert Counter(number for _, number, _ in sent) == Counter(n for numbers in committed.values() for n in numbers)
    assert by_person == committed
    for person in committed:
        versions = [version for who, _, version in sent if who == person]
        assert versions == list(range(1, len(versions) + 1))


async def test_every_committed_event_is_relayed_once_and_in_order(
    platform: TestDatabase, broker: Broker, topic_prefix: str
) -> None:
    await relay_under_writers(Relay, platform, broker, topic_prefix)


async def test_a_bare_cursor_in_its_place_is_caught(platform: TestDatabase, broker: Broker, topic_prefix: str) -> None:
    """The same test with the classic mistake is red: rows that commit late lie behind the cursor (rules P4)."""
    with pytest.raises(AssertionError):
        await relay_under_writers(BareCursorRelay, platform, broker, topic_prefix)


async def test_a_row_too_large_for_the_broker_holds_back_its_own_key_only(
    platform: TestDatabase, database: Database, bare: asyncpg.Connection, broker: Broker, topic_prefix: str
) -> None:
    """And costs no new producer each time that it is tried."""
    async with database.begin(UnitOfWork, CAUSE) as uow:
        too_large = Record(str(new_id()), TOPIC.name, placed(1).key, "foreign", {}, b"x" * 1_100_000)
        await Outbox(uow.connection, "jobs").append_raw([too_large])
        uow.publish(placed(1))
        uow.publish(placed(2))
    relay = Relay(platform.url("worker"), "jobs", Publisher(broker.bootstrap, "t"), (TOPIC,), topic_prefix)
    assert await relay.relay_batches(bare) == 1
    producer = relay.publisher._producer
    assert producer is not None
    assert await relay.relay_batches(bare) == 0
    assert relay.publisher._producer is producer
    await relay.publisher.close()
    arrived = await read_all(broker.bootstrap, physical(TOPIC.name, topic_prefix), 1)
    assert [person for person, _, _ in arrived] == [2]


class NoBroker(Publisher):
    """Acknowledges nothing, as a broker that is away."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1:1", "none")

    async def send(self, messages: Sequence[Message]) -> list[Position | None]:
        return [None for _ in messages]


async def test_a_batch_is_read_and_marked_with_a_question_each(
    platform: TestDatabase, database: Database, broker: Broker, topic_prefix: str
) -> None:
    async with RoundTrips.counted(platform.url("worker")) as (wire, url):
        relay = Relay(url, "jobs", Publisher(broker.bootstrap, "t"), (TOPIC,), topic_prefix)
        connection = await asyncpg.connect(url)
        # The statements of a connection are prepared when they are asked first.
        for person in (1, 2):
            async with database.begin(UnitOfWork, CAUSE) as uow:
                uow.publish(placed(person))
            wire.count = 0
            assert await relay.relay_batches(connection) == 1
        await connection.close()
        await relay.publisher.close()
    assert wire.count == 2


@pytest.fixture
async def bare(platform: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """The relay's own connection."""
    async with platform.connection() as connection:
        yield connection


async def test_a_row_that_was_not_acknowledged_stays_unpublished(
    platform: TestDatabase, database: Database, bare: asyncpg.Connection
) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        uow.publish(placed(1))
    relay = Relay(platform.url("worker"), "jobs", NoBroker(), (TOPIC,))
    assert await relay.relay_batches(bare) == 0
    assert await bare.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1


async def test_the_watermark_stops_before_an_open_transaction_and_an_unsent_row(
    platform: TestDatabase, database: Database, bare: asyncpg.Connection
) -> None:
    relay = Relay(platform.url("worker"), "jobs", NoBroker(), (TOPIC,))

    async def until() -> datetime:
        return await relay._complete_until(bare)

    async with database.begin(UnitOfWork, CAUSE) as writer:
        writer.publish(placed(1))
        await writer.flush()
        begun = await bare.fetchval("SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL")
        assert await until() == begun
    stamped = await bare.fetchval("SELECT created_at FROM outbox")
    assert await until() == stamped
    await bare.execute("UPDATE outbox SET published_at = now()")
    assert await until() > stamped


async def test_the_watermark_never_passes_an_unfinished_upload(
    platform: TestDatabase, bare: asyncpg.Connection
) -> None:
    receipt = await bare.fetchval("SELECT clock_timestamp() - interval '1 minute'")

    async def held_back(_: asyncpg.Connection) -> datetime:
        assert isinstance(receipt, datetime)
        return receipt

    relay = Relay(platform.url("worker"), "jobs", NoBroker(), (TOPIC,), held_back=held_back)
    assert await relay._complete_until(bare) == receipt


async def test_a_heartbeat_reaches_every_partition(
    platform: TestDatabase, broker: Broker, topic_prefix: str, bare: asyncpg.Connection
) -> None:
    publisher = Publisher(broker.bootstrap, "t")
    relay = Relay(platform.url("worker"), "jobs", publisher, (TOPIC,), topic_prefix)
    await relay.heartbeat(bare)
    await publisher.close()
    topic = physical(TOPIC.name, topic_prefix)
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    heartbeats: dict[int, Heartbeat] = {}
    while len(heartbeats) < TOPIC.partitions:
        for partition, records in (await consumer.getmany(timeout_ms=1000)).items():
            heartbeats[partition.partition] = Heartbeat.model_validate_json(records[-1].value)
    await consumer.stop()
    assert {heartbeat.partitions for heartbeat in heartbeats.values()} == {TOPIC.partitions}


class Acknowledging(Publisher):
    """A publisher whose broker takes all."""

    async def send(self, messages: Sequence[Message]) -> list[Position | None]:
        return [Position(0, offset) for offset, _ in enumerate(messages)]


async def test_the_span_of_a_batch_counts_all_its_rows_and_links_to_the_sampled_ones(
    spans: InMemorySpanExporter,
) -> None:
    relay = Relay("", "jobs", Acknowledging("", "t"), [TOPIC])
    flags = ["00", "01", "00", "01", None]
    headers = [{"ce_traceparent": f"00-{'a' * 32}-{'b' * 16}-{each}"} if each else {} for each in flags]
    await relay._send([Unsent(number, TOPIC.name, "1", each, b"") for number, each in enumerate(headers)])
    [send] = spans.get_finished_spans()
    assert (send.name, len(send.links)) == ("send jobs", 2)
    assert (send.attributes or {})["messaging.batch.message_count"] == len(flags)


def test_a_row_behind_a_lost_one_of_its_key_is_sent_again_too() -> None:
    rows = [Unsent(number, "t", key, {}, b"") for number, key in enumerate("abab")]
    positions = [Position(0, 0), None, Position(0, 1), Position(0, 2)]
    assert [row.id for row, _ in acknowledged_prefix(rows, positions)] == [0, 2]


def test_a_heartbeat_follows_traffic_soon_and_silence_late() -> None:
    heartbeats = HeartbeatTimer(after_traffic=3.0, idle=30.0)
    heartbeats.sent(100.0)
    assert not heartbeats.due(120.0)
    heartbeats.traffic(120.0)
    heartbeats.traffic(122.0)
    assert heartbeats.due(123.0)
