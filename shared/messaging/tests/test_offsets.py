"""Offsets go to the broker after the effects have gone to the database, and never before (rules M6)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

import pytest

from shared.messaging import consumer as consumers
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Consumer
from shared.messaging.consumer_core import ATTEMPTS, ConsumerCore
from shared.messaging.publisher import Publisher
from shared.messaging.received import Received
from shared.messaging.tests.deliveries import Listener, ProcessEnds, Waits
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
    await stage.send(story(persons=1, each=100))
    consumer, stop = consumer_of(stage), asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    await eventually(lambda: is_through(stage, 100), within=60)
    stop.set()
    await running
    assert await stage.listener.reactions() == [*range(1, 101)]
