"""Days that cannot be, days that last too long, and statements that are taken back or contradict each other.

A standard worker: assumed wages of RM2,450.00, 65.33 a day.
"""

from datetime import date
from typing import Any

import pytest

from services.claims.tests.support import (
    OFFICER,
    all_has_arrived,
    amounts,
    answer_of,
    apply_events,
    certificate,
    contributed,
    days_stated_of,
    decisions_of,
    discharge,
    let_count,
    notice,
    paid,
    report,
    role_of,
    rows_in,
    standing_of,
    submit,
)
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

EMPLOYER, HOSPITAL, PERSON = "employer:3", "hospital:1", "person:7"
WRITE = ["claims:notice:write"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"certificate": certificate("2026-07-15", "9999-12-31")}, "request_invalid"),
        ({"certificate": certificate("2026-07-15", "2099-12-31")}, "certificate_too_long"),
        ({"certificate": certificate("2026-07-15", "2299-01-01")}, "request_invalid"),
        ({"certificate": certificate("2100-12-30", "2100-12-31", "2026-07-15")}, "certificate_too_long"),
        ({"certificate": certificate("2026-07-15", "2028-07-16")}, "certificate_too_long"),
        ({"certificate": certificate("2026-07-15", "2026-08-11", "2100-12-31")}, "certificate_issued_in_future"),
        ({"certificate": certificate("2026-07-15", "2026-08-11", "2026-07-14")}, "certificate_issued_before_accident"),
        ({"happened_on": "0001-01-01"}, "request_invalid"),
        ({"happened_on": "1968-12-31"}, "accident_before_act"),
        ({"happened_on": "2100-12-31"}, "accident_in_future"),
        ({"wages_paid_for": ["2026-07-14"]}, "wage_day_impossible"),
        ({"wages_paid_for": ["2100-12-31"]}, "wage_day_impossible"),
        ({"happened_on": "2014-01-15", "certificate": certificate("2014-01-15", "2026-11-20"), "wages_paid_for": []},
         "certificate_too_long"),
    ],
)  # fmt: skip
async def test_days_that_cannot_be_are_refused_at_the_door(
    claims: ServiceUnderTest, business_clock: BusinessClock, changes: dict[str, Any], code: str
) -> None:
    business_clock.set_day(2026, 11, 28)
    before = await rows_in(claims)
    answer = await submit(claims, notice(**changes), party=EMPLOYER)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await rows_in(claims) == before


def days_of(decision: dict[str, Any]) -> list[tuple[str, str]]:
    """The days that a decision pays, as the first and the last of each term."""
    return [(term["first"], term["last"]) for term in answer_of(decision)["terms"]]


async def test_days_up_to_the_180th_are_owed_and_the_rest_waits_for_a_person(claims: ServiceUnderTest) -> None:
    """393 days on one certificate, a slip of the year: the 180th is 10 January."""
    slip = certificate("2026-07-15", "2027-08-11")
    reported = await report(claims, EMPLOYER, certificate=slip, wages_paid_for=[])
    await claims.work_off()
    assert amounts(await decisions_of(claims, reported)) == [("65.33", 180, "11759.40", True)]
    assert await standing_of(claims, reported, EMPLOYER) == ("decided", "over_review_days")
    (decision,) = await decisions_of(claims, reported)
    assert days_of(decision) == [("2026-07-15", "2027-01-10")]
    assert any("393 - 180" in line for line in answer_of(decision)["explanation"])


async def test_two_hundred_certified_days_owe_the_first_hundred_and_eighty(claims: ServiceUnderTest) -> None:
    reported = await report(claims, EMPLOYER, certificate=certificate("2026-07-15", "2027-01-30"), wages_paid_for=[])
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [180]
    for first, last in (("2026-07-15", "2027-01-10"), ("2026-07-15", "2026-08-11")):
        statements = await days_stated_of(claims, reported, EMPLOYER)
        body = {"certificate": certificate(first, last, "2026-07-15")}
        path = f"/v1/evidence/{statements[0]['evidence']}/correction"
        answer = await claims.call("POST", path, scopes=WRITE, party=EMPLOYER, role="partner", json=body)
        assert answer.status_code == 202, answer.text
        await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [180, 180, 28]
    assert await standing_of(claims, reported) == ("decided", None)


