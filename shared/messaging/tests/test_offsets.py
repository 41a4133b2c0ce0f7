"""Offsets go to the broker after the effects have gone to the database, and never before (rules M6)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.messaging import consumer as consumers
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Consumer
from shared.messaging.consumer_core import ATTEMPTS, ConsumerCore
from shared.messaging.publisher import Publisher
from shared.messaging.tests.deliveries import Listener, ProcessEnds
from shared.messaging.tests.test_consumer import Stage, story
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
