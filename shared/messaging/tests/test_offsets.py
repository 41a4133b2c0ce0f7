"""Offsets go to the broker after the effects have gone to the database, and never before (rules M6)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.messaging.publisher import Publisher
from shared.messaging.tests.deliveries import Listener, ProcessEnds
from shared.messaging.tests.test_consumer import Stage, story
from shared.persistence.engine import Database
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
