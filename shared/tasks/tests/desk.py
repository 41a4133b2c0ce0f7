"""A small service whose matters wait for people: two queues, the commands that approvals run, and its officers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import httpx
from fastapi import Depends, FastAPI
from pydantic import Field
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.kernel.errors import JaringError, Kind
from shared.kernel.identifiers import new_id
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.persistence.engine import Database
from shared.persistence.read_log import BY_ITS_PATH
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.keys import key_source
from shared.security.tokens import TokenVerifier
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task
from shared.tasks.queues import Approved, Choice, Proposal, Queues
from shared.tasks.router import task_router
from shared.tasks.task import SubjectState, Task
from shared.testing.asking import AppClient
from shared.testing.servers import TestDatabase
from shared.testing.tokens import ISSUER, TestIssuer
from shared.web import edge
from shared.web.money import examples
from shared.web.paging import Cursors, refuse_unknown_filters
from shared.web.routing import unit_of

CAUSE = Cause("test")
TABLES = """
    CREATE TABLE matter (number integer PRIMARY KEY, revision integer NOT NULL, days integer NOT NULL);
    CREATE TABLE effect (cause uuid PRIMARY KEY, number integer NOT NULL, person integer, days integer, by text);
    GRANT SELECT, INSERT, UPDATE ON matter, effect TO claims_api, claims_worker;
"""
WAGES = Queue("no_wage_month", subject="matter", scope="claims:wages:decide", charter="temporary_disablement")
IDENTITY = Queue("identity", subject="matter", scope="claims:identity:decide", charter="registration")
READ, WRITE = "claims:task:read", "claims:task:write"
OFFICER = frozenset({READ, WRITE, WAGES.scope, IDENTITY.scope})


class PersonUnknown(JaringError):
    """What a command may refuse."""

    code = "person_unknown_at_the_desk"
    title = "No such person"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NameSimilarWorker:
    """The wages of this person stand in for those of a matter."""

    cause: UUID
    number: int
    person: int
    by: str


@dataclass(frozen=True)
class DropMatter:
    """Nothing is owed."""

    cause: UUID
    number: int


class SimilarWorker(Proposal):
    """That somebody's wages stand in (Act 4, Fourth Schedule para 4A)."""

    model_config = examples({"kind": "similar_worker", "person": 17})

    kind: Literal["similar_worker"]
    person: int = Field(ge=1, le=10**9)

    def command(self, approved: Approved) -> NameSimilarWorker:
        return NameSimilarWorker(approved.cause, _number(approved.subject), self.person, approved.officers.approved_by)


class Dropped(Proposal):
    """That it is nobody's matter."""

    model_config = examples({"kind": "dropped"})

    kind: Literal["dropped"]

    def command(self, approved: Approved) -> DropMatter:
        return DropMatter(approved.cause, _number(approved.subject))


async def name_similar_worker(command: NameSimilarWorker, uow: UnitOfWork) -> None:
    if command.person == 404:
        raise PersonUnknown()
    await uow.connection.execute(
        text("""
            INSERT INTO effect (cause, number, person, days, by)
            SELECT :cause, number, :person, days, :by FROM matter WHERE number = :number
        """),
        {"cause": command.cause, "number": command.number, "person": command.person, "by": command.by},
    )


async def drop_matter(command: DropMatter, uow: UnitOfWork) -> None:
    drop = text("INSERT INTO effect (cause, number) VALUES (:cause, :number)")
    await uow.connection.execute(drop, {"cause": command.cause, "number": command.number})


async def matter_state(subject: Subject, uow: UnitOfWork) -> SubjectState:
    lock = text("SELECT revision, days FROM matter WHERE number = :number FOR UPDATE")
    row = (await uow.connection.execute(lock, {"number": _number(subject)})).one()
    return SubjectState(row.revision, {"days": row.days})


CHOICES = (
    Choice(WAGES, SimilarWorker, NameSimilarWorker, name_similar_worker),
    Choice(IDENTITY, Dropped, DropMatter, drop_matter),
)
QUEUES = Queues("claims", (WAGES, IDENTITY), CHOICES, {"matter": matter_state})


def matter(number: int) -> Subject:
    return Subject.of("matter", number)


def _number(subject: Subject) -> int:
    return int(subject.partition("/")[2])


class DeskUnit(UnitOfWork):
    """A matter is nobody's."""

    whose = {"task": BY_ITS_PATH}


