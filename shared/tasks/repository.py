"""The tasks of one service's database. A task is changed under its row's lock, and each change appends what happened.

Whoever holds a subject's lock may wait for a task of it, never the other way round: an approval locks the subject
first.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import now
from shared.kernel.officers import OF_OFFICER
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.kernel.working_days import Stop
from shared.tasks.charter import stops_of
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import Asked, Change, Query, StoppedFor, Task, TaskEvent, TaskEventKind, TaskState
from shared.telemetry.decisions import Fact

_COLUMNS = """
    id, queue, subject, revision, facts, reason, state, opened_at, charter_days, nullif(due_at, 'infinity') AS due_at,
    stopped_for, taken_by, proposal, proposed_by, proposed_revision, approved_by, closed_at, events, office, query
"""
# Those in which an officer works: of these queues, and of its office, of none, or of any; but of what it is complained
# of itself none.
_WORKS_IN = f"""
    queue = ANY(CAST(:queues AS text[]))
    AND (office IS NULL OR office = CAST(:office AS text) OR CAST(:everywhere AS boolean))
    AND lower(facts ->> '{OF_OFFICER}') IS DISTINCT FROM lower(CAST(:officer AS text))
"""
_FIND = f"SELECT {_COLUMNS} FROM task WHERE id = :id AND {_WORKS_IN}"  # noqa: S608 - constants
_LIVE = f"""
    SELECT {_COLUMNS} FROM task WHERE queue = :queue AND subject = :subject AND closed_at IS NULL FOR UPDATE
"""  # noqa: S608
# Two who ask about one subject at once would each find nothing and open a task.
_LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('task/' || CAST(:queue AS text) || '/' || CAST(:subject AS text), 0))
""")
_LIVE_AMONG = text("""
    SELECT subject FROM task
    WHERE queue = :queue AND subject = ANY(CAST(:subjects AS text[])) AND closed_at IS NULL ORDER BY subject
""")
_BEFORE = text("""
    SELECT count(*) AS tasks, (array_agg(office ORDER BY opened_at DESC, id DESC))[1] AS office
    FROM task WHERE queue = :queue AND subject = :subject
""")
_ADD = text("""
    INSERT INTO task (id, queue, subject, revision, facts, reason, state, opened_at, charter_days, due_at, events,
                      office)
    VALUES (:id, :queue, :subject, :revision, CAST(:facts AS jsonb), :reason, :state, :opened_at, :charter_days,
            coalesce(CAST(:due_at AS timestamptz), 'infinity'::timestamptz), :events, :office)
""")
_SAVE = text("""
    UPDATE task SET
        revision = :revision, facts = CAST(:facts AS jsonb), reason = :reason, state = :state,
        due_at = coalesce(CAST(:due_at AS timestamptz), 'infinity'::timestamptz), stopped_for = :stopped_for,
        taken_by = :taken_by, proposal = CAST(:proposal AS jsonb), proposed_by = :proposed_by,
        proposed_revision = :proposed_revision, approved_by = :approved_by, closed_at = :closed_at, events = :events,
        office = :office, query = CAST(:query AS jsonb)
    WHERE id = :id
""")
_APPEND = text("""
    INSERT INTO task_event (task, number, what, at, acted_by, reason, revision, facts, proposal, detail)
    VALUES (:task, :number, :what, :at, :acted_by, :reason, :revision, CAST(:facts AS jsonb), CAST(:proposal AS jsonb),
            CAST(:detail AS jsonb))
""")
_HISTORY = text("""
    SELECT number, what, at, acted_by, reason, revision, facts, proposal, detail FROM task_event WHERE task = :task
    ORDER BY number
""").columns(facts=JSONB, proposal=JSONB, detail=JSONB)
_STOPS = text("""
    SELECT what, at, reason FROM task_event WHERE task = :task AND what IN ('stopped', 'resumed') ORDER BY number
""")
_STOPPED_BY = text("""
    SELECT DISTINCT acted_by FROM task_event
    WHERE task = :task AND what = 'stopped' AND reason <> 'query' AND acted_by IS NOT NULL
""")
# A change that is about a proposal keeps what was proposed; others would only repeat it.
_ABOUT_PROPOSAL = (TaskEventKind.PROPOSED, TaskEventKind.APPROVED)


@dataclass(frozen=True, slots=True)
class WorksIn:
    """In which queues which officer works, and of which office; ``everywhere``: of every one."""

    queues: Collection[str]
    officer: str
    office: str | None = None
    everywhere: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """What the statements take."""
        own = {"queues": list(self.queues), "officer": self.officer}
        return {**own, "office": self.office, "everywhere": self.everywhere}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tasks are listed; of no state: those that nobody has decided yet.

    ``queried_only``: of which a question waits for who proposed it; ``held_by``: the office that holds them.
    """

    works_in: WorksIn
    state: TaskState | None = None
    taken_by: str | None = None
    overdue_only: bool = False
    queried_only: bool = False
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where a list goes on: the instant at which the last task shown was due, as text, and its id."""

    due_at: str
    id: UUID


