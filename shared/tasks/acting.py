"""What an officer does to a task: commands that a request runs in its transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from shared.kernel.clock import business_day, now
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.charter import Stop, due_at
from shared.tasks.queues import Approved, Proposal, Queues
from shared.tasks.repository import TaskRepository, ids_about
from shared.tasks.task import (
    BackTo,
    Change,
    RefusedFor,
    StoppedFor,
    Task,
    approved,
    check_approved,
    check_revision,
    may_answer,
    proposed,
    refused,
    released,
    resumed,
    stopped,
    taken,
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts (the subject of the token), for which tenant, and in which queues."""

    name: str
    tenant: str
    queues: frozenset[str]


async def take_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Of two who take it at once one has it; raises TaskUnknown, TaskTaken, TaskOver."""
    return await _changed(task, officer, lambda found: taken(found, officer.name), uow)


async def release_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Give it back to the queue; raises TaskUnknown, TaskNotTaken, TaskAlreadyProposed, TaskOver."""
    return await _changed(task, officer, lambda found: released(found, officer.name), uow)


async def refuse_proposal(task: UUID, reason: RefusedFor, back_to: BackTo, officer: Officer, uow: UnitOfWork) -> Task:
    """Send what another one proposed back; raises TaskUnknown, NothingProposed, ApproverIsProposer, TaskOver."""
    return await _changed(task, officer, lambda found: refused(found, officer.name, reason, back_to), uow)


async def stop_task(task: UUID, reason: StoppedFor, officer: Officer, uow: UnitOfWork) -> Task:
    """Let the charter's clock stand while somebody outside is waited for; raises TaskUnknown, TaskStopped, TaskOver."""
    tasks = TaskRepository(uow.connection)
    found = await tasks.lock(task, officer.queues)
    stops = [*await tasks.list_stops(task), Stop(business_day(now()), None)]
    change = stopped(found, officer.name, reason, due_at(found.opened_at, found.charter_days, stops))
    return await _saved(change, tasks, uow)


async def resume_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Let it run again; raises TaskUnknown, TaskNotStopped, TaskOver."""
    tasks = TaskRepository(uow.connection)
    found = await tasks.lock(task, officer.queues)
    stops = [
        stop if stop.resumed_on else Stop(stop.stopped_on, business_day(now())) for stop in await tasks.list_stops(task)
    ]
    change = resumed(found, officer.name, due_at(found.opened_at, found.charter_days, stops))
    return await _saved(change, tasks, uow)


async def propose_answer(
    task: UUID, revision: int, proposal: Proposal, officer: Officer, queues: Queues, uow: UnitOfWork
) -> Task:
    """Say what should be done, of the newest revision.

    Raises TaskUnknown, TaskNotYours, TaskAlreadyProposed, TaskOver, ProposalNotForQueue, RevisionStale.
    """
    tasks = TaskRepository(uow.connection)
    seen = await tasks.find(task, officer.queues)
    newest = await queues.state_of(seen.subject, uow)
    found = await tasks.lock(task, officer.queues)
    queues.choice(found.queue, proposal)
    change = proposed(found, officer.name, proposal.model_dump(mode="json"), newest)
    check_revision(revision, newest, await tasks.list_history(task))
    return await _saved(change, tasks, uow)


async def approve_proposal(task: UUID, revision: int, officer: Officer, queues: Queues, uow: UnitOfWork) -> Task:
    """Approve what another one proposed, of the newest revision, and run its command in this transaction.

    Raises TaskUnknown, NothingProposed, ApproverIsProposer, TaskOver, RevisionStale, SubjectChanging, ProposalOutdated,
    what the subject says of who stated it or of one that was decided, and what the command raises: then nothing was
    approved.
    """
    tasks = TaskRepository(uow.connection)
    seen = await tasks.find(task, officer.queues)
    newest = await queues.state_of(seen.subject, uow)
    found = await tasks.lock(task, officer.queues)
    may_answer(found, officer.name)
    check_approved(revision, newest, await tasks.list_history(task), officer.name)
    done = await _saved(approved(found, officer.name, newest, now()), tasks, uow)
    # The task is over before its command runs: what that opens or closes about the subject is another one.
    await _run(done, officer, queues, uow)
    return done


async def _run(task: Task, officer: Officer, queues: Queues, uow: UnitOfWork) -> None:
    proposal = queues.read(task.proposal or {})
    choice = queues.choice(task.queue, proposal)
    handed = Approved(
        task=task.id,
        cause=derived_id("task_approved", task.id),
        subject=task.subject,
        revision=task.revision,
        reason=task.reason,
        officers=Officers(officer.tenant, task.proposed_by or "", officer.name, now()),
    )
    await choice.handler(proposal.command(handed), uow)


async def _changed(task: UUID, officer: Officer, change: Callable[[Task], Change], uow: UnitOfWork) -> Task:
    tasks = TaskRepository(uow.connection)
    return await _saved(change(await tasks.lock(task, officer.queues)), tasks, uow)


async def _saved(change: Change, tasks: TaskRepository, uow: UnitOfWork) -> Task:
    uow.decided(f"task_{change.what}", **ids_about(change.task), why=change.reason)
    return await tasks.save(change)
