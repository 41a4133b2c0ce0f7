"""A task: a question about a subject that waits for a person, and what may happen to it. Pure.

| state | is entered by | is left by |
|---|---|---|
| open | opening; release; a refused or withdrawn proposal | taking, closing |
| taken | taking; a proposal that fell, or was refused back to its proposer | release, proposal, closing |
| proposed | a proposal of who took it | approval or refusal by another officer, withdrawal, closing |
| approved | approval | nothing |
| closed | the machine, since the reason is gone | nothing |

In each of the first three the charter's clock runs or stands: that is no state. Of a proposal who is to approve it may
ask who made it: nobody approves it until that is answered, and that is no state either.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kernel.errors import FactChange, FieldError, JaringError
from shared.kernel.lifecycle import Lifecycle
from shared.kernel.officers import must_be_another
from shared.kernel.offices import Office
from shared.kernel.subjects import Subject
from shared.tasks.errors import (
    ApproverIsProposer,
    NothingAsked,
    NothingProposed,
    OfficeHasTask,
    QueryOpen,
    RevisionStale,
    StopNeedsAnotherOfficer,
    SubjectChanging,
    TaskAlreadyProposed,
    TaskNotStopped,
    TaskNotTaken,
    TaskNotYours,
    TaskOver,
    TaskStopped,
    TaskTaken,
)

# Reads the newest revision of a subject and locks the subject until the transaction ends.
StateOf = Callable[[Subject, Any], Awaitable["SubjectState"]]
# What of a subject changed since a revision of it, beside its facts.
ChangesSince = Callable[[int], Awaitable[Sequence[FieldError]]]
# Codes, ids, counts and amounts in sen of the subject, by name: what an approval rests on.
Facts = Mapping[str, str | int]
# More than a problem lists.
_MOST_ERRORS = 100


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    TAKEN = "taken"
    PROPOSED = "proposed"
    APPROVED = "approved"
    CLOSED = "closed"


# The table above, by which each change of a task is judged (decision 103).
LIFECYCLE = Lifecycle.of(
    {TaskState.OPEN},
    {
        TaskState.OPEN: {TaskState.TAKEN, TaskState.CLOSED},
        TaskState.TAKEN: {TaskState.OPEN, TaskState.PROPOSED, TaskState.CLOSED},
        TaskState.PROPOSED: {TaskState.OPEN, TaskState.TAKEN, TaskState.APPROVED, TaskState.CLOSED},
        TaskState.APPROVED: (),
        TaskState.CLOSED: (),
    },
)


class TaskEventKind(StrEnum):
    """What happened to a task."""

    OPENED = "opened"
    RESTATED = "restated"
    TAKEN = "taken"
    RELEASED = "released"
    STOPPED = "stopped"
    RESUMED = "resumed"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REFUSED = "refused"
    CLOSED = "closed"
    QUERIED = "queried"
    REPLIED = "replied"
    TRANSFERRED = "transferred"


class Outside(StrEnum):
    """Who outside may be waited for while the charter's clock stands."""

    PERSON = "person"
    EMPLOYER = "employer"
    HOSPITAL = "hospital"
    MEDICAL_BOARD = "medical_board"
    COURT = "court"
    ANOTHER_AGENCY = "another_agency"


class StoppedFor(StrEnum):
    """What is waited for while the charter's clock stands: somebody outside, or the answer to an officer's question."""

    PERSON = "person"
    EMPLOYER = "employer"
    HOSPITAL = "hospital"
    MEDICAL_BOARD = "medical_board"
    COURT = "court"
    ANOTHER_AGENCY = "another_agency"
    QUERY = "query"


class Asked(StrEnum):
    """What an officer asks who proposed something, before it is approved."""

    WHICH_EVIDENCE = "which_evidence"
    """On which evidence it rests."""
    WHICH_FACTS = "which_facts"
    """Whether what it rests on is so."""
    WHICH_LAW = "which_law"
    """Under which law."""
    WHICH_AMOUNTS = "which_amounts"
    """How the amounts come about."""
    WHICH_DAYS = "which_days"
    WHY_NOT_OTHERWISE = "why_not_otherwise"
    """Why not something else."""


class Replied(StrEnum):
    """What who proposed it answers."""

    SHOWN = "shown"
    """It stands in what is named."""
    STATED_NOW = "stated_now"
    """It was not stated yet, and is by what is named."""
    AS_PROPOSED = "as_proposed"
    """Nothing more can be shown: it is proposed all the same."""


