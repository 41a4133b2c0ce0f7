"""Permanent loss, death and invalidity: lives 2 and 3, from notice and evidence to the terms of each party."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.commands.open_notice import OpenNotice, open_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    EMPLOYER,
    FIRST,
    PERSON,
    SECOND,
    SPELL,
    all_has_arrived,
    apply_events,
    approve,
    claim_of,
    contributed,
    decide,
    decisions_of,
    employed,
    let_count,
    notice,
    notice_without_days,
    propose,
    read,
    registered,
    report,
    reported_by_officers,
    rows_in,
    spell_of,
    standing_of,
    submit,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

WRITE = ["claims:notice:write", "claims:notice:read"]
FIRST_WIFE, SECOND_WIFE, SON = person_id(21), person_id(22), person_id(23)


def born(year: int, month: int, day: int) -> Any:
    return registered().model_copy(update={"born_on": date(year, month, day)})


def insured(category: str, first: date) -> MembershipChangedV1:
    period = MembershipPeriodV1(category=category, first=first)
    return MembershipChangedV1(person=PERSON, scheme="act4", revision=2, periods=(period,))


async def state(claims: ServiceUnderTest, claim: str, *, officer: str = FIRST, **statement: Any) -> dict[str, Any]:
    """An officer states evidence of a claim."""
    answer = await claims.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, json=statement, subject=officer)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stated_and_approved(claims: ServiceUnderTest, claim: str, **statement: Any) -> None:
    """An officer states it, and two officers let it count."""
    stated = await state(claims, claim, **statement)
    assert await let_count(claims, stated["evidence"], claim, is_finding="finding" in statement) == (201, None)
    await claims.work_off()


async def terms_of(claims: ServiceUnderTest, claim: str, question: str) -> list[tuple[str, str, str, str, str | None]]:
    """Party, per, amount, first and last of each term that a question's standing answer owes."""
    newest = (await decisions_of(claims, {"claim": claim}))[-1]
    return [
        (term["party"], term["per"], term["amount"]["amount"], term["first"], term["last"])
        for answer in newest["answers"]
        if answer["question"] == question
        for term in answer["terms"]
    ]


async def questions(claims: ServiceUnderTest, claim: str) -> dict[str, tuple[str, str]]:
    shown = await read(claims, f"/v1/claims/{claim}/questions")
    return {each["question"]: (each["state"], each["reason"]) for each in shown}


@pytest.fixture
async def technician(claims: ServiceUnderTest) -> dict[str, Any]:
    """Life 2: two employers, ninety days, crushed hand at work."""
    await apply_events(
        claims,
        born(1996, 5, 20),
        *employed(started_on=date(2024, 3, 1)),
        spell_of(EMPLOYER + 1, date(2026, 3, 1)),
        *(contributed(month, 230_000) for month in ("2025-12", *(f"2026-0{each}" for each in range(1, 6)))),
        *(contributed(f"2026-0{each}", 108_000, employer=EMPLOYER + 1) for each in range(3, 6)),
    )
    await all_has_arrived(claims)
    reported = await report(
        claims,
        happened_on="2026-06-03",
        certificate={"first": "2026-06-03", "last": "2026-08-31", "issued_on": "2026-06-03"},
        wages_paid_for=["2026-06-03"],
    )
    await claims.work_off()
    return reported


