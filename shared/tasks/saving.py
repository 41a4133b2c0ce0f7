"""A change of a task is kept: its clock stands while a question about its proposal waits, and runs again afterwards.

Meanwhile the question has a clock of its own: until when it is answered. So it is listed, and counted once it is late.
An officer's stop has a holder, who has the task: given back, or gone to another office, its clock runs.
"""

from datetime import datetime

from shared.kernel.clock import business_day, now
from shared.kernel.working_days import Stop
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.charter import OF_QUERIES, charter_days, due_at, runs_again_on
from shared.tasks.repository import TaskRepository, ids_about
from shared.tasks.task import Change, StoppedFor, Task, TaskEventKind, TaskState, resumed, resumed_at_end, stopped

# After these nobody has a task any more who waits for somebody outside.
_GIVEN_UP = {TaskEventKind.RELEASED, TaskEventKind.WITHDRAWN, TaskEventKind.REFUSED, TaskEventKind.TRANSFERRED}


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
    if task.state is TaskState.OPEN and change.what in _GIVEN_UP and stands_for is not None:
        return await save_change(await start_clock(task, change.acted_by, tasks), uow)
    return task


async def stop_clock(task: Task, officer: str | None, reason: StoppedFor, tasks: TaskRepository) -> Change:
    """The clock of a task stands from now on, and runs again by itself; a day that was missed before stays missed."""
    day = business_day(now())
    until = runs_again_on(day, reason)
    falls_due = due_at(task.opened_at, task.charter_days, [*await tasks.list_stops(task.id), Stop(day, until)])
    if reason is StoppedFor.QUERY and falls_due is not None and falls_due > now():
        falls_due = due_at(now(), charter_days(OF_QUERIES))
    return stopped(task, officer, reason, falls_due, until)


async def end_stop(task: Task, officer: str | None, tasks: TaskRepository) -> Task:
    """The task with its stop ended, where its clock stands: whatever ends a task does so first."""
    if task.stopped_for is None:
        return task
    return await tasks.save(resumed_at_end(task, officer, await _due_again(task, tasks)))


async def start_clock(task: Task, officer: str | None, tasks: TaskRepository) -> Change:
    """It runs again."""
    return resumed(task, officer, await _due_again(task, tasks))


async def _due_again(task: Task, tasks: TaskRepository) -> datetime | None:
    day = business_day(now())
    stops = [Stop(each.stopped_on, min(day, each.resumed_on or day)) for each in await tasks.list_stops(task.id)]
    return due_at(task.opened_at, task.charter_days, stops)
