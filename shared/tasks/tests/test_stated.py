"""What somebody stated: the rules that hold of every matter that two officers decide, by what a service says of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.kernel.errors import FactChange, JaringError, Kind
from shared.kernel.officers import Officers
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks import acting
from shared.tasks.acting import Officer
from shared.tasks.errors import RevisionStale, SubjectChanging
from shared.tasks.opening import ask
from shared.tasks.queues import Queues, answers
from shared.tasks.task import SubjectState, TaskState
from shared.tasks.tests.desk import CAUSE, TABLES, Desk, desk_on, refusal
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

STATEMENTS = """
    CREATE TABLE statement (id integer PRIMARY KEY, officer text, revision integer NOT NULL DEFAULT 1,
                            amount_sen integer NOT NULL DEFAULT 100, is_changing boolean NOT NULL DEFAULT false,
                            counts boolean, proposed_by text, approved_by text);
    GRANT SELECT, INSERT, UPDATE ON statement TO claims_api, claims_worker;
"""
STATED = Queue("statement", subject="statement", scope="claims:statement:decide", charter="complaint")
ONE, TWO, THREE = (Officer(f"officer-{n}", "organisation:1", frozenset({STATED.name})) for n in (1, 2, 3))


class StatementOfOneself(JaringError):
    """Who stated it may propose, and not approve."""

    code = "statement_of_oneself"
    title = "Somebody else approves what one stated"
    kind = Kind.FORBIDDEN


class StatementOver(JaringError):
    """Two officers have decided it."""

    code = "statement_over"
    title = "The statement is decided already"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class DecideStatement:
    """Whether it counts."""

    statement: int
    counts: bool
    officers: Officers


async def decide_statement(command: DecideStatement, uow: UnitOfWork) -> None:
    decide = text("""
        UPDATE statement SET counts = :counts, proposed_by = :proposed_by, approved_by = :approved_by WHERE id = :id
    """)
    told = {"id": command.statement, "counts": command.counts, **command.officers.row}
    await uow.connection.execute(decide, told)


def number_of(subject: Subject) -> int:
    return int(subject.partition("/")[2])


async def state_of_statement(subject: Subject, uow: UnitOfWork) -> SubjectState:
    lock = text("SELECT * FROM statement WHERE id = :id FOR UPDATE")
    row = (await uow.connection.execute(lock, {"id": number_of(subject)})).one()
    return SubjectState(
        row.revision,
        {"amount_sen": row.amount_sen},
        row.is_changing,
        reason="stated",
        stated_by={row.officer},
        of_oneself=StatementOfOneself,
        is_decided=row.counts is not None,
        over=StatementOver,
    )


QUEUES = Queues(
    "claims",
    (STATED,),
    answers(
        STATED,
        DecideStatement,
        decide_statement,
        number_of,
        statement_counts=(True, "That it is so."),
        statement_refused=(False, "That it is not."),
    ),
    {"statement": state_of_statement},
)


@dataclass
class Stated:
    """A statement, and what officers do to its task."""

    desk: Desk

    async def asked(self, officer: str | None = THREE.name) -> UUID:
        """The task of a statement of this officer."""
        await self.now("INSERT INTO statement (id, officer) VALUES (1, :officer)", officer=officer)
        await self.ask()
        return UUID(str((await self.rows("SELECT id FROM task"))[0][0]))

    async def ask(self) -> None:
        """As the machine asks."""
        async with self.desk.worker.begin(UnitOfWork, CAUSE) as uow:
            about = Subject.of("statement", 1)
            await ask(STATED, about, await state_of_statement(about, uow), uow)

    async def proposed(self, task: UUID, officer: Officer = ONE, kind: str = "statement_counts") -> None:
        """The officer took it and proposed this."""
        async with self.desk.worker.begin(UnitOfWork, CAUSE) as uow:
            await acting.take_task(task, officer, uow)
            await acting.propose_answer(task, 1, QUEUES.read({"kind": kind}), officer, QUEUES, uow)

    async def approved(self, task: UUID, officer: Officer = TWO, revision: int = 1) -> TaskState:
        """The officer approved it."""
        async with self.desk.worker.begin(UnitOfWork, CAUSE) as uow:
            return (await acting.approve_proposal(task, revision, officer, QUEUES, uow)).state

    async def dies_approving(self, task: UUID) -> None:
        """The process is gone after the command ran, and before the commit."""
        async with self.desk.worker.begin(UnitOfWork, CAUSE) as uow:
            await acting.approve_proposal(task, 1, TWO, QUEUES, uow)
            raise ConnectionResetError

    async def now(self, statement: str, **values: object) -> None:
        """Something happened."""
        async with self.desk.worker.begin(UnitOfWork, CAUSE) as uow:
            await uow.connection.execute(text(statement), values)

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What is kept."""
        async with self.desk.fresh.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement)]

    async def decided(self) -> tuple[object, ...]:
        """What counts, and on whose word."""
        return (await self.rows("SELECT counts, proposed_by, approved_by FROM statement"))[0]


@pytest.fixture
async def stated(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Stated]:
    async with databases.fresh("claims", TABLES + STATEMENTS) as fresh, desk_on(fresh, issuer) as desk:
        yield Stated(desk)


NOTHING = (None, None, None)


@pytest.mark.parametrize(("kind", "counts"), [("statement_counts", True), ("statement_refused", False)])
async def test_what_two_others_say_holds_by_their_names(stated: Stated, kind: str, counts: bool) -> None:
    task = await stated.asked()
    await stated.proposed(task, ONE, kind)
    assert await stated.approved(task, TWO) is TaskState.APPROVED
    assert await stated.decided() == (counts, ONE.name, TWO.name)


