"""What others leave bit by bit is begun together, at common instants; nothing that comes by itself waits for them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.kernel import pace
from shared.kernel.clock import now
from shared.kernel.pace import TICK, last_tick
from shared.persistence.asked import Asked
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling import runner as running
from shared.scheduling.runner import DueCommand, DueWorkRunner
from shared.testing.servers import Databases
from shared.testing.service import eventually

# What ran, in the order in which it did: the numbers of each transaction.
RAN: list[list[int]] = []
GATED = 77
GATE = asyncio.Event()
_LEFT = text("SELECT count(*) FROM due_work")


@dataclass(frozen=True)
class Work:
    """Work that is gathered; `GATED` goes on until the gate opens."""

    number: int


@dataclass(frozen=True)
class Other:
    """Work that is not."""

    number: int


@dataclass(frozen=True)
class Unpack:
    """Work that leaves some that is gathered: so many."""

    count: int


async def unpack(command: Unpack, uow: UnitOfWork) -> None:
    RAN.append([])
    await uow.due.all_at([Work(number) for number in range(2, 2 + command.count)], now())


async def work(command: Work | Other, _: UnitOfWork) -> None:
    RAN.append([command.number])


async def work_together(asked: Sequence[Asked[Work]], _: UnitOfWork) -> list[Asked[Work]]:
    RAN.append(sorted(each.command.number for each in asked))
    if GATED in RAN[-1]:
        await GATE.wait()
    return []


DUE: list[DueCommand[UnitOfWork]] = [
    DueCommand(Work, work, work_together, gathered=True),
    *(DueCommand(Other, work), DueCommand(Unpack, unpack)),
]


class Ticks:
    """The common instants, which come when a test says so."""

    def __init__(self) -> None:
        self.last = datetime(2020, 1, 1, tzinfo=UTC)

    def tick(self) -> None:
        self.last = now()

    def __call__(self, _: datetime) -> datetime:
        return self.last


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    RAN.clear()
    GATE.clear()
    ticks = Ticks()
    monkeypatch.setattr(running, "last_tick", ticks)
    # Else there is a silence within a test that takes long, and nothing is gathered.
    monkeypatch.setattr(pace, "BUSY_SECONDS", 60.0)
    return ticks


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("claims") as fresh:
        opened = Database(fresh.url("worker"), "jobs")
        yield opened
        await opened.close()


@asynccontextmanager
async def at_work(database: Database) -> AsyncIterator[DueWorkRunner[UnitOfWork]]:
    runner = DueWorkRunner(database, UnitOfWork, DUE)
    stop = asyncio.Event()
    lanes = asyncio.create_task(runner.run(stop))
    try:
        yield runner
    finally:
        stop.set()
        runner.nudged.set()
        GATE.set()
        await asyncio.wait_for(lanes, 20)


async def leave(database: Database, *commands: object) -> None:
    """Each in a transaction of its own, as requests do."""
    for command in commands:
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            await uow.due.at(command, now())


async def ran(*numbers: int) -> None:
    async def have() -> bool:
        return {*numbers} <= {each for together in RAN for each in together}

    await eventually(have)


async def run_first(database: Database, runner: DueWorkRunner[UnitOfWork]) -> None:
    """Once it has run something more of it may be coming."""
    await leave(database, Work(1))

    async def has_run() -> bool:
        return runner._pace != pace.Pace()

    await eventually(has_run)


async def left_of(database: Database) -> int:
    async with database.connect() as connection:
        return int((await connection.execute(_LEFT)).scalar_one())


def test_ticks_are_common_and_no_further_apart_than_anybody_waits() -> None:
    """Of every process, whenever it was started."""
    begun = datetime(2026, 7, 15, 23, 59, 59, 900_000, tzinfo=UTC)
    ticks = sorted({last_tick(begun + timedelta(milliseconds=number)) for number in range(2_000)})
    assert {later - sooner for sooner, later in pairwise(ticks)} == {TICK}
    assert begun - TICK < ticks[0] <= begun
    assert last_tick(ticks[0]) == ticks[0]


@pytest.mark.postgres
async def test_what_comes_one_by_one_is_run_together_at_the_next_tick(database: Database, ticks: Ticks) -> None:
    """The first after a silence is run at once, and so is whatever is not gathered, also if it came later."""
    async with at_work(database) as runner:
        await run_first(database, runner)
        await leave(database, Work(2), Work(3), Other(4), Work(5), Other(6))
        await ran(4, 6)
        ticks.tick()
        await ran(2, 3, 5)
    assert (RAN[0], sorted(RAN[1:3]), RAN[3:]) == ([1], [[4], [6]], [[2, 3, 5]])


@pytest.mark.postgres
async def test_what_this_process_left_is_all_there_and_waits_for_no_tick(database: Database, ticks: Ticks) -> None:
    """As the files of an archive, which its worker takes out of it."""
    async with at_work(database) as runner:
        await run_first(database, runner)
        await leave(database, Unpack(2))
        await ran(2, 3)
        await leave(database, Work(4), Other(5))
        await ran(5)
    assert RAN == [[1], [], [2, 3], [5]]


@pytest.mark.postgres
async def test_two_workers_take_what_waits_for_a_tick_once(database: Database, ticks: Ticks) -> None:
    """Whoever looks first takes all; the other one takes what comes while that is at it."""
    async with AsyncExitStack() as workers:
        for _ in range(2):
            await workers.enter_async_context(at_work(database))
        await leave(database, Other(1), Other(2))
        await ran(1, 2)
        ticks.tick()
        await leave(database, Work(GATED))
        ticks.tick()
        await ran(GATED)
        await leave(database, *(Work(number) for number in range(10, 20)))
        ticks.tick()
        await ran(*range(10, 20))
        GATE.set()

        async def all_done() -> bool:
            return await left_of(database) == 0

        await eventually(all_done)
    assert sorted(number for together in RAN for number in together) == [1, 2, *range(10, 20), GATED]


@pytest.mark.postgres
async def test_what_a_worker_that_ended_had_taken_is_another_ones_at_once(database: Database, ticks: Ticks) -> None:
    """It held the rows and wrote nothing: with its transaction they are free, and their tick is over."""
    await leave(database, Work(GATED), Work(2))
    dying = asyncio.create_task(DueWorkRunner(database, UnitOfWork, DUE).run_one())
    await ran(GATED, 2)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    assert await left_of(database) == 2
    GATE.set()
    async with at_work(database):

        async def all_done() -> bool:
            return await left_of(database) == 0

        await eventually(all_done)
    assert RAN == [[2, GATED], [2, GATED]]
