"""In which circumstances an accident happened decides which scheme pays, and for one loss only one does (life 1).

Two months at RM3,120.00 are class 36, assumed RM3,150.00, a day RM105.00: employment injury is 80 % of it, RM84.00, and
SKBBK in its first phase 48 %, RM50.40. Certified are 20 days from 5 August 2026, of which one was paid by the employer.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.queries.tasks import find_state_of_question
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    PERSON,
    all_has_arrived,
    apply_events,
    certificate,
    claim_of,
    contributed,
    decisions_of,
    employed,
    let_count,
    read,
    registered,
    report,
    role_of,
    standing_of,
)
from shared.contracts.envelope import Cause, Event
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

EMPLOYER = "employer:3"
WRITE = ["claims:notice:write", "claims:notice:read"]
ACCIDENT: dict[str, Any] = {
    "happened_on": "2026-08-05",
    "certificate": certificate("2026-08-05", "2026-08-24"),
    "wages_paid_for": ["2026-08-05"],
}
INJURY, SKBBK = "temporary_disablement", "non_employment_injury_temporary_disablement"


def takes_part(category: str = "mandatory") -> MembershipChangedV1:
    period = MembershipPeriodV1(category=category, first=date(2026, 6, 1))
    return MembershipChangedV1(person=PERSON, scheme="skbbk", revision=1, periods=(period,))


def wages() -> Sequence[Event]:
    return [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]


@pytest.fixture
async def insured(claims: ServiceUnderTest) -> ServiceUnderTest:
    await apply_events(claims, registered(), *employed(), takes_part(), *wages())
    await all_has_arrived(claims)
    return claims


async def outcomes(claims: ServiceUnderTest, reported: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """State and reason of each question."""
    questions = await read(claims, f"/v1/claims/{reported['claim']}/questions")
    return {each["question"]: (each["state"], each["reason"]) for each in questions}


async def owed(claims: ServiceUnderTest, reported: dict[str, Any]) -> list[tuple[str, str]]:
    """What each entitled benefit of the newest revision owes a day, for how long."""
    newest = (await decisions_of(claims, reported))[-1]
    return [
        (answer["question"], f"{term['amount']['amount']} {term['first']} to {term['last']}")
        for answer in newest["answers"]
        for term in answer["terms"]
    ]


@pytest.mark.parametrize(
    ("place", "interrupted"),
    [
        ("at_work", False),
        ("commuting", False),
        ("journey_for_employment", False),
        ("authorised_break", False),
        ("emergency_at_premises", False),
    ],
)
async def test_an_accident_in_these_circumstances_is_an_employment_injury(
    insured: ServiceUnderTest, place: str, interrupted: bool
) -> None:
    reported = await report(insured, **ACCIDENT, place=place, interrupted=interrupted)
    await insured.work_off()
    assert await owed(insured, reported) == [(INJURY, "84.00 2026-08-06 to 2026-08-24")]
    assert set(await outcomes(insured, reported)) == {"employment_injury", INJURY}, "SKBBK is not even asked"


@pytest.mark.parametrize("stated", [{"place": "commuting", "interrupted": True}, {"place": "other"}])
async def test_an_accident_outside_these_is_skbbks(insured: ServiceUnderTest, stated: dict[str, Any]) -> None:
    reported = await report(insured, **ACCIDENT, **stated)
    await insured.work_off()
    assert await owed(insured, reported) == [(SKBBK, "50.40 2026-08-06 to 2026-08-24")]
    assert (await claim_of(insured, reported))["state"] == "decided"
    assert (await outcomes(insured, reported))[INJURY] == (
        "refused",
        "arose_out_of_and_in_the_course_of_employment",
    )


async def test_an_employers_activity_is_an_officers_and_skbbk_pays_meanwhile(insured: ServiceUnderTest) -> None:
    reported = await report(insured, **ACCIDENT, place="employer_activity")
    await insured.work_off()
    unsettled = "whether_the_circumstance_is_covered_is_settled"
    assert await owed(insured, reported) == [(SKBBK, "50.40 2026-08-06 to 2026-08-24")]
    assert await standing_of(insured, reported) == ("decided", unsettled)
    assert (await outcomes(insured, reported))[INJURY] == ("officer", unsettled)


@pytest.mark.parametrize(
    ("category", "stated", "reason"),
    [
        ("out", {}, "takes_part_in_the_scheme_in_the_month_of_the_accident"),
        ("mandatory", {"outside_malaysia": True}, "happened_in_malaysia"),
    ],
)
async def test_skbbk_refuses_who_is_out_and_what_happened_abroad(
    claims: ServiceUnderTest, category: str, stated: dict[str, Any], reason: str
) -> None:
    await apply_events(claims, registered(), *employed(), takes_part(category), *wages())
    await all_has_arrived(claims)
    reported = await report(claims, **ACCIDENT, place="other", **stated)
    await claims.work_off()
    assert (await outcomes(claims, reported))[SKBBK] == ("refused", reason)
    assert (await claim_of(claims, reported))["state"] == "refused"


async def test_before_the_scheme_only_employment_injury_is_owed(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *wages()[:-2])
    reported = await report(
        claims,
        place="other",
        happened_on="2026-05-31",
        certificate=certificate("2026-05-31", "2026-06-20"),
        wages_paid_for=[],
    )
    await all_has_arrived(claims)
    assert (await outcomes(claims, reported))[SKBBK] == (
        "refused",
        "covered_for_non_employment_injury_on_the_day",
    )


async def test_other_circumstances_turn_the_lower_benefit_into_the_higher_after_a_person_has_looked(
    insured: ServiceUnderTest,
) -> None:
    """Life 1: SKBBK while the journey was interrupted; employment injury when the clock record is approved."""
    reported = await report(insured, EMPLOYER, **ACCIDENT, place="commuting", interrupted=True)
    await insured.work_off()
    (circumstances,) = [
        each
        for each in await read(insured, f"/v1/claims/{reported['claim']}/evidence", EMPLOYER)
        if each["kind"] == "circumstances"
    ]
    path = f"/v1/evidence/{circumstances['evidence']}/correction"
    body = {"circumstances": {"place": "commuting"}}
    corrected = await insured.call("POST", path, scopes=WRITE, json=body, party=EMPLOYER, role=role_of(EMPLOYER))
    assert corrected.status_code == 202, corrected.text
    await insured.work_off()
    assert await owed(insured, reported) == [(SKBBK, "50.40 2026-08-06 to 2026-08-24")]
    assert await standing_of(insured, reported) == ("decided", "evidence_waits")
    assert await let_count(insured, corrected.json()["evidence"]) == (201, None)
    assert await owed(insured, reported) == [(INJURY, "84.00 2026-08-06 to 2026-08-24")]
    assert (await outcomes(insured, reported))[SKBBK] == (
        "refused",
        "did_not_arise_out_of_and_in_the_course_of_employment",
    )
    assert [each["amount"]["amount"] for each in await decisions_of(insured, reported)] == ["957.60", "1596.00"]


async def test_another_partys_other_circumstances_wait_for_a_person(insured: ServiceUnderTest) -> None:
    reported = await report(insured, "hospital:1", **ACCIDENT, place="at_work")
    await insured.work_off()
    before = await owed(insured, reported)
    assert before == [(INJURY, "84.00 2026-08-05 to 2026-08-24")]
    await report(insured, EMPLOYER, **{**ACCIDENT, "wages_paid_for": []}, place="other")
    await insured.work_off()
    assert await owed(insured, reported) == before
    shown = await read(insured, f"/v1/claims/{reported['claim']}/evidence")
    stands = [(each["standing"], each["waits_because"]) for each in shown if each["kind"] == "circumstances"]
    assert stands == [("counts", None), ("waits", "contradicts")]


async def test_a_correction_says_one_thing(insured: ServiceUnderTest) -> None:
    reported = await report(insured, EMPLOYER, **ACCIDENT, place="at_work")
    shown = await read(insured, f"/v1/claims/{reported['claim']}/evidence", EMPLOYER)
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    one: dict[str, Any] = {"circumstances": {"place": "commuting"}}
    more: list[dict[str, Any]] = [
        {},
        {**one, "certificate": ACCIDENT["certificate"]},
        {**one, "wages_paid_for": ["2026-08-05"]},
    ]
    for body in more:
        refused = await correct(insured, stated, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "statement_not_one"), body
    assert (await correct(insured, stated, {**one, "wages_paid_for": []})).status_code == 202


async def test_circumstances_are_corrected_and_not_withdrawn(insured: ServiceUnderTest) -> None:
    reported = await report(insured, EMPLOYER, **ACCIDENT, place="at_work")
    shown = await read(insured, f"/v1/claims/{reported['claim']}/evidence", EMPLOYER)
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    answer = await insured.call(
        "POST", f"/v1/evidence/{stated}/withdrawal", scopes=WRITE, party=EMPLOYER, role=role_of(EMPLOYER)
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "evidence_not_changeable")


async def test_a_party_that_has_stated_too_much_of_a_claim_is_refused_at_the_door(insured: ServiceUnderTest) -> None:
    """Two of the notice and 198 corrections are two hundred; another notice is not read, and an officer goes on."""
    reported = await report(insured, EMPLOYER, **{**ACCIDENT, "wages_paid_for": []}, place="at_work")
    shown = await read(insured, f"/v1/claims/{reported['claim']}/evidence", EMPLOYER)
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    async with insured.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, about, stated, stated_by)
            SELECT gen_random_uuid(), claim, tenant, kind, stated_at + number * interval '1 second', wage_days, id,
                   stated, stated_by
            FROM evidence CROSS JOIN generate_series(1, $2::integer) AS number WHERE id = $1
            """,
            stated,
            197,
        )
    body: dict[str, Any] = {"circumstances": {"place": "commuting"}}
    asked = [await correct(insured, stated, body) for _ in range(2)]
    assert [each.status_code for each in asked] == [202, 409]
    assert asked[1].json()["code"] == "statements_too_many"
    again = await report(insured, EMPLOYER, **{**ACCIDENT, "wages_paid_for": []}, place="at_work")
    await insured.work_off()
    joined = await read(insured, f"/v1/claims/{again['claim']}")
    assert (joined["state"], joined["reason"]) == ("joined", "statements_too_many")
    by_officer = await correct(insured, stated, body, "organisation:1")
    assert by_officer.status_code == 202, "another party has a number of its own"
    await insured.work_off()
    shown = await read(insured, f"/v1/claims/{reported['claim']}/evidence")
    assert len(shown) == 201
    async with insured.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        claim = await uow.claims.find(UUID(reported["claim"]))
        assert claim is not None
        assert (len((await uow.evidence.of(claim)).evidence), await uow.evidence.count(claim)) == (201, 201)


async def test_what_a_joined_notice_states_is_assessed_before_anything_is_approved(insured: ServiceUnderTest) -> None:
    reported = await report(insured, EMPLOYER, **ACCIDENT, place="at_work")
    await insured.work_off()
    joined = await report(insured, "hospital:1", **{**ACCIDENT, "wages_paid_for": []}, place="other")
    await insured.work_off()
    subject = subjects.question(UUID(reported["claim"]), "temporary_disablement")
    shown = await read(insured, f"/v1/claims/{joined['claim']}/evidence")
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    async with insured.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        assert not (await find_state_of_question(subject, uow)).is_changing
    corrected = await correct(insured, stated, {"circumstances": {"place": "commuting"}}, "hospital:1")
    assert corrected.status_code == 202, corrected.text
    async with insured.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        assert (await find_state_of_question(subject, uow)).is_changing


async def correct(claims: ServiceUnderTest, stated: str, body: dict[str, Any], party: str = EMPLOYER) -> Any:
    path = f"/v1/evidence/{stated}/correction"
    return await claims.call("POST", path, scopes=WRITE, json=body, party=party, role=role_of(party))
