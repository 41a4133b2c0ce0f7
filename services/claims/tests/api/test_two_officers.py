"""What two officers decide, in every queue of claims: the rules that all services share hold in each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from services.claims.api.tasks import QUEUES
from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.medical import ask, bill, line
from services.claims.tests.commands.test_claims_as_a_whole import lost as lost_with_its_database
from services.claims.tests.files.letters import letters_after, say
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    OFFICER,
    PERSON,
    all_has_arrived,
    apply_events,
    certificate,
    claims_on,
    contributed,
    employed,
    notice,
    registered,
    report,
    spell_of,
    submit,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now, today
from shared.kernel.identifiers import person_id
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from shared.testing.two_officers import APPROVER, PROPOSER, Waiting, check_rules

pytestmark = pytest.mark.postgres

STATER, OPERATOR = "officer-3", 12
# What is proposed, who stated it, and what that one is told who approves it.
Stated = tuple[dict[str, Any], str | None, tuple[int, str] | None]


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


def by(kind: str, code: str, **says: Any) -> Stated:
    """Of what an officer stated."""
    return {"kind": kind, **says}, STATER, (409, code)


def by_nobody(kind: str, **says: Any) -> Stated:
    """Of what no officer stated."""
    return {"kind": kind, **says}, None, None


async def hurt(claims: ServiceUnderTest, sender: str = f"employer:{EMPLOYER}", **changes: Any) -> str:
    """The claim of somebody who has worked for half a year, as the employer reports it."""
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)
    reported = await report(claims, sender, **{**ACCIDENT, **changes})
    await claims.work_off()
    return str(reported["claim"])


async def says_of(claims: ServiceUnderTest, claim: str, **stated: Any) -> str:
    """The evidence that an officer states."""
    path, scopes = f"/v1/claims/{claim}/evidence", ["claims:notice:write"]
    answer = await claims.call("POST", path, scopes=scopes, subject=STATER, json=stated)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["evidence"])


async def identity(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await hurt(claims)
    other = notice(happened_on="2026-07-01", certificate=certificate("2026-07-01", "2026-07-10"))
    answer = await submit(claims, other, party=OFFICER, role="officer", subject=STATER)
    assert answer.status_code == 202, answer.text
    return by("relation_shown", "notice_of_oneself", person=person_id(PERSON))


async def no_wage_month(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """Hired in the month of the accident; an operator in similar work has wages."""
    similar = [contributed(f"2026-0{month}", 229_000, person=OPERATOR) for month in range(1, 7)]
    operator = spell_of(EMPLOYER, date(2025, 1, 1), person=OPERATOR)
    hired = (*employed(started_on=date(2026, 7, 1)), contributed("2026-07", 107_000))
    await apply_events(claims, registered(), *hired, operator, *similar)
    await all_has_arrived(claims)
    await report(claims)
    return by_nobody("similar_worker", person=person_id(OPERATOR))


async def doubt(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    finding = {"fact": "conduct under section 93", "found": "yes"}
    stated = await says_of(claims, await hurt(claims, place="other"), finding=finding)
    return by("finding_counts", "evidence_of_oneself", evidence=stated)


async def evidence(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    stated = await says_of(claims, await hurt(claims), permanent_loss={"percent": 12})
    return by("evidence_counts", "evidence_of_oneself", evidence=stated)


async def over_review(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await hurt(claims, certificate=certificate("2026-08-05", "2027-02-20"))
    return by_nobody("days_looked_at", last_day="2027-02-20")


async def unruled(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    await report(claims, "employer:3", kind="disease", place=None, wages_paid_for=[])
    return by_nobody("decided_outside")


async def lost(claims: ServiceUnderTest, again: ServiceUnderTest) -> Stated:
    await lost_with_its_database(again, claims)
    return by_nobody("not_sent_again")


async def investigation(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    path = f"/v1/claims/{await hurt(claims)}/investigations"
    opened = await claims.call(
        "POST", path, scopes=["claims:investigation:write"], subject=STATER, json={"reason": "place"}
    )
    assert opened.status_code == 201, opened.text
    return by("investigation_ended", "investigation_of_oneself", conclusion="undetermined")


async def inconsistency(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    path = f"/v1/claims/{await hurt(claims)}/particulars"
    said = {"kind": "attendance_record", "document": "KB-1", "day": "2026-08-06"}
    stated = await claims.call("POST", path, scopes=["claims:notice:write"], subject=STATER, json=said)
    assert stated.status_code == 201, stated.text
    return by("inconsistency_decided", "inconsistency_of_oneself", stands="document", why="recorded_at_the_time")


async def board_case(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    path, body = f"/v1/claims/{await hurt(claims)}/board-cases", {"question": "permanent_loss"}
    answer = await claims.call("POST", path, scopes=["claims:board_case:write"], subject=STATER, json=body)
    assert answer.status_code == 201, answer.text
    return by_nobody("case_not_heard")


async def board_session(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """Nobody is to be heard in it: the secretary proposes to close it, and its chairman approves."""
    session = {"board": "medical", "day": today().isoformat(), "place": "KL-1", "quota": 1}
    arranges: dict[str, Any] = {"scopes": ["claims:board_session:write"], "subject": PROPOSER}
    answer = await claims.call("POST", "/v1/board-sessions", json=session, **arranges)
    assert answer.status_code == 201, answer.text
    path = f"/v1/board-sessions/{answer.json()['session']}/panels"
    panel = {"chairman": APPROVER, "members": ["doctor-2", "doctor-3"]}
    assert (await claims.call("POST", path, json=panel, **arranges)).status_code == 201
    return by_nobody("session_closed")


async def evidence_request(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """The hospital reported it, and the employer was asked in vain which days it paid."""
    await hurt(claims, sender="hospital:1")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        (request,) = await uow.evidence_requests.page(None, None, None, 10)
        await uow.evidence_requests.save(request.late(now()))
        await uow.due.at(FollowEvidenceRequest(request.id), now())
    return by_nobody("request_extended")


async def undelivered(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """A letter came back, and nobody stated anything."""
    await hurt(claims)
    [message] = [each["messages"][0] for each in await letters_after(claims)]
    assert (await say(claims, message["message"], "bounced", reason="address_unknown")).status_code == 202
    return by_nobody("told_otherwise")


async def complaint(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """An officer files what a person complained of at an office."""
    await apply_events(claims, registered())
    said = {"kind": "delay", "person": person_id(PERSON)}
    answer = await claims.call("POST", "/v1/complaints", scopes=["claims:complaint:write"], subject=STATER, json=said)
    assert answer.status_code == 201, answer.text
    return by("complaint_upheld", "complaint_of_oneself")


async def appeal(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """An officer files for the person at an office."""
    claim = await hurt(claims)
    said = {"forum": "social_security_appellate_board", "ground": "wages", "question": "temporary_disablement"}
    path, asked = f"/v1/claims/{claim}/appeals", {**said, "person": person_id(PERSON)}
    answer = await claims.call("POST", path, scopes=["claims:appeal:write"], subject=STATER, json=asked)
    assert answer.status_code == 201, answer.text
    return by("appeal_answered", "appeal_of_oneself", document="JW-2026-0193")


async def figures(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    entry = {"instrument": "P.U.(A) 999/2026", "gazetted_on": "2026-10-01", "law": "Act 4, s.22"}
    value = {"in_force": "2026-01-01", "rows": [["30", "7479"], ["31", "7390"]]}
    path = "/v1/figures/act4.permanent_disablement.lump_sum_factor/entries"
    scopes = ["claims:figure:write"]
    answer = await claims.call("POST", path, scopes=scopes, subject=STATER, json={**entry, **value})
    assert answer.status_code == 201, answer.text
    return by("figure_counts", "figure_entry_of_oneself")


async def medical_authorisation(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await apply_events(claims, registered())
    await ask(claims, name="SITI BINTI OSMAN")
    return by_nobody("patient_not_found")


async def medical_bill(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    certified = {"first": "2026-08-05", "last": "2026-08-24", "issued_on": "2026-08-05"}
    await bill(claims, await ask(claims, notice={"place": "at_work", "certificate": certified}), line())
    return by_nobody("line_refused", line=1, why="not_of_this_injury")


WAYS: dict[str, Callable[[ServiceUnderTest, ServiceUnderTest], Awaitable[Stated]]] = {
    way.__name__: way
    for way in (
        *(identity, no_wage_month, doubt, evidence, over_review, unruled, lost),
        *(investigation, inconsistency, board_case, board_session, evidence_request, undelivered, complaint),
        *(appeal, figures, medical_authorisation, medical_bill),
    )
}


def test_every_queue_goes_through_the_rules() -> None:
    assert WAYS.keys() == QUEUES.queues.keys()


@pytest.mark.parametrize("queue", WAYS)
async def test_what_two_officers_decide_in_every_queue(
    claims: ServiceUnderTest, again: ServiceUnderTest, queue: str
) -> None:
    says, stated_by, of_oneself = await WAYS[queue](claims, again)
    await claims.work_off()
    scopes = [QUEUES.queues[queue].scope, "claims:task:read"]
    waiting = (await claims.call("GET", f"/v1/tasks?queue={queue}", scopes=scopes)).json()["data"]
    await check_rules(claims, QUEUES, Waiting(waiting[0], says, stated_by, of_oneself))
