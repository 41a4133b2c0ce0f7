"""An invalidity grant, a repatriation and an education loan, from notice and evidence to what is announced of them."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.loans import loan_id
from services.claims.tests.commands.test_kinds import born, questions, state, stated_and_approved, terms_of
from services.claims.tests.support import (
    EMPLOYER,
    SPELL,
    WRITE,
    all_has_arrived,
    apply_events,
    claims_on,
    contributed,
    decide,
    decisions_of,
    employed,
    let_count,
    notice,
    notice_without_days,
    read,
    report,
    spell_of,
    submit,
    tasks_of,
)
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.contracts.registration import Residence
from shared.kernel.identifiers import employer_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

LOAN, GRANT, REPATRIATION = "education_loan", "invalidity_grant", "repatriation_of_remains"
CHILD = 23
APPLICATION: dict[str, Any] = {
    "person": person_id(CHILD),
    "born": "2008-10-15",
    "applied_on": "2026-07-20",
    "course": "first_degree",
    "course_ends": "2030-06-30",
    "tuition": {"amount": "24000.00", "currency": "MYR"},
    "unmarried": True,
    "local": True,
    "full_time": True,
    "other_loan_refused": True,
}
FIXED = {
    "loan": {"amount": "20000.00", "currency": "MYR"},
    "repaid_from": "2031-01",
    "instalment": {"amount": "500.00", "currency": "MYR"},
}


async def test_a_grant_is_owed_at_once_and_its_interest_when_two_officers_state_it(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM1,980.00 is of the class of RM9.75; 14 months of both sides are 14 × 19.50 = 273.00."""
    business_clock.set_day(2026, 7, 16)
    months = [f"2025-{month:02d}" for month in range(5, 13)] + [f"2026-{month:02d}" for month in range(1, 7)]
    await apply_events(
        claims,
        born(1980, 1, 1),
        *employed(started_on=date(2025, 5, 1)),
        spell_of(EMPLOYER, date(2025, 5, 1), date(2026, 6, 30), SPELL, revision=2),
        *(contributed(month, 198_000) for month in months),
    )
    await all_has_arrived(claims)
    claim = (await submit(claims, notice_without_days("invalidity", "2026-06-20"))).json()["claim"]
    await claims.work_off()
    assert set(await questions(claims, claim)) == {"invalidity_pension"}, "a board is to certify first"
    await stated_and_approved(claims, claim, invalidity={"certified": True, "earning_capacity": 20})
    found = await questions(claims, claim)
    assert found["invalidity_pension"][0] == "refused"
    assert found[GRANT] == ("entitled", "")
    assert await terms_of(claims, claim, GRANT) == [("insured", "once", "273.00", "2026-07-16", "2026-07-16")]
    assert [task["reason"] for task in await tasks_of(claims, "doubt")] == ["grant_interest_to_be_stated"]
    alone = {"finding": {"fact": "stated interest", "found": "12.30"}}
    wrong = await claims.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, json=alone)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "finding_not_readable"), (
        "an amount without what states it"
    )
    stated = {"fact": "stated interest", "found": "12.30 by P.U.(A) 5/2026"}
    assert await decide(claims, "doubt", kind="finding", **stated) == (201, None)
    assert await terms_of(claims, claim, GRANT) == [("insured", "once", "285.30", "2026-07-16", "2026-07-16")]
    assert await tasks_of(claims, "doubt") == []
    (english,) = (
        each for each in (await decisions_of(claims, {"claim": claim}))[-1]["answers"] if each["question"] == GRANT
    )
    assert any("P.U.(A) 5/2026" in line for line in english["explanation"])


async def test_who_bore_the_cost_of_a_repatriation_has_it_up_to_what_two_officers_state(
    claims: ServiceUnderTest,
) -> None:
    """RM6,000.00 are proved and RM4,500.00 the most: 4,200 / 6,000 and 1,800 / 6,000 of it."""
    foreign = born(1990, 5, 1).model_copy(update={"residence": Residence.FOREIGN_WORKER})
    months = (contributed(f"2026-0{month}", 198_000) for month in range(1, 8))
    await apply_events(claims, foreign, *employed(started_on=date(2025, 1, 6)), *months)
    await all_has_arrived(claims)
    body = notice(happened_on="2026-07-31", died_on="2026-07-31", wages_paid_for=[])
    del body["certificate"]
    await submit(claims, body, party=f"employer:{EMPLOYER}", role="partner")
    await claims.work_off()
    death = next(each["claim"] for each in (await read(claims, "/v1/claims"))["data"] if each["kind"] == "death")
    await stated_and_approved(
        claims, death, repatriation={"employer": employer_id(EMPLOYER), "paid": ringgit("4200.00")}
    )
    await stated_and_approved(claims, death, repatriation={"person": person_id(21), "paid": ringgit("1800.00")})
    unknown = "the_highest_cost_of_a_repatriation_is_known"
    assert (await questions(claims, death))[REPATRIATION] == ("officer", unknown)
    stated = await state(
        claims, death, finding={"fact": "highest cost of repatriation", "found": "4500.00 by P.U.(A) 5/2026"}
    )
    assert await let_count(claims, stated["evidence"], death, is_finding=True) == (201, None)
    assert await terms_of(claims, death, REPATRIATION) == [
        (f"employer:{EMPLOYER}", "once", "3150.00", "2026-07-31", "2026-07-31"),
        ("person:21", "once", "1350.00", "2026-07-31", "2026-07-31"),
    ]
    both = {"repatriation": {"employer": employer_id(EMPLOYER), "person": person_id(21), "paid": ringgit("1.00")}}
    for wrong in (both, {"repatriation": {"paid": ringgit("1.00")}}):
        refused = await claims.call("POST", f"/v1/claims/{death}/evidence", scopes=WRITE, json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "statement_not_one")
    told = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)][-1]
    of_it = [(each.party, each.fund.value) for each in told.entitlements if each.benefit == REPATRIATION]
    assert of_it == [(f"employer:{EMPLOYER}", "employment_injury"), ("person:21", "employment_injury")]