class TaskRepository:
    """Reads and writes tasks inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, task: UUID, works_in: WorksIn) -> Task:
        """A task in which somebody works; raises TaskUnknown."""
        return await self._one(_FIND, task, works_in)

    async def lock(self, task: UUID, works_in: WorksIn) -> Task:
        """The same, and nobody else changes it until the transaction ends; raises TaskUnknown."""
        return await self._one(f"{_FIND} FOR UPDATE", task, works_in)

    async def lock_live(self, queue: Queue, subject: Subject) -> Task | None:
        """The task that waits for a person, if one does; nobody else opens one meanwhile."""
        about = {"queue": queue.name, "subject": subject}
        await self._connection.execute(_LOCK, about)
        row = (await self._connection.execute(_typed(_LIVE), about)).mappings().one_or_none()
        return None if row is None else _task_of(row)

    async def live_among(self, queue: Queue, subjects: Collection[Subject]) -> list[Subject]:
        """Those of these subjects about which a task of the queue waits for a person, in order."""
        asked = {"queue": queue.name, "subjects": list(subjects)}
        return [Subject(each) for each in (await self._connection.execute(_LIVE_AMONG, asked)).scalars()]

    async def before(self, queue: Queue, subject: Subject) -> tuple[int, str | None]:
        """How many tasks of the queue were ever about the subject, and the office that had the last of them."""
        row = (await self._connection.execute(_BEFORE, {"queue": queue.name, "subject": subject})).one()
        return row.tasks, row.office

    async def list_page(self, filters: Filters, after: After | None, limit: int) -> list[Task]:
        """Tasks in the order in which they are or were due: what is overdue comes first, what stands still last."""
        conditions = [_WORKS_IN]
        conditions.append("closed_at IS NULL" if filters.state is None else "state = :state")
        if filters.taken_by is not None:
            conditions.append("taken_by = :taken_by")
        if filters.overdue_only:
            conditions.append("closed_at IS NULL AND due_at <= :now")
        if filters.queried_only:
            conditions.append("query IS NOT NULL")
        if filters.held_by is not None:
            conditions.append("office = :held_by")
        if after is not None:
            conditions.append("(due_at, id) > (CAST(CAST(:due_at AS text) AS timestamptz), CAST(:id AS uuid))")
        values: dict[str, Any] = {
            **filters.works_in.values,
            "limit": limit,
            **({} if filters.state is None else {"state": filters.state}),
            **({} if filters.taken_by is None else {"taken_by": filters.taken_by}),
            **({"now": now()} if filters.overdue_only else {}),
            **({} if filters.held_by is None else {"held_by": filters.held_by}),
            **({} if after is None else {"due_at": after.due_at, "id": after.id}),
        }
        where = " AND ".join(conditions)
        statement = f"SELECT {_COLUMNS} FROM task WHERE {where} ORDER BY task.due_at, id LIMIT :limit"  # noqa: S608
        return [_task_of(row) for row in (await self._connection.execute(_typed(statement), values)).mappings()]

    async def list_history(self, task: UUID) -> list[TaskEvent]:
        """All that happened to a task, in order."""
        found = await self._connection.execute(_HISTORY, {"task": task})
        return [_event_of(row) for row in found.mappings()]

    async def list_stops(self, task: UUID) -> list[Stop]:
        """The spans in which the clock of a task stood; the last one ends on a day to come while it stands."""
        return stops_of(
            (row.what, row.at, row.reason) for row in await self._connection.execute(_STOPS, {"task": task})
        )

    async def list_stopped_by(self, task: UUID) -> set[str]:
        """The officers who stopped the clock of a task before, to wait for somebody outside."""
        return set((await self._connection.execute(_STOPPED_BY, {"task": task})).scalars())

    async def add(self, task: Task) -> None:
        """Keep a task that was opened."""
        await self._connection.execute(_ADD, _values(task))
        await self._append(Change(task, TaskEventKind.OPENED, None, task.reason), task.opened_at)

    async def save(self, change: Change) -> Task:
        """Write a task as it stands after a change, and what happened; its row is locked."""
        await self._connection.execute(_SAVE, _values(change.task))
        await self._append(change, now())
        return change.task

    async def _append(self, change: Change, at: datetime) -> None:
        task = change.task
        proposal = task.proposal if change.what in _ABOUT_PROPOSAL else None
        values = {"task": task.id, "number": task.events, "what": change.what, "at": at}
        values |= {"acted_by": change.acted_by, "reason": change.reason, "revision": task.revision}
        told = {"facts": _json(task.facts), "proposal": _json(proposal), "detail": _json(change.detail)}
        await self._connection.execute(_APPEND, values | told)

    async def _one(self, statement: str, task: UUID, works_in: WorksIn) -> Task:
        found = await self._connection.execute(_typed(statement), {"id": task, **works_in.values})
        row = found.mappings().one_or_none()
        if row is None:
            raise TaskUnknown()
        return _task_of(row)


def ids_about(task: Task) -> dict[str, Fact]:
    """What a line of the log says of a task: codes and ids of ours."""
    return {"task": str(task.id), "queue": task.queue, "subject": task.subject, "reason": task.reason}


def _typed(statement: str) -> Any:
    return text(statement).columns(facts=JSONB, proposal=JSONB, query=JSONB)


def _values(task: Task) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in Task.__slots__}
    query = None if task.query is None else asdict(task.query)
    return {**values, "facts": _json(task.facts), "proposal": _json(task.proposal), "query": _json(query)}


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _task_of(row: RowMapping) -> Task:
    stopped_for, query = row["stopped_for"], row["query"]
    return Task(
        **{
            **row,
            "subject": Subject(row["subject"]),
            "state": TaskState(row["state"]),
            "stopped_for": None if stopped_for is None else StoppedFor(stopped_for),
            "query": None if query is None else Query(Asked(query["asks"]), query["of"], query["asked_by"]),
        }
    )


def _event_of(row: RowMapping) -> TaskEvent:
    return TaskEvent(**{**row, "what": TaskEventKind(row["what"])})
