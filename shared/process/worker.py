"""Builds and runs the worker process of a service: consumer, outbox relay, due work, and a page for its health."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from shared.contracts.topics import topics_of
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Consumer
from shared.messaging.housekeeping import KeepHouse, keep_house
from shared.messaging.publisher import Publisher
from shared.messaging.relay import HeldBack, Relay, nothing_held_back
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.process.api import server
from shared.process.crashes import arm_crashes
from shared.process.settings import ServiceSettings
from shared.scheduling.runner import DueCommand, DueWorkRunner, Schedule
from shared.telemetry.setup import instrument_database, setup
from shared.web.health import health_router

U = TypeVar("U", bound=UnitOfWork)

log = structlog.get_logger()


@dataclass(frozen=True)
class Work(Generic[U]):
    """The tables of a worker: what it listens to, what may be left for later, which timers run."""

    unit: type[U]
    subscriptions: Sequence[Subscription[U]] = ()
    due: Sequence[DueCommand[U]] = ()
    schedules: Sequence[Schedule[U]] = ()
    held_back: HeldBack = nothing_held_back


@dataclass
class Worker(Generic[U]):
    """One worker of a service; several may run, each under a member name of its own."""

    settings: ServiceSettings
    work: Work[U]
    batches: type[BatchHandler[U]] = BatchHandler
    database: Database = field(init=False)
    relay: Relay = field(init=False)
    consumer: Consumer[U] | None = field(init=False)
    runner: DueWorkRunner[U] = field(init=False)

    def __post_init__(self) -> None:
        settings, work = self.settings, self.work
        url = settings.database_url.get_secret_value()
        self.database = Database(url, settings.service, settings.pool_size)
        self.relay = Relay(
            dsn=url,
            service=settings.service,
            publisher=Publisher(settings.kafka, f"{settings.member}-relay"),
            topics=topics_of(settings.service),
            prefix=settings.topic_prefix,
            after_traffic=settings.heartbeat_after_traffic,
            idle=settings.heartbeat_idle,
            held_back=work.held_back,
        )
        self.consumer = self._consumer() if work.subscriptions else None
        housekeeping: Schedule[U] = Schedule(KeepHouse, keep_house, every=timedelta(hours=1))
        self.runner = DueWorkRunner(self.database, work.unit, work.due, (*work.schedules, housekeeping))
        self.database.nudged += [self.relay.nudged, self.runner.nudged]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a part that ends with an error ends the whole worker."""
        parts = [self.relay.run(stop), self.runner.run(stop)]
        if self.consumer is not None:
            parts.append(self.consumer.run(stop))
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            stop.set()
            await _end(tasks)
            await self.database.close()

    async def consuming(self) -> None:
        """Raises while the consumer has no partitions yet."""
        if self.consumer is not None and not self.consumer.ready:
            raise ConnectionError("no partitions are assigned yet")

    def _consumer(self) -> Consumer[U]:
        settings = self.settings
        return Consumer(
            bootstrap=settings.kafka,
            group=f"{settings.topic_prefix}{settings.service}",
            member=settings.member,
            subscriptions=self.work.subscriptions,
            handler=self.batches(self.database, self.work.unit),
            prefix=settings.topic_prefix,
        )


def serve(settings: ServiceSettings, work: Work[U]) -> None:
    """Run the worker process until it is told to stop."""
    arm_crashes(settings, "worker")
    telemetry = setup(settings.service, "worker", traces=settings.traces)
    instrument_database()
    try:
        uvloop.run(_serve(Worker(settings, work)))
    finally:
        telemetry.shutdown()


async def _serve(worker: Worker[U]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    page = _health_page(worker)
    serving = asyncio.create_task(page._serve())
    try:
        await worker.run(stop)
    finally:
        page.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(serving, 5)


def _health_page(worker: Worker[U]) -> uvicorn.Server:
    app = FastAPI(openapi_url=None)
    app.include_router(health_router({"database": worker.database.ready, "consumer": worker.consuming}))
    return server(app, worker.settings.http_host, worker.settings.http_port)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    _, late = await asyncio.wait(tasks, timeout=15)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
