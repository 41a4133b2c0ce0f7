"""Runs due work: each command in a transaction of its own, rows claimed with SKIP LOCKED.

A command that raises is counted and tried again later, with growing pauses; after the last attempt it is kept as
failed, for a person to look at. Transient errors of the database never count as attempts.

Many of one kind may be run in one transaction, where the kind has a handler for many (decision 79). That it raises says
nothing of any of them: each is run by itself then. What other processes leave of it bit by bit may be gathered: it is
begun at common instants while there is more of it (decision 84).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import orjson
import structlog
from sqlalchemy import RowMapping, TextClause, text

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import Pace, last_tick, pause
from shared.persistence.asked import Asked
from shared.persistence.due_work import NOT_BOUNDED, DueWork, command_of, kind_of
from shared.persistence.engine import Database
from shared.persistence.life import MAY_ACT
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.poller import BOUND, FIRST_DUE, DueWorkPoller, Seen
from shared.telemetry import metrics
from shared.telemetry.ids import Ids, ids_of
from shared.telemetry.messaging import trace_id_of

U = TypeVar("U", bound=UnitOfWork)
Handler = Callable[[Any, U], Awaitable[object]]
Together = Callable[[Sequence[Asked[Any]], U], Awaitable[Sequence[Asked[Any]]]]
"""Runs many commands of one kind in one transaction; those that it left untouched, which are run one by one."""

# While it runs a row is due at no time, so that a command may leave itself for later again. A database that was put
# back runs nothing until it is whole again: it would say and pay again what it has forgotten.
_CLAIM = text(f"""
    UPDATE due_work SET
        due_at = 'infinity',
        recheck_after = CASE WHEN recheck_after = {NOT_BOUNDED}
                               OR recheck_after > pg_snapshot_xmin(pg_current_snapshot()) THEN recheck_after END
    WHERE {MAY_ACT}
      AND id = {FIRST_DUE.format(kinds=":kinds", now=":now", gathered=":gathered", until=":until")}
    RETURNING id, kind, payload, armed, attempts, correlation_id, causation_id, CAST(trace AS text) AS trace,
              old.due_at, recheck_after IS NOT NULL AS is_looked_at_again
""")  # noqa: S608 - nothing that came from outside stands in it
_STANDS = """
    SELECT id, kind, payload, armed, attempts, correlation_id, causation_id, CAST(trace AS text) AS trace, due_at,
           recheck_after IS NOT NULL AS is_looked_at_again
    FROM due_work
"""
# Held, and not written: none of them leaves itself for later, and each write costs five indexes. What failed before is
# run by itself, as is what is looked at once more.
_CLAIM_ALIKE = f"""
    {_STANDS} WHERE failed IS NULL AND kind = :kind AND due_at <= :now AND attempts = 0 AND recheck_after IS NULL
    ORDER BY due_at LIMIT {{limit}} FOR UPDATE SKIP LOCKED
"""
# Statistics that know of no backlog have all of it read and sorted, for each batch of it.
_IN_ORDER = text("SELECT set_config('enable_sort', 'off', true)")
_ANY_ORDER = text("SELECT set_config('enable_sort', 'on', true)")
_CLAIM_ONE = text(f"""
    UPDATE due_work SET due_at = 'infinity'
    WHERE {MAY_ACT} AND id = (SELECT id FROM due_work WHERE id = :id AND failed IS NULL AND due_at <= :now
                              FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, payload, armed, attempts, correlation_id, causation_id, CAST(trace AS text) AS trace,
              old.due_at, recheck_after IS NOT NULL AS is_looked_at_again
""")  # noqa: S608 - nothing that came from outside stands in it
_GIVE_BACK = text("UPDATE due_work SET due_at = :due_at WHERE id = :id AND armed = :armed")
_BOUND = text(BOUND.format(kinds=":kinds"))
_DONE = text("DELETE FROM due_work WHERE id = :id AND armed = :armed")
# It was due before the look that is to come: this run may have missed what a transaction of then has not committed. It
# listens to nothing any more, and is looked at once more.
_DONE_BUT_A_LOOK = text("""
    UPDATE due_work SET waits_for = '{}', attempts = 0 WHERE id = :id AND armed = :armed
""")
_ALL_DONE = text("""
    DELETE FROM due_work WHERE id = ANY(CAST(:ids AS bigint[]))
      AND (id, armed) IN (SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:armed AS bigint[])))
