"""The consumer on a real broker: offsets are a hint, the future waits, members take over from each other (rules M6)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol.fetch import FetchRequest

from shared.contracts import registry
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.topics import physical
from shared.messaging import consumer as consumers
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import LONGEST_KEY, Consumer, bounded, key_of, raw_of
from shared.messaging.consumer_core import MAX_EVENTS
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.publisher import Message, Position, Publisher
from shared.messaging.received import Raw, Reading, Received, Unreadable, read
from shared.messaging.subscription import Subscription
from shared.messaging.tests.conftest import TOPIC
from shared.messaging.tests.deliveries import Listener, event, record
from shared.messaging.tests.test_batch import always_new
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import answered, eventually


class PlacementConfirmedV2(PlacementConfirmedV1):
    """What a newer release would know."""

    version: ClassVar[int] = 2


@dataclass
class Member:
    """One running consumer, and what it was handed."""

    consumer: Consumer[UnitOfWork]
    handed: list[Raw]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    running: "asyncio.Task[None] | None" = None

    async def leave(self) -> None:
        self.stop.set()
        if self.running is not None:
            await self.running


@dataclass
class Stage:
    """A topic of this test's own, and a listener to it."""

    broker: Broker
    prefix: str
    listener: Listener
    publisher: Publisher

    @property
    def topic(self) -> str:
        return physical(TOPIC.name, self.prefix)

    async def send(self, raws: Sequence[Raw]) -> list[Position]:
        messages = [
            Message(self.topic, raw.key, {name: value.decode() for name, value in raw.headers}, raw.payload)
            for raw in raws
        ]
        positions = await self.publisher.send(messages)
        return [position for position in positions if position is not None]

    @asynccontextmanager
    async def member(self, group: str = "g", name: str = "m0", *, commit_seconds: float = 0.2) -> AsyncIterator[Member]:
        """One that commits often, so that what it did is seen soon."""
        handed: list[Raw] = []

        class Noting(BatchHandler[UnitOfWork]):
            async def handle(self, subscription: Subscription[UnitOfWork], readings: Sequence[Reading]) -> None:
                await super().handle(subscription, readings)
                handed.extend(reading.raw for reading in readings)

        handler = Noting(self.listener.database, UnitOfWork)
        address, group = self.broker.bootstrap, f"{self.prefix}{group}"
        consumer = Consumer(
            address, group, f"{group}-{name}", [self.listener.both], handler, self.prefix, commit_seconds=commit_seconds
        )
        member = Member(consumer, handed)
        member.running = asyncio.create_task(member.consumer.run(member.stop))
        try:
            yield member
        finally:
            await member.leave()

    async def committed(self, group: str = "g") -> dict[int, int]:
        """The offsets that a group has committed, by partition."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.bootstrap)
        await admin.start()
        try:
            offsets = await answered(lambda: admin.list_consumer_group_offsets(f"{self.prefix}{group}"))
        finally:
            await admin.close()
        return {place.partition: found.offset for place, found in offsets.items() if found.offset >= 0}

    def group_is_through(self, count: int, group: str = "g") -> Callable[[], Awaitable[bool]]:
        async def through() -> bool:
            return sum((await self.committed(group)).values()) == count

        return through


@pytest.fixture
async def stage(broker: Broker, topic_prefix: str, platform: TestDatabase, database: Database) -> AsyncIterator[Stage]:
    listener = Listener(database)
    publisher = Publisher(broker.bootstrap, "test")
    yield Stage(broker, topic_prefix, listener, publisher)
    await publisher.close()


def story(persons: int, each: int) -> list[Raw]:
    """Events of several persons, interleaved, each person's in order."""
    return [record(person, number, 0) for number in range(1, each + 1) for person in range(1, persons + 1)]


async def check_a_replay_from_the_start(stage: Stage) -> None:
    """Raises AssertionError when reading everything again under a new group leaves other effects."""
    await stage.send(story(persons=20, each=10))
    async with stage.member():
        await eventually(stage.group_is_through(200))
    effects = sorted(await stage.listener.reactions()), await stage.listener.projected()
    assert effects == (sorted([*range(1, 11)] * 20), dict.fromkeys(range(1, 21), 10))
    async with stage.member(group="again") as again:
        await eventually(stage.group_is_through(200, "again"))
    assert len(again.handed) == 200
    assert (sorted(await stage.listener.reactions()), await stage.listener.projected()) == effects
    assert await stage.listener.in_flight() == []


