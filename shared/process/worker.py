"""Builds and runs the worker process of a service: consumer, outbox relay, due work, and a page for its health.

`python -m services.<service>.worker` works until it is told to stop. With `replay` behind it, it replays what the
service parked, while the workers go on, and ends with code 1 when something is left. With `parked` behind it, a person
looks at what is parked and acts on it; with `release NAME REASON`, an officer of that name releases a database that was
put back and cannot know by itself that it is whole again; with `forget TOPIC NAME REASON` a person does not believe up
to when a topic is said to have arrived (docs/operations.md).
"""

import asyncio
import contextlib
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from prometheus_client import Gauge
from sqlalchemy import TextClause, text

from shared.contracts.partner_topics import pattern
from shared.contracts.topics import topics_of
from shared.inbound import gauges as inbound_gauges
from shared.inbound.answers import AnswerSender
from shared.inbound.intake import Intake, IntakeHandler
from shared.inbound.retention import EVERY, ForgetInbound, forget_inbound
from shared.kernel.pace import pause
from shared.messages.gateway import Gateway
from shared.messages.sending import MessageSender
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import Consumer, process_id
from shared.messaging.freshness import NothingKnown, forget
from shared.messaging.member_name import MemberName
from shared.messaging.parked import Who
from shared.messaging.parking import replay_all
from shared.messaging.publisher import Publisher
from shared.messaging.relay import HeldBack, Relay, nothing_held_back
from shared.messaging.restore import NothingHeld, Recall, Restoration, recalls_nothing, release
from shared.messaging.retention_cleanup import CleanUpExpired, clean_up_expired
from shared.messaging.subscription import Subscription
from shared.persistence.control_totals import ControlTotal
from shared.persistence.engine import Database
from shared.persistence.life import LOOKED_INTO, DatabaseHeld
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.process.api import server, set_up_telemetry
from shared.process.clock_file import install_clock
from shared.process.crashes import arm_crashes
from shared.process.gauges import CONTROL_TOTALS, WorkerGauges
from shared.process.memory import give_back_what_is_freed, spare_what_stays
from shared.process.parked_command import named, parked
from shared.process.priority import step_back
from shared.process.settings import ServiceSettings
from shared.process.standing_law import keep_law, lay_law
from shared.scheduling.counting import counting
from shared.scheduling.runner import DueCommand, DueWorkRunner, Schedule
from shared.web import health, problems

U = TypeVar("U", bound=UnitOfWork)

# A relay that works asks its database several times a second. One that stands still with its process (stopped,
# suspended) keeps its connection and so the lock: the database ends the session, and a partner takes over.
RELAY_IDLE_LIMIT_MS = 15_000
FIRST_LOOK_SECONDS = 0.05
# What may stand behind the module's name, and how many words follow it; `parked` has its own.
_WORDS = {"replay": 0, "release": 2, "forget": 3}
_LOOKED_INTO = text(f"SELECT {LOOKED_INTO}")

log = structlog.get_logger()


@dataclass(frozen=True)
class Work(Generic[U]):
    """The tables of a worker: what it listens to, what may be left for later, which timers run."""

    unit: type[U]
    subscriptions: Sequence[Subscription[U]] = ()
    due: Sequence[DueCommand[U]] = ()
    schedules: Sequence[Schedule[U]] = ()
    held_back: HeldBack = nothing_held_back
    # What the service's own events, read back after its database was put back, leave to be known again.
    recall: Recall[U] = recalls_nothing
    # Gauges of the service's own, each with the statement that counts it.
    counts: Sequence[tuple[Gauge, TextClause]] = ()
    # And several of the same labels, with the statement that gives a row for each.
    groups: Sequence[tuple[Sequence[Gauge], TextClause]] = ()
    # What is counted of all that the service took on.
    control_totals: Sequence[ControlTotal] = ()
    # What it takes of the topics of partners.
    intake: Intake | None = None
    # Where its letters go; without one they wait.
    gateway: Gateway | None = None