@pytest.mark.parametrize(
    ("happened_on", "state"),
    [("2020-11-28", ("decided", None)), ("2020-11-27", ("needs_officer", "late_notice"))],
)
async def test_a_first_notice_after_seventy_two_months_is_looked_at_by_a_person(
    claims: ServiceUnderTest, business_clock: BusinessClock, happened_on: str, state: tuple[str, str | None]
) -> None:
    """The bound lets in 72 months to the day; what is later is kept, and not paid."""
    business_clock.set_day(2026, 11, 28)
    days = certificate(happened_on, "2020-12-20")
    reported = await report(claims, EMPLOYER, happened_on=happened_on, certificate=days, wages_paid_for=[])
    await apply_events(claims, *(contributed(f"2020-{month:02d}", 248_000) for month in range(5, 11)))
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == state


async def test_evidence_is_withdrawn_by_whoever_stated_it(claims: ServiceUnderTest) -> None:
    """The employer of the day says more than the hospital, after days were paid: its day with wages waits."""
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await paid(claims, reported["claim"])
    await report(claims, EMPLOYER, certificate=certificate("2026-07-15", "2026-07-31"), wages_paid_for=["2026-07-15"])
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [28]
    assert await standing_of(claims, reported) == ("decided", "evidence_waits")
    (stated,) = await days_stated_of(claims, reported, HOSPITAL)
    path = f"/v1/evidence/{stated['evidence']}/withdrawal"
    foreign = await claims.call("POST", path, scopes=WRITE, party=EMPLOYER, role="partner")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "evidence_unknown")
    # The employer states other days since: what the hospital takes back waits until officers let it count.
    waits = await claims.call("POST", path, scopes=WRITE, party=HOSPITAL, role="partner")
    assert waits.status_code == 202
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [28]
    assert await let_count(claims, waits.json()["evidence"]) == (201, None)
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [28, 0]
    assert await standing_of(claims, reported) == ("refused", "certified_unfit_long_enough, evidence_waits")


async def test_a_withdrawal_that_another_party_disputes_waits_for_two_officers(claims: ServiceUnderTest) -> None:
    """The employer certified to 31 July, the hospital to 11 August: the employer's own is disputed by then."""
    short = certificate("2026-07-15", "2026-07-31")
    reported = await report(claims, EMPLOYER, certificate=short, wages_paid_for=[])
    await claims.work_off()
    await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None), "a hospital goes on with them"
    (stated,) = await days_stated_of(claims, reported, EMPLOYER)
    path = f"/v1/evidence/{stated['evidence']}/withdrawal"
    assert (await claims.call("POST", path, scopes=WRITE, party=EMPLOYER, role="partner")).status_code == 202
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [17, 28]
    by_officer = await claims.call("POST", path, scopes=WRITE)
    assert by_officer.status_code == 202
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [17, 28], "nor by one of them"
    assert await let_count(claims, by_officer.json()["evidence"]) == (201, None)
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [17, 28], (
        "the hospital's word is left"
    )
    assert await standing_of(claims, reported) == ("needs_officer", "evidence_waits")
    shown = await days_stated_of(claims, reported)
    assert [(each["stated_by"], each["kind"], each["standing"], each["waits_because"]) for each in shown] == [
        (EMPLOYER, "certificate", "withdrawn", None),
        (HOSPITAL, "certificate", "waits", "extends"),
        (EMPLOYER, "withdrawal", "superseded", None),
        ("organisation:1", "withdrawal", "counts", None),
        ("organisation:1", "approval", "counts", None),
    ], "nothing that was stated goes"


