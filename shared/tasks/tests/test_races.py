"""Two who act at once: one of them has acted, the other is told, and nothing is done twice."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.acting import Officer, approve_proposal, take_task
from shared.tasks.opening import CloseTask, close_task
from shared.tasks.tests.desk import CAUSE, IDENTITY, QUEUES, WAGES, Desk, matter, matter_state, refusal

pytestmark = pytest.mark.postgres

SECOND = Officer("officer-2", "organisation:1", frozenset({WAGES.name, IDENTITY.name}))
WAITS_SECONDS = 0.3


async def waits(task: asyncio.Task[Any]) -> None:
    """Let it run until it can only wait for a lock."""
    await asyncio.sleep(WAITS_SECONDS)
    assert not task.done()


async def test_of_many_who_take_at_once_one_has_it(desk: Desk) -> None:
    task = await desk.states()
    answers = await asyncio.gather(*(desk.acts(task, "takings", f"officer-{n}") for n in range(1, 9)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {refusal(each)[1] for each in answers if each.status_code == 409} == {"task_taken"}
    [winner] = [each.json()["taken_by"] for each in answers if each.status_code == 201]
    assert await desk.happened(task) == [("opened", None), ("taken", winner)]


async def test_who_comes_while_another_takes_is_told_when_that_is_committed(desk: Desk) -> None:
    task = await desk.states()
    async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
        await take_task(task.id, SECOND, uow)
        late = asyncio.create_task(desk.acts(task, "takings", "officer-1"))
        await waits(late)
    assert refusal(await late) == (409, "task_taken")


async def test_of_two_approvals_at_once_one_runs_the_command(desk: Desk) -> None:
    for number in range(1, 6):
        task = await desk.states(number)
        await desk.proposes(task)
        both = [desk.acts(task, "approvals", f"officer-{n}", {"revision": 1}) for n in (2, 3)]
        answers = await asyncio.gather(*both)
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert [refusal(each) for each in answers if each.status_code == 409] == [(409, "task_over")]
    assert [number for number, *_ in await desk.effects()] == [1, 2, 3, 4, 5]


async def test_a_refusal_beside_an_approval_leaves_one_of_them(desk: Desk) -> None:
    for number in range(1, 6):
        task = await desk.states(number)
        await desk.proposes(task)
        approved, refused = await asyncio.gather(
            desk.acts(task, "approvals", "officer-2", {"revision": 1}),
            desk.acts(task, "refusals", "officer-3", {"reason": "law_differs"}),
        )
        assert {approved.status_code, refused.status_code} == {201, 409}
        done = [each for each, *_ in await desk.effects()]
        assert (number in done) == (approved.status_code == 201)


async def test_an_approval_that_comes_while_the_machine_closes_finds_it_over(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
        await matter_state(matter(1), uow)
        await close_task(CloseTask(WAGES, matter(1), "decided"), uow)
        late = asyncio.create_task(desk.acts(task, "approvals", "officer-2", {"revision": 1}))
        await waits(late)
    assert refusal(await late) == (409, "task_over")
    assert await desk.effects() == []


async def test_the_machine_that_closes_while_an_approval_is_made_finds_nothing_to_close(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
        await approve_proposal(task.id, 1, SECOND, QUEUES, uow)
        late = asyncio.create_task(desk.closes())
        await waits(late)
    assert await late is None
    assert (await desk.shows(task))["state"] == "approved"
    assert len(await desk.effects()) == 1


async def test_what_an_officer_does_while_the_machine_closes_or_asks_again_is_kept(desk: Desk) -> None:
    for number, machine in ((1, desk.closes(1)), (2, desk.states(2, revision=2))):
        task = await desk.states(number)
        async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
            await take_task(task.id, SECOND, uow)
            late = asyncio.create_task(machine)
            await waits(late)
        await late
        ended = "closed" if number == 1 else "restated"
        assert await desk.happened(task) == [("opened", None), ("taken", "officer-2"), (ended, None)]


async def test_a_newer_revision_that_is_being_written_is_waited_for(desk: Desk) -> None:
    """The approval locks the subject: it never rests on what a transaction beside it is about to change."""
    task = await desk.states(days=27)
    await desk.proposes(task)
    async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
        await desk.has(1, 2, 47, uow)
        late = asyncio.create_task(desk.acts(task, "approvals", "officer-2", {"revision": 1}))
        await waits(late)
    assert refusal(await late) == (412, "revision_stale")
    assert await desk.effects() == []


async def test_openings_closings_and_officers_at_once_meet_no_deadlock(desk: Desk) -> None:
    """The machine holds the subject and wants the task, an approval wants both: all take them in one order."""
    for number in range(1, 4):
        task = await desk.states(number)
        await desk.proposes(task)
        answers = await asyncio.gather(
            desk.acts(task, "approvals", "officer-2", {"revision": 1}),
            desk.states(number, revision=2),
            desk.closes(number),
            desk.acts(task, "stops", "officer-1", {"waiting_for": "court", "by": "KB-2026-0193"}),
            desk.acts(task, "approvals", "officer-3", {"revision": 2}),
        )
        assert {answers[0].status_code, answers[3].status_code, answers[4].status_code} <= {201, 409, 412}
