"""The routes of people's work, the same in every service: only the organisation's officers meet them."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, Field, create_model

from shared.kernel.clock import now
from shared.kernel.offices import Office
from shared.kernel.queues import LONGEST_NAME
from shared.kernel.reading import DataKind
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.errors import ScopeMissing
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import LONGEST_TOKEN
from shared.tasks import acting
from shared.tasks.acting import Officer
from shared.tasks.opening import LARGEST_FACT, LONGEST_TEXT, MOST_FACTS
from shared.tasks.queues import Proposal, Queues
from shared.tasks.repository import After, Filters, TaskRepository
from shared.tasks.task import (
    Asked,
    BackTo,
    Outside,
    RefusedFor,
    Replied,
    StoppedFor,
    Task,
    TaskEvent,
    TaskEventKind,
    TaskState,
    TransferredFor,
)
from shared.web.fields import LARGEST_INTEGER, Text, Whole, holds_national_id
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, ListRequest, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

# The last part of the scope with which an officer works on the tasks of every office.
ALL_OFFICES = "all_offices"
# More than can happen to one task while people work on it.
MOST_EVENTS = 10_000

# The facts of a task, which are days and amounts of a claim as well.
_TELLS = reads(DataKind.CLAIM, of="task")

Code: TypeAlias = Annotated[str, Field(max_length=LONGEST_NAME)]
OfficerName: TypeAlias = Annotated[
    str, Field(max_length=LONGEST_TOKEN, description="The subject of the officer's token")
]
Revision: TypeAlias = Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER, description="A revision of the task's subject")]
FactValue: TypeAlias = (
    Annotated[str, Field(max_length=LONGEST_TEXT)] | Annotated[int, Field(ge=-LARGEST_FACT, le=LARGEST_FACT)]
)
FactsOut: TypeAlias = Annotated[
    dict[Code, FactValue],
    Field(max_length=MOST_FACTS, description="Codes, ids, counts, days and amounts in sen that a person looks at"),
]


def _names_nobody(text: str) -> str:
    if holds_national_id(text):
        raise ValueError("A fact, a day or a document names nobody.")
    return text


Named: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9][a-z0-9_-]*|[A-Z0-9./-]*[0-9][A-Z0-9./-]*)$",
        max_length=100,
        description="A fact by its code, an id, a day, or the number of a document; nobody's name.",
        examples=["daily_rate"],
    ),
    AfterValidator(_names_nobody),
]


class SubjectOut(Out):
    """What a task is about."""

    kind: Code = Field(description="Such as question", examples=["question"])
    id: str = Field(max_length=LONGEST_TEXT, description="Of this kind; parts stand behind a slash")


class StopIn(In):
    """Why the clock stands."""

    model_config = examples({"waiting_for": "hospital", "by": "KB-2026-0193"})

    waiting_for: Outside = Field(description="Who outside the organisation is waited for")
    by: Named | None = Field(
        default=None,
        description="The number of the letter by which it was asked, or the id of what was asked; without one a stop "
        "is refused (422 `names_nothing`)",
    )


class ApprovalIn(In):
    """Which revision is approved."""

    model_config = examples({"revision": 2})

    revision: Revision


class RefusalIn(In):
    """Why a proposal is refused."""

    model_config = examples({"reason": "facts_differ"}, {"reason": "evidence_missing", "back_to": "proposer"})

    reason: RefusedFor
    back_to: BackTo = Field(default=BackTo.QUEUE, description="Who has the task now: nobody, or who proposed it")


class QueryIn(In):
    """What is asked of who proposed something, and about what."""

    model_config = examples({"asks": "which_amounts", "of": "daily_rate"})

    asks: Asked
    of: Named


class ReplyIn(In):
    """What who proposed it answers, and by what."""

    model_config = examples({"says": "shown", "by": "KB-2026-0193"})

    says: Replied
    by: Named


class TransferIn(In):
    """Which office is to have a task, and why."""

    model_config = examples({"office": "johor", "reason": "residence"})

    office: Office
    reason: TransferredFor


class QueryOut(Out):
    """A question about a proposal that waits for its answer."""

    asks: Asked
    of: str = Field(max_length=100, description="A fact, an id, a day, or the number of a document")
    asked_by: OfficerName


class ProposalOut(Out):
    """What was proposed; the values are those of one of the kinds that the route of proposals takes."""

    revision: Revision
    proposed_by: OfficerName
    says: Any = Field(description="As it was proposed")


class TaskOut(Out):
    """A task as it stands."""

    task: UUID
    queue: Code
    subject: SubjectOut
    revision: Revision
    reason: Code = Field(description="Why a person is asked: a stable code")
    facts: FactsOut
    state: TaskState
    opened_at: datetime
    charter_days: int = Field(ge=1, le=LARGEST_INTEGER, description="Working days that the client charter promises")
    due_at: datetime | None = Field(
        description="When they are over, where a clock that stands runs again by itself; while a question about the "
        "proposal waits, when its answer is due"
    )
    overdue: bool = Field(description="Whether they are over, and nobody has decided")
    stopped_for: StoppedFor | None = Field(description="What is waited for while the clock stands")
    office: Code | None = Field(description="The office that holds it; null: officers of every office work on it")
    taken_by: OfficerName | None
    proposal: ProposalOut | None
    query: QueryOut | None = Field(description="What is asked about the proposal, and not answered yet")
    approved_by: OfficerName | None
    closed_at: datetime | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """The task at the present instant."""
        return cls(**_values_of(task))


class TaskEventOut(Out):
    """One thing that happened to a task."""

    number: int = Field(ge=1, le=LARGEST_INTEGER, description="1 for the opening, one more with each")
    what: TaskEventKind
    at: datetime
    acted_by: OfficerName | None = Field(description="Null where the machine did it")
    reason: Code | None
    revision: Revision
    facts: FactsOut
    says: Any = Field(description="Of a proposal and its approval: what was proposed; otherwise null")
    detail: dict[Code, Annotated[str, Field(max_length=LONGEST_TEXT)]] = Field(
        max_length=MOST_FACTS,
        description="Of a question and its answer what they are about, of a transfer from where to where, of a stop by "
        "which letter somebody was asked, and until when the clock stands at most",
    )

    @classmethod
    def of(cls, event: TaskEvent) -> Self:
        """As it is kept."""
        return cls(
            number=event.number,
            what=event.what,
            at=event.at,
            acted_by=event.acted_by,
            reason=event.reason,
            revision=event.revision,
            facts=dict(event.facts),
            says=event.proposal,
            detail=dict(event.detail or {}),
        )


class TaskWithHistory(TaskOut):
    """A task as it stands, and all that happened to it."""

    history: list[TaskEventOut] = Field(max_length=MOST_EVENTS, description="Oldest first; of more the newest")


class ProposalBase(In):
    """What is proposed, and of which revision; each service adds what its queues take."""

    revision: Revision


QueriedFilter = Annotated[bool, Query(description="Only those of which a question waits for who proposed it.")]
OfficeFilter = Annotated[Office | None, Query(description="Only those that this office holds.")]
QueueFilter = Annotated[
    Text | None, Query(min_length=1, max_length=LONGEST_NAME, description="Only those of this queue.")
]
StateFilter = Annotated[TaskState | None, Query(description="Only those of this state; without: all that still wait.")]
TakenByFilter = Annotated[
    Text | None, Query(min_length=1, max_length=200, description="Only those that this officer took.")
]
OverdueFilter = Annotated[bool, Query(description="Only those whose charter's time is over.")]
TaskInPath = Annotated[UUID, Path(description="The task.")]


def task_router(queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> APIRouter:
    """The routes of `/v1/tasks` of a service: `queues` is its one table, `unit` its unit of work."""
    router = APIRouter(route_class=CommittingRoute, tags=["tasks"])
    _add_reads(router, queues, unit)
    _add_takings(router, queues, unit)
    _add_stops(router, queues, unit)
    _add_queries(router, queues, unit)
    _add_answers(router, queues, unit)
    _add_transfers(router, queues, unit)
    return router


def _add_reads(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    read = [requires(f"{queues.service}:task:read"), Depends(officers_only), _TELLS]
    works_as = _officer(queues)

    @router.get("/v1/tasks", summary="List tasks", dependencies=read)
    async def list_tasks(
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
        listing: Listing,
        queue: QueueFilter = None,
        state: StateFilter = None,
        taken_by: TakenByFilter = None,
        overdue: OverdueFilter = False,
        queried: QueriedFilter = False,
        office: OfficeFilter = None,
    ) -> Page[TaskOut]:
        """The tasks of the queues in which the officer works: the longest overdue first, those that stand still last; a
        question about a proposal by when its answer is due.

        What an office holds is seen by its officers, and by those who may work on the tasks of all offices. One whose
        clock is stopped or runs again while one turns the pages changes its place.
        """
        after = _after(listing)
        works_in = replace(officer.works_in, queues=_asked(queue, officer, queues))
        filters = Filters(works_in, state, taken_by, overdue, queried, None if office is None else office.value)
        found = await TaskRepository(uow.connection).list_page(filters, after, listing.limit)
        return listing.page(found, item=TaskOut.of, position=_position)

    @router.get("/v1/tasks/{task}", summary="Read a task with its history", dependencies=read, responses=problems(404))
    async def read_task(
        task: TaskInPath, uow: Annotated[UnitOfWork, Depends(unit)], officer: Annotated[Officer, Depends(works_as)]
    ) -> TaskWithHistory:
        """A task as it stands, and all that happened to it."""
        tasks = TaskRepository(uow.connection)
        found = await tasks.find(task, officer.works_in)
        history = [TaskEventOut.of(event) for event in (await tasks.list_history(task))[-MOST_EVENTS:]]
        return TaskWithHistory(**_values_of(found), history=history)


def _add_takings(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    works_as, write = _officer(queues), _write(queues)

    @router.post(
        "/v1/tasks/{task}/takings",
        status_code=201,
        summary="Take a task",
        dependencies=write,
        responses=problems(400, 404, 409),
    )
    async def take_task(
        task: TaskInPath, uow: Annotated[UnitOfWork, Depends(unit)], officer: Annotated[Officer, Depends(works_as)]
    ) -> TaskOut:
        """Take a task that nobody has; of two who try at once one has it."""
        return TaskOut.of(await acting.take_task(task, officer, uow))

    @router.post(
        "/v1/tasks/{task}/releases",
        status_code=201,
        summary="Release a task",
        dependencies=write,
        responses=problems(400, 404, 409),
    )
    async def release_task(
        task: TaskInPath, uow: Annotated[UnitOfWork, Depends(unit)], officer: Annotated[Officer, Depends(works_as)]
    ) -> TaskOut:
        """Give a task back to its queue, also one that another officer took; who proposed withdraws the proposal so."""
        return TaskOut.of(await acting.release_task(task, officer, uow))


def _add_stops(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    works_as, write = _officer(queues), _write(queues)

    @router.post(
        "/v1/tasks/{task}/stops",
        status_code=201,
        summary="Stop the clock of a task",
        dependencies=write,
        responses=problems(400, 403, 404, 409),
    )
    async def stop_task(
        task: TaskInPath,
        body: StopIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Say, as who has taken the task, that somebody outside is waited for, and by which letter it was asked: the
        charter's clock stands from tomorrow on, for ten working days at most, and runs again by itself. An officer says
        so once; who goes on waiting is another one. A day that was missed stays missed."""
        return TaskOut.of(await acting.stop_task(task, StoppedFor(body.waiting_for.value), body.by, officer, uow))

    @router.post(
        "/v1/tasks/{task}/resumptions",
        status_code=201,
        summary="Let the clock of a task run again",
        dependencies=write,
        responses=problems(400, 404, 409),
    )
    async def resume_task(
        task: TaskInPath, uow: Annotated[UnitOfWork, Depends(unit)], officer: Annotated[Officer, Depends(works_as)]
    ) -> TaskOut:
        """Say that what was waited for is there: the charter's clock runs again from today."""
        return TaskOut.of(await acting.resume_task(task, officer, uow))


