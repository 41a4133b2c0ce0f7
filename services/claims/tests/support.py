"""What the tests of claims share: what registration would have published, and what partners report."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.event import listen, remove

from services.claims.consumers import contribution_received, registration, rehab_discharged
from services.claims.domain.claim import Claim, ClaimKind, ClaimState, Relation
from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.worker import work
from shared.contracts.benefit_paid import BenefitSettledV1
from shared.contracts.claim_assessed import Fund
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Cause, Event
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonRegisteredV1,
    Residence,
    SpellEndedV1,
    SpellEvent,
    SpellStartedV1,
)
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id, person_id
from shared.messaging.consumer_store import freshness
from shared.security.blind_index import IdTokens
from shared.security.names import NameTokens
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import TEST_KEY, ServiceUnderTest, fresh_service, service_under_test
from shared.testing.tokens import TestIssuer

PERSON = 7
EMPLOYER = 3
SPELL = UUID("018f0000-0000-7000-8000-000000000001")
MYKAD = "900101145677"
NAME = "AMINAH BINTI YUSOF"
WRITE = ["claims:notice:write", "claims:notice:read"]
OFFICER = "organisation:1"
HOSPITAL: dict[str, Any] = {"party": "hospital:1", "role": "partner"}
# Two officers who work in every queue.
FIRST, SECOND = "officer-1", "officer-2"
OF_TASKS = [
    "claims:task:read",
    "claims:task:write",
    *(f"claims:{role}:decide" for role in ("identity", "wages", "doubt", "evidence", "over_review")),
    *("claims:investigation:decide", "claims:inconsistency:decide"),
    "claims:evidence_request:decide",
    "claims:complaint:decide",
    "claims:appeal:decide",
    "claims:figures:decide",
    *("claims:medical_authorisation:decide", "claims:medical_bill:decide"),
]


def claims_on(databases: Databases, issuer: TestIssuer) -> AbstractAsyncContextManager[ServiceUnderTest]:
    """The service on an empty database of its own, without its worker running."""
    return fresh_service(ClaimsSettings, build, work, databases, issuer)


def claims_of(database: TestDatabase, issuer: TestIssuer) -> AbstractAsyncContextManager[ServiceUnderTest]:
    """The service on a database that has something in it."""
    return service_under_test(ClaimsSettings, build, work, database, issuer)


async def apply_events(claims: ServiceUnderTest, *events: Event) -> None:
    """Apply events as the consumer would."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await registration.apply([event for event in events if isinstance(event, registration.Kept)], uow)
        await contribution_received.apply(events, uow)


@contextmanager
def statements(claims: ServiceUnderTest) -> Iterator[list[str]]:
    """What API and worker say to their database meanwhile."""
    said: list[str] = []

    def keep(*arguments: Any) -> None:
        said.append(arguments[2])

    engines = [claims.app.state.database.engine.sync_engine, claims.worker.database.engine.sync_engine]
    for engine in engines:
        listen(engine, "before_cursor_execute", keep)
    try:
        yield said
    finally:
        for engine in engines:
            remove(engine, "before_cursor_execute", keep)


def registered(person: int = PERSON) -> PersonRegisteredV1:
    return PersonRegisteredV1(
        person=person,
        revision=1,
        id_tokens=(IdTokens(base64.b64decode(TEST_KEY)).token("mykad", MYKAD),),
        name_tokens=NameTokens(base64.b64decode(TEST_KEY)).of(NAME),
        born_on=date(1990, 1, 1),
        residence=Residence.CITIZEN,
        registered_at=now(),
    )


def employed(
    person: int = PERSON,
    employer: int = EMPLOYER,
    started_on: date = date(2020, 1, 6),
    ended_on: date | None = None,
) -> Sequence[Event]:
    """A spell of employment, and a membership that goes on."""
    spell = spell_of(employer, started_on, ended_on, id_=SPELL, person=person)
    period = MembershipPeriodV1(category="first", first=started_on)
    return [spell, MembershipChangedV1(person=person, scheme="act4", revision=1, periods=(period,))]