@dataclass
class Worker(Generic[U]):
    """One worker of a service; several may run, each under a member name of its own."""

    settings: ServiceSettings
    work: Work[U]
    batches: type[BatchHandler[U]] = BatchHandler
    database: Database = field(init=False)
    relay: Relay = field(init=False)
    name: MemberName | None = field(init=False)
    consumer: Consumer[U] | None = field(init=False)
    partners: Consumer[U] | None = field(init=False)
    answers: AnswerSender | None = field(init=False)
    messages: MessageSender[U] | None = field(init=False)
    runner: DueWorkRunner[U] = field(init=False)

    def __post_init__(self) -> None:
        settings, work = self.settings, self.work
        url = settings.database_url.get_secret_value()
        self.database = Database(url, settings.service, settings.pool_size)
        self.relay = Relay(
            dsn=with_idle_limit(url),
            service=settings.service,
            publisher=Publisher(settings.kafka, f"{settings.member or process_id()}-relay"),
            topics=topics_of(settings.service),
            prefix=settings.topic_prefix,
            after_traffic=settings.heartbeat_after_traffic,
            idle=settings.heartbeat_idle,
            held_back=work.held_back,
            before=self._restoration().complete,
        )
        self.name = self._name() if work.subscriptions and settings.member else None
        self.consumer = self._consumer() if work.subscriptions else None
        self.partners = None if work.intake is None else self._partners(work.intake)
        self.answers = None if work.intake is None else self._answers(with_idle_limit(url))
        self.messages = None if work.gateway is None else MessageSender(self.database, work.unit, work.gateway)
        retention_cleanup: Schedule[U] = Schedule(CleanUpExpired, clean_up_expired, every=timedelta(hours=1))
        schedules = [*work.schedules, retention_cleanup, counting(work.control_totals)]
        if work.intake is not None:
            schedules.append(Schedule(ForgetInbound, forget_inbound, every=EVERY))
        self.runner = DueWorkRunner(self.database, work.unit, work.due, schedules)
        self.database.relays.append(self.relay.nudged)
        self.database.runners.append(self.runner.nudged)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a part that ends with an error ends the whole worker."""
        parts = [self.relay.run(stop), self._once_looked_into(self.runner.run, stop)]
        if self.name is not None:
            parts.append(self.name.run(stop))
        if self.consumer is not None:
            parts.append(self._once_looked_into(self.consumer.run, stop))
        if self.partners is not None:
            parts.append(self._once_looked_into(self.partners.run, stop))
        if self.answers is not None:
            parts.append(self.answers.run(stop))
        if self.messages is not None:
            parts.append(self._once_looked_into(self.messages.run, stop))
        if self.work.unit.reads_law:
            parts.append(self._once_looked_into(self._keep_law, stop))
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await _until_told(tasks, stop)
        finally:
            stop.set()
            await _end(tasks)
            await self.database.close()

    async def consuming(self) -> None:
        """Raises while the consumer has no partitions yet, or another process has its name."""
        if self.name is not None and self.name.is_taken:
            raise ConnectionError(f"another process is the member {self.name.member}")
        if self.consumer is not None and not self.consumer.ready:
            raise ConnectionError("no partitions are assigned yet")

    @property
    def _group(self) -> str:
        return f"{self.settings.topic_prefix}{self.settings.service}"

    def _name(self) -> MemberName:
        settings = self.settings
        dsn = with_idle_limit(settings.database_url.get_secret_value())
        return MemberName(dsn, settings.service, self._group, settings.member)

    async def _once_looked_into(self, part: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
        """Begin when a relay, of this worker or another one, has looked whether this database was put back."""
        while not await self._is_looked_into():
            await pause(stop, FIRST_LOOK_SECONDS)
            if stop.is_set():
                return
        if not stop.is_set():
            if self.work.unit.reads_law:
                # Nothing is decided by a book that lacks what officers entered.
                await lay_law(self.database)
            await part(stop)

    async def _keep_law(self, stop: asyncio.Event) -> None:
        await keep_law(self.database, stop)

    async def _is_looked_into(self) -> bool:
        try:
            async with self.database.connect() as connection:
                return bool((await connection.execute(_LOOKED_INTO)).scalar_one())
        except Exception as reason:
            if not is_transient(reason):
                raise
            return False

    def _restoration(self) -> Restoration[U]:
        settings = self.settings
        return Restoration(
            database=self.database,
            unit=self.work.unit,
            bootstrap=settings.kafka,
            group=self._group,
            own=topics_of(settings.service),
            subscribed=[each.topic for each in self.work.subscriptions],
            prefix=settings.topic_prefix,
            recall=self.work.recall,
        )

    def _consumer(self) -> Consumer[U]:
        settings = self.settings
        return Consumer(
            bootstrap=settings.kafka,
            group=self._group,
            member=settings.member,
            subscriptions=self.work.subscriptions,
            handler=self.batches(self.database, self.work.unit),
            prefix=settings.topic_prefix,
            name=self.name,
        )

    def _partners(self, intake: Intake) -> Consumer[U]:
        """In a group of its own: topics that come and go give the platform's own no other reader."""
        settings = self.settings
        handler: IntakeHandler[U] = IntakeHandler(self.database, self.work.unit, intake)
        return Consumer(
            bootstrap=settings.kafka,
            group=f"{self._group}-partners",
            member="",
            subscriptions=(),
            handler=handler,
            prefix=settings.topic_prefix,
            pattern=handler.pattern(pattern(settings.topic_prefix)),
        )

    def _answers(self, dsn: str) -> AnswerSender:
        settings = self.settings
        publisher = Publisher(settings.kafka, f"{settings.member or process_id()}-answers")
        return AnswerSender(dsn, settings.service, publisher, settings.topic_prefix)


