"""The lanes look for work cheaply, one at a time while idle, and are told at once of what this process left."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.kernel import pace
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.poller import BOUND, FIRST_DUE, DueWorkPoller, Seen
from shared.scheduling.runner import DueCommand, DueWorkRunner, Schedule
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import eventually

FIRST = Subject.of("fact", 1)
SECOND = Subject.of("fact", 2)

pytestmark = pytest.mark.postgres
CAUSE = Cause("test")
BEGUN: list[int] = []
GATE = asyncio.Event()
# Longer than a test waits: whatever runs within the test was not found by looking now and then.
NEVER_SECONDS = 600.0


@dataclass(frozen=True)
class Work:
    """Work; number 0 goes on until the gate opens."""

    number: int


async def work(command: Work, _: UnitOfWork) -> None:
    BEGUN.append(command.number)
    if command.number == 0:
        await GATE.wait()


@dataclass(frozen=True)
class Tick:
    """A timer."""


async def tick(_: Tick, uow: UnitOfWork) -> None:
    BEGUN.append(-1)


@pytest.fixture
async def platform(databases: Databases) -> AsyncIterator[TestDatabase]:
    BEGUN.clear()
    GATE.clear()
    async with databases.fresh("claims") as fresh:
        yield fresh


@pytest.fixture
async def database(platform: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(platform.url("worker"), "jobs")
    yield opened
    await opened.close()


@asynccontextmanager
async def at_work(database: Database, lanes: int = 2) -> AsyncIterator[DueWorkRunner[UnitOfWork]]:
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Work, work)], lanes=lanes)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    try:
        yield runner
    finally:
        GATE.set()
        stop.set()
        runner.nudged.set()
        await asyncio.wait_for(running, 20)


async def leave(database: Database, number: int) -> None:
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.at(Work(number), now())


async def begun(number: int) -> bool:
    return number in BEGUN


async def test_what_a_commit_of_this_process_left_is_run_without_waiting_for_the_next_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SILENT_PAUSE_SECONDS", NEVER_SECONDS)
    monkeypatch.setattr(pace, "BUSY_PAUSE_SECONDS", NEVER_SECONDS)
    async with at_work(database) as runner:
        database.runners.append(runner.nudged)
        for number in (1, 2, 3):
            await asyncio.sleep(0.2)
            await leave(database, number)
            await eventually(partial(begun, number))


async def test_what_another_process_left_is_found_by_looking(database: Database) -> None:
    async with at_work(database):
        await leave(database, 1)
        await eventually(lambda: begun(1))


async def test_what_is_due_in_a_month_runs_at_once_when_the_clock_is_moved(
    database: Database, business_clock: BusinessClock
) -> None:
    async with at_work(database):
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.at(Work(1), now() + timedelta(days=30))
        await leave(database, 2)
        await eventually(lambda: begun(2))
        assert BEGUN == [2]
        business_clock.advance(days=30)
        await eventually(lambda: begun(1), within=5.0)


@dataclass(frozen=True)
class Piecewise:
    """A timer that goes through something piece by piece."""


async def piece(command: Piecewise, uow: UnitOfWork) -> None:
    BEGUN.append(1)
    if len(BEGUN) < 5:
        await uow.due.at(command, now() + timedelta(milliseconds=10))


async def test_a_timer_that_leaves_the_next_piece_for_soon_is_looked_at_as_work_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a silence it would come to half a second for each piece, however little it has to do."""
    monkeypatch.setattr(pace, "SILENT_PAUSE_SECONDS", NEVER_SECONDS)
    timers = [Schedule(Piecewise, piece, timedelta(hours=1))]
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [], timers, lanes=1)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run(stop))

    async def all_done() -> bool:
        return len(BEGUN) >= 5

    try:
        await eventually(all_done)
    finally:
        stop.set()
        runner.nudged.set()
        await asyncio.wait_for(running, 20)


def test_a_timer_has_no_pieces_of_its_own_kind() -> None:
    """They would be timers too, and come again for good."""
    with pytest.raises(ValueError, match="has fields"):
        Schedule(Work, work, timedelta(hours=1))


