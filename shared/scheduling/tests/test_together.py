"""Many commands of one kind in one transaction: each as if it were run by itself, and none at the expense of others."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.persistence.asked import Asked
from shared.persistence.due_work import payload_of
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.runner import DueCommand, DueWorkRunner
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

# What ran: the numbers of one transaction, and whether it was for many.
RAN: list[tuple[list[int], bool]] = []
_ROWS = text("SELECT payload, attempts, failed IS NOT NULL AS is_over, due_at FROM due_work ORDER BY id")
_MANY = text("""
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    SELECT 'work', '{"number":' || number || '}', '2020-01-01', '{}', '', '{}' FROM generate_series(1, 20000) AS number
""")
_NOTE = text("INSERT INTO daily_total (topic, day, events, money_sen) VALUES (:topic, '2026-07-15', 1, 0)")
_FORGET_NOTES = text("DELETE FROM daily_total")
_NOTED = text("SELECT topic FROM daily_total ORDER BY topic")
ODD, BAD, GATED = 1_000, 13, 77
GATE = asyncio.Event()


@dataclass(frozen=True)
class Work:
    """Work; a number from `ODD` on needs a transaction of its own, `BAD` raises."""

    number: int


async def work(command: Work, uow: UnitOfWork) -> None:
    RAN.append(([command.number], False))
    await _note(command, uow)


async def work_together(asked: Sequence[Asked[Work]], uow: UnitOfWork) -> list[Asked[Work]]:
    some = [each for each in asked if each.command.number < ODD]
    RAN.append(([each.command.number for each in some], True))
    for each in some:
        with each.within(uow):
            await _note(each.command, uow)
    return [each for each in asked if each not in some]


async def _note(command: Work, uow: UnitOfWork) -> None:
    if command.number == BAD:
        raise ValueError("never")
    if command.number == GATED:
        await GATE.wait()
    await uow.connection.execute(_NOTE, {"topic": f"{command.number:04d} for {uow.cause.correlation_id}"})


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    RAN.clear()
    GATE.clear()
    async with databases.fresh("claims") as fresh:
        opened = Database(fresh.url("worker"), "jobs")
        yield opened
        await opened.close()


def runner_on(database: Database, at_once: int = 64) -> DueWorkRunner[UnitOfWork]:
    return DueWorkRunner(database, UnitOfWork, [DueCommand(Work, work, work_together, at_once)])


async def leave(database: Database, *numbers: int) -> None:
    for number in numbers:
        async with database.begin(UnitOfWork, Cause(f"story {number}")) as uow:
            await uow.due.at(Work(number), now())


async def has_begun() -> bool:
    return bool(RAN)


async def noted(database: Database) -> list[str]:
    async with database.connect() as connection:
        return list((await connection.execute(_NOTED)).scalars())


async def test_many_are_run_in_one_transaction_each_for_its_own_cause(database: Database) -> None:
    await leave(database, 1, 2, 3, 4, 5)
    runner = runner_on(database, at_once=4)
    assert await runner.run_one()
    assert await runner.run_one()
    assert not await runner.run_one()
    assert [(sorted(numbers), together) for numbers, together in RAN] == [([1, 2, 3, 4], True), ([5], False)]
    assert await noted(database) == [f"{number:04d} for story {number}" for number in range(1, 6)]
    async with database.connect() as connection:
        assert (await connection.execute(_ROWS)).all() == []


@pytest.mark.parametrize("order", [(ODD, 1, 2), (1, ODD, 2)])
async def test_what_needs_a_transaction_of_its_own_is_run_by_itself(database: Database, order: Sequence[int]) -> None:
    """Also where it is the one that has been due longest."""
    await leave(database, *order)
    runner = runner_on(database)
    assert await runner.run_one()
    assert [(sorted(numbers), together) for numbers, together in RAN] == [([1, 2], True), ([ODD], False)]
    async with database.connect() as connection:
        assert (await connection.execute(_ROWS)).all() == []


async def test_one_that_is_to_be_looked_at_once_more_is_run_by_itself_and_is_so_after_it(database: Database) -> None:
    runner = runner_on(database)
    async with database.begin(UnitOfWork, Cause("older")) as older:
        await older.due.at(Work(99), now() + timedelta(days=1))
        async with database.begin(UnitOfWork, Cause("story 1")) as uow:
            await uow.due.after_concurrent(Work(1))
        await leave(database, 1, 2, 3)
        while await runner.run_one():
            pass
        assert [(sorted(numbers), together) for numbers, together in RAN] == [([1], False), ([2, 3], True)]
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        await uow.connection.execute(_FORGET_NOTES)
    while await runner.run_one():
        pass
    assert RAN[2:] == [([1], False)]


async def test_one_that_raises_harms_no_other_and_alone_has_failed(
    database: Database, business_clock: BusinessClock
) -> None:
    await leave(database, 1, BAD, 2)
    runner = runner_on(database)
    assert await runner.run_one()
    assert await noted(database) == ["0001 for story 1", "0002 for story 2"]
    async with database.connect() as connection:
        (left,) = (await connection.execute(_ROWS)).all()
    assert (left.payload, left.attempts, left.is_over) == ('{"number":13}', 1, False)
    RAN.clear()
    # What failed before is run by itself from then on: it would take the others apart at each of its attempts.
    business_clock.advance(seconds=10)
    await leave(database, 3, 4)
    while await runner.run_one():
        pass
    assert [numbers for numbers, together in RAN if together] == [[3, 4]]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_what_is_claimed_with_the_first_is_read_from_one_end_of_an_index(database: Database, mode: str) -> None:
    """Whatever the plan knows of what waits: it is asked for without a sort."""
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        await uow.connection.execute(_MANY)
    (claim,) = runner_on(database)._claims_alike.values()
    asked = str(claim).replace(":kind", "$1").replace(":now", "$2")
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute(f"SET plan_cache_mode = {mode}; SET enable_sort = off")
        await connection.execute(f"PREPARE alike (text, timestamptz) AS {asked}")
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE alike ('work', '{now().isoformat()}')"
        found = json.loads(await connection.fetchval(explain))[0]["Plan"]
    finally:
        await connection.close()
    assert found["Actual Rows"] == 63
    # Each row that is found is locked, which reads its page once more.
    assert found["Shared Hit Blocks"] + found["Shared Read Blocks"] < 63 * 6


async def test_many_that_are_left_at_once_are_as_if_each_were(database: Database) -> None:
    """What waits already stays due as soon as it was, and is run once more behind who leaves it."""
    soon, later = now(), now() + timedelta(days=1)
    await leave(database, 1)
    async with database.begin(UnitOfWork, Cause("story")) as uow:
        await uow.due.all_at([Work(1), Work(2), Work(2)], later)
        await uow.due.all_at([], later)
        assert uow.due.left
    async with database.connect() as connection:
        rows = {row.payload: row.due_at for row in (await connection.execute(_ROWS)).all()}
    assert rows[payload_of(Work(1))] <= soon + timedelta(seconds=10)
    assert rows[payload_of(Work(2))] == later


async def test_of_many_subjects_those_are_found_that_something_listens_to(database: Database) -> None:
    subjects = {number: Subject.of("fact", number) for number in range(100)}
    async with database.begin(UnitOfWork, Cause("story")) as uow:
        await uow.due.when(Work(1), {subjects[7], Subject.of("other", 1)}, None)
        await uow.due.when(Work(2), {subjects[7], subjects[50]}, None)
    async with database.begin(UnitOfWork, Cause("story")) as uow:
        assert await uow.due.listened(set(subjects.values())) == {subjects[7], subjects[50]}
        assert await uow.due.listened({subjects[1]}) == set()
        assert await uow.due.listened(set()) == set()


async def test_two_at_once_run_each_command_once(database: Database) -> None:
    """The second takes what the first does not hold, and waits for nothing."""
    await leave(database, GATED, 1, 2, 3)
    first = asyncio.create_task(runner_on(database, at_once=2).run_one())
    await eventually(has_begun)
    assert await runner_on(database).run_one()
    GATE.set()
    assert await first
    ran = sorted(number for numbers, _ in RAN for number in numbers)
    assert ran == [1, 2, 3, GATED]
    assert len(await noted(database)) == 4


async def test_a_command_that_is_left_meanwhile_is_run_once_more(database: Database) -> None:
    """Whoever leaves it waits for the row, and has it run behind what it may not have seen."""
    await leave(database, GATED, 1)
    runner = runner_on(database)
    running = asyncio.create_task(runner.run_one())
    await eventually(has_begun)
    leaving = asyncio.create_task(leave(database, 1))
    await asyncio.sleep(0.2)
    GATE.set()
    await running
    await leaving
    async with database.connect() as connection:
        (left,) = (await connection.execute(_ROWS)).all()
    assert left.payload == '{"number":1}'
