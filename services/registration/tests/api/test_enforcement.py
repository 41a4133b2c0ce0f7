"""Enforcement: what is assessed stands beside what is declared and never doubles it; compounds are paid or lapse."""

from typing import Any

import httpx
import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.files.camt_messages import camt_053, detail, entry
from services.registration.tests.support import (
    AT_3050,
    OTHER_CODE,
    SECOND,
    Register,
    line,
    party_of,
)
from shared.testing.clock import BusinessClock
from shared.testing.never_changed import refused_to_every_role

pytestmark = pytest.mark.postgres

READ, WRITE = "registration:enforcement:read", "registration:enforcement:write"
OBJECT = "registration:assessment_objection:write"
# AT_3050: 53.35 + 15.25 + 6.10 + 6.10 + 22.85 of SKBBK.
OWED = "103.65"
THIRD = "officer-3"


@pytest.fixture
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def officer(register: Register, path: str, **body: Any) -> httpx.Response:
    """What an officer of enforcement states."""
    return await register.service.call("POST", path, scopes=[WRITE], subject=THIRD, json=body)


async def get(register: Register, path: str, party: str = "") -> Any:
    """What a party reads; without one an officer."""
    answer = await register.as_party("GET", path, READ, party)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wage(person: str, amount: str = "3050.00", month: str = "2026-07") -> dict[str, Any]:
    return {"month": month, "person": person, "wage": {"amount": amount, "currency": "MYR"}}


async def assessed(register: Register, employer: str, *wages: dict[str, Any]) -> dict[str, Any]:
    """An assessment, stated."""
    answer = await officer(register, "/v1/assessments", employer=employer, evidence="LP-1", wages=list(wages))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def confirmed(register: Register, clock: BusinessClock, employer: str, *wages: dict[str, Any]) -> None:
    """The same, confirmed by two others once the time to object is over."""
    await assessed(register, employer, *wages)
    clock.set_day(2026, 8, 18)
    decided = await register.decided("enforcement", "assessment_confirmed")
    assert decided.status_code == 201, decided.text
    await register.work_off()


async def account(register: Register, employer: str) -> dict[str, Any]:
    """July, as its employer sees it."""
    path = f"/v1/employers/{employer}/account?month=2026-07"
    answer = await register.as_party("GET", path, "registration:account:read", party_of(employer))
    found: dict[str, Any] = answer.json()
    return found


def sums(found: dict[str, Any]) -> tuple[str, str, str]:
    return found["declared"]["amount"], found["assessed"]["amount"], found["outstanding"]["amount"]


async def test_an_assessment_counts_once_two_officers_confirm_it(register: Register, clock: BusinessClock) -> None:
    """What is due follows from the tables; before, it counts for nothing."""
    employer, person = await register.worker_of()
    said = await assessed(register, employer, wage(person))
    assert (said["due"]["amount"], said["object_by"], said["state"]) == (OWED, "2026-08-17", "stated")
    assert said["lines"] == [
        {**wage(person), "due": {"amount": OWED, "currency": "MYR"}},
    ]
    assert await register.waiting("enforcement") == []
    assert sums(await account(register, employer)) == ("0.00", "0.00", "0.00")
    clock.set_day(2026, 8, 18)
    (task,) = await register.waiting("enforcement")
    assert task["reason"] == "time_to_object_over"
    refused = await register.decided("enforcement", "assessment_confirmed", approver=THIRD)
    assert (refused.status_code, refused.json()["code"]) == (403, "enforcement_of_oneself")