@pytest.mark.postgres
@pytest.mark.kafka
async def test_read_again_from_the_start_everything_leaves_the_same_effects(stage: Stage) -> None:
    await check_a_replay_from_the_start(stage)


@pytest.mark.postgres
@pytest.mark.kafka
async def test_without_the_inbox_the_same_check_is_red(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConsumerStore, "new_among", always_new)
    with pytest.raises(AssertionError):
        await check_a_replay_from_the_start(stage)


@pytest.mark.postgres
@pytest.mark.kafka
async def test_a_version_of_a_later_release_waits_with_its_key_alone_until_that_release_starts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    future = _as_version_2(record(1, 4, 0))
    raws = [*story(persons=20, each=3), future, *(record(person, 5, 0) for person in range(1, 21))]
    await stage.send(raws)
    async with stage.member():
        await eventually(stage.group_is_through(len(raws)))
    assert len(await stage.listener.reactions()) == len(raws) - 2
    assert len(await stage.listener.parked()) == 2, "the one, and what came after it of its key"
    monkeypatch.setitem(registry.BY_TYPE, PlacementConfirmedV2.type(), PlacementConfirmedV2)
    async with stage.member():
        await eventually(lambda: _all_went(stage))
    assert len(await stage.listener.reactions()) == len(raws)
    of_the_key = await stage.listener.query("SELECT number FROM reaction WHERE person = 1 ORDER BY id")
    assert [row["number"] for row in of_the_key] == [1, 2, 3, 4, 5]
    done = await stage.listener.query("SELECT action, acted_by, fault FROM parked_action ORDER BY id")
    assert [(each["action"], each["acted_by"]) for each in done] == [("replayed", "release")] * 2


async def _all_went(stage: Stage) -> bool:
    return await stage.listener.parked() == []


def _as_version_2(raw: Raw) -> Raw:
    headers = {**dict(raw.headers), "ce_type": PlacementConfirmedV2.type().encode()}
    return replace(raw, headers=tuple(headers.items()))


async def _is(truth: bool) -> bool:
    return truth


@pytest.mark.postgres
@pytest.mark.kafka
async def test_two_members_share_the_partitions_and_one_takes_over_from_the_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = 0

    async def both_were_handed(one: Member, other: Member) -> bool:
        nonlocal sent
        sent += len(await stage.send([record(person, sent + 1, 0) for person in range(1, 41)]))
        await asyncio.sleep(0.2)
        return bool(one.handed and other.handed)

    async with stage.member(name="m0") as one:
        await eventually(lambda: _is(one.consumer.ready))
        async with stage.member(name="m1") as other:
            await eventually(lambda: both_were_handed(one, other))
            await eventually(stage.group_is_through(sent))
            # Only what was sent since: before, a partition may have gone from one to the other.
            before = len(one.handed), len(other.handed)
            sent += len(await stage.send([record(person, sent + 1, 0) for person in range(1, 41)]))
            await eventually(stage.group_is_through(sent))
            read = [
                {raw.partition for raw in each.handed[had:]} for each, had in zip((one, other), before, strict=True)
            ]
            assert not read[0] & read[1], "no partition has two readers"
        left = sent
        sent += len(await stage.send([record(person, sent + 1, 0) for person in range(1, 41)]))
        await eventually(stage.group_is_through(sent), within=30)
    assert sent > left
    assert len(await stage.listener.reactions()) == sent
    assert await stage.listener.parked() == []