def ringgit(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MYR"}


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


@pytest.fixture
async def crippled(claims: ServiceUnderTest) -> str:
    """A claim with a permanent disablement of 60 %, by the month."""
    months = (contributed(f"2026-0{month}", 248_000) for month in range(1, 7))
    await apply_events(claims, born(1980, 1, 1), *employed(), *months)
    await all_has_arrived(claims)
    claim: str = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, claim, choice={"option": "periodic", "applied_on": "2026-09-14"})
    await stated_and_approved(claims, claim, permanent_loss={"percent": 60})
    return claim


async def loans(claims: ServiceUnderTest) -> list[ClaimsPayableStatedV1]:
    return [each for each in await published_by(claims) if isinstance(each, ClaimsPayableStatedV1)]


async def test_a_loan_is_stated_as_a_payable_with_its_repayment_and_ends_with_its_application(
    claims: ServiceUnderTest, crippled: str
) -> None:
    await stated_and_approved(claims, crippled, education=APPLICATION)
    assert (await questions(claims, crippled))[LOAN] == ("entitled", "")
    assert await loans(claims) == [], "what is lent is still to be fixed"
    assert [task["reason"] for task in await tasks_of(claims, "evidence")] == ["education_loan_to_be_fixed"]
    fixed = await state(claims, crippled, education=APPLICATION | FIXED)
    assert await let_count(claims, fixed["evidence"], crippled) == (201, None)
    await claims.work_off()
    (loan,) = await loans(claims)
    assert (loan.payable, loan.party) == (loan_id(UUID(crippled), LOAN, f"person:{CHILD}"), f"person:{CHILD}")
    assert [(term.sen, term.first) for term in loan.terms] == [(2_000_000, date(2026, 7, 20))]
    assert [(term.sen, term.first, term.last) for term in loan.repayment] == [
        (50_000, date(2031, 1, 1), date(2034, 4, 30))
    ], "forty months of RM500.00"
    told = [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)][-1]
    assert LOAN not in {each.benefit for each in told.entitlements}
    assert (told.revision, told.decided_at) == (loan.revision, loan.stated_at)
    married = await state(claims, crippled, education=APPLICATION | FIXED | {"unmarried": False})
    assert await let_count(claims, married["evidence"], crippled) == (201, None)
    await claims.work_off()
    ended = (await loans(claims))[-1]
    assert (ended.payable, ended.withdrawn_for) == (loan.payable, "unmarried")
    assert ended.revision > loan.revision


async def test_loans_are_republished_as_they_stand_and_known_again_after_a_restore(
    claims: ServiceUnderTest, again: ServiceUnderTest, crippled: str
) -> None:
    await stated_and_approved(claims, crippled, education=APPLICATION | FIXED)
    (stated,) = await loans(claims)
    await recall(claims, again)
    for service in (claims, again):
        before = len(await loans(service))
        scopes = ["claims:announcement:write"]
        assert (await service.call("POST", "/v1/announcements", scopes=scopes)).status_code == 202
        await service.work_off()
        assert (await loans(service))[before:] == [stated]


@pytest.mark.parametrize("party", ["person:7", "employer:3"])
async def test_only_officers_state_an_application_or_a_cost(
    claims: ServiceUnderTest, crippled: str, party: str
) -> None:
    for body in ({"education": APPLICATION}, {"repatriation": {"person": person_id(21), "paid": ringgit("1.00")}}):
        path = f"/v1/claims/{crippled}/evidence"
        refused = await claims.call("POST", path, scopes=WRITE, json=body, party=party, role="partner")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_party")


async def test_who_reports_a_death_for_the_second_time_reads_how_the_first_claim_stands(
    claims: ServiceUnderTest,
) -> None:
    await apply_events(claims, born(1980, 1, 1), *employed())
    await all_has_arrived(claims)
    body, path = notice_without_days("death", "2026-07-31"), "/v1/claims/"
    employer, hospital = f"employer:{EMPLOYER}", "hospital:1"
    first, second = [
        (await submit(claims, body, party=of, role="partner")).json()["claim"] for of in (employer, hospital)
    ]
    await claims.work_off()
    joined = await read(claims, path + second, hospital)
    assert (joined["state"], joined["joined_to"], joined["joined_state"]) == ("joined", first, "needs_officer")
    assert (await read(claims, path + first, employer))["joined_state"] is None
    hidden = await claims.call("GET", path + first, scopes=["claims:claim:read"], party=hospital, role="partner")
    assert hidden.status_code == 404, "nothing else of it"