def serve(settings: ServiceSettings, work: Work[U], arguments: Sequence[str] | None = None) -> None:
    """Run the worker process until it is told to stop, or do what is asked for instead."""
    asked = list(sys.argv[1:] if arguments is None else arguments)
    if asked and asked[0] != "parked" and _WORDS.get(asked[0]) != len(asked) - 1:
        words = "replay, parked, release NAME REASON, forget TOPIC NAME REASON, or nothing"
        raise SystemExit(f"{asked[0]} is unknown: there is {words}")
    if asked and asked[0] in ("release", "forget"):
        asked[-2:] = _who_and_why(asked[-2:])
    give_back_what_is_freed()
    spare_what_stays()
    install_clock(settings)
    arm_crashes(settings, "worker")
    step_back(settings.nice)
    telemetry = set_up_telemetry(settings, "worker")
    try:
        if asked == ["replay"]:
            sys.exit(uvloop.run(replay(settings, work)))
        if asked and asked[0] == "release":
            sys.exit(uvloop.run(release_held(settings, work, *asked[1:])))
        if asked and asked[0] == "forget":
            sys.exit(uvloop.run(forget_freshness(settings, work, *asked[1:])))
        if asked:
            sys.exit(uvloop.run(look_at_parked(settings, work, asked[1:])))
        uvloop.run(_serve(Worker(settings, work)))
    finally:
        telemetry.shutdown()


async def look_at_parked(settings: ServiceSettings, work: Work[U], arguments: Sequence[str]) -> int:
    """Do what a person asks about what is parked; the code with which the process ends."""
    database = Database(settings.database_url.get_secret_value(), settings.service, settings.pool_size)
    try:
        return await parked(settings.service, database, work.unit, work.subscriptions, arguments)
    finally:
        await database.close()


async def replay(settings: ServiceSettings, work: Work[U]) -> int:
    """Replay all that the service parked, topic by topic (rules M7); 1 when something is left, or it is held."""
    database = Database(settings.database_url.get_secret_value(), settings.service, settings.pool_size)
    try:
        await database.whole()
        replayed = await replay_all(database, work.unit, work.subscriptions)
    except DatabaseHeld as held:
        log.warning("nothing_replayed", reason=f"the database was put back and is held: {held.facts['held']}")
        return 1
    finally:
        await database.close()
    for each in replayed:
        log.info("parked_replayed", topic=each.topic, handled=each.handled, left=each.left)
    return int(any(each.left for each in replayed))


async def release_held(settings: ServiceSettings, work: Work[U], name: str, reason: str) -> int:
    """Let a database act that was put back, by an officer's word (rules M8); 1 when it does not wait for one."""
    database = Database(settings.database_url.get_secret_value(), settings.service, settings.pool_size)
    try:
        await release(database, work.unit, name, reason)
    except NothingHeld as nothing:
        log.warning("nothing_released", reason=str(nothing))
        return 1
    finally:
        await database.close()
    return 0


async def forget_freshness(settings: ServiceSettings, work: Work[U], topic: str, name: str, reason: str) -> int:
    """Forget up to when a topic has arrived, by a person's word (rules M5); 1 when nothing is known of it."""
    database = Database(settings.database_url.get_secret_value(), settings.service, settings.pool_size)
    try:
        await forget(database, work.unit, topic, Who(name, reason))
    except NothingKnown as nothing:
        log.warning("nothing_forgotten", reason=str(nothing))
        return 1
    finally:
        await database.close()
    return 0


def _who_and_why(arguments: Sequence[str]) -> list[str]:
    """The name and the reason, of which neither may be empty."""
    try:
        return [named(each) for each in arguments]
    except ArgumentTypeError as wrong:
        raise SystemExit(f"NAME and REASON must be said: {wrong}") from None


def with_idle_limit(url: str) -> str:
    """The database's address with the time, in the session's settings, after which the database ends it when idle."""
    return f"{url}{'&' if urlsplit(url).query else '?'}idle_session_timeout={RELAY_IDLE_LIMIT_MS}"


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
    problems.install(app)
    database = worker.database
    checks = {"database": database.ready, "restored": database.whole, "consumer": worker.consuming}
    gauges = WorkerGauges(
        worker.database,
        relay=worker.relay,
        consumer=worker.consumer,
        kinds=worker.runner.kinds,
        partners=worker.partners,
        counts=[*worker.work.counts, *(inbound_gauges.COUNTS if worker.partners else ())],
        groups=[CONTROL_TOTALS, *worker.work.groups, *(inbound_gauges.GROUPS if worker.partners else ())],
    )
    health.install(app, checks, gauges)
    return server(app, worker.settings.http_host, worker.settings.http_port)


async def _until_told(tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Returns when all have ended after they were told to; raises what one raised, or that it ended untold.

    A cancelled task counts: `asyncio.wait` takes it for no fault, and a worker without its consumer looks alive.
    """
    working = set(tasks)
    while working:
        done, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled():
                task.result()
            if not stop.is_set():
                raise RuntimeError(f"a part of the worker ended, and nobody had told it to: {task.get_coro()}")


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    _, late = await asyncio.wait(tasks, timeout=15)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
