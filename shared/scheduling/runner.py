"""Runs due work: each command in a transaction of its own, rows claimed with SKIP LOCKED.

A command that raises is counted and tried again later, with growing pauses; after the last attempt it is kept as
failed, for a person to look at. Transient errors of the database never count as attempts.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import orjson
import structlog
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import Pace, pause
from shared.persistence.due_work import NOT_BOUNDED, DueWork, command_of, kind_of
from shared.persistence.engine import Database
from shared.persistence.life import MAY_ACT
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.poller import BOUND, FIRST_DUE, DueWorkPoller, Seen
from shared.telemetry import metrics
from shared.telemetry.ids import Ids, about, ids_of, mark
from shared.telemetry.messaging import child_of, trace_id_of

U = TypeVar("U", bound=UnitOfWork)
Handler = Callable[[Any, U], Awaitable[object]]

# While it runs a row is due at no time, so that a command may leave itself for later again. A database that was put
# back runs nothing until it is whole again: it would say and pay again what it has forgotten.
_CLAIM = text(f"""
    UPDATE due_work SET
        due_at = 'infinity',
        recheck_after = CASE WHEN recheck_after = {NOT_BOUNDED}
                               OR recheck_after > pg_snapshot_xmin(pg_current_snapshot()) THEN recheck_after END
    WHERE {MAY_ACT} AND id = {FIRST_DUE.format(kinds=":kinds", now=":now")}
    RETURNING id, kind, payload, armed, attempts, correlation_id, causation_id, CAST(trace AS text) AS trace
""")  # noqa: S608 - nothing that came from outside stands in it
_BOUND = text(BOUND.format(kinds=":kinds"))
_DONE = text("DELETE FROM due_work WHERE id = :id AND armed = :armed")
_REPEAT = text("""
    UPDATE due_work SET due_at = :due_at, attempts = 0 WHERE id = :id AND armed = :armed
""")
_FAILED = text("""
    UPDATE due_work SET attempts = attempts + 1, due_at = :due_at,
                        failed = CASE WHEN attempts + 1 >= :limit THEN CAST(:reason AS text) END
    WHERE id = :id
""")
_START_SCHEDULE = text("""
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    VALUES (:kind, '{}', :now, '{}', :kind, '{}')
    ON CONFLICT (kind, payload) DO UPDATE SET failed = NULL, attempts = 0, due_at = excluded.due_at
    WHERE due_work.failed IS NOT NULL
""")

ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=1)
FAULT_PAUSE_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class DueCommand(Generic[U]):
    """A command that may be left for later, and the handler that runs it."""

    command: type[Any]
    handler: Handler[U]


@dataclass(frozen=True)
class Schedule(Generic[U]):
    """A timer: a command without fields that runs again and again, one run at a time over all workers."""

    command: type[Any]
    handler: Handler[U]
    every: timedelta


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A row that is being run."""

    id: int
    kind: str
    payload: str
    armed: int
    attempts: int
    correlation_id: str
    causation_id: str | None
    trace: Mapping[str, str]