async def test_an_officer_sees_which_evidence_waits_and_why_and_a_partner_only_that_something_does(
    claims: ServiceUnderTest,
) -> None:
    """Of the claim all that was stated, of a notice that joined it its own; what a hospital says of wages is idle."""
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await paid(claims, reported["claim"])
    longer = certificate("2026-08-12", "2026-09-11")
    joined = await report(claims, EMPLOYER, certificate=longer, wages_paid_for=["2026-07-15"])
    await report(claims, "hospital:2", wages_paid_for=["2026-07-16"])
    await claims.work_off()
    waiting = [(EMPLOYER, "certificate", "waits", "extends"), (EMPLOYER, "wages_paid", "waits", "lowers")]
    counts = [(each, "certificate", "counts", None) for each in (HOSPITAL, "hospital:2")]
    none = [("hospital:2", "wages_paid", "without_effect", None)]
    assert await shown(claims, reported) == sorted([*counts, *none, *waiting], key=str)
    assert await shown(claims, joined) == sorted(waiting, key=str)
    assert await shown(claims, joined, EMPLOYER) == [(*each[:2], None, None) for each in sorted(waiting, key=str)]
    assert await shown(claims, reported, HOSPITAL) == [(HOSPITAL, "certificate", None, None)]
    assert await standing_of(claims, reported, HOSPITAL) == ("decided", "evidence_waits")


async def test_evidence_of_a_notice_that_counts_nowhere_has_no_standing(claims: ServiceUnderTest) -> None:
    strange = await report(claims, "employer:8", wages_paid_for=[])
    await all_has_arrived(claims)
    assert await shown(claims, strange) == [("employer:8", "certificate", None, None)]


async def test_a_partners_request_finds_no_employments(claims: ServiceUnderTest) -> None:
    """They stand in the same database as the evidence that officers are shown by them."""
    found = []
    async with claims.database.connection("api") as connection:
        for role in ("officer", "partner"):
            setting = "SELECT set_config('jaring.tenant', $1, false), set_config('jaring.role', $2, false)"
            await connection.execute(setting, EMPLOYER, role)
            found.append(await connection.fetchval("SELECT count(*) FROM known_spell"))
    assert found == [1, 0]


async def shown(
    claims: ServiceUnderTest, reported: dict[str, Any], party: str = "organisation:1"
) -> list[tuple[Any, ...]]:
    """Of each statement of a claim as a party is shown it: who, what, how it stands, why it waits."""
    statements = await days_stated_of(claims, reported, party)
    fields = ("stated_by", "kind", "standing", "waits_because")
    return sorted((tuple(each[field] for field in fields) for each in statements), key=str)


