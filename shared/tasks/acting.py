"""What an officer does to a task: commands that a request runs in its transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from shared.kernel.clock import now
from shared.kernel.errors import FieldError
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers
from shared.kernel.offices import Office
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.naming import naming
from shared.tasks.queues import Approved, Proposal, Queues
from shared.tasks.repository import TaskRepository, WorksIn
from shared.tasks.saving import end_stop, save_change, start_clock, stop_clock
from shared.tasks.task import (
    Asked,
    BackTo,
    Change,
    RefusedFor,
    Replied,
    StoppedFor,
    SubjectState,
    Task,
    TransferredFor,
    approved,
    check_approved,
    check_revision,
    may_answer,
    may_stop,
    proposed,
    queried,
    refused,
    released,
    replied,
    taken,
    transferred,
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts (the subject of the token), for which tenant, in which queues, and of which office.

    ``everywhere``: on the tasks of every office.
    """

    name: str
    tenant: str
    queues: frozenset[str]
    office: str | None = None
    everywhere: bool = False

    @property
    def works_in(self) -> WorksIn:
        """Which tasks there are for this officer: none that is about itself."""
        return WorksIn(self.queues, self.name, self.office, self.everywhere)


async def take_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Of two who take it at once one has it; raises TaskUnknown, TaskTaken, TaskOver."""
    return await _changed(task, officer, lambda found: taken(found, officer.name), uow)


async def release_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Give it back to the queue; raises TaskUnknown, TaskNotTaken, TaskAlreadyProposed, TaskOver."""
    return await _changed(task, officer, lambda found: released(found, officer.name), uow)


async def refuse_proposal(task: UUID, reason: RefusedFor, back_to: BackTo, officer: Officer, uow: UnitOfWork) -> Task:
    """Send what another one proposed back; raises TaskUnknown, NothingProposed, ApproverIsProposer, TaskOver."""
    return await _changed(task, officer, lambda found: refused(found, officer.name, reason, back_to), uow)


async def query_proposal(task: UUID, asks: Asked, of: str, officer: Officer, uow: UnitOfWork) -> Task:
    """Ask who proposed it, before approving: the clock stands until that is answered.

    Raises TaskUnknown, NothingProposed, ApproverIsProposer, QueryOpen, NamesNothing, TaskOver.
    """
    return await _changed(task, officer, lambda found: naming(of, queried(found, officer.name, asks, of)), uow)


async def answer_query(task: UUID, says: Replied, by: str, officer: Officer, uow: UnitOfWork) -> Task:
    """Answer what was asked of one's proposal, and the clock runs again.

    Raises TaskUnknown, NothingAsked, TaskNotYours, NamesNothing, TaskOver.
    """
    return await _changed(task, officer, lambda found: naming(by, replied(found, officer.name, says, by)), uow)


async def transfer_task(task: UUID, office: Office, reason: TransferredFor, officer: Officer, uow: UnitOfWork) -> Task:
    """Let another office have it; raises TaskUnknown, TaskAlreadyProposed, TaskTaken, OfficeHasTask, TaskOver."""
    return await _changed(task, officer, lambda found: transferred(found, officer.name, office, reason), uow)


async def stop_task(task: UUID, reason: StoppedFor, by: str | None, officer: Officer, uow: UnitOfWork) -> Task:
    """Let the charter's clock stand while somebody outside is waited for, who was asked by a document.

    By who has the task, and once. Raises TaskUnknown, TaskNotYours, StopNeedsAnotherOfficer, TaskStopped,
    NamesNothing, TaskOver.
    """
    tasks = TaskRepository(uow.connection)
    found = await tasks.lock(task, officer.works_in)
    may_stop(found, officer.name, await tasks.list_stopped_by(task))
    change = naming(by or "", await stop_clock(found, officer.name, reason, tasks))
    return await save_change(replace(change, detail={**(change.detail or {}), "by": by or ""}), uow)


async def resume_task(task: UUID, officer: Officer, uow: UnitOfWork) -> Task:
    """Let it run again; raises TaskUnknown, TaskNotStopped, TaskOver, and QueryOpen while it stands for an answer."""
    tasks = TaskRepository(uow.connection)
    found = await tasks.lock(task, officer.works_in)
    return await save_change(await start_clock(found, officer.name, tasks), uow)


async def propose_answer(
    task: UUID, revision: int, proposal: Proposal, officer: Officer, queues: Queues, uow: UnitOfWork
) -> Task:
    """Say what should be done, of the newest revision.

    Raises TaskUnknown, TaskNotYours, TaskAlreadyProposed, TaskOver, ProposalNotForQueue, RevisionStale, and
    ScopeMissing for what takes the role of another queue beside.
    """
    tasks = TaskRepository(uow.connection)
    seen = await tasks.find(task, officer.works_in)
    newest = await queues.state_of(seen.subject, uow)
    found = await tasks.lock(task, officer.works_in)
    queues.choice(found.queue, proposal)
    queues.check_role(proposal, officer.queues)
    change = proposed(found, officer.name, proposal.model_dump(mode="json"), newest)
    check_revision(revision, newest, await tasks.list_history(task), await _changes_since(revision, newest))
    return await save_change(change, uow)


async def approve_proposal(task: UUID, revision: int, officer: Officer, queues: Queues, uow: UnitOfWork) -> Task:
    """Approve what another one proposed, of the newest revision, and run its command in this transaction.

    Raises TaskUnknown, NothingProposed, ApproverIsProposer, TaskOver, RevisionStale, SubjectChanging, QueryOpen,
    ProposalOutdated, ScopeMissing, what the subject says of who stated it or of one that was decided, and what the
    command raises: then nothing was approved.
    """
    tasks = TaskRepository(uow.connection)
    seen = await tasks.find(task, officer.works_in)
    newest = await queues.state_of(seen.subject, uow)
    found = await tasks.lock(task, officer.works_in)
    may_answer(found, officer.name)
    changes = await _changes_since(revision, newest)
    check_approved(revision, newest, await tasks.list_history(task), officer.name, changes)
    found = await end_stop(found, officer.name, tasks)
    done = await save_change(approved(found, officer.name, newest, now()), uow)
    # The task is over before its command runs: what that opens or closes about the subject is another one.
    await _run(done, officer, queues, uow)
    return done


async def _run(task: Task, officer: Officer, queues: Queues, uow: UnitOfWork) -> None:
    proposal = queues.read(task.proposal or {})
    choice = queues.choice(task.queue, proposal)
    queues.check_role(proposal, officer.queues)
    handed = Approved(
        task=task.id,
        cause=derived_id("task_approved", task.id),
        subject=task.subject,
        revision=task.revision,
        reason=task.reason,
        officers=Officers(officer.tenant, task.proposed_by or "", officer.name, now()),
    )
    await choice.handler(proposal.command(handed), uow)


async def _changes_since(revision: int, newest: SubjectState) -> Sequence[FieldError]:
    """What the subject says changed since an older revision that was named."""
    return () if newest.since is None or revision >= newest.revision else await newest.since(revision)


async def _changed(task: UUID, officer: Officer, change: Callable[[Task], Change], uow: UnitOfWork) -> Task:
    return await save_change(change(await TaskRepository(uow.connection).lock(task, officer.works_in)), uow)