def spell_of(
    employer: int,
    first: date,
    last: date | None = None,
    id_: UUID | None = None,
    revision: int = 1,
    person: int = PERSON,
) -> SpellEvent:
    """A spell that goes on, or one that has ended."""
    whole = {"spell": id_ or new_id(), "person": person, "employer": employer, "revision": revision}
    if last is None:
        return SpellStartedV1(**whole, started_on=first)
    return SpellEndedV1(**whole, started_on=first, ended_on=last)


def stated_by_employer(spell: SpellEvent, stated_on: date, *, revision: int = 1) -> SpellEvent:
    """The spell as its employer alone states it on a day."""
    return spell.model_copy(update={"stated_on": stated_on, "verified": False, "revision": revision})


def contributed(
    month: str, wage_sen: int, revision: int = 1, person: int = PERSON, employer: int = EMPLOYER
) -> ContributionsReceivedV1:
    """One line of a month; the amounts of the contribution are of no interest to claims."""
    nothing = (0,)
    return ContributionsReceivedV1(
        file=new_id(),
        employer=employer,
        month=month,
        received_at=datetime.now().astimezone(),
        persons=(person,),
        revisions=(revision,),
        wages_sen=(wage_sen,),
        act4_employer_sen=nothing,
        act4_employee_sen=nothing,
        act800_employer_sen=nothing,
        act800_employee_sen=nothing,
        skbbk_employee_sen=nothing,
    )


def january_to_may() -> list[ContributionsReceivedV1]:
    """Five months at RM2,480.00, assumed 2,450."""
    return [contributed(f"2026-0{month}", 248_000) for month in range(1, 6)]


