"""Two workers of one service: each under a name of its own, or under none; a clash is said, and nobody reads twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from shared.messaging import member_name
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Consumer
from shared.messaging.member_name import MemberName
from shared.messaging.publisher import Publisher
from shared.messaging.tests.deliveries import Listener, record
from shared.messaging.tests.test_consumer import Stage
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


@dataclass
class Process:
    """A consumer and its name, as a worker runs them."""

    name: MemberName | None
    consumer: Consumer[UnitOfWork]
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_ready(self) -> bool:
        return self.consumer.ready


@dataclass
class Service:
    """One service's database, topics and group; starts workers of it."""

    stage: Stage
    url: str

    @property
    def group(self) -> str:
        return f"{self.stage.prefix}g"

    @asynccontextmanager
    async def worker(self, name: str) -> AsyncIterator[Process]:
        """A worker under this name, or without one."""
        named = MemberName(self.url, "jobs", self.group, name) if name else None
        listener = self.stage.listener
        handler = BatchHandler(listener.database, UnitOfWork)
        subscriptions = [listener.both]
        address = self.stage.broker.bootstrap
        consumer = Consumer(address, self.group, name, subscriptions, handler, self.stage.prefix, named)
        process = Process(named, consumer)
        parts = [consumer.run(process.stop), *([named.run(process.stop)] if named else [])]
        running = [asyncio.create_task(part) for part in parts]
        try:
            yield process
        finally:
            process.stop.set()
            await asyncio.gather(*running)

    def reassigned(self) -> float:
        return metrics.REGISTRY.get_sample_value("jaring_reassignments_total", {"consumer": self.group}) or 0.0


@pytest.fixture
async def service(
    broker: Broker, topic_prefix: str, platform: TestDatabase, database: Database
) -> AsyncIterator[Service]:
    listener = Listener(database)
    publisher = Publisher(broker.bootstrap, "test")
    yield Service(Stage(broker, topic_prefix, listener, publisher), platform.url("worker"))
    await publisher.close()


def _is(question: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return question()

    return asked


async def check_a_clash(service: Service) -> None:
    """Two under one name: raises AssertionError where both say ready, or the first loses what it has."""
    await service.stage.send([record(person, 1, 0) for person in range(1, 41)])
    async with service.worker("jobs-0") as first:
        await eventually(first.is_ready)
        await eventually(service.stage.group_is_through(40))
        before = service.reassigned()
        async with service.worker("jobs-0") as second:
            for _ in range(40):
                await asyncio.sleep(0.1)
                assert not (first.consumer.ready and second.consumer.ready)
            assert service.reassigned() == before, "the group was left in peace"
            assert first.consumer.ready
            first.stop.set()
            await eventually(second.is_ready, within=30)
        await service.stage.send([record(person, 2, 0) for person in range(1, 41)])
    async with service.worker("jobs-0"):
        await eventually(service.stage.group_is_through(80), within=30)
    assert len(await service.stage.listener.reactions()) == 80


async def test_of_two_under_one_name_the_second_says_so_and_stands_by_until_the_first_ends(service: Service) -> None:
    with capture_logs() as logs:
        await check_a_clash(service)
    said = [each for each in logs if each["event"] == "member_name_taken"]
    assert [(each["log_level"], each["member"]) for each in said] == [("error", "jobs-0")]


async def test_without_the_lock_on_the_name_the_same_check_is_red(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_name, "_TAKE", "SELECT $1::text IS NOT NULL")
    with pytest.raises(AssertionError):
        await check_a_clash(service)


@pytest.mark.parametrize("names", [("jobs-0", "jobs-1"), ("", "")])
async def test_two_with_names_of_their_own_or_with_none_share_the_work(
    service: Service, names: tuple[str, str]
) -> None:
    async with service.worker(names[0]) as one, service.worker(names[1]) as other:
        await eventually(one.is_ready)
        await eventually(other.is_ready)
        await service.stage.send([record(person, 1, 0) for person in range(1, 41)])
        await eventually(service.stage.group_is_through(40), within=30)
        settled = service.reassigned()
        await asyncio.sleep(3)
        assert service.reassigned() == settled, "the partitions stay where they are"
        assert one.consumer.ready
        assert other.consumer.ready
    assert len(await service.stage.listener.reactions()) == 40


async def test_a_name_whose_session_the_database_ended_is_taken_back_or_found_taken(service: Service) -> None:
    """A process that stood still for long: the session is gone, and with it the name."""
    stop = asyncio.Event()
    first, second = (MemberName(service.url, "jobs", service.group, "jobs-0") for _ in range(2))
    running = [asyncio.create_task(first.run(stop))]
    await eventually(_is(lambda: first.is_mine))
    await service.stage.listener.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jaring-jobs-member'"
    )
    # Found out at its end, and not when it is used next: meanwhile another process could have taken it.
    await asyncio.sleep(3 * member_name.LOOK_SECONDS)
    assert member_name.KEEP_SECONDS > 3 * member_name.LOOK_SECONDS
    sessions = await service.stage.listener.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'jaring-jobs-member'"
    )
    assert len(sessions) == 1
    assert first.is_mine
    running.append(asyncio.create_task(second.run(stop)))
    await eventually(_is(lambda: second.is_taken))
    stop.set()
    await asyncio.gather(*running)