async def test_what_is_confirmed_is_owed_bears_interest_and_is_paid(register: Register, clock: BusinessClock) -> None:
    employer, person = await register.worker_of()
    await confirmed(register, clock, employer, wage(person))
    found = await account(register, employer)
    assert (sums(found), found["state"]) == (("0.00", OWED, OWED), "outstanding")
    # Late by a day: at least RM5 of what is not SKBBK.
    assert found["interest"]["worked_out"]["amount"] == "5.00"
    listed = await register.as_party("GET", "/v1/arrears", "registration:account:read", party_of(employer))
    assert [each["month"] for each in listed.json()["data"]] == ["2026-07"]
    body = {"employer": employer, "month": "2026-07", "amount": {"amount": OWED, "currency": "MYR"}}
    scope = "registration:contribution_receipt:write"
    body |= {"banked_on": "2026-08-18", "reference": "FPX 1"}
    await register.as_party("POST", "/v1/contribution-receipts", scope, "bank:1", json=body)
    await register.work_off()
    (banked,) = await register.events("contribution.banked")
    assert sum(each["employer_sen"] + each["employee_sen"] for each in banked["funds"]) == 10_365
    found = await account(register, employer)
    assert (found["outstanding"]["amount"], found["state"]) == ("0.00", "interest_outstanding")


async def test_a_true_declaration_takes_the_place_of_what_was_assessed(
    register: Register, clock: BusinessClock
) -> None:
    """Nothing is doubled: not when the same file comes again, nor by a second assessment."""
    employer, person = await register.worker_of()
    await confirmed(register, clock, employer, wage(person))
    content = render([line("2026-07", AT_3050)])
    assert (await register.sent(employer, content))["state"] == "accepted"
    assert sums(await account(register, employer)) == (OWED, "0.00", OWED)
    await register.sent(employer, content)
    await assessed(register, employer, wage(person))
    clock.set_day(2026, 9, 5)
    assert (await register.decided("enforcement", "assessment_confirmed")).status_code == 201
    await register.work_off()
    assert sums(await account(register, employer)) == (OWED, "0.00", OWED)


async def test_a_declaration_of_less_leaves_the_rest_until_officers_assess_otherwise(
    register: Register, clock: BusinessClock
) -> None:
    employer, person = await register.worker_of()
    await confirmed(register, clock, employer, wage(person, "6000.00"))
    (_, whole, _) = sums(await account(register, employer))
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    declared, rest, outstanding = sums(await account(register, employer))
    assert (declared, outstanding) == (OWED, whole)
    assert float(rest) == pytest.approx(float(whole) - float(OWED))
    await assessed(register, employer, wage(person, "0.00"))
    clock.set_day(2026, 9, 5)
    assert (await register.decided("enforcement", "assessment_confirmed")).status_code == 201
    await register.work_off()
    assert sums(await account(register, employer)) == (OWED, "0.00", OWED)


async def test_an_employer_objects_in_time_and_two_officers_decide(register: Register, clock: BusinessClock) -> None:
    employer, person = await register.worker_of()
    said = await assessed(register, employer, wage(person))
    path, body = f"/v1/assessments/{said['assessment']}/objections", {"reason": "wages_differ", "evidence": "SLIP-1"}
    other = await register.employer(OTHER_CODE)
    refused = await register.as_party("POST", path, OBJECT, party_of(other), json=body)
    assert refused.status_code == 404
    taken = await register.as_party("POST", path, OBJECT, party_of(employer), json=body)
    assert taken.status_code == 201, taken.text
    assert taken.json()["objection"]["reason"] == "wages_differ"
    twice = await register.as_party("POST", path, OBJECT, party_of(employer), json=body)
    assert twice.json()["code"] == "objection_taken"
    (task,) = await register.waiting("enforcement")
    assert (task["reason"], task["facts"]["objection"]) == ("objected", "wages_differ")
    assert (await register.decided("enforcement", "assessment_withdrawn")).status_code == 201
    clock.set_day(2026, 8, 18)
    await register.work_off()
    assert sums(await account(register, employer)) == ("0.00", "0.00", "0.00")
    late = await register.as_party("POST", path, OBJECT, party_of(employer), json=body)
    assert late.json()["code"] == "objection_late"