async def test_a_lane_at_work_leaves_the_watch_to_another(database: Database) -> None:
    async with at_work(database):
        await leave(database, 0)
        await eventually(lambda: begun(0))
        await leave(database, 1)
        await eventually(lambda: begun(1))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every look that is taken."""
    taken: list[int] = []
    sees_work = DueWorkPoller.sees_work

    async def counted(self: DueWorkPoller, until: datetime) -> Seen | None:
        taken.append(1)
        return await sees_work(self, until)

    monkeypatch.setattr(DueWorkPoller, "sees_work", counted)
    return taken


async def test_idle_lanes_look_one_at_a_time(
    database: Database, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SILENT_PAUSE_SECONDS", 0.1)
    async with at_work(database, lanes=8):
        await eventually(lambda: _any(looks))
        looks.clear()
        await asyncio.sleep(1.0)
        assert 1 <= len(looks) <= 11


async def _any(found: Sequence[object]) -> bool:
    return bool(found)


async def test_a_command_that_comes_alone_costs_one_transaction_however_many_lanes_there_are(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lane asks in a transaction what a look tells: whether there is one more, or a row to be bounded."""
    begun_by: list[str] = []
    begin = Database.begin

    def counted(self: Database, unit: Any, cause: Cause, *more: Any) -> Any:
        begun_by.append(cause.correlation_id)
        return begin(self, unit, cause, *more)

    async with at_work(database, lanes=4) as runner:
        database.runners.append(runner.nudged)
        await leave(database, 9)
        await eventually(lambda: begun(9))
        await asyncio.sleep(0.3)
        monkeypatch.setattr(Database, "begin", counted)
        for number in (1, 2, 3):
            await leave(database, number)
            await eventually(partial(begun, number))
            await asyncio.sleep(0.2)
        assert begun_by.count("due-work") == 3


async def test_a_row_that_somebody_is_at_work_on_keeps_no_other_lane_busy(
    database: Database, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BUSY_PAUSE_SECONDS", 0.05)
    async with at_work(database):
        await leave(database, 0)
        await eventually(lambda: begun(0))
        await asyncio.sleep(0.2)
        looks.clear()
        await asyncio.sleep(0.5)
        assert len(looks) <= 12, "the pause between two looks is kept"


async def test_a_look_that_lost_its_connection_connects_again(platform: TestDatabase, database: Database) -> None:
    poller = DueWorkPoller(platform.url("worker"), "jobs", ["work"])
    assert not await poller.sees_work()
    async with platform.connection() as connection:
        ended = await connection.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'jaring-jobs-poller' AND datname = current_database()"
        )
        assert ended == 1
    await leave(database, 1)
    # The driver says either, by what it is at when the end of the line is read.
    with pytest.raises(Exception, match=r"connection|another operation"):
        await poller.sees_work()
    assert await poller.sees_work()
    await poller.close()


async def test_a_look_reads_little_however_much_waits(platform: TestDatabase, database: Database) -> None:
    """A decided claim listens to its facts for years, and so does its row."""
    async with platform.connection() as connection:
        await connection.execute(
            "INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace) "
            "SELECT 'work', n::text, 'infinity', ARRAY['fact/' || n], 'test', '{}' FROM generate_series(1, 20000) AS n"
        )
    async with platform.connection("migrate") as connection:
        # As the server does by itself within a minute.
        await connection.execute("ANALYZE due_work")
    async with platform.connection() as connection:
        look = FIRST_DUE.format(kinds="$1", now="$2", gathered="'{}'", until="$2")
        await connection.execute(f"PREPARE look (text[], timestamptz) AS SELECT {look}")
        for mode in ("force_custom_plan", "force_generic_plan"):
            await connection.execute(f"SET plan_cache_mode = {mode}")
            asked = f"EXECUTE look (ARRAY['work'], '{now().isoformat()}')"
            plan = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked}")
            assert _pages(json.loads(plan)[0]["Plan"]) < 20, mode


def _pages(plan: dict[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


async def test_what_is_to_be_looked_at_once_more_is_seen(platform: TestDatabase, database: Database) -> None:
    poller = DueWorkPoller(platform.url("worker"), "jobs", ["work"])
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(Work(1), {FIRST}, now() + timedelta(days=1))
        await uow.connection.exec_driver_sql("SELECT pg_current_xact_id()")
        assert not await poller.sees_work()
    assert await poller.sees_work()
    await poller.close()


def test_a_loop_looks_often_for_a_while_after_work_and_seldom_in_a_long_silence() -> None:
    loop = pace.Pace()
    assert loop.pause(100.0) == pace.SILENT_PAUSE_SECONDS
    loop.found(100.0)
    assert loop.pause(100.0 + pace.BUSY_SECONDS - 0.1) == pace.BUSY_PAUSE_SECONDS
    assert loop.pause(100.0 + pace.BUSY_SECONDS) == pace.IDLE_PAUSE_SECONDS
    assert loop.pause(100.0 + pace.IDLE_SECONDS - 0.1) == pace.IDLE_PAUSE_SECONDS
    assert loop.pause(100.0 + pace.IDLE_SECONDS) == pace.SILENT_PAUSE_SECONDS


async def test_a_timer_that_ran_is_no_reason_to_look_often(database: Database) -> None:
    every_hour = [Schedule(Tick, tick, every=timedelta(hours=1))]
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Work, work)], every_hour)
    await runner._start_schedules()
    assert await runner.run_one()
    assert runner._pace == pace.Pace()
    await leave(database, 1)
    assert await runner.run_one()
    assert runner._pace != pace.Pace()
    assert BEGUN == [-1, 1]