async def test_who_stated_it_proposes_and_never_approves(stated: Stated) -> None:
    task = await stated.asked(TWO.name)
    await stated.proposed(task, ONE)
    with pytest.raises(StatementOfOneself):
        await stated.approved(task, TWO)
    assert await stated.decided() == NOTHING
    assert await stated.approved(task, THREE) is TaskState.APPROVED


async def test_what_no_officer_stated_any_other_officer_approves(stated: Stated) -> None:
    task = await stated.asked(None)
    await stated.proposed(task, ONE)
    assert await stated.approved(task, TWO) is TaskState.APPROVED


async def test_an_old_revision_is_refused_with_each_amount_that_changed(stated: Stated) -> None:
    task = await stated.asked()
    await stated.proposed(task)
    await stated.now("UPDATE statement SET revision = 2, amount_sen = 250")
    with pytest.raises(RevisionStale) as refused:
        await stated.approved(task, TWO, revision=1)
    assert [each.change for each in refused.value.errors] == [FactChange("amount_sen", 100, 250)]
    assert await stated.decided() == NOTHING
    assert await stated.approved(task, TWO, revision=2) is TaskState.APPROVED


async def test_what_has_arrived_and_nobody_looked_at_is_refused(stated: Stated) -> None:
    task = await stated.asked()
    await stated.proposed(task)
    await stated.now("UPDATE statement SET is_changing = true")
    with pytest.raises(SubjectChanging):
        await stated.approved(task)
    assert await stated.decided() == NOTHING


async def test_what_was_decided_elsewhere_is_not_decided_again_and_nobody_is_asked(stated: Stated) -> None:
    task = await stated.asked()
    await stated.proposed(task)
    await stated.now("UPDATE statement SET counts = false, proposed_by = 'a', approved_by = 'b'")
    with pytest.raises(StatementOver):
        await stated.approved(task)
    assert await stated.decided() == (False, "a", "b")
    await stated.now(
        "UPDATE task SET state = 'closed', proposal = NULL, proposed_by = NULL, proposed_revision = NULL, "
        "closed_at = now()"
    )
    await stated.ask()
    assert await stated.rows("SELECT count(*) FROM task WHERE closed_at IS NULL") == [(0,)]


async def test_a_proposal_that_is_refused_back_to_its_proposer_is_mended_by_no_other(stated: Stated) -> None:
    """Queried: the task stays with who proposed, with the question; in the queue anybody would take it."""
    desk = stated.desk
    task = await desk.states()
    await desk.proposes(task, "officer-1", person=17)
    body = {"reason": "evidence_missing", "back_to": "proposer"}
    own = await desk.acts(task, "refusals", "officer-1", body)
    assert refusal(own) == (403, "approver_is_proposer")
    queried = (await desk.acts(task, "refusals", "officer-2", body)).json()
    assert (queried["state"], queried["taken_by"], queried["proposal"]) == ("taken", "officer-1", None)
    last = (await desk.shows(task))["history"][-1]
    assert (last["what"], last["acted_by"], last["reason"]) == ("refused", "officer-2", "evidence_missing")
    assert refusal(await desk.acts(task, "takings", "officer-3")) == (409, "task_taken")
    assert refusal(await desk.acts(task, "approvals", "officer-2", {"revision": 1})) == (409, "nothing_proposed")
    again = await desk.acts(
        task, "proposals", "officer-1", {"revision": 1, "says": {"kind": "similar_worker", "person": 18}}
    )
    assert again.status_code == 201
    assert (await desk.acts(task, "approvals", "officer-2", {"revision": 1})).status_code == 201
    assert await desk.effects() == [(1, 18, 27, "officer-2")]


async def test_two_tokens_of_one_officer_are_one_officer(stated: Stated) -> None:
    """Two clients of one human being: the subject of the token says who acts."""
    desk = stated.desk
    task = await desk.states()
    await desk.proposes(task, "officer-1")
    claims = desk.issuer.payload({"claims:task:write", "claims:wages:decide"}, client_id="another-client")
    token = desk.issuer.signed(claims.replace(b'"sub": "another-client"', b'"sub": "officer-1"'))
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "of-the-other-client-1", "purpose": "claim"}
    answer = await desk.client.post(f"/v1/tasks/{task.id}/approvals", headers=headers, json={"revision": 1})
    assert refusal(answer) == (403, "approver_is_proposer")


async def test_what_has_changed_is_told_by_name_before_and_now(stated: Stated) -> None:
    desk = stated.desk
    task = await desk.states(days=27)
    await desk.proposes(task)
    await desk.states(revision=2, days=47)
    stale = await desk.acts(task, "approvals", "officer-2", {"revision": 1})
    assert [each["change"] for each in stale.json()["errors"]] == [{"fact": "days", "before": 27, "now": 47}]


async def test_what_dies_after_its_command_ran_was_not_approved(stated: Stated) -> None:
    """Killed between the command and the commit: nothing stands, and the same approval is given once more."""
    task = await stated.asked()
    await stated.proposed(task)
    with pytest.raises(ConnectionResetError):
        await stated.dies_approving(task)
    assert await stated.decided() == NOTHING
    assert await stated.rows("SELECT state FROM task") == [("proposed",)]
    assert await stated.approved(task) is TaskState.APPROVED
    assert await stated.decided() == (True, ONE.name, TWO.name)
