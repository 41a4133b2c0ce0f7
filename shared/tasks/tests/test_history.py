"""What happened to a task stands for good; in a database that was put back an approval has the effect that it had."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from shared.kernel.identifiers import new_id
from shared.persistence.life import LIFE
from shared.tasks.tests.desk import Desk, desk_on, refusal
from shared.testing.never_changed import refused_to_every_role
from shared.testing.servers import TestDatabase

pytestmark = pytest.mark.postgres

NEVER = (
    "UPDATE task_event SET acted_by = 'somebody else'",
    "UPDATE task_event SET at = at + interval '1 day'",
    "DELETE FROM task_event",
    "TRUNCATE task_event",
    "UPDATE task SET queue = 'another'",
    "UPDATE task SET opened_at = opened_at + interval '1 day'",
    "UPDATE task SET charter_days = 100",
    "UPDATE task SET id = gen_random_uuid()",
    "DELETE FROM task",
    "TRUNCATE task CASCADE",
)
OVER = (
    "UPDATE task SET reason = 'another' WHERE closed_at IS NOT NULL",
    """UPDATE task SET state = 'proposed', approved_by = NULL, closed_at = NULL WHERE state = 'approved'""",
    "UPDATE task SET approved_by = 'somebody else' WHERE state = 'approved'",
)


async def test_what_happened_is_never_changed_by_any_role(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    before = await desk.shows(task)
    await refused_to_every_role(desk.fresh, "claims", [*NEVER, *OVER])
    assert await desk.shows(task) == before


BROKEN = (
    ("UPDATE task SET state = 'approved', approved_by = proposed_by, closed_at = opened_at", "ck_task_four_eyes"),
    ("UPDATE task SET state = 'approved', closed_at = opened_at", "ck_task_four_eyes"),
    ("UPDATE task SET approved_by = 'officer-2'", "ck_task_four_eyes"),
    ("UPDATE task SET proposal = NULL", "ck_task_proposed"),
    ("UPDATE task SET state = 'taken'", "ck_task_proposed"),
    ("UPDATE task SET taken_by = NULL", "ck_task_taken"),
    ("UPDATE task SET closed_at = opened_at", "ck_task_over"),
    ("UPDATE task SET query = jsonb_build_object('asked_by', proposed_by)", "ck_task_query"),
)


@pytest.mark.parametrize(("statement", "constraint"), BROKEN)
async def test_the_database_holds_that_two_people_decide(desk: Desk, statement: str, constraint: str) -> None:
    await desk.proposes(await desk.states())
    async with desk.fresh.connection("migrate") as owner:
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await owner.execute(statement)


async def test_a_task_is_approved_once_whatever_the_code_does(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    async with desk.fresh.connection() as worker:
        with pytest.raises(asyncpg.UniqueViolationError, match="uq_task_event_approved"):
            await worker.execute(
                "INSERT INTO task_event SELECT task, number + 1, what, at, acted_by, reason, revision, facts, proposal "
                "FROM task_event WHERE what = 'approved'"
            )


@asynccontextmanager
async def copy_of(desk: Desk) -> AsyncIterator[TestDatabase]:
    """The database as a backup of this moment would bring it back."""
    await desk.database.engine.dispose()
    await desk.worker.engine.dispose()
    async with desk.fresh.databases.copied(desk.fresh) as copy:
        yield copy


async def causes(database: TestDatabase) -> list[object]:
    async with database.connection() as connection:
        return [row["cause"] for row in await connection.fetch("SELECT cause FROM effect")]


async def test_a_database_that_was_put_back_runs_an_approval_to_the_same_effect(desk: Desk) -> None:
    """The backup is older than the approval: what the command made has the id that others know it by already."""
    task = await desk.states()
    await desk.proposes(task)
    async with desk.fresh.connection("migrate") as owner:
        await owner.execute(f"UPDATE epoch SET life = {LIFE}")  # noqa: S608 - a constant
    async with copy_of(desk) as copy:
        key = str(new_id())
        assert (await desk.acts(task, "approvals", "officer-2", {"revision": 1}, key=key)).status_code == 201
        async with desk_on(copy, desk.issuer) as restored:
            held = await restored.acts(task, "approvals", "officer-2", {"revision": 1}, key=key)
            assert refusal(held) == (503, "database_restoring")
            assert await causes(copy) == []
            async with copy.connection("migrate") as owner:
                await owner.execute(f"UPDATE epoch SET life = {LIFE}")  # noqa: S608 - a relay has looked, and read back
            answers = [
                await restored.acts(task, "approvals", "officer-2", {"revision": 1}, key=each)
                for each in (key, key, None)
            ]
            assert [answer.status_code for answer in answers] == [201, 201, 409]
            assert refusal(answers[-1]) == (409, "task_over")
            assert await causes(copy) == await causes(desk.fresh)
            assert len(await causes(copy)) == 1


async def test_a_task_that_was_forgotten_is_opened_under_the_id_that_it_had(desk: Desk) -> None:
    await desk.states(2)
    async with copy_of(desk) as copy, desk_on(copy, desk.issuer) as restored:
        first, again = await desk.states(1), await restored.states(1)
        assert first.id == again.id
        await desk.closes(1)
        second = await desk.states(1, revision=2)
        await restored.closes(1)
        assert second.id == (await restored.states(1, revision=2)).id != first.id