class DueWorkRunner(Generic[U]):
    """Claims and runs due work of one service until it is told to stop."""

    def __init__(
        self,
        database: Database,
        unit: type[U],
        due: Sequence[DueCommand[U]],
        schedules: Sequence[Schedule[U]] = (),
        lanes: int = 2,
    ) -> None:
        self._database = database
        self._unit = unit
        self._lanes = lanes
        known: list[DueCommand[U] | Schedule[U]] = [*due, *schedules]
        self._handlers: Mapping[str, tuple[type[Any], Handler[U]]] = {
            kind_of(each.command): (each.command, each.handler) for each in known
        }
        self._every: Mapping[str, timedelta] = {kind_of(each.command): each.every for each in schedules}
        self.nudged = asyncio.Event()
        self._watch = asyncio.Lock()
        self._pace = Pace()
        # Whether a command that was run here has left something that is to be bounded: then no look has to find it.
        self._unbounded = False
        # Whether a commit of this process, and no look in vain, led to what is looked at now.
        self._told = False
        self._poller = DueWorkPoller(database.url, database.service, list(self._handlers))

    @property
    def kinds(self) -> list[str]:
        """The stored names of what it runs."""
        return list(self._handlers)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until stopped; a fault of the database pauses the lane and never ends it."""
        await self._until_it_works(self._start_schedules, stop)
        try:
            await asyncio.gather(*(self._lane(stop) for _ in range(self._lanes)))
        finally:
            await self._poller.close()

    async def run_one(self) -> bool:
        """Run the one command that has been due longest, or note when others are to be looked at again.

        False when there was nothing to do.
        """
        return await self._run_first_due() or await self._bound()

    async def _run_first_due(self, claimed_one: Callable[[], None] = lambda: None) -> bool:
        """Run it, if there is one; ``claimed_one`` is called when nobody else sees it any more."""
        failure: tuple[_Claimed, Exception] | None = None
        cause, told = Cause("due-work"), self._told
        try:
            async with self._database.begin(self._unit, cause) as uow:
                claimed = await self._claim(uow)
                claimed_one()
                if claimed is None:
                    return False
                is_command = claimed.kind not in self._every
                if is_command:
                    failpoint("due.claimed", claimed.kind)
                try:
                    await self._run(uow, claimed)
                except Exception as reason:
                    failure = (claimed, reason)
                    raise
                if is_command:
                    failpoint("due.before_commit", claimed.kind)
                if is_command or uow.due.soon:
                    self._note(uow.due, told=told)
            if is_command:
                failpoint("due.after_commit", claimed.kind)
        except Exception as reason:
            if failure is None or is_transient(reason):
                raise
            await self._record_failure(*failure)
        return True

    def _note(self, due: DueWork, *, told: bool) -> None:
        """What follows from a command that was run for looking: hints, on which nothing depends.

        What this process is told of needs no looking, and a timer's run says nothing about when more is to come unless
        it leaves some for soon, as one does that goes through a table piece by piece.
        """
        self._unbounded = self._unbounded or due.unbounded
        if not told or due.unbounded or due.soon:
            self._pace.found(asyncio.get_running_loop().time())

    async def _claim(self, uow: U) -> _Claimed | None:
        result = await uow.connection.execute(_CLAIM, {"kinds": list(self._handlers), "now": now()})
        row = result.mappings().one_or_none()
        return None if row is None else _Claimed(**{**row, "trace": orjson.loads(row["trace"])})

    async def _bound(self) -> bool:
        """Whether rows that are to be looked at again did not say yet when; now they do."""
        async with self._database.begin(self._unit, Cause("due-work")) as uow:
            return (await uow.connection.execute(_BOUND, {"kinds": list(self._handlers)})).rowcount > 0

    async def _run(self, uow: U, claimed: _Claimed) -> None:
        kind, handler = self._handlers[claimed.kind]
        uow.cause = Cause(claimed.correlation_id, claimed.causation_id, claimed.trace)
        command = command_of(kind, claimed.payload)
        ids = ids_of(command)
        with _span_of(claimed), about(ids):
            mark(ids)
            await handler(command, uow)
            await uow.flush()
        every = self._every.get(claimed.kind)
        done = {"id": claimed.id, "armed": claimed.armed}
        if every is not None:
            await uow.connection.execute(_REPEAT, {**done, "due_at": now() + every})
        elif not uow.due.is_armed(claimed.kind, claimed.payload):
            await uow.connection.execute(_DONE, done)

    async def _record_failure(self, claimed: _Claimed, reason: Exception) -> None:
        attempts = claimed.attempts
        metrics.DUE_WORK_FAILURES.labels(kind=claimed.kind).inc()
        self._log_failure(claimed, reason)
        async with self._database.begin(self._unit, Cause(claimed.correlation_id)) as uow:
            values = {"id": claimed.id, "due_at": now() + FIRST_PAUSE * 2**attempts, "limit": ATTEMPTS}
            await uow.connection.execute(_FAILED, {**values, "reason": type(reason).__name__})

    def _log_failure(self, claimed: _Claimed, reason: Exception) -> None:
        """The line says whom it concerns and in which trace: the span of the run has ended by now."""
        log.error(
            "due_work_failed",
            kind=claimed.kind,
            attempts=claimed.attempts + 1,
            kept=claimed.attempts + 1 >= ATTEMPTS,
            error=type(reason).__name__,
            exc_info=reason,
            correlation_id=claimed.correlation_id,
            trace_id=trace_id_of(claimed.trace),
            **_ids_in(claimed.payload),
        )

    async def _lane(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._watch.acquire()
                await self._watch_and_run(stop)
            except Exception as reason:
                if not is_transient(reason):
                    log.exception("due_work_lane_failed")
                await pause(stop, FAULT_PAUSE_SECONDS)

    async def _watch_and_run(self, stop: asyncio.Event) -> None:
        """Do one thing that a look found: a transaction that finds nothing costs many times as much as a look.

        The watch goes to the next lane when the row is claimed: before that its look would find the same one.
        """
        with contextlib.ExitStack() as watch:
            watch.callback(self._watch.release)
            seen = await self._until_due(stop)
            if seen is Seen.DUE:
                await self._run_first_due(watch.close)
            elif seen is Seen.NOT_BOUNDED:
                await self._poller.bound()

    async def _until_due(self, stop: asyncio.Event) -> Seen | None:
        """Keep watch for all idle lanes, of which one at a time looks; a lane at work leaves the watch to the next."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            self.nudged.clear()
            if self._unbounded:
                self._unbounded = False
                await self._poller.bound()
            if seen := await self._poller.sees_work():
                return seen
            await pause(self.nudged, self._pace.pause(loop.time()))
            self._told = self.nudged.is_set()
        return None

    async def _start_schedules(self) -> None:
        async with self._database.begin(self._unit, Cause("schedules")) as uow:
            for kind in self._every:
                await uow.connection.execute(_START_SCHEDULE, {"kind": kind, "now": now()})

    async def _until_it_works(self, step: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await step()
                return
            except Exception as reason:
                if not is_transient(reason):
                    raise
            await pause(stop, FAULT_PAUSE_SECONDS)


def _span_of(claimed: _Claimed) -> AbstractContextManager[object]:
    """Part of the trace that asked for the work; what nobody traced (a timer) makes no trace of its own."""
    traceparent = claimed.trace.get("traceparent")
    return child_of(traceparent, f"run {claimed.kind}") if traceparent else nullcontext()


def _ids_in(payload: str) -> Ids:
    stored = orjson.loads(payload)
    return ids_of(stored) if isinstance(stored, dict) else {}