async def test_who_did_not_work_there_or_in_a_month_that_is_not_over_is_not_assessed(
    register: Register, clock: BusinessClock
) -> None:
    employer, person = await register.worker_of(started_on="2026-07-01")
    for wages, code in (
        ([wage(person, month="2026-06")], "assessed_not_employed"),
        ([wage(person, month="2026-08")], "assessed_month_lawless"),
        ([wage(person), wage(person)], "assessed_twice"),
    ):
        answer = await officer(register, "/v1/assessments", employer=employer, evidence="LP-1", wages=wages)
        assert answer.json()["code"] == code, answer.text


async def offered(register: Register, employer: str, amount: str = "1500.00") -> dict[str, Any]:
    """A compound that two officers offered."""
    money = {"amount": amount, "currency": "MYR"}
    what = {"employer": employer, "offence": "contributions_not_paid", "amount": money, "evidence": "K-1"}
    stated = await officer(register, "/v1/compounds", **what)
    assert stated.status_code == 201, stated.text
    assert (await get(register, "/v1/compounds", party_of(employer)))["data"] == []
    assert (await register.decided("enforcement", "compound_offered")).status_code == 201
    found: dict[str, Any] = await get(register, f"/v1/compounds/{stated.json()['compound']}", party_of(employer))
    return found