class TransferredFor(StrEnum):
    """Why a task goes to another office."""

    RESIDENCE = "residence"
    """The person lives there."""
    EMPLOYER = "employer"
    """The employer is there."""
    WITNESSES = "witnesses"
    """Whoever is to be heard is there."""
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    WORKLOAD = "workload"
    WRONG_OFFICE = "wrong_office"


class RefusedFor(StrEnum):
    """Why an officer refuses what another one proposed."""

    EVIDENCE_MISSING = "evidence_missing"
    FACTS_DIFFER = "facts_differ"
    LAW_DIFFERS = "law_differs"
    NOT_FOR_THIS_QUEUE = "not_for_this_queue"


class BackTo(StrEnum):
    """To whom a refused proposal goes back: who proposed it has the task, and is asked to mend it."""

    QUEUE = "queue"
    PROPOSER = "proposer"


@dataclass(frozen=True, slots=True)
class SubjectState:
    """The newest revision of a subject, and what of it a person looks at: all that a service says of it.

    Attributes:
        revision: rises with all that an approval rests on.
        facts: codes, ids, counts, days and amounts in sen.
        is_changing: something has arrived about it that this revision does not know yet.
        reason: why two officers look at it, as the task says; None where whoever asks says it.
        stated_by: the officers who stated it; each may propose, and none of them approves.
        of_oneself: what is raised where one of them does.
        is_decided: two officers have decided it, by whatever task.
        over: what is raised where others decide it once more.
        since: finds what else changed since an earlier revision, such as amounts, for whoever approves that one.
    """

    revision: int
    facts: Facts
    is_changing: bool = False
    reason: str | None = None
    stated_by: Collection[str | None] = ()
    of_oneself: type[JaringError] = ApproverIsProposer
    is_decided: bool = False
    over: type[JaringError] = TaskOver
    since: ChangesSince | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a proposal: what is asked, of which fact or document, and who asks."""

    asks: Asked
    of: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class Task:
    """One task as it stands."""

    id: UUID
    queue: str
    subject: Subject
    revision: int
    facts: Facts
    reason: str
    state: TaskState
    opened_at: datetime
    # Working days of the client charter, and the end of the last one; None: the clock stands.
    charter_days: int
    due_at: datetime | None
    stopped_for: StoppedFor | None
    taken_by: str | None
    proposal: Mapping[str, Any] | None
    proposed_by: str | None
    proposed_revision: int | None
    approved_by: str | None
    closed_at: datetime | None
    # How many things happened to it.
    events: int
    # The office that holds it; None: officers of every office see it.
    office: str | None = None
    # What who is to approve asks, while that waits for an answer.
    query: Query | None = None

    @property
    def is_over(self) -> bool:
        return self.closed_at is not None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the charter's time was over at an instant, and nobody had decided."""
        return not self.is_over and self.due_at is not None and self.due_at <= at


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One thing that happened to a task; `acted_by` is an officer, or None: the machine.

    `detail` says of a question and its answer what they are about, of a transfer from where to where, and of a stop by
    which document somebody was asked and until when the clock stands at most.
    """

    number: int
    what: TaskEventKind
    at: datetime
    acted_by: str | None
    reason: str | None
    revision: int
    facts: Facts
    proposal: Mapping[str, Any] | None
    detail: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A task as it stands afterwards, with what happened, by whom and why."""

    task: Task
    what: TaskEventKind
    acted_by: str | None = None
    reason: str | None = None
    detail: Mapping[str, str] | None = None


def taken(task: Task, officer: str) -> Change:
    """An officer takes it; raises TaskTaken, TaskOver."""
    _live(task)
    if task.state is not TaskState.OPEN:
        raise TaskTaken()
    return _change(replace(task, state=TaskState.TAKEN, taken_by=officer), TaskEventKind.TAKEN, officer)


def released(task: Task, officer: str) -> Change:
    """It goes back to the queue; of a proposal only by who made it, which withdraws it.

    Any officer of the queue may release what another one took: nobody who is away keeps a task. Raises TaskNotTaken,
    TaskAlreadyProposed, TaskOver.
    """
    _live(task)
    if task.state is TaskState.OPEN:
        raise TaskNotTaken()
    if task.state is TaskState.PROPOSED and task.proposed_by != officer:
        raise TaskAlreadyProposed()
    what = TaskEventKind.WITHDRAWN if task.state is TaskState.PROPOSED else TaskEventKind.RELEASED
    return _change(_reopened(task), what, officer)