@pytest.mark.postgres
@pytest.mark.kafka
async def test_a_consumer_whose_database_goes_after_its_broker_reads_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fetch that failed sleeps in the client; its cancellation, when the client is stopped, is not the consumer's."""
    is_away = asyncio.Event()
    sent_by_client = AIOKafkaClient.send

    async def away(client: AIOKafkaClient, node: Any, request: Any, **options: Any) -> Any:
        if is_away.is_set() and isinstance(request, FetchRequest):
            raise NodeNotReadyError("the broker is away")
        return await sent_by_client(client, node, request, **options)

    async def database_goes_too(*_: object) -> None:
        is_away.set()
        # Longer than a fetch waits for records, so that one has failed and sleeps until it is tried again.
        await asyncio.sleep(0.8)
        monkeypatch.setattr(BatchHandler, "_project", project)
        raise ConnectionError("the database is away")

    project = BatchHandler._project
    monkeypatch.setattr(AIOKafkaClient, "send", away)
    async with stage.member() as member:
        await eventually(lambda: _is(member.consumer.ready))
        monkeypatch.setattr(BatchHandler, "_project", database_goes_too)
        await stage.send(story(persons=3, each=1))
        await asyncio.wait_for(is_away.wait(), 10)
        await asyncio.sleep(1.5)
        is_away.clear()
        await eventually(stage.group_is_through(3))
    assert len(await stage.listener.reactions()) == 3


@pytest.mark.postgres
@pytest.mark.kafka
async def test_a_consumer_whose_group_does_not_form_says_that_it_is_not_ready_and_reads_on_when_it_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "FETCH_LIMIT_SECONDS", 1.0)
    async with stage.member(name="m0") as member:
        await eventually(lambda: _is(member.consumer.ready))
        await _join_and_vanish(stage)
        await eventually(lambda: _is(member.consumer.ready))
        async with stage.member(name="m1"):
            await eventually(lambda: _is(not member.consumer.ready), within=8)
        sent = await stage.send(story(persons=20, each=1))
        await eventually(stage.group_is_through(len(sent)), within=30)


async def _join_and_vanish(stage: Stage) -> None:
    """A foreign member of the group, which is believed to live for ten seconds after it ended."""
    foreign = AIOKafkaConsumer(
        stage.topic, bootstrap_servers=stage.broker.bootstrap, group_id=f"{stage.prefix}g", session_timeout_ms=10_000
    )
    await foreign.start()
    foreign._coordinator._coordination_task.cancel()
    foreign._coordinator._heartbeat_task.cancel()
    await foreign._fetcher.close()
    await foreign._client.close()
    # Closed already: it is not to complain that nobody stopped it.
    foreign._closed = True


class Rows(PlacementConfirmedV1):
    """An event that writes as many rows as its wage says."""

    @property
    def rows(self) -> int:
        return self.wage_sen


def of_rows(number: int) -> Reading:
    reading = event(1, number, 0)
    assert isinstance(reading, Received)
    return replace(reading, event=Rows.model_validate(reading.event.model_dump()))


def test_a_batch_has_at_most_a_thousand_records_and_twenty_thousand_rows() -> None:
    assert [len(batch) for batch in bounded([event(1, 1, 0)] * (MAX_EVENTS * 2 + 1))] == [1_000, 1_000, 1]
    sizes = [19_999, 1, 1, 30_000, 5, 20_000]
    batches = [[_rows_of(reading) for reading in batch] for batch in bounded([of_rows(size) for size in sizes])]
    assert batches == [[19_999, 1], [1], [30_000], [5], [20_000]]
    assert list(bounded([])) == []


def _rows_of(reading: Reading) -> int:
    assert isinstance(reading, Received)
    return reading.event.rows


def test_a_foreign_record_without_key_or_with_empty_headers_is_read_as_unreadable() -> None:
    raw = raw_of(_foreign(None, None, [("ce_id", None), ("ce_type", b"x")]), TOPIC.name)
    assert (raw.key, raw.payload, raw.offset) == ("", b"", 7)
    assert isinstance(read(raw), Unreadable)


def test_a_header_without_a_value_is_not_there_and_a_key_that_is_no_text_or_too_long_is_still_one() -> None:
    good = record(1, 1, 0)
    headers = [*good.headers, ("ce_causationid", None), ("b3", b"\xff\x00")]
    raw = raw_of(_foreign(key=good.key.encode(), value=good.payload, headers=headers), TOPIC.name)
    assert isinstance(read(raw), Received)
    assert key_of(b"\xff\x00") == "\ufffd\ufffd"
    keys = {key_of(byte * 5_000) for byte in (b"a", b"b", b"\xff")}
    assert len(keys) == 3
    assert all(len(key) <= LONGEST_KEY for key in keys)


def _foreign(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> Any:
    return ConsumerRecord("t", 0, 7, 0, 0, key, value, None, 0, 0, headers)