async def test_what_is_withdrawn_is_owed_no_more_and_may_be_stated_again(claims: ServiceUnderTest) -> None:
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    (stated,) = await days_stated_of(claims, reported, HOSPITAL)
    path = f"/v1/evidence/{stated['evidence']}/withdrawal"
    assert (await claims.call("POST", path, scopes=WRITE, party=HOSPITAL, role="partner")).status_code == 202
    await claims.work_off()
    assert await standing_of(claims, reported) == ("refused", "certified_unfit_long_enough")
    await report(claims, HOSPITAL, certificate=certificate("2026-07-15", "2026-07-31"), wages_paid_for=[])
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [28, 0, 17]
    wrong = f"/v1/evidence/{stated['evidence']}/correction"
    answer = await claims.call("POST", wrong, scopes=WRITE, json={"wages_paid_for": ["2026-07-15"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "evidence_not_changeable")


async def test_a_certificate_after_a_final_one_is_a_relapse(claims: ServiceUnderTest) -> None:
    """Fit from 3 August, then unfit from 1 to 14 September: 14 × 65.33 = 914.62 beside 19 × 65.33 = 1,241.27."""
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await discharge(claims, reported, date(2026, 8, 3))
    await claims.work_off()
    await report(claims, HOSPITAL, certificate=certificate("2026-09-01", "2026-09-14"), wages_paid_for=[])
    await claims.work_off()
    found = [(days, amount) for _, days, amount, _ in amounts(await decisions_of(claims, reported))]
    assert found == [(28, "1829.24"), (19, "1241.27"), (33, "2155.89")]
    assert await standing_of(claims, reported) == ("decided", None)
    newest = (await decisions_of(claims, reported))[-1]
    assert days_of(newest)[-1] == ("2026-09-01", "2026-09-14")


async def test_a_later_certificate_that_contradicts_the_final_one_waits_for_a_person(claims: ServiceUnderTest) -> None:
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    await discharge(claims, reported, date(2026, 8, 3))
    over = certificate("2026-07-20", "2026-08-20", "2026-08-01")
    await report(claims, HOSPITAL, certificate=over, wages_paid_for=[])
    await claims.work_off()
    assert [each[1] for each in amounts(await decisions_of(claims, reported))][-1] == 19
    assert await standing_of(claims, reported) == ("decided", "relapse_to_look_at")


async def test_a_longer_certificate_after_a_refusal_is_looked_at_as_a_first_notice_is(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Two certified days are refused by rule; that must not open the way past the look after 72 months."""
    business_clock.set_day(2026, 11, 28)
    days = certificate("2020-11-27", "2020-11-28")
    reported = await report(claims, EMPLOYER, happened_on="2020-11-27", certificate=days, wages_paid_for=[])
    await apply_events(claims, *(contributed(f"2020-{month:02d}", 248_000) for month in range(5, 11)))
    await all_has_arrived(claims)
    assert await standing_of(claims, reported) == ("refused", "certified_unfit_long_enough")
    longer = certificate("2020-11-27", "2020-12-20")
    await report(claims, EMPLOYER, happened_on="2020-11-27", certificate=longer, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, reported) == ("needs_officer", "late_notice")
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [0]


async def test_a_partner_takes_back_nothing_of_a_person_whose_own_certificate_says_the_same(
    claims: ServiceUnderTest,
) -> None:
    """Equal days dispute nothing, so the withdrawal stood: all was recovered from her while her own word waited."""
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await claims.work_off()
    own = await report(claims, PERSON, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, reported) == ("decided", None)
    await change(claims, await stated_of(claims, reported, HOSPITAL), "withdrawal", HOSPITAL)
    assert [each[1] for each in amounts(await decisions_of(claims, reported))] == [28]
    assert await standing_of(claims, reported) == ("needs_officer", "evidence_waits")
    assert await let_count(claims, await stated_of(claims, own, PERSON)) == (201, None)
    assert {each[1] for each in amounts(await decisions_of(claims, reported))} == {28}
    assert await standing_of(claims, reported) == ("decided", None)


async def test_nor_by_a_correction_and_officers_who_do_not_believe_her_end_it(claims: ServiceUnderTest) -> None:
    own = await report(claims, PERSON, wages_paid_for=[])
    reported = await report(claims, HOSPITAL, wages_paid_for=[])
    await all_has_arrived(claims)
    assert [each[1] for each in amounts(await decisions_of(claims, own))] == [28]
    short = {"certificate": certificate("2026-07-15", "2026-07-31")}
    await change(claims, await stated_of(claims, reported, HOSPITAL), "correction", HOSPITAL, short)
    assert [each[1] for each in amounts(await decisions_of(claims, own))] == [28]
    assert await standing_of(claims, own) == ("needs_officer", "evidence_waits")
    withdrawn = await change(claims, await stated_of(claims, own, PERSON), "withdrawal")
    assert [each[1] for each in amounts(await decisions_of(claims, own))] == [28], "one officer alone does not"
    assert await let_count(claims, withdrawn) == (201, None)
    assert [each[1] for each in amounts(await decisions_of(claims, own))] == [28, 17]
    assert await standing_of(claims, own) == ("decided", None)


async def stated_of(claims: ServiceUnderTest, reported: dict[str, Any], party: str) -> str:
    """The first statement of a party about a claim."""
    statements = await days_stated_of(claims, reported, party)
    found: str = statements[0]["evidence"]
    return found


async def change(
    claims: ServiceUnderTest, evidence: str, how: str, party: str = OFFICER, body: dict[str, Any] | None = None
) -> str:
    """A statement about a statement, by an officer unless a party is named, and what follows."""
    more: dict[str, Any] = {} if body is None else {"json": body}
    path = f"/v1/evidence/{evidence}/{how}"
    answer = await claims.call("POST", path, scopes=WRITE, party=party, role=role_of(party), **more)
    assert answer.status_code == 202, answer.text
    await claims.work_off()
    return str(answer.json()["evidence"])