async def test_a_loss_of_twelve_percent_is_taken_as_a_lump_sum(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    claim = technician["claim"]
    assert await terms_of(claims, claim, "temporary_disablement") == [
        ("insured", "day", "74.00", "2026-06-04", "2026-08-31")
    ]
    assert "permanent_disablement" not in await questions(claims, claim), "no board has assessed a loss"
    await stated_and_approved(claims, claim, permanent_loss={"percent": 12})
    assert (await questions(claims, claim))["permanent_disablement"] == ("officer", "application_awaited")
    await stated_and_approved(
        claims, claim, choice={"option": "lump sum", "applied_on": "2026-09-14", "chosen_on": "2026-09-14"}
    )
    owed = await terms_of(claims, claim, "permanent_disablement")
    assert [(party, per, amount) for party, per, amount, _, _ in owed if per == "once"] == [
        ("insured", "once", "74715.21")
    ]
    assert [per for _, per, _, _, _ in owed] == ["once"], "nothing periodic"


async def test_a_lump_sum_that_was_taken_is_not_exchanged(claims: ServiceUnderTest, technician: dict[str, Any]) -> None:
    """Life 2: the second application, for the periodic form, is refused; officers let none count either."""
    claim = technician["claim"]
    await stated_and_approved(claims, claim, permanent_loss={"percent": 12})
    waits = await state(claims, claim, choice={"option": "periodic", "applied_on": "2026-09-20"})
    await stated_and_approved(
        claims, claim, choice={"option": "lump sum", "applied_on": "2026-09-14", "chosen_on": "2026-09-14"}
    )
    taken, rows = await terms_of(claims, claim, "permanent_disablement"), await rows_in(claims)
    path, again = f"/v1/claims/{claim}/evidence", {"choice": {"option": "periodic", "applied_on": today().isoformat()}}
    senders: list[dict[str, Any]] = [{}, {"party": "person:7", "role": "partner"}]
    for sender in senders:
        refused = await claims.call("POST", path, scopes=WRITE, json=again, **sender)
        assert (refused.status_code, refused.json()["code"]) == (409, "choice_final")
    assert await rows_in(claims) == rows, "nothing is half written"
    assert await let_count(claims, waits["evidence"], claim) == (409, "choice_final")
    assert await terms_of(claims, claim, "permanent_disablement") == taken


async def test_a_total_loss_that_needs_constant_attendance_is_owed_it_while_the_board_says_so(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    claim = technician["claim"]
    await stated_and_approved(claims, claim, choice={"option": "periodic", "applied_on": "2026-09-14"})
    attended = {"first": "2026-10-01", "last": "2027-09-30"}
    await stated_and_approved(claims, claim, permanent_loss={"percent": 100, "attendance": attended})
    assert await terms_of(claims, claim, "constant_attendance_allowance") == [
        ("insured", "month", "500.00", "2026-10-01", "2027-09-30")
    ]
    backwards = {"permanent_loss": {"percent": 100, "attendance": {"first": "2026-10-01", "last": "2026-09-30"}}}
    refused = await claims.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, json=backwards)
    assert (refused.status_code, refused.json()["code"]) == (422, "certificate_reversed")


async def test_an_assessment_counts_only_when_another_officer_has_approved_it(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    stated = await state(claims, technician["claim"], officer=SECOND, permanent_loss={"percent": 12})
    await claims.work_off()
    assert "permanent_disablement" not in await questions(claims, technician["claim"])
    assert await standing_of(claims, technician) == ("decided", "evidence_waits")
    [task] = await tasks_of(claims, "evidence")
    await propose(claims, task, {"kind": "evidence_counts", "evidence": stated["evidence"]})
    assert (await approve(claims, task, FIRST))[1]["code"] == "approver_is_proposer"
    assert (await approve(claims, task, SECOND))[1]["code"] == "evidence_of_oneself"
    assert "permanent_disablement" not in await questions(claims, technician["claim"])
    assert (await approve(claims, task, "officer-3"))[0] == 201
    assert "permanent_disablement" in await questions(claims, technician["claim"])


async def test_only_officers_state_and_a_person_only_its_own_choice(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    path = f"/v1/claims/{technician['claim']}/evidence"
    loss = {"permanent_loss": {"percent": 90}}
    for party in ("person:7", "employer:3"):
        refused = await claims.call("POST", path, scopes=WRITE, json=loss, party=party, role="partner")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_party")
    choice = {"choice": {"option": "lump sum", "applied_on": "2026-09-14"}}
    stranger = await claims.call("POST", path, scopes=WRITE, json=choice, party="person:8", role="partner")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "claim_unknown")
    both = await claims.call("POST", path, scopes=WRITE, json=choice | loss)
    assert (both.status_code, both.json()["code"]) == (422, "statement_not_one")
    earlier = await claims.call("POST", path, scopes=WRITE, json=choice, party="person:7", role="partner")
    assert (earlier.status_code, earlier.json()["code"]) == (422, "choice_dated")
    choice["choice"]["applied_on"] = today().isoformat()
    own = await claims.call("POST", path, scopes=WRITE, json=choice, party="person:7", role="partner")
    assert own.status_code == 202, own.text


@pytest.fixture
async def guard(claims: ServiceUnderTest) -> dict[str, str]:
    """Life 3: falls on his round on 31 July 2026 and dies the same night; the claims of the accident and the death."""
    await apply_events(
        claims,
        born(1965, 2, 10),
        *employed(started_on=date(2020, 1, 6)),
        insured("second", date(2025, 2, 10)),
        *(contributed(f"2026-0{month}", 198_000) for month in range(1, 8)),
    )
    await all_has_arrived(claims)
    body = notice(happened_on="2026-07-31", died_on="2026-07-31", wages_paid_for=[])
    del body["certificate"]
    for party, role in (("employer:3", "partner"), ("hospital:1", "partner"), ("hospital:1", "partner")):
        answer = await submit(claims, body, party=party, role=role)
        assert answer.status_code == 202, answer.text
        await claims.work_off()
    shown = (await read(claims, "/v1/claims"))["data"]
    open_claims = [each for each in shown if each["joined_to"] is None]
    assert len(shown) == 6
    assert len(open_claims) == 2, "one accident, one death"
    return {each["kind"]: each["claim"] for each in open_claims}


async def test_a_death_owes_each_dependant_and_whoever_proves_a_marriage_later(
    claims: ServiceUnderTest, guard: dict[str, str]
) -> None:
    death = guard["death"]
    assert await questions(claims, death) == {
        "dependants_benefit": ("officer", "dependants_to_be_stated"),
        "survivors_pension": ("officer", "dependants_to_be_stated"),
        "qualified_insured": ("refused", "died_before_60"),
        "funeral_benefit": ("officer", "funeral_claimants_to_be_stated"),
    }
    await stated_and_approved(claims, death, dependant={"person": FIRST_WIFE, "relation": "widow"})
    son = {"person": SON, "relation": "child", "born": "2006-10-15"}
    await stated_and_approved(claims, death, dependant=son)
    money = {"amount": "3400.00", "currency": "MYR"}
    await stated_and_approved(claims, death, funeral={"person": FIRST_WIFE, "relation": "widow", "paid": money})
    assert (await questions(claims, death))["survivors_pension"][0] == "refused", "61, and no pensioner"
    months = [each for each in await terms_of(claims, death, "dependants_benefit") if each[1] == "month"]
    assert months == [
        ("person:21", "month", "1053.00", "2026-08-01", "2027-09-30"),
        ("person:23", "month", "702.00", "2026-08-01", "2027-09-30"),
    ] or months[0][:4] == ("person:21", "month", "1053.00", "2026-08-01"), months
    assert await terms_of(claims, death, "funeral_benefit") == [
        ("person:21", "once", "3000.00", "2026-07-31", "2026-07-31")
    ]
    await stated_and_approved(claims, death, dependant={"person": SECOND_WIFE, "relation": "widow"})
    august = {
        party: amount
        for party, per, amount, first, last in await terms_of(claims, death, "dependants_benefit")
        if per == "month" and first <= "2026-08-31" and (last is None or last >= "2026-08-31")
    }
    assert august == {"person:21": "526.50", "person:22": "526.50", "person:23": "702.00"}
    assert await claim_of(claims, {"claim": guard["accident"]}) is not None


async def test_a_death_waits_while_nobody_has_found_whether_its_cause_is_an_employment_injury(
    claims: ServiceUnderTest,
) -> None:
    await apply_events(
        claims, born(1980, 1, 1), *employed(), *(contributed(f"2026-0{month}", 198_000) for month in range(1, 8))
    )
    await all_has_arrived(claims)
    body = notice(happened_on="2026-07-31", died_on="2026-07-31", wages_paid_for=[], place="employer_activity")
    del body["certificate"]
    await submit(claims, body, party="employer:3", role="partner")
    await claims.work_off()
    shown = (await read(claims, "/v1/claims"))["data"]
    accident, death = (next(each["claim"] for each in shown if each["kind"] == kind) for kind in ("accident", "death"))
    await stated_and_approved(claims, death, dependant={"person": FIRST_WIFE, "relation": "widow"})
    assert (await questions(claims, death))["dependants_benefit"] == ("awaiting", "cause_unsettled")
    assert await decide(claims, "doubt", kind="finding", fact="found by a person", found="yes") == (201, None)
    assert (await questions(claims, death))["dependants_benefit"] == ("entitled", "")
    owed = await terms_of(claims, death, "dependants_benefit")
    assert {party for party, *_ in owed} == {"person:21"}
    assert UUID(accident)


async def test_an_invalidity_waits_for_the_board_and_the_end_of_work_and_is_then_owed_by_the_month(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM1,980.00 in each month from January 2023 to October 2026 is assumed RM1,950.00 (s.20(2)).

    The 46 contributions are 22 beyond 24, so 1 % more than 50 %: 1,950.00 × 51 % = 994.50 a month (s.20(1)). From the
    notice of 16 November on, 15 of its 30 days are 497.25 (s.19(2)).
    """
    business_clock.set_day(2026, 11, 16)
    months = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
    await apply_events(
        claims,
        born(1980, 1, 1),
        *employed(started_on=date(2023, 1, 1)),
        *(contributed(month, 198_000) for month in months if month < "2026-11"),
    )
    await all_has_arrived(claims)
    body = notice_without_days("invalidity")
    reported = (await submit(claims, body, party="employer:3", role="partner")).json()
    await claims.work_off()
    assert await questions(claims, reported["claim"]) == {"invalidity_pension": ("officer", "medical_board_to_certify")}
    await stated_and_approved(claims, reported["claim"], invalidity={"certified": True, "earning_capacity": 20})
    ended = ("officer", "the_employment_has_ended")
    assert await questions(claims, reported["claim"]) == {"invalidity_pension": ended}
    assert [task["reason"] for task in await tasks_of(claims, "doubt")] == ["the_employment_has_ended"]
    await apply_events(claims, spell_of(EMPLOYER, date(2023, 1, 1), date(2026, 10, 31), SPELL, revision=2))
    await claims.work_off()
    assert await questions(claims, reported["claim"]) == {"invalidity_pension": ("entitled", "")}
    assert await terms_of(claims, reported["claim"], "invalidity_pension") == [
        ("insured", "once", "497.25", "2026-11-16", "2026-11-30"),
        ("insured", "month", "994.50", "2026-12-01", None),
    ]


async def test_what_was_contributed_before_the_lines_begin_officers_find(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Life 6: 159 lines and the 12 months of 2012, so 62 % of 2,950.00 = 1,829.00 a month."""
    business_clock.set_day(2026, 4, 16)
    months = [f"{year}-{month:02d}" for year in range(2013, 2027) for month in range(1, 13)]
    begun, left = date(2012, 1, 2), date(2026, 3, 31)
    await apply_events(
        claims,
        born(1975, 6, 18),
        spell_of(EMPLOYER, begun, left),
        insured("first", date(2013, 1, 1)),
        *(contributed(month, 294_000) for month in months if month < "2026-04"),
    )
    await all_has_arrived(claims)
    body = notice(kind="invalidity", happened_on="2026-03-20", wages_paid_for=[])
    for name in ("certificate", "place"):
        del body[name]
    claim = (await submit(claims, body)).json()["claim"]
    await claims.work_off()
    await stated_and_approved(claims, claim, invalidity={"certified": True, "earning_capacity": 20})
    before = "contributions_of_before_2013_are_known_or_do_not_matter"
    assert await questions(claims, claim) == {"invalidity_pension": ("officer", before)}
    assert await decide(claims, "doubt", kind="finding", fact="contributions before 2013", found="12") == (201, None)
    assert (await terms_of(claims, claim, "invalidity_pension"))[1] == (
        "insured",
        "month",
        "1829.00",
        "2026-05-01",
        None,
    )


async def test_a_pension_begins_with_the_first_notice_whichever_opened_the_claim(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """A guardian's notice of 1 April waits for officers; a hospital's of 20 May opens the claim (s.19)."""
    business_clock.set_day(2026, 4, 1)
    months = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
    await apply_events(
        claims,
        born(1980, 1, 1),
        *employed(started_on=date(2023, 1, 1), ended_on=date(2026, 3, 31)),
        *(contributed(month, 198_000) for month in months if month < "2026-04"),
    )
    body = notice(kind="invalidity", happened_on="2026-03-20", wages_paid_for=[])
    for name in ("certificate", "place"):
        del body[name]
    await submit(claims, body | {"capacity": "guardian"}, party="agent:5", role="partner")
    await claims.work_off()
    business_clock.set_day(2026, 5, 20)
    await all_has_arrived(claims)
    reported = (await submit(claims, body)).json()
    await claims.work_off()
    await stated_and_approved(claims, reported["claim"], invalidity={"certified": True, "earning_capacity": 20})
    assert (await terms_of(claims, reported["claim"], "invalidity_pension"))[0][3] == "2026-05-20"
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    await claims.work_off()
    assert (await terms_of(claims, reported["claim"], "invalidity_pension"))[0][3] == "2026-04-01"


async def test_a_later_statement_about_one_person_takes_the_place_of_the_earlier(
    claims: ServiceUnderTest, guard: dict[str, str]
) -> None:
    death = guard["death"]
    await stated_and_approved(claims, death, dependant={"person": FIRST_WIFE, "relation": "widow"})
    await stated_and_approved(claims, death, dependant={"person": SECOND_WIFE, "relation": "widow"})
    assert (await questions(claims, death))["dependants_benefit"] == ("entitled", "")
    parent = {"person": SECOND_WIFE, "relation": "parent"}
    await stated_and_approved(claims, death, dependant=parent)
    assert {party for party, *_ in await terms_of(claims, death, "dependants_benefit")} == {"person:21"}


async def test_nothing_is_owed_below_what_stands_in_dispute(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    """Officers say that it was at a tournament: while nobody has found either, what stands goes on alone."""
    shown = await read(claims, f"/v1/claims/{technician['claim']}/evidence")
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    path, body = f"/v1/evidence/{stated}/correction", {"circumstances": {"place": "employer_activity"}}
    corrected = await claims.call("POST", path, scopes=WRITE, json=body)
    assert await let_count(claims, corrected.json()["evidence"]) == (201, None)
    found = await questions(claims, technician["claim"])
    assert found["temporary_disablement"][0] == "officer"
    assert "non_employment_injury_temporary_disablement" not in found
    assert len(await decisions_of(claims, technician)) == 1


@pytest.mark.parametrize(("second", "days"), [(None, 89), ("hospital:1", 10)])
async def test_a_death_ends_what_the_person_has_by_the_word_of_two(
    claims: ServiceUnderTest, technician: dict[str, Any], second: str | None, days: int
) -> None:
    """The employer says that he died on 14 June: 4 to 13 June are ten days."""
    body = notice_without_days("death", "2026-06-14")
    for party in filter(None, ("employer:3", second)):
        answer = await submit(claims, body, party=party, role="partner")
        assert answer.status_code == 202, answer.text
        await claims.work_off()
    assert (await decisions_of(claims, technician))[-1]["days"] == days


async def test_a_loss_of_an_earlier_accident_is_counted_whenever_it_is_stated(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    """The later accident's benefit was decided first, as if there were no other loss."""
    later = await report(
        claims,
        happened_on="2026-09-01",
        certificate={"first": "2026-09-01", "last": "2026-09-10", "issued_on": "2026-09-01"},
        wages_paid_for=[],
    )
    await claims.work_off()
    claim = later["claim"]
    await stated_and_approved(claims, claim, permanent_loss={"percent": 12})
    await stated_and_approved(claims, claim, choice={"option": "periodic", "applied_on": "2026-10-01"})
    assert (await questions(claims, claim))["permanent_disablement"] == ("entitled", "")
    assessed = await state(claims, technician["claim"], permanent_loss={"percent": 20})
    await claims.work_off()
    waits = ("officer", "earlier_losses_to_be_stated")
    assert (await questions(claims, claim))["permanent_disablement"] == waits, "also before it is approved"
    for fact, found in (("earlier losses", "20"), ("daily rates of earlier injuries", "15.00")):
        await stated_and_approved(claims, claim, finding={"fact": fact, "found": found})
    assert (await questions(claims, claim))["permanent_disablement"] == ("entitled", "")
    assert await let_count(claims, assessed["evidence"], technician["claim"]) == (201, None)
    await claims.work_off()
    earlier = (await questions(claims, technician["claim"]))["permanent_disablement"]
    assert earlier == ("officer", "application_awaited"), "the later accident's loss is none of its own"
    assert (await questions(claims, claim))["permanent_disablement"] == waits, "what was said since is found again"


async def withdraw(claims: ServiceUnderTest, evidence: str) -> str:
    path = f"/v1/evidence/{evidence}/withdrawal"
    withdrawn = await claims.call("POST", path, scopes=WRITE, subject=FIRST)
    assert withdrawn.status_code == 202, withdrawn.text
    await claims.work_off()
    return str(withdrawn.json()["evidence"])


async def test_a_loss_that_is_withdrawn_holds_up_no_later_one(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    """What one officer stated one withdraws; what two let count two take back."""
    later = await report(
        claims,
        happened_on="2026-09-01",
        certificate={"first": "2026-09-01", "last": "2026-09-10", "issued_on": "2026-09-01"},
        wages_paid_for=[],
    )
    await claims.work_off()
    claim, before = later["claim"], technician["claim"]
    await stated_and_approved(claims, claim, permanent_loss={"percent": 12})
    await stated_and_approved(claims, claim, choice={"option": "periodic", "applied_on": "2026-10-01"})
    waits = ("officer", "earlier_losses_to_be_stated")
    stated = (await state(claims, before, permanent_loss={"percent": 20}))["evidence"]
    await claims.work_off()
    assert (await questions(claims, claim))["permanent_disablement"] == waits
    await withdraw(claims, stated)
    assert (await questions(claims, claim))["permanent_disablement"] == ("entitled", "")
    stated = (await state(claims, before, permanent_loss={"percent": 20}))["evidence"]
    assert await let_count(claims, stated, before) == (201, None)
    withdrawn = await withdraw(claims, stated)
    assert (await questions(claims, claim))["permanent_disablement"] == waits, "by one officer alone"
    assert await let_count(claims, withdrawn, before) == (201, None)
    assert (await questions(claims, claim))["permanent_disablement"] == ("entitled", "")


async def test_a_loss_is_not_stated_while_nobody_knows_whose(claims: ServiceUnderTest) -> None:
    unknown = await report(claims, "hospital:1")
    await claims.work_off()
    body = {"permanent_loss": {"percent": 12}}
    refused = await claims.call("POST", f"/v1/claims/{unknown['claim']}/evidence", scopes=WRITE, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_without_relation")


async def test_a_death_learns_of_its_accident_when_that_opens_later(claims: ServiceUnderTest) -> None:
    """The one notice of the death names no cause; of the other, which does, the relation is shown bit by bit."""
    wages = [contributed(f"2026-0{month}", 198_000) for month in range(1, 8)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)
    both = notice(happened_on="2026-07-31", died_on="2026-07-31", wages_paid_for=[], name="SITI BINTI OMAR")
    del both["certificate"]
    alone = notice_without_days("death", "2026-07-31")
    assert (await submit(claims, both)).status_code == 202
    death = (await submit(claims, alone, party="organisation:1", role="officer")).json()["claim"]
    await claims.work_off()
    await opened_by_officers(claims, death)
    shown = {each["kind"]: each for each in (await read(claims, "/v1/claims"))["data"] if each["claim"] != death}
    await opened_by_officers(claims, shown["death"]["claim"])
    assert "dependants_benefit" not in await questions(claims, death)
    await opened_by_officers(claims, shown["accident"]["claim"])
    assert (await questions(claims, death))["dependants_benefit"] == ("officer", "dependants_to_be_stated")


async def opened_by_officers(claims: ServiceUnderTest, claim: str) -> None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await open_notice(OpenNotice(new_id(), UUID(claim), PERSON, "organisation:1", SECOND), uow)
    await claims.work_off()


async def test_an_officer_does_not_approve_its_own_withdrawal(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    stated = await state(claims, technician["claim"], permanent_loss={"percent": 12})
    assert await let_count(claims, stated["evidence"]) == (201, None)
    path = f"/v1/evidence/{stated['evidence']}/withdrawal"
    withdrawn = await claims.call("POST", path, scopes=WRITE, subject=SECOND)
    assert withdrawn.status_code == 202, withdrawn.text
    assert await let_count(claims, withdrawn.json()["evidence"]) == (409, "evidence_of_oneself")
    assert "permanent_disablement" in await questions(claims, technician["claim"])


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_death_that_an_officer_reports_ends_something_when_another_one_confirms_it(
    claims: ServiceUnderTest, technician: dict[str, Any], *, confirmed: bool
) -> None:
    changes: dict[str, Any] = {"kind": "death", "happened_on": "2026-06-14", "wages_paid_for": []}
    changes |= {"certificate": None, "place": None}
    if confirmed:
        await reported_by_officers(claims, **changes)
    else:
        await report(claims, "organisation:1", **changes)
        await claims.work_off()
    assert (await decisions_of(claims, technician))[-1]["days"] == (10 if confirmed else 89)


async def test_officers_find_the_accident_of_a_death_of_which_the_notice_names_none(
    claims: ServiceUnderTest, technician: dict[str, Any]
) -> None:
    changes: dict[str, Any] = {"kind": "death", "certificate": None, "place": None, "wages_paid_for": []}
    death = (await report(claims, happened_on="2026-06-14", **changes))["claim"]
    await claims.work_off()
    assert "dependants_benefit" not in await questions(claims, death)
    path, later = f"/v1/claims/{death}/evidence", await report(claims, happened_on="2026-06-15", wages_paid_for=[])
    await claims.work_off()
    for cause in (later["claim"], death, "0197f0a0-1111-7000-8000-000000000001"):
        refused = await claims.call("POST", path, scopes=WRITE, json={"cause": {"claim": cause}})
        assert (refused.status_code, refused.json()["code"]) == (422, "cause_unknown")
    stated = await state(claims, death, officer=SECOND, cause={"claim": technician["claim"]})
    assert await let_count(claims, stated["evidence"], death) == (409, "evidence_of_oneself")
    assert "dependants_benefit" not in await questions(claims, death)
    (task,) = (each for each in await tasks_of(claims, "evidence") if each["state"] == "proposed")
    assert (await approve(claims, task, "officer-3"))[0] == 201
    assert (await questions(claims, death))["dependants_benefit"] == ("officer", "dependants_to_be_stated")
    await stated_and_approved(claims, death, dependant={"person": FIRST_WIFE, "relation": "widow"})
    assert (await questions(claims, death))["dependants_benefit"] == ("entitled", "")
    found = await state(claims, death, finding={"fact": "died of the injury", "found": "no"})
    await claims.work_off()
    assert await decide(claims, "doubt", kind="finding_counts", evidence=found["evidence"]) == (201, None)
    assert (await questions(claims, death))["dependants_benefit"][0] == "refused"