def stopped(task: Task, officer: str | None, reason: StoppedFor, due_at: datetime | None, until: date) -> Change:
    """The clock stands, until a day at most; raises TaskStopped, TaskOver."""
    _live(task)
    if task.stopped_for is not None:
        raise TaskStopped()
    new, told = replace(task, stopped_for=reason, due_at=due_at), {"until": until.isoformat()}
    return _change(new, TaskEventKind.STOPPED, officer, reason, told)


def may_stop(task: Task, officer: str, before: Collection[str]) -> None:
    """Who has the task waits for somebody outside, and once: who goes on waiting is another officer, as of all that
    one alone would decide. ``before``: who stopped it before. Raises TaskNotYours, StopNeedsAnotherOfficer, TaskOver.
    """
    _live(task)
    if task.taken_by != officer:
        raise TaskNotYours()
    must_be_another(officer, before, StopNeedsAnotherOfficer)


def resumed(task: Task, officer: str | None, due_at: datetime | None) -> Change:
    """The clock runs again; raises TaskNotStopped, TaskOver, and QueryOpen while it stands for an answer."""
    _live(task)
    if task.stopped_for is None:
        raise TaskNotStopped()
    if task.query is not None and task.stopped_for is StoppedFor.QUERY:
        raise QueryOpen()
    return resumed_at_end(task, officer, due_at)


def resumed_at_end(task: Task, officer: str | None, due_at: datetime | None) -> Change:
    """The clock of a task that ends now stands no more, whatever it stood for."""
    return _change(replace(task, stopped_for=None, due_at=due_at), TaskEventKind.RESUMED, officer, task.stopped_for)


def proposed(task: Task, officer: str, proposal: Mapping[str, Any], subject: SubjectState) -> Change:
    """Who took it proposes an answer, of the newest revision; raises TaskNotYours, TaskAlreadyProposed, TaskOver."""
    _live(task)
    if task.state is TaskState.PROPOSED:
        raise TaskAlreadyProposed()
    if task.state is not TaskState.TAKEN or task.taken_by != officer:
        raise TaskNotYours()
    new = replace(task, state=TaskState.PROPOSED, proposal=proposal, proposed_by=officer)
    return _change(replace(_at(new, subject), proposed_revision=subject.revision), TaskEventKind.PROPOSED, officer)


def approved(task: Task, officer: str, subject: SubjectState, at: datetime) -> Change:
    """Another officer approves, of the newest revision.

    Raises NothingProposed, ApproverIsProposer, TaskOver, and QueryOpen while a question about it waits for its answer.
    """
    may_answer(task, officer)
    if task.query is not None:
        raise QueryOpen()
    new = replace(task, state=TaskState.APPROVED, approved_by=officer, stopped_for=None, closed_at=at)
    return _change(_at(new, subject), TaskEventKind.APPROVED, officer)


def refused(task: Task, officer: str, reason: RefusedFor, back_to: BackTo = BackTo.QUEUE) -> Change:
    """Another officer refuses what was proposed, and the task goes back to the queue, or to who proposed it; raises as
    `approved`."""
    may_answer(task, officer)
    asked = _without_proposal(replace(task, state=TaskState.TAKEN, taken_by=task.proposed_by))
    return _change(_reopened(task) if back_to is BackTo.QUEUE else asked, TaskEventKind.REFUSED, officer, reason)


def queried(task: Task, officer: str, asks: Asked, of: str) -> Change:
    """Another officer asks who proposed it before approving; raises as `approved`."""
    may_answer(task, officer)
    if task.query is not None:
        raise QueryOpen()
    new = replace(task, query=Query(asks, of, officer))
    return _change(new, TaskEventKind.QUERIED, officer, asks, {"of": of})


def replied(task: Task, officer: str, says: Replied, by: str) -> Change:
    """Who proposed it answers, and the proposal stands; raises NothingAsked, TaskNotYours, TaskOver."""
    _live(task)
    if task.query is None:
        raise NothingAsked()
    if task.proposed_by != officer:
        raise TaskNotYours()
    return _change(replace(task, query=None), TaskEventKind.REPLIED, officer, says, {"by": by})


