"""How a service asks a person, and says that it need not ask any more: commands of the machine.

A command that opens or closes tasks holds the lock of the subject, as it does whenever it decides about it. It runs in
the worker or for an officer: a partner's request sees no tasks (row-level security), and leaves due work for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.queues import LONGEST_NAME, Queue
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.charter import charter_days, due_at
from shared.tasks.repository import TaskRepository, ids_about
from shared.tasks.saving import end_stop, save_change
from shared.tasks.task import SubjectState, Task, TaskState, closed, restated

LONGEST_TEXT = 200
MOST_FACTS = 50
LARGEST_FACT = 10**15
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class OpenTask:
    """Ask the people of a queue about a subject: why, of which revision, and what of it they look at.

    `facts` are codes, ids, counts, days and amounts in sen: never a name, a national id or an account. `charter` is the
    promise for this one task where it is another than that of its queue, `days` the working days where the law, and no
    promise, gives them. `since`: they run from this instant, where people are asked later than that.
    """

    queue: Queue
    subject: Subject
    reason: str
    revision: int
    facts: Mapping[str, str | int] = field(default_factory=dict)
    charter: str | None = None
    days: int | None = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what could not be stored or shown."""
        if self.subject.partition("/")[0] != self.queue.subject or len(self.subject) > LONGEST_TEXT:
            raise ValueError(f"the queue {self.queue.name} is about a {self.queue.subject}, not {self.subject}")
        for code in (self.reason, *self.facts):
            if not _CODE.fullmatch(code) or len(code) > LONGEST_NAME:
                raise ValueError(f"a reason and the name of a fact are codes, not {code!r}")
        if len(self.facts) > MOST_FACTS or not all(map(_fits, self.facts.values())):
            raise ValueError("a fact is a short text or a whole number, and there are few")


@dataclass(frozen=True)
class CloseTask:
    """No person needs to look any more: the reason, such as ``decided``, says why."""

    queue: Queue
    subject: Subject
    reason: str


async def ask(queue: Queue, subject: Subject, state: SubjectState, uow: UnitOfWork) -> None:
    """Ask about a subject that stands so, and is locked; of one that is decided or gives no reason nobody is asked."""
    if state.reason is not None and not state.is_decided:
        await open_task(OpenTask(queue, subject, state.reason, state.revision, state.facts), uow)


async def open_task(command: OpenTask, uow: UnitOfWork) -> Task:
    """Ask once: the same reason again is no news, another one or a newer revision is added to the task that waits."""
    tasks = TaskRepository(uow.connection)
    waiting = await tasks.lock_live(command.queue, command.subject)
    if waiting is None:
        return await _opened(command, tasks, uow)
    change = restated(waiting, command.reason, SubjectState(command.revision, command.facts))
    return waiting if change is None else await save_change(change, uow)


async def close_task(command: CloseTask, uow: UnitOfWork) -> Task | None:
    """Close the task that waits, also one that was taken or proposed; None where there was none."""
    tasks = TaskRepository(uow.connection)
    waiting = await tasks.lock_live(command.queue, command.subject)
    if waiting is None:
        return None
    return await save_change(closed(await end_stop(waiting, None, tasks), command.reason, now()), uow)


async def _opened(command: OpenTask, tasks: TaskRepository, uow: UnitOfWork) -> Task:
    before, office = await tasks.before(command.queue, command.subject)
    opened_at, days = command.since or now(), command.days or charter_days(command.charter or command.queue.charter)
    task = Task(
        # The same in a database that was put back: who kept its address finds it again.
        id=derived_id("task", uow.service, command.queue.name, command.subject, before + 1),
        queue=command.queue.name,
        subject=command.subject,
        revision=command.revision,
        facts=command.facts,
        reason=command.reason,
        state=TaskState.OPEN,
        opened_at=opened_at,
        charter_days=days,
        due_at=due_at(opened_at, days),
        stopped_for=None,
        taken_by=None,
        proposal=None,
        proposed_by=None,
        proposed_revision=None,
        approved_by=None,
        closed_at=None,
        events=1,
        # Whoever had it knows the matter.
        office=office,
    )
    await tasks.add(task)
    uow.decided("task_opened", **ids_about(task))
    return task


def _fits(value: str | int) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return type(value) is int and abs(value) <= LARGEST_FACT