def _add_answers(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    works_as, write = _officer(queues), _write(queues)

    async def propose_answer(
        task: TaskInPath,
        body: Any,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Say what should be done, as the officer who took the task and of the subject's newest revision."""
        said: Proposal = body.says
        return TaskOut.of(await acting.propose_answer(task, body.revision, said, officer, queues, uow))

    # What may be proposed is known to the service's table only: no annotation in this file could name it.
    propose_answer.__annotations__["body"] = proposal_model(queues)
    router.post(
        "/v1/tasks/{task}/proposals",
        status_code=201,
        summary="Propose an answer",
        dependencies=write,
        responses=problems(400, 404, 409, 412),
    )(propose_answer)

    @router.post(
        "/v1/tasks/{task}/approvals",
        status_code=201,
        summary="Approve a proposal",
        dependencies=write,
        responses=problems(400, 403, 404, 409, 412),
    )
    async def approve_proposal(
        task: TaskInPath,
        body: ApprovalIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Approve, as another officer, what was proposed, of the subject's newest revision; it is done at once."""
        return TaskOut.of(await acting.approve_proposal(task, body.revision, officer, queues, uow))

    @router.post(
        "/v1/tasks/{task}/refusals",
        status_code=201,
        summary="Refuse a proposal",
        dependencies=write,
        responses=problems(400, 403, 404, 409),
    )
    async def refuse_proposal(
        task: TaskInPath,
        body: RefusalIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Refuse, as another officer, what was proposed: the task goes back to its queue, or to who proposed it."""
        return TaskOut.of(await acting.refuse_proposal(task, body.reason, body.back_to, officer, uow))


def _add_queries(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    works_as, write = _officer(queues), _write(queues)

    @router.post(
        "/v1/tasks/{task}/queries",
        status_code=201,
        summary="Ask about a proposal",
        dependencies=write,
        responses=problems(400, 403, 404, 409),
    )
    async def inquire_of_proposal(
        task: TaskInPath,
        body: QueryIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Ask, as another officer, who proposed it: nobody approves it, and the clock stands, until it is answered.

        The question has a clock of its own: it is listed by the day on which its answer is due.
        """
        return TaskOut.of(await acting.query_proposal(task, body.asks, body.of, officer, uow))

    @router.post(
        "/v1/tasks/{task}/replies",
        status_code=201,
        summary="Answer what is asked about a proposal",
        dependencies=write,
        responses=problems(400, 404, 409),
    )
    async def answer_query(
        task: TaskInPath,
        body: ReplyIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Answer, as who proposed it: the proposal stands, and the clock runs again."""
        return TaskOut.of(await acting.answer_query(task, body.says, body.by, officer, uow))


def _add_transfers(router: APIRouter, queues: Queues, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> None:
    works_as, write = _officer(queues), _write(queues)

    @router.post(
        "/v1/tasks/{task}/transfers",
        status_code=201,
        summary="Let another office have a task",
        dependencies=write,
        responses=problems(400, 404, 409),
    )
    async def send_to_office(
        task: TaskInPath,
        body: TransferIn,
        uow: Annotated[UnitOfWork, Depends(unit)],
        officer: Annotated[Officer, Depends(works_as)],
    ) -> TaskOut:
        """Let another office have a task that nobody has, or that one has taken: from then on its officers see it."""
        return TaskOut.of(await acting.transfer_task(task, body.office, body.reason, officer, uow))


def proposal_model(queues: Queues) -> type[BaseModel]:
    """The body of a proposal: a revision, and one of the things that may be proposed in the service's queues."""
    bodies = [{"revision": 2, "says": shown} for shown in queues.examples]
    return create_model(
        "ProposalIn",
        __base__=ProposalBase,
        __cls_kwargs__={"json_schema_extra": {"examples": bodies}},
        says=(queues.union, Field(description="What should be done")),
    )


def _write(queues: Queues) -> list[Any]:
    return [requires(f"{queues.service}:task:write"), Depends(officers_only), Depends(idempotent), _TELLS]


def _officer(queues: Queues) -> Callable[[Party], Awaitable[Officer]]:
    async def officer(caller: Party) -> Officer:
        in_all_offices = f"{queues.service}:task:{ALL_OFFICES}" in caller.scopes
        return Officer(
            caller.subject, caller.party, queues.of_scopes(caller.scopes), caller.office, everywhere=in_all_offices
        )

    return officer


def _asked(queue: str | None, officer: Officer, queues: Queues) -> frozenset[str]:
    """The queues of a list: of one that is named the officer needs its role. One that there is not is empty."""
    if queue is None:
        return officer.queues
    if queue in queues.queues and queue not in officer.queues:
        scope = queues.queues[queue].scope
        raise ScopeMissing(f"The scope {scope} is needed.", facts={"scope": scope})
    return officer.queues & {queue}


def _after(listing: ListRequest) -> After | None:
    position = listing.after
    return None if position is None else After(str(position[0]), UUID(str(position[1])))


def _position(task: Task) -> list[str | int]:
    return ["infinity" if task.due_at is None else task.due_at.isoformat(), str(task.id)]


def _values_of(task: Task) -> dict[str, Any]:
    kind, _, id_ = task.subject.partition("/")
    proposal = None
    if task.proposal is not None and task.proposed_by is not None and task.proposed_revision is not None:
        proposal = ProposalOut(revision=task.proposed_revision, proposed_by=task.proposed_by, says=task.proposal)
    return {
        "task": task.id,
        "queue": task.queue,
        "subject": SubjectOut(kind=kind, id=id_),
        "revision": task.revision,
        "reason": task.reason,
        "facts": dict(task.facts),
        "state": task.state,
        "opened_at": task.opened_at,
        "charter_days": task.charter_days,
        "due_at": task.due_at,
        "overdue": task.is_overdue(now()),
        "stopped_for": task.stopped_for,
        "office": task.office,
        "taken_by": task.taken_by,
        "proposal": proposal,
        "query": None if task.query is None else QueryOut(**asdict(task.query)),
        "approved_by": task.approved_by,
        "closed_at": task.closed_at,
    }