""")
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
NEVER = datetime.min.replace(tzinfo=UTC)
AT_ONCE = 64

log = structlog.get_logger()


@dataclass(frozen=True)
class DueCommand(Generic[U]):
    """A command that may be left for later, the handler that runs it, and one that runs up to so many at once, if there
    is one; whether what comes of it one by one is gathered for that.
    """

    command: type[Any]
    handler: Handler[U]
    together: Together[U] | None = None
    at_once: int = AT_ONCE
    gathered: bool = False


@dataclass(frozen=True)
class Schedule(Generic[U]):
    """A timer: a command without fields that runs again and again, one run at a time over all workers.

    Raises ValueError for a command with fields: what is left of its kind is the timer's, and would come again for good.
    """

    command: type[Any]
    handler: Handler[U]
    every: timedelta

    def __post_init__(self) -> None:
        if fields(self.command):
            raise ValueError(f"{kind_of(self.command)} has fields: what a timer leaves is a command of another kind")


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
    due_at: datetime
    # Whether a look is to come when every transaction has ended that may have been missed by now.
    is_looked_at_again: bool

    @property
    def cause(self) -> Cause:
        """Who asked for it."""
        return Cause(self.correlation_id, self.causation_id, self.trace)


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
        self._together: Mapping[str, Together[U]] = {
            kind_of(each.command): each.together for each in due if each.together is not None
        }
        # How many is part of the statement: a plan that did not know it would sort all that wait.
        self._claims_alike: Mapping[str, TextClause] = {
            kind_of(each.command): text(_CLAIM_ALIKE.format(limit=each.at_once - 1)) for each in due
        }
        self._every: Mapping[str, timedelta] = {kind_of(each.command): each.every for each in schedules}
        self.nudged = asyncio.Event()
        self._watch = asyncio.Lock()
        self._pace = Pace()
        # Whether a command that was run here has left something that is to be bounded: then no look has to find it.
        self._unbounded = False
        # Whether a commit of this process, and no look in vain, led to what is looked at now.
        self._told = False
        self._gathered = [kind_of(each.command) for each in due if each.gathered]
        # When a command that was run here last left some of what is gathered, such as an archive its files.
        self._left_at = NEVER
        self._poller = DueWorkPoller(database.url, database.service, list(self._handlers), self._gathered)

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

        False when there was nothing to do. Nothing is gathered: what is due now is run.
        """
        return await self._run_first_due(now()) or await self._bound()

    async def _run_first_due(self, until: datetime, claimed_one: Callable[[], None] = lambda: None) -> bool:
        """Run it, if there is one, and others of its kind with it; ``claimed_one`` is called when nobody else sees what
        is run any more. Of what is gathered it was due by ``until``."""
        left = await self._run_claimed(partial(self._claim_some, until), claimed_one)
        for each in left or ():
            await self._run_claimed(partial(self._claim_one, each.id))
        return left is not None

    async def _run_claimed(
        self, claim: Callable[[U], Awaitable[list[_Claimed]]], claimed_one: Callable[[], None] = lambda: None
    ) -> list[_Claimed] | None:
        """Run what is claimed; what is to be run one by one, None where there was nothing."""
        claimed, failure, told = list[_Claimed](), None, self._told
        try:
            async with self._database.begin(self._unit, Cause("due-work")) as uow:
                claimed = await claim(uow)
                claimed_one()
                if not claimed:
                    return None
                is_command = claimed[0].kind not in self._every
                if is_command:
                    failpoint("due.claimed", claimed[0].kind)
                try:
                    left = await self._run(uow, claimed)
                except Exception as reason:
                    failure = reason
                    raise
                if is_command:
                    failpoint("due.before_commit", claimed[0].kind)
                if is_command or uow.due.soon:
                    self._note(uow.due, told=told)
            if uow.due.has_left(self._gathered):
                self._left_at = now()
            if is_command:
                failpoint("due.after_commit", claimed[0].kind)
        except Exception as reason:
            if failure is None or is_transient(reason):
                raise
            return await self._after_failure(claimed, failure)
        return left

    async def _after_failure(self, claimed: Sequence[_Claimed], reason: Exception) -> list[_Claimed]:
        if len(claimed) > 1:
            log.warning("due_work_taken_apart", kind=claimed[0].kind, size=len(claimed), error=type(reason).__name__)
            return list(claimed)
        await self._record_failure(claimed[0], reason)
        return []

    def _note(self, due: DueWork, *, told: bool) -> None:
        """What follows from a command that was run for looking: hints, on which nothing depends.

        What this process is told of needs no looking, and a timer's run says nothing about when more is to come unless
        it leaves some for soon, as one does that goes through a table piece by piece.
        """
        self._unbounded = self._unbounded or due.unbounded
        if not told or due.unbounded or due.soon:
            self._pace.found(asyncio.get_running_loop().time())

    async def _claim_some(self, until: datetime, uow: U) -> list[_Claimed]:
        """What has been due longest, and what else of its kind may be run with it."""
        claimed = await self._claim(until, uow)
        if claimed is None:
            return []
        if claimed.kind not in self._together or claimed.attempts or claimed.is_looked_at_again:
            return [claimed]
        await uow.connection.execute(_IN_ORDER)
        alike = await uow.connection.execute(self._claims_alike[claimed.kind], {"kind": claimed.kind, "now": now()})
        await uow.connection.execute(_ANY_ORDER)
        return [claimed, *(_claimed_of(row) for row in alike.mappings())]

    async def _claim(self, until: datetime, uow: U) -> _Claimed | None:
        asked = {"kinds": list(self._handlers), "now": now(), "gathered": self._gathered, "until": until}
        result = await uow.connection.execute(_CLAIM, asked)
        row = result.mappings().one_or_none()
        return None if row is None else _claimed_of(row)

    async def _claim_one(self, id_: int, uow: U) -> list[_Claimed]:
        """It, where nobody else has run it or is at it."""
        found = await uow.connection.execute(_CLAIM_ONE, {"id": id_, "now": now()})
        return [_claimed_of(row) for row in found.mappings()]

    async def _bound(self) -> bool:
        """Whether rows that are to be looked at again did not say yet when; now they do."""
        async with self._database.begin(self._unit, Cause("due-work")) as uow:
            return (await uow.connection.execute(_BOUND, {"kinds": list(self._handlers)})).rowcount > 0

    async def _run(self, uow: U, claimed: Sequence[_Claimed]) -> list[_Claimed]:
        """Those that are left to be run one by one."""
        if len(claimed) > 1:
            return await self._run_together(uow, claimed)
        (one,) = claimed
        kind, handler = self._handlers[one.kind]
        asked = Asked(command_of(kind, one.payload), one.cause)
        with asked.within(uow):
            await handler(asked.command, uow)
            await uow.flush()
        every = self._every.get(one.kind)
        done = {"id": one.id, "armed": one.armed}
        if every is not None:
            await uow.connection.execute(_REPEAT, {**done, "due_at": now() + every})
        elif not uow.due.is_armed(one.kind, one.payload):
            await uow.connection.execute(_DONE_BUT_A_LOOK if one.is_looked_at_again else _DONE, done)
        return []

    async def _run_together(self, uow: U, claimed: Sequence[_Claimed]) -> list[_Claimed]:
        together, (kind, _) = self._together[claimed[0].kind], self._handlers[claimed[0].kind]
        asked = [Asked(command_of(kind, each.payload), each.cause) for each in claimed]
        left_asked = {id(each) for each in await together(asked, uow)}
        await uow.flush()
        left = [one for one, each in zip(claimed, asked, strict=True) if id(each) in left_asked]
        done = [one for one in claimed if one not in left and not uow.due.is_armed(one.kind, one.payload)]
        await uow.connection.execute(_ALL_DONE, {"ids": [e.id for e in done], "armed": [e.armed for e in done]})
        if claimed[0] in left:
            first = claimed[0]
            await uow.connection.execute(_GIVE_BACK, {"id": first.id, "armed": first.armed, "due_at": first.due_at})
        return left

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
                await self._run_first_due(self._until(), watch.close)
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
            if seen := await self._poller.sees_work(self._until()):
                return seen
            await pause(self.nudged, self._pace.pause(loop.time()))
            self._told = self.nudged.is_set()
        return None

    def _until(self) -> datetime:
        """By when what is gathered must have been due to be begun now.

        Whatever comes first after a pause waits for no other, nor does what this process left: that is all there.
        """
        instant = now()
        if not self._pace.is_busy(asyncio.get_running_loop().time()):
            return instant
        return max(last_tick(instant), self._left_at)

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


def _claimed_of(row: RowMapping) -> _Claimed:
    return _Claimed(**{**row, "trace": orjson.loads(row["trace"])})


def _ids_in(payload: str) -> Ids:
    stored = orjson.loads(payload)
    return ids_of(stored) if isinstance(stored, dict) else {}
