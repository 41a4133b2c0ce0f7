"""A change of a task is kept: its clock stands while a question about its proposal waits, and runs again afterwards.

Meanwhile the question has a clock of its own: until when it is answered. So it is listed, and counted once it is late.
"""

from collections.abc import Sequence
from datetime import datetime

from shared.kernel.clock import business_day, now
from shared.kernel.working_days import Stop
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.charter import charter_days, due_at
from shared.tasks.repository import TaskRepository, ids_about
from shared.tasks.task import Change, StoppedFor, Task, resumed, resumed_at_end, stopped

# A colleague's question is answered as soon as a complaint is (assumed: the charter promises nothing for it).
_OF_QUERIES = "complaint"


async def save_change(change: Change, uow: UnitOfWork) -> Task:
    """Keep the change of a task whose row is locked, and what follows from it for the clock."""
    uow.decided(f"task_{change.what}", **ids_about(change.task), why=change.reason)
    tasks = TaskRepository(uow.connection)
    task = await tasks.save(change)
    is_asked, stands_for = task.query is not None, task.stopped_for
    if is_asked and stands_for is None:
        return await save_change(await stop_clock(task, change.acted_by, StoppedFor.QUERY, tasks), uow)
    if not is_asked and stands_for is StoppedFor.QUERY:
        return await save_change(await start_clock(task, change.acted_by, tasks), uow)
    return task


async def stop_clock(task: Task, officer: str | None, reason: StoppedFor, tasks: TaskRepository) -> Change:
    """The clock of a task stands from now on; a day that was missed before stays missed."""
    stops = [*await tasks.list_stops(task.id), Stop(business_day(now()), None)]
    missed_at = due_at(task.opened_at, task.charter_days, stops)
    answered_by = due_at(now(), charter_days(_OF_QUERIES)) if reason is StoppedFor.QUERY else None
    return stopped(task, officer, reason, missed_at or answered_by)


async def end_stop(task: Task, officer: str | None, tasks: TaskRepository) -> Task:
    """The task with its stop ended, where its clock stands: whatever ends a task does so first."""
    if task.stopped_for is None:
        return task
    return await tasks.save(resumed_at_end(task, officer, await _due_again(task, tasks)))


async def start_clock(task: Task, officer: str | None, tasks: TaskRepository) -> Change:
    """It runs again."""
    return resumed(task, officer, await _due_again(task, tasks))


async def _due_again(task: Task, tasks: TaskRepository) -> datetime | None:
    return due_at(task.opened_at, task.charter_days, _ended(await tasks.list_stops(task.id)))


def _ended(stops: Sequence[Stop]) -> list[Stop]:
    return [stop if stop.resumed_on else Stop(stop.stopped_on, business_day(now())) for stop in stops]