async def paid(register: Register, reference: str, amount: str, day: str, id_: str = "S-1", **how: Any) -> None:
    """What the bank states of a payer who wrote a reference."""
    name = how.pop("name", f"FPX{id_}")
    credit = entry(amount, name, value_day=day, details=[detail(text=f"kompaun {reference}")], **how)
    headers = {"content-type": "application/xml"}
    scope, path = "registration:bank_statement:write", "/v1/bank-statements"
    content = camt_053([credit], id_=id_)
    answer = await register.as_party("POST", path, scope, "bank:1", content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    await register.work_off()


async def test_a_compound_is_paid_by_its_own_reference(register: Register, clock: BusinessClock) -> None:
    """In parts too; the money is no contribution, and the employer sees all of it."""
    employer = await register.employer()
    compound = await offered(register, employer)
    assert (compound["state"], compound["pay_by"]) == ("offered", "2026-08-17")
    path = f"/v1/compounds/{compound['compound']}"
    clock.set_day(2026, 8, 17)
    await paid(register, compound["reference"], "1000.00", "2026-08-16")
    found = await get(register, path, party_of(employer))
    assert (found["state"], found["paid"]["amount"]) == ("offered", "1000.00")
    await paid(register, compound["reference"], "500.00", "2026-08-17", "S-2")
    found = await get(register, path, party_of(employer))
    assert (found["state"], found["paid"]["amount"], len(found["payments"])) == ("paid", "1500.00", 2)
    assert await register.events("contribution.banked") == []
    clock.set_day(2026, 8, 18)
    assert await register.waiting("enforcement") == []


async def test_a_compound_that_is_not_paid_by_its_day_is_to_be_prosecuted(
    register: Register, clock: BusinessClock
) -> None:
    """A part is not enough; what is banked later is shown, and two officers take it or not."""
    employer = await register.employer()
    compound = await offered(register, employer)
    path = f"/v1/compounds/{compound['compound']}"
    await paid(register, compound["reference"], "1000.00", "2026-08-03")
    clock.set_day(2026, 8, 18)
    (task,) = await register.waiting("enforcement")
    assert (task["reason"], task["facts"]["paid_sen"]) == ("to_be_prosecuted", 100_000)
    await paid(register, compound["reference"], "500.00", "2026-08-18", "S-2")
    assert (await get(register, path))["state"] == "to_be_prosecuted"
    assert (await register.waiting("enforcement"))[0]["facts"]["paid_sen"] == 150_000
    assert (await register.decided("enforcement", "late_payment_taken")).status_code == 201
    found = await get(register, path)
    assert (found["state"], found["paid_late"]) == ("paid", True)


@pytest.mark.parametrize("kind", ["late_payment_taken", "compound_offered", "notice_complied", "assessment_confirmed"])
async def test_what_does_not_fit_how_a_matter_stands_is_not_decided(
    register: Register, clock: BusinessClock, kind: str
) -> None:
    """Of a compound that lapsed with a part paid."""
    employer = await register.employer()
    compound = await offered(register, employer)
    await paid(register, compound["reference"], "1499.99", "2026-08-03")
    clock.set_day(2026, 8, 18)
    early = await register.decided("enforcement", kind)
    assert (early.status_code, early.json()["code"]) == (409, "enforcement_not_open")
    assert (await get(register, f"/v1/compounds/{compound['compound']}"))["state"] == "to_be_prosecuted"


async def test_what_was_banked_in_time_counts_although_the_bank_states_it_later(
    register: Register, clock: BusinessClock
) -> None:
    employer = await register.employer()
    compound = await offered(register, employer)
    clock.set_day(2026, 8, 18)
    assert len(await register.waiting("enforcement")) == 1
    await paid(register, compound["reference"], "1500.00", "2026-08-17")
    assert (await get(register, f"/v1/compounds/{compound['compound']}"))["state"] == "paid"
    assert await register.waiting("enforcement") == []


async def test_a_compound_is_within_its_bounds(register: Register, clock: BusinessClock) -> None:
    employer = await register.employer()
    for amount, status in (("499.99", 409), ("500.00", 201), ("5000.00", 201), ("5000.01", 409)):
        money = {"amount": amount, "currency": "MYR"}
        what = {"employer": employer, "offence": "contributions_not_paid", "amount": money, "evidence": "K-1"}
        assert (await officer(register, "/v1/compounds", **what)).status_code == status, amount


async def test_a_notice_that_is_not_answered_waits_for_two_officers(register: Register, clock: BusinessClock) -> None:
    employer = await register.employer()
    body = {"employer": employer, "demand": "register_workers"}
    given = await officer(register, "/v1/enforcement-notices", **body)
    assert (given.status_code, given.json()["answer_by"]) == (201, "2026-08-17")
    assert await register.waiting("enforcement") == []
    clock.set_day(2026, 8, 18)
    (task,) = await register.waiting("enforcement")
    assert task["reason"] == "notice_not_answered"
    own = await register.decided("enforcement", "notice_not_complied", approver=THIRD)
    assert (own.status_code, own.json()["code"]) == (403, "enforcement_of_oneself")
    decided = await register.act(task, "approvals", SECOND, revision=task["revision"])
    assert decided.status_code == 201
    (notice,) = (await get(register, "/v1/enforcement-notices", party_of(employer)))["data"]
    assert (notice["state"], notice["officer"], notice["approved_by"]) == ("not_complied", None, None)


async def test_an_employer_sees_an_inspection_once_it_was_held(register: Register, clock: BusinessClock) -> None:
    employer, other = await register.employer(), await register.employer(OTHER_CODE)
    planned = await officer(
        register, "/v1/inspections", employer=employer, reason="complaint", planned_for="2026-08-03"
    )
    assert planned.status_code == 201, planned.text
    assert (await get(register, "/v1/inspections", party_of(employer)))["data"] == []
    path = f"/v1/inspections/{planned.json()['inspection']}/reports"
    said = {"findings": ["workers_not_registered"], "evidence": "LP-1"}
    early = await officer(register, path, held_on="2026-08-04", **said)
    assert early.json()["code"] == "inspection_not_yet"
    assert (await officer(register, path, held_on="2026-08-03", **said)).status_code == 201
    again = await officer(register, path, held_on="2026-08-03", **said)
    assert again.json()["code"] == "inspection_reported"
    (seen,) = (await get(register, "/v1/inspections", party_of(employer)))["data"]
    assert (seen["findings"], seen["officer"]) == (["workers_not_registered"], None)
    assert (await get(register, f"/v1/inspections?employer={employer}", party_of(other)))["data"] == []
    partner = await register.as_party("POST", "/v1/inspections", WRITE, party_of(employer), json={})
    assert partner.status_code == 403


async def test_what_the_bank_takes_back_leaves_a_compound_unpaid(register: Register, clock: BusinessClock) -> None:
    employer = await register.employer()
    compound = await offered(register, employer, "500.00")
    await paid(register, compound["reference"], "500.00", "2026-08-03")
    path = f"/v1/compounds/{compound['compound']}"
    assert (await get(register, path))["state"] == "paid"
    await paid(register, compound["reference"], "500.00", "2026-08-03", "S-2", name="FPXS-1", reversal=True, debit=True)
    found = await get(register, path)
    assert (found["state"], found["paid"]["amount"]) == ("offered", "0.00")


async def test_an_employer_sees_what_it_was_told_and_nobody_elses(register: Register, clock: BusinessClock) -> None:
    """In the database itself, as the API's role with nothing but the setting; what was stated nobody changes."""
    employer, person = await register.worker_of()
    said = await assessed(register, employer, wage(person))
    path, body = f"/v1/assessments/{said['assessment']}/objections", {"reason": "not_liable", "evidence": "S-1"}
    assert (await register.as_party("POST", path, OBJECT, party_of(employer), json=body)).status_code == 201
    assert (await register.decided("enforcement", "assessment_confirmed")).status_code == 201
    compound = await offered(register, employer, "500.00")
    await paid(register, compound["reference"], "500.00", "2026-08-03")
    await officer(register, "/v1/enforcement-notices", employer=employer, demand="keep_records")
    await officer(register, "/v1/inspections", employer=employer, reason="routine", planned_for="2026-08-03")
    rows = ("enforcement_notice", "assessment", "assessment_line", "assessment_objection", "assessed_line", "compound")
    expected = {**dict.fromkeys((*rows, "compound_payment"), 1), "inspection": 0}
    for tenant, seen in ((party_of(employer), expected), ("employer:999", dict.fromkeys(expected, 0))):
        async with register.service.database.connection("api") as connection:
            await connection.execute("SELECT set_config('jaring.tenant', $1, false)", tenant)
            found = {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in expected}  # noqa: S608
        assert found == seen
    await refused_to_every_role(register.service.database, "registration", NEVER)


NEVER = (
    "UPDATE inspection SET reason = 'routine', officer = 'x'",
    "DELETE FROM inspection",
    "UPDATE enforcement_notice SET answer_by = answer_by + 1",
    "DELETE FROM enforcement_notice",
    "UPDATE assessment SET evidence = 'x'",
    "DELETE FROM assessment",
    "UPDATE assessment_line SET wage_sen = 0",
    "DELETE FROM assessment_line",
    "UPDATE assessment_objection SET reason = 'x'",
    "DELETE FROM assessment_objection",
    "DELETE FROM assessed_line",
    "UPDATE compound SET amount_sen = 1",
    "DELETE FROM compound",
    "UPDATE compound_payment SET amount_sen = 1",
    "DELETE FROM compound_payment",
)


async def test_officers_read_who_directed_the_company_and_is_taken_to_be_liable_with_it(
    register: Register, clock: BusinessClock
) -> None:
    """Who directs since August did not direct in July; the employer is not told, and nobody is charged by it."""
    employer, person = await register.worker_of()
    for name, first_day in (("TAN AH KOW", "2020-01-01"), ("LIM BEE LAN", "2026-08-01")):
        said = {"attribute": "director", "details": {"name": name}, "evidence": "SSM-1", "first_day": first_day}
        path = f"/v1/employers/{employer}/facts"
        answer = await register.as_party("POST", path, "registration:employer:state", party_of(employer), json=said)
        assert answer.status_code == 201, answer.text
        assert (await register.decided("employer_statement", "employer_statement_counts")).status_code == 201
    stated = await assessed(register, employer, wage(person))
    assert [each["name"] for each in stated["directors"]] == ["TAN AH KOW"]
    path = f"/v1/assessments/{stated['assessment']}"
    assert (await get(register, path))["directors"] == stated["directors"]
    assert (await get(register, path, party_of(employer)))["directors"] == []
    compound = await offered(register, employer)
    shown = await get(register, f"/v1/compounds/{compound['compound']}")
    assert [each["name"] for each in shown["directors"]] == ["TAN AH KOW", "LIM BEE LAN"]
    assert compound["directors"] == []


async def unallocated(register: Register) -> list[tuple[str, str]]:
    """The money that is nobody's, and why."""
    path, scope = "/v1/unallocated-receipts", "registration:contribution_receipt:read"
    shown = (await register.as_party("GET", path, scope)).json()["data"]
    waiting = await register.waiting("bank_credit")
    return [(each["amount"]["amount"], task["reason"]) for each, task in zip(shown, waiting, strict=True)]


async def test_money_for_a_compound_that_is_paid_is_somebody_elses_question(
    register: Register, clock: BusinessClock
) -> None:
    employer = await register.employer()
    compound = await offered(register, employer)
    path = f"/v1/compounds/{compound['compound']}"
    await paid(register, compound["reference"], "1500.00", "2026-08-03")
    await paid(register, compound["reference"], "1500.00", "2026-08-03", "S-2")
    found = await get(register, path, party_of(employer))
    assert (found["state"], found["paid"]["amount"]) == ("paid", "1500.00")
    assert [each["taken_back"] for each in found["payments"]].count(True) == 1
    assert await unallocated(register) == [("1500.00", "compound_paid")]


async def test_the_money_of_a_compound_that_is_withdrawn_is_somebody_elses_question(
    register: Register, clock: BusinessClock
) -> None:
    """Also what comes afterwards, and what pays another compound then."""
    employer = await register.employer()
    compound = await offered(register, employer)
    other = await offered(register, await register.employer(OTHER_CODE), "500.00")
    path = f"/v1/compounds/{compound['compound']}"
    await paid(register, compound["reference"], "500.00", "2026-08-03")
    clock.set_day(2026, 8, 18)
    (task, *_) = [each for each in await register.waiting("enforcement") if each["facts"]["amount_sen"] == 150_000]
    says = {"kind": "compound_withdrawn", "evidence": "KB-1"}
    assert (await register.decided_task(task, says)).status_code == 201
    await register.work_off()
    found = await get(register, path)
    assert (found["state"], found["paid"]["amount"]) == ("withdrawn", "0.00")
    assert await unallocated(register) == [("500.00", "compound_not_open")]
    (credit,) = await register.waiting("bank_credit")
    says = {"kind": "credit_pays_compound", "compound": other["compound"]}
    assert (await register.decided_task(credit, says)).status_code == 201
    await register.work_off()
    found = await get(register, f"/v1/compounds/{other['compound']}")
    assert (found["state"], found["paid"]["amount"]) == ("paid", "500.00")


async def test_what_is_paid_too_much_of_a_compound_waits_until_two_officers_return_it(
    register: Register, clock: BusinessClock
) -> None:
    employer = await register.employer()
    compound = await offered(register, employer)
    await paid(register, compound["reference"], "1000.00", "2026-08-03")
    await paid(register, compound["reference"], "1000.00", "2026-08-03", "S-2")
    (task,) = await register.waiting("enforcement")
    assert (task["reason"], task["facts"]["over_sen"]) == ("paid_too_much", 50_000)
    says = {"kind": "surplus_returned", "evidence": "BP-1"}
    assert (await register.decided_task(task, says)).status_code == 201
    assert await register.waiting("enforcement") == []
    found = await get(register, f"/v1/compounds/{compound['compound']}")
    assert (found["state"], found["paid"]["amount"], found["decided_for"]) == ("paid", "2000.00", "BP-1")
