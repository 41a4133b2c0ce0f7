"""The relay is told at once of what this process announced; whatever else is in the outbox it finds by looking."""

import asyncio
from datetime import timedelta

import pytest

from shared.kernel import pace
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.messaging.publisher import Publisher
from shared.messaging.relay import Relay
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.tests.test_due_work import LookFor
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

FIRST = Subject.of("fact", 1)
SECOND = Subject.of("fact", 2)

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


async def test_what_a_commit_of_this_process_announced_is_sent_without_waiting_for_the_next_look(
    platform: TestDatabase, database: Database, broker: Broker, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SILENT_PAUSE_SECONDS", 600.0)
    monkeypatch.setattr(pace, "BUSY_PAUSE_SECONDS", 600.0)
    publisher = Publisher(broker.bootstrap, "t")
    relay = Relay(platform.url("worker"), "jobs", publisher, (TOPIC,), topic_prefix)
    database.relays.append(relay.nudged)
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(stop))
    try:
        for number in (1, 2, 3):
            await asyncio.sleep(0.2)
            async with database.begin(UnitOfWork, CAUSE) as uow:
                uow.publish(placed(number))
            await eventually(lambda: _all_sent(platform))
    finally:
        stop.set()
        relay.nudged.set()
        await asyncio.wait_for(running, 20)


async def _all_sent(platform: TestDatabase) -> bool:
    async with platform.connection() as connection:
        return not await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


@pytest.mark.parametrize("does", ["read", "announce", "leave", "wake nobody", "roll back"])
async def test_a_commit_nudges_who_has_something_to_do_and_nobody_else(database: Database, does: str) -> None:
    relay, runner = asyncio.Event(), asyncio.Event()
    database.relays.append(relay)
    database.runners.append(runner)
    try:
        async with database.begin(UnitOfWork, CAUSE) as uow:
            match does:
                case "announce":
                    uow.publish(placed(1))
                case "leave":
                    await uow.due.at(LookFor(1), now())
                case "wake nobody":
                    await uow.due.wake({FIRST})
                case "roll back":
                    uow.publish(placed(1))
                    await uow.flush()
                    raise KeyError
    except KeyError:
        pass
    assert (relay.is_set(), runner.is_set()) == (does == "announce", does == "leave")


async def test_a_fact_that_wakes_somebody_nudges(database: Database) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookFor(1), {FIRST}, now() + timedelta(days=1))
    nudged = asyncio.Event()
    database.runners.append(nudged)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.wake({FIRST})
    assert nudged.is_set()