@dataclass
class Desk:
    """The service on a database of its own, its machine, and whoever calls."""

    fresh: TestDatabase
    issuer: TestIssuer
    database: Database = field(init=False)
    worker: Database = field(init=False)
    client: AppClient = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.fresh.url("api"), "claims")
        self.worker = Database(self.fresh.url("worker"), "claims")
        app = _app(self.database, self.issuer)
        self.client = AppClient(app)

    async def states(
        self,
        number: int = 1,
        revision: int = 1,
        days: int = 27,
        *,
        reason: str = "no_wage_month",
        queue: Queue = WAGES,
    ) -> Task:
        """The machine has a newer revision of a matter, and asks a person about it."""
        async with self.worker.begin(UnitOfWork, CAUSE) as uow:
            await self.has(number, revision, days, uow)
            return await open_task(OpenTask(queue, matter(number), reason, revision, {"days": days}), uow)

    async def has(self, number: int, revision: int, days: int, uow: UnitOfWork) -> None:
        """The machine has a newer revision of a matter, whose row it locks."""
        state = text("""
            INSERT INTO matter (number, revision, days) VALUES (:number, :revision, :days)
            ON CONFLICT (number) DO UPDATE SET revision = excluded.revision, days = excluded.days
        """)
        await uow.connection.execute(state, {"number": number, "revision": revision, "days": days})

    async def closes(self, number: int = 1, queue: Queue = WAGES) -> Task | None:
        """The machine knows by itself meanwhile."""
        async with self.worker.begin(UnitOfWork, CAUSE) as uow:
            await matter_state(matter(number), uow)
            return await close_task(CloseTask(queue, matter(number), "decided"), uow)

    async def call(
        self,
        method: str,
        path: str,
        officer: str = "officer-1",
        *,
        scopes: frozenset[str] = OFFICER,
        party: str = "organisation:1",
        role: str = "officer",
        key: str | None = None,
        office: str | None = None,
        **content: Any,
    ) -> httpx.Response:
        """What this officer is answered, with a token and a key of its own."""
        token = self.issuer.token(scopes, party=party, role=role, client_id=officer, office=office)
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key or str(new_id()), "purpose": "claim"}
        return await self.client.request(method, path, headers=headers, **content)

    async def acts(
        self, task: Task | UUID, what: str, officer: str = "officer-1", body: object = None, **more: Any
    ) -> httpx.Response:
        """The officer does this to the task."""
        id_ = task.id if isinstance(task, Task) else task
        return await self.call("POST", f"/v1/tasks/{id_}/{what}", officer, json=body, **more)

    async def proposes(
        self, task: Task, officer: str = "officer-1", *, revision: int = 1, person: int = 17
    ) -> httpx.Response:
        """The officer takes the task, and proposes that this person's wages stand in."""
        assert (await self.acts(task, "takings", officer)).status_code == 201
        return await self.acts(task, "proposals", officer, similar(revision, person))

    async def stops(self, task: Task, waiting_for: str = "hospital", officer: str = "officer-1") -> httpx.Response:
        """The officer takes the task, and says by which letter it asked whom."""
        assert (await self.acts(task, "takings", officer)).status_code == 201
        return await self.acts(task, "stops", officer, waits_for(waiting_for))

    async def shows(self, task: Task | UUID) -> dict[str, Any]:
        """The task with its history."""
        id_ = task.id if isinstance(task, Task) else task
        answer = await self.call("GET", f"/v1/tasks/{id_}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def happened(self, task: Task) -> list[tuple[str, str | None]]:
        """What happened to a task, and who did it."""
        return [(each["what"], each["acted_by"]) for each in (await self.shows(task))["history"]]

    async def effects(self) -> list[tuple[int, int | None, int | None, str | None]]:
        """What commands did: matter, person, days, and on whose approval."""
        async with self.fresh.connection() as connection:
            rows = await connection.fetch("SELECT number, person, days, by FROM effect ORDER BY number")
        return [tuple(row) for row in rows]

    async def close(self) -> None:
        await self.client.aclose()
        await self.database.close()
        await self.worker.close()


def similar(revision: int, person: int = 17) -> dict[str, Any]:
    """The body of a proposal."""
    return {"revision": revision, "says": {"kind": "similar_worker", "person": person}}


def waits_for(outside: str) -> dict[str, str]:
    """The body of a stop."""
    return {"waiting_for": outside, "by": "KB-2026-0193"}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@asynccontextmanager
async def desk_on(fresh: TestDatabase, issuer: TestIssuer) -> AsyncIterator[Desk]:
    """The service on this database."""
    opened = Desk(fresh, issuer)
    try:
        yield opened
    finally:
        await opened.close()


def _app(database: Database, issuer: TestIssuer) -> FastAPI:
    app = FastAPI(dependencies=[Depends(refuse_unknown_filters)])
    edge.install(app)
    app.include_router(task_router(QUEUES, unit_of(DeskUnit)))
    app.state.database = database
    app.state.unit = DeskUnit
    app.state.cursors = Cursors(bytes(range(32)))
    app.state.digest_key = b"a key of the test"
    app.state.token_verifier = TokenVerifier(ISSUER, "jaring-claims", key_source(str(issuer.keys_file)))
    return app
