"""The machine asks once, adds what is new to the task that waits, and closes it when nobody needs to look any more."""

import asyncio

import pytest

from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.opening import OpenTask, open_task
from shared.tasks.task import Task
from shared.tasks.tests.desk import CAUSE, IDENTITY, WAGES, Desk, matter, refusal
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres


async def test_the_same_reason_again_is_one_task_and_no_news(desk: Desk) -> None:
    first = await desk.states()
    again = await desk.states()
    assert again == first
    assert await desk.happened(first) == [("opened", None)]
    other = await desk.states(queue=IDENTITY)
    assert other.id != first.id, "another queue is another question"


async def test_eight_workers_that_ask_at_once_open_one_task(desk: Desk) -> None:
    """Even where none of them holds the lock of the subject."""

    async def asks() -> Task:
        async with desk.worker.begin(UnitOfWork, CAUSE) as uow:
            return await open_task(OpenTask(WAGES, matter(1), "no_wage_month", 1), uow)

    opened = await asyncio.gather(*(asks() for _ in range(8)))
    assert len({task.id for task in opened}) == 1
    assert await desk.happened(opened[0]) == [("opened", None)]


async def test_another_reason_is_added_and_the_clock_runs_on(desk: Desk, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.acts(task, "takings")
    before = await desk.shows(task)
    business_clock.advance(days=2)
    await desk.states(reason="doubt")
    after = await desk.shows(task)
    assert (after["reason"], after["taken_by"]) == ("doubt", "officer-1")
    assert (after["opened_at"], after["due_at"]) == (before["opened_at"], before["due_at"])
    assert [each["reason"] for each in after["history"]] == ["no_wage_month", None, "doubt"]


async def test_what_is_older_than_the_task_changes_nothing(desk: Desk) -> None:
    task = await desk.states(revision=3, days=47)
    assert await desk.states(revision=2, days=27, reason="doubt") == task


async def test_a_task_is_closed_when_its_reason_is_gone_whatever_was_proposed(desk: Desk) -> None:
    task = await desk.states()
    await desk.proposes(task)
    assert await desk.closes() is not None
    assert await desk.closes() is None
    shown = await desk.shows(task)
    assert (shown["state"], shown["proposal"]) == ("closed", None)
    assert shown["history"][-1]["reason"] == "decided"
    for what, body in (("takings", None), ("releases", None), ("approvals", {"revision": 1})):
        assert refusal(await desk.acts(task, what, "officer-2", body)) == (409, "task_over")
    assert await desk.effects() == []


async def test_a_question_that_comes_back_is_a_new_task_with_a_clock_of_its_own(
    desk: Desk, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 10)
    first = await desk.states()
    await desk.closes()
    business_clock.advance(days=7)
    second = await desk.states(revision=2)
    assert second.id != first.id
    assert first.due_at is not None
    assert second.due_at is not None
    assert (second.due_at - first.due_at).days == 7


def test_what_could_not_be_shown_is_no_task() -> None:
    with pytest.raises(ValueError, match="is about a matter"):
        OpenTask(WAGES, Subject.of("claim", 1), "doubt", 1)
    with pytest.raises(ValueError, match="are codes"):
        OpenTask(WAGES, matter(1), "No wage month!", 1)
    for fact in ("x" * 201, 1.5, 10**16, True):
        with pytest.raises(ValueError, match="a fact is"):
            OpenTask(WAGES, matter(1), "doubt", 1, {"fact": fact})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "No wages"}, {"name": "x" * 65}, {"subject": ""}, {"charter": "a-b"}, {"scope": "claims:wages"}],
)
def test_a_queue_has_a_name_and_a_role(wrong: dict[str, str]) -> None:
    right = {"name": "doubt", "subject": "matter", "scope": "claims:doubt:decide", "charter": "complaint"}
    Queue(**right)
    with pytest.raises(ValueError, match="queue"):
        Queue(**{**right, **wrong})