@dataclass(frozen=True)
class Again:
    """Work that finds something to be looked for soon: once more when all that is open has ended, or in a moment."""

    how: str


async def again(command: Again, uow: UnitOfWork) -> None:
    if command.how == "recheck" and not await uow.due.goes_on(command):
        await uow.due.when(command, {FIRST}, None)
    if command.how == "in a moment":
        await uow.due.at(command, now() + timedelta(milliseconds=500))
    if command.how == "tomorrow":
        await uow.due.at(command, now() + timedelta(days=1))


@pytest.mark.parametrize(
    ("how", "often"), [("nothing", False), ("recheck", True), ("in a moment", True), ("tomorrow", False)]
)
async def test_work_that_a_commit_of_this_process_told_of_is_no_reason_to_look_often(
    database: Database, monkeypatch: pytest.MonkeyPatch, how: str, often: bool
) -> None:
    """Unless it leaves something that only a look finds."""
    monkeypatch.setattr(pace, "SILENT_PAUSE_SECONDS", NEVER_SECONDS)
    due = [DueCommand(Work, work), DueCommand(Again, again)]
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, due)
    database.runners.append(runner.nudged)
    ran = asyncio.Event()
    told_of: list[bool] = []
    note = DueWorkRunner._note

    def noted(self: DueWorkRunner[UnitOfWork], left: Any, *, told: bool) -> None:
        told_of.append(told)
        note(self, left, told=told)
        ran.set()

    monkeypatch.setattr(DueWorkRunner, "_note", noted)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    try:
        await asyncio.sleep(0.2)
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.at(Work(1) if how == "nothing" else Again(how), now())
        await asyncio.wait_for(ran.wait(), 20)
        assert (runner._pace != pace.Pace()) == often
        assert told_of == [True]
    finally:
        stop.set()
        runner.nudged.set()
        await asyncio.wait_for(running, 20)


@pytest.mark.parametrize(("by", "bounds"), [("id, armed", False), ("id", True)])
async def test_what_is_written_again_between_the_look_and_its_id_is_left_for_the_next_time(
    database: Database, by: str, bounds: bool
) -> None:
    """Else it would be bounded by an id that is older than what it listens to now: a fact of a transaction between the
    two would be missed for good. Without the number of the row that was seen it is.
    """
    slow = BOUND.replace("LIMIT 1000", "AND pg_sleep(1) IS NOT NULL LIMIT 1000").replace("id, armed)", f"{by})")
    bound = text(slow.format(kinds=":kinds"))
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(Work(1), {FIRST}, None)
    async with database.begin(UnitOfWork, CAUSE) as uow:
        looking = asyncio.create_task(uow.connection.execute(bound, {"kinds": ["work"]}))
        await asyncio.sleep(0.5)
        async with database.begin(UnitOfWork, CAUSE) as other:
            await other.due.when(Work(1), {SECOND}, None)
        assert ((await looking).rowcount == 1) == bounds


async def test_what_a_command_leaves_to_be_bounded_needs_no_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is run, and once more: looks find these two. By one lane: another one may look just when that is over, and
    find what is to be bounded."""
    seen: list[Seen | None] = []
    sees_work = DueWorkPoller.sees_work

    async def noted(self: DueWorkPoller, until: datetime) -> Seen | None:
        found = await sees_work(self, until)
        seen.append(found)
        return found

    monkeypatch.setattr(DueWorkPoller, "sees_work", noted)
    runner: DueWorkRunner[UnitOfWork] = DueWorkRunner(database, UnitOfWork, [DueCommand(Again, again)], lanes=1)
    database.runners.append(runner.nudged)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    try:
        await eventually(lambda: _any(seen))
        async with database.begin(UnitOfWork, CAUSE) as uow:
            await uow.due.at(Again("recheck"), now())
        await eventually(lambda: _twice(seen))
        assert Seen.NOT_BOUNDED not in seen
    finally:
        stop.set()
        runner.nudged.set()
        await asyncio.wait_for(running, 20)


async def _twice(seen: list[Seen | None]) -> bool:
    return seen.count(Seen.DUE) == 2
