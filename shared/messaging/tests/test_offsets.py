"""Offsets go to the broker after the effects have gone to the database, and never before (rules M6)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

import pytest

from shared.messaging import consumer as consumers
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS, Consumer
from shared.messaging.consumer_core import ATTEMPTS, ConsumerCore
from shared.messaging.publisher import Publisher
from shared.messaging.received import Received
from shared.messaging.tests.deliveries import Listener, ProcessEnds, Waits, record
from shared.messaging.tests.test_consumer import Stage, _is, story
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


@pytest.fixture
async def stage(broker: Broker, topic_prefix: str, platform: TestDatabase, database: Database) -> AsyncIterator[Stage]:
    listener = Listener(database)
    publisher = Publisher(broker.bootstrap, "test")
    yield Stage(broker, topic_prefix, listener, publisher)
    await publisher.close()


async def run_until_it_ends(stage: Stage) -> None:
    async with stage.member() as member:
        assert member.running is not None
        await asyncio.wait([member.running], timeout=30)


async def test_a_process_that_ends_with_records_in_flight_leaves_them_to_the_next_one(stage: Stage) -> None:
    stage.listener.faults = {number: ProcessEnds() for number in (1, 2, 3)}
    await stage.send(story(persons=5, each=3))
    with pytest.raises(ProcessEnds):
        await run_until_it_ends(stage)
    assert await stage.listener.reactions() == []
    assert await stage.committed() == {}
    stage.listener.faults = {}
    async with stage.member():
        await eventually(stage.group_is_through(15))
    assert sorted(await stage.listener.reactions()) == sorted([1, 2, 3] * 5)


async def test_what_is_under_way_is_not_committed_with_a_partition_that_is_given_up(stage: Stage) -> None:
    """A database that is behind its group would be held as one that was put back."""
    stage.listener = waits = Waits(stage.listener.database)
    async with stage.member(name="m0"):
        await stage.send(story(persons=1, each=1))
        await asyncio.wait_for(waits.under_way.wait(), 30)
        async with stage.member(name="m1") as other:
            try:
                await eventually(lambda: _is(other.consumer.ready), within=30)
                committed = await stage.committed()
            finally:
                waits.gate.set()
            await eventually(stage.group_is_through(1), within=30)
    assert (committed, await waits.reactions()) == ({}, [1])


class SmallBatches(BatchHandler[UnitOfWork]):
    """So that a few records are more than a batch holds."""

    def __init__(self, database: Database, unit: type[UnitOfWork]) -> None:
        super().__init__(database, unit)
        self._core = ConsumerCore(is_transient, most=10)


def consumer_of(stage: Stage) -> Consumer[UnitOfWork]:
    """As it ships, but for the size of its batches."""
    handler = SmallBatches(stage.listener.database, UnitOfWork)
    return Consumer(stage.broker.bootstrap, f"{stage.prefix}g", "g-m0", [stage.listener.both], handler, stage.prefix)


async def is_through(stage: Stage, count: int) -> bool:
    return len(await stage.listener.reactions()) == count


async def test_a_killer_far_behind_what_was_committed_is_parked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process reads again from there, and as many records as a batch holds lie before what ends it."""

    async def commits_nothing(_: object) -> None:
        """It was killed before that."""

    monkeypatch.setattr(consumers._Offsets, "commit", commits_nothing)
    stage.listener.faults = {40: ProcessEnds()}
    await stage.send(story(persons=1, each=50))
    deaths = 0
    while deaths <= ATTEMPTS + 2:
        consumer, stop = consumer_of(stage), asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        while not running.done() and len(await stage.listener.parked()) < 11:
            await asyncio.wait([running], timeout=0.2)
        stop.set()
        try:
            await running
            break
        except ProcessEnds:
            deaths += 1
    assert deaths == ATTEMPTS + 2, "once unnoticed, once with its batch, then alone"
    assert await stage.listener.parked() == [*range(39, 50)]
    assert await stage.listener.reactions() == [*range(1, 40)]


async def test_what_is_done_first_is_committed_at_once(stage: Stage) -> None:
    """However soon its process ends after each start, it comes forward."""
    await stage.send(story(persons=1, each=5))
    async with stage.member(commit_seconds=3_600):
        await eventually(stage.group_is_through(5))


async def test_a_fault_that_comes_again_and_again_and_passes_lets_reading_come_to_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More often than offsets are committed, and than a fetch is handled: each fourth transaction meets it."""
    project, calls = BatchHandler._project, count()

    async def now_and_then(handler: BatchHandler[UnitOfWork], *asked: Any) -> Sequence[Received]:
        if next(calls) % 4 == 3:
            raise ConnectionResetError
        return await project(handler, *asked)

    monkeypatch.setattr(BatchHandler, "_project", now_and_then)
    monkeypatch.setattr(consumers, "LONGEST_BACK_OFF_SECONDS", FIRST_BACK_OFF_SECONDS)
    await stage.send(story(persons=1, each=100))
    consumer, stop = consumer_of(stage), asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    await eventually(lambda: is_through(stage, 100), within=60)
    stop.set()
    await running
    assert await stage.listener.reactions() == [*range(1, 101)]


async def test_a_fault_that_does_not_pass_is_tried_more_and_more_seldom_whatever_else_is_done(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something of another key is done between any two attempts, and each costs a client."""
    monkeypatch.setattr(consumers, "LONGEST_BACK_OFF_SECONDS", 3_600.0)
    paused: list[float] = []

    async def comes_meanwhile(stop: asyncio.Event, seconds: float) -> None:
        paused.append(seconds)
        await stage.send([record(before, 2 + len(paused), 0)])

    monkeypatch.setattr(consumers, "pause", comes_meanwhile)
    sent = dict(zip(range(1, 20), await stage.send(story(persons=19, each=1)), strict=True))
    before, stuck = (pick(sent, key=lambda person: sent[person].partition) for pick in (min, max))
    stage.listener.faults = {2: ConnectionResetError()}
    await stage.send([record(stuck, 2, 0)])
    async with stage.member():
        await eventually(lambda: _is(len(paused) >= 5), within=60)
        stage.listener.faults = {}
    assert set(range(3, 7)) <= set(await stage.listener.reactions()), "what came meanwhile is done each time"
    assert paused[:5] == [FIRST_BACK_OFF_SECONDS * times for times in (1, 2, 4, 8, 16)]


async def test_after_a_client_that_lived_for_long_the_next_fault_is_tried_again_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it had failed before; to wait for long and in vain is not to live for long."""
    paused: list[float] = []

    async def meets_a_fault(consumer: Consumer[UnitOfWork], *_: object) -> None:
        if len(paused) == 3:
            consumer._went_well_until += 1.0 + LONGEST_BACK_OFF_SECONDS
        clock[0] += 1.0 + LONGEST_BACK_OFF_SECONDS
        raise ConnectionResetError

    async def stops_after_some(stop: asyncio.Event, seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 5:
            stop.set()

    clock = [0.0]
    monkeypatch.setattr(Consumer, "_now", staticmethod(lambda: clock[0]))
    monkeypatch.setattr(Consumer, "_consume", meets_a_fault)
    monkeypatch.setattr(consumers, "pause", stops_after_some)
    handler = BatchHandler(database, UnitOfWork)
    await Consumer("nowhere", "g", "g-m0", [Listener(database).both], handler).run(asyncio.Event())
    assert paused == [FIRST_BACK_OFF_SECONDS * times for times in (1, 2, 4, 1, 2)]