def transferred(task: Task, officer: str, office: Office, reason: TransferredFor) -> Change:
    """Another office has it from now on, and nobody of it yet.

    What is proposed is withdrawn or refused first, and what somebody else has is released. Raises TaskAlreadyProposed,
    TaskTaken, OfficeHasTask, TaskOver.
    """
    _live(task)
    if task.state is TaskState.PROPOSED:
        raise TaskAlreadyProposed()
    if task.state is TaskState.TAKEN and task.taken_by != officer:
        raise TaskTaken()
    if task.office == office:
        raise OfficeHasTask()
    way = {"to": office.value} | ({} if task.office is None else {"from": task.office})
    new = replace(_reopened(task), office=office.value)
    return _change(new, TaskEventKind.TRANSFERRED, officer, reason, way)


def restated(task: Task, reason: str, subject: SubjectState) -> Change | None:
    """The service asks again; None where it says nothing new, or less than is known.

    The clock runs on. A proposal stands while the reason does, and its approval names the newer revision; with another
    reason it falls.
    """
    if subject.revision < task.revision or (subject.revision, reason) == (task.revision, task.reason):
        return None
    new = _at(replace(task, reason=reason), subject)
    if reason == task.reason or task.state is not TaskState.PROPOSED:
        return _change(new, TaskEventKind.RESTATED, None, reason)
    return _change(_without_proposal(replace(new, state=TaskState.TAKEN)), TaskEventKind.WITHDRAWN, None, reason)


def closed(task: Task, reason: str, at: datetime) -> Change:
    """The reason is gone: no person needs to look any more."""
    over = replace(_without_proposal(task), state=TaskState.CLOSED, stopped_for=None, closed_at=at)
    return _change(over, TaskEventKind.CLOSED, None, reason)


def may_answer(task: Task, officer: str) -> None:
    """Raises NothingProposed, ApproverIsProposer, TaskOver where this officer may neither approve nor refuse."""
    _live(task)
    if task.state is not TaskState.PROPOSED:
        raise NothingProposed()
    must_be_another(officer, {task.proposed_by}, ApproverIsProposer)


def check_approved(
    named: int, newest: SubjectState, history: Sequence[TaskEvent], officer: str, changes: Sequence[FieldError] = ()
) -> None:
    """Raises RevisionStale; SubjectChanging where the newest revision does not know what has arrived; and what the
    subject raises where it was decided already, or this officer stated it."""
    check_revision(named, newest, history, changes)
    if newest.is_changing:
        raise SubjectChanging()
    if newest.is_decided:
        raise newest.over()
    must_be_another(officer, newest.stated_by, newest.of_oneself)


def check_revision(
    named: int, newest: SubjectState, history: Sequence[TaskEvent], changes: Sequence[FieldError] = ()
) -> None:
    """Raises RevisionStale, with what changed since, where another revision was named than the newest.

    ``changes``: what the subject says of it beside its facts.
    """
    if named == newest.revision:
        return
    # Of a revision that the task never had nothing is known that could have changed.
    before = next((event.facts for event in reversed(history) if event.revision == named), newest.facts)
    changed = [name for name in sorted({*before, *newest.facts}) if before.get(name) != newest.facts.get(name)]
    raise RevisionStale(
        f"Revision {named} was named, {newest.revision} is the newest.",
        facts={"named": named, "newest": newest.revision},
        errors=[*(difference(name, before.get(name), newest.facts.get(name)) for name in changed), *changes][
            :_MOST_ERRORS
        ],
    )


def difference(name: str, before: str | int | None, now: str | int | None) -> FieldError:
    """That something was this, and is that now; None: it was or is not known."""
    shown = ("–" if each is None else each for each in (before, now))
    change = FactChange(name, before, now)
    return FieldError("/revision", "changed", f"{name}: {' → '.join(map(str, shown))}", change=change)


def _live(task: Task) -> None:
    if task.is_over:
        raise TaskOver()


def _reopened(task: Task) -> Task:
    return replace(_without_proposal(task), state=TaskState.OPEN, taken_by=None)


def _without_proposal(task: Task) -> Task:
    return replace(task, proposal=None, proposed_by=None, proposed_revision=None, query=None)


def _at(task: Task, subject: SubjectState) -> Task:
    return replace(task, revision=subject.revision, facts=subject.facts)


def _change(
    task: Task,
    what: TaskEventKind,
    officer: str | None,
    reason: str | None = None,
    detail: Mapping[str, str] | None = None,
) -> Change:
    return Change(replace(task, events=task.events + 1), what, officer, reason, detail)