def notice(**changes: object) -> dict[str, object]:
    """The accident of the story, as a partner reports it."""
    return {
        "national_id": {"kind": "mykad", "number": MYKAD},
        "name": NAME,
        "happened_on": "2026-07-15",
        "place": "at_work",
        "certificate": {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"},
        "wages_paid_for": ["2026-07-15"],
        **changes,
    }


def notice_without_days(kind: str, happened_on: str = "2026-07-15", **changes: object) -> dict[str, object]:
    """What is no accident: a death or an invalidity, without a certificate and a place."""
    body = notice(kind=kind, happened_on=happened_on, wages_paid_for=[], **changes)
    return {name: value for name, value in body.items() if name not in ("certificate", "place")}


async def submit(claims: ServiceUnderTest, body: dict[str, object], **more: Any) -> Any:
    """Send a notice, as the hospital unless it is told otherwise; the answer."""
    return await claims.call("POST", "/v1/notices", scopes=WRITE, json=body, **{**HOSPITAL, **more})


async def rows_in(claims: ServiceUnderTest) -> int:
    """How many rows a request might have left, over all tables."""
    async with claims.database.connection() as connection:
        total = 0
        for table in ("claim", "evidence", "due_work", "outbox", "idempotency_key"):
            total += len(await connection.fetch(f"TABLE {table}"))
        return total


# What registration and contributions have sent up to an hour from now, or up to just before.
ALL_HAS_ARRIVED = """
    INSERT INTO freshness (topic, kafka_partition, partitions, epoch, complete_until)
    SELECT topic, 0, 1, 1, now() + interval '1 hour'
    FROM unnest(ARRAY['registration', 'contribution.received', 'benefit.paid']) AS topic
"""
ALL_HAD_ARRIVED = ALL_HAS_ARRIVED.replace("+ interval '1 hour'", "- interval '1 second'")
READ = ["claims:claim:read", "claims:notice:read"]


async def all_has_arrived(claims: ServiceUnderTest) -> None:
    """Nothing that speaks for anybody is still on its way; what waited for that runs."""
    async with claims.database.connection() as connection:
        await connection.execute(ALL_HAS_ARRIVED)
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        topics = ("registration", "contribution.received", "benefit.paid")
        await uow.due.wake(set(map(freshness, topics)))
    await claims.work_off()


async def report(claims: ServiceUnderTest, party: str = f"employer:{EMPLOYER}", **changes: object) -> dict[str, Any]:
    """Report the accident as a party, by default as her employer; the answer."""
    answer = await submit(claims, notice(**changes), party=party, role=role_of(party))
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def read(claims: ServiceUnderTest, path: str, party: str = OFFICER) -> Any:
    """What a party is shown."""
    answer = await claims.call("GET", path, scopes=READ, party=party, role=role_of(party))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def claim_of(claims: ServiceUnderTest, reported: dict[str, Any], party: str = OFFICER) -> dict[str, Any]:
    """The claim of a notice, as a party is shown it."""
    body: dict[str, Any] = await read(claims, f"/v1/claims/{reported['claim']}", party)
    return body


async def standing_of(
    claims: ServiceUnderTest, reported: dict[str, Any], party: str = OFFICER
) -> tuple[str, str | None]:
    """State and reason of a claim."""
    claim = await claim_of(claims, reported, party)
    return claim["state"], claim["reason"]


async def decisions_of(
    claims: ServiceUnderTest, reported: dict[str, Any], language: str = "en", party: str = OFFICER
) -> list[dict[str, Any]]:
    """The decisions of a claim, as a party is shown them."""
    path = f"/v1/claims/{reported['claim']}/decisions?language={language}"
    body: list[dict[str, Any]] = await read(claims, path, party)
    return body


async def days_stated_of(
    claims: ServiceUnderTest, reported: dict[str, Any], party: str = OFFICER
) -> list[dict[str, Any]]:
    """The evidence of a claim about days, as a party is shown it: beside the circumstances of the notice."""
    shown: list[dict[str, Any]] = await read(claims, f"/v1/claims/{reported['claim']}/evidence", party)
    return [each for each in shown if each["kind"] != "circumstances"]


def answer_of(decision: dict[str, Any], question: str = "temporary_disablement") -> dict[str, Any]:
    """The answer to one question in a decision as a party is shown it."""
    found: dict[str, Any] = next(each for each in decision["answers"] if each["question"] == question)
    return found


def amounts(decisions: list[dict[str, Any]]) -> list[tuple[str, int, str, bool]]:
    """Daily rate, days, amount and whether it is provisional, of each."""
    return [(d["daily_rate"]["amount"], d["days"], d["amount"]["amount"], d["provisional"]) for d in decisions]


async def discharge(
    claims: ServiceUnderTest,
    reported: dict[str, Any],
    fit_from: date,
    issued_on: date = date(2026, 7, 31),
    person: int = PERSON,
) -> None:
    """A centre discharges the person with a final certificate."""
    event = PatientDischargedV1(
        person=person,
        referral=new_id(),
        claim=UUID(reported["claim"]),
        revision=1,
        centre="MELAKA",
        discharged_on=issued_on,
        outcome=RehabOutcome.FIT_FOR_OTHER_WORK,
        final_certificate=FinalCertificateV1(certificate=new_id(), issued_on=issued_on, fit_from=fit_from),
    )
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await rehab_discharged.handle(event, uow)


_REPORTED = datetime(2026, 7, 16, tzinfo=UTC)
_CLAIM = Claim(
    id=UUID(int=1), notice=UUID(int=2), tenant="hospital:1", state=ClaimState.ASSESSING, kind=ClaimKind.ACCIDENT,
    person=PERSON, id_token=None, name_tokens=(), capacity=None, employer=None, happened_on=date(2026, 7, 15),
    place="at_work", received_at=_REPORTED, stored_at=_REPORTED, revision=0, relation=Relation.HOSPITAL,
)  # fmt: skip


def a_claim(**changes: Any) -> Claim:
    """The claim of the story before it is assessed, as a hospital reported it, with these members otherwise."""
    return replace(_CLAIM, **changes)


def certificate(first: str, last: str, issued_on: str | None = None) -> dict[str, str]:
    """As a notice states it; issued on its first day."""
    return {"first": first, "last": last, "issued_on": issued_on or first}


def role_of(party: str) -> str:
    """Only the organisation has officers."""
    return "officer" if party.startswith("organisation:") else "partner"


# Of the person whom `worker` makes known (conftest.py).
ACCIDENT: dict[str, Any] = {
    "happened_on": "2026-08-05",
    "certificate": certificate("2026-08-05", "2026-08-24"),
    "wages_paid_for": ["2026-08-05"],
}


async def act(claims: ServiceUnderTest, path: str, officer: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """What an officer is answered who does something to a task."""
    answer = await claims.call("POST", f"/v1/tasks/{path}", scopes=OF_TASKS, subject=officer, json=body)
    return answer.status_code, answer.json()


async def tasks_of(claims: ServiceUnderTest, queue: str, state: str = "") -> list[dict[str, Any]]:
    """The tasks of a queue that wait, or those of a state."""
    more = f"&state={state}" if state else ""
    answer = await claims.call("GET", f"/v1/tasks?queue={queue}{more}", scopes=OF_TASKS)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def propose(claims: ServiceUnderTest, task: dict[str, Any], says: dict[str, Any]) -> None:
    """The first officer takes the task and proposes, of the revision that is shown."""
    assert (await act(claims, f"{task['task']}/takings", FIRST))[0] == 201
    proposed = await act(claims, f"{task['task']}/proposals", FIRST, {"revision": task["revision"], "says": says})
    assert proposed[0] == 201, proposed


async def approve(
    claims: ServiceUnderTest, task: dict[str, Any], officer: str = SECOND, revision: int | None = None
) -> tuple[int, dict[str, Any]]:
    """An officer approves what was proposed; what became due of it runs."""
    body = {"revision": task["revision"] if revision is None else revision}
    answer = await act(claims, f"{task['task']}/approvals", officer, body)
    await claims.work_off()
    return answer


async def decide(claims: ServiceUnderTest, queue: str, **says: Any) -> tuple[int, str | None]:
    """Two officers decide the one task of a queue: the status, and the code where it is refused."""
    [task] = await tasks_of(claims, queue)
    return await answer_task(claims, task, **says)


async def answer_task(claims: ServiceUnderTest, task: dict[str, Any], **says: Any) -> tuple[int, str | None]:
    """Two officers decide a task: the status, and the code where it is refused."""
    await propose(claims, task, says)
    status, body = await approve(claims, task)
    return status, body.get("code")


async def paid(claims: ServiceUnderTest, claim: str) -> None:
    """Benefits has paid something of a claim just now."""
    payment = BenefitSettledV1(
        person=PERSON,
        claim=UUID(claim),
        scheme="act4",
        benefit="temporary_disablement",
        party=f"person:{PERSON}",
        fund=Fund.EMPLOYMENT_INJURY,
        amount_sen=8_400,
        happened_at=now(),
        instruction=new_id(),
        claim_revision=1,
        period_first=today(),
        period_last=today(),
    )
    await claims.consume_batch([payment])


async def let_count(
    claims: ServiceUnderTest, evidence: str, claim: str = "", *, is_finding: bool = False
) -> tuple[int, str | None]:
    """Two officers let a statement count that waits, in the first task of a claim about evidence, or about doubts."""
    await claims.work_off()
    queue, kind = ("doubt", "finding_counts") if is_finding else ("evidence", "evidence_counts")
    task = next(each for each in await tasks_of(claims, queue) if claim in each["subject"]["id"])
    return await answer_task(claims, task, kind=kind, evidence=evidence)


async def reported_by_officers(claims: ServiceUnderTest, person: int = PERSON, **changes: object) -> dict[str, Any]:
    """An officer reports the accident of a known person, and another one confirms it; the answer to the first."""
    reported = await report(claims, OFFICER, **changes)
    await claims.work_off()
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(person)) == (201, None)
    return reported
