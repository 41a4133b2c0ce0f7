"""Whoever sent a medical bill is told what is paid and refused of it, and disputes or appeals that; who holds it."""

from typing import Any

import pytest
from sqlalchemy import event

from services.claims.commands.settle_bills_of_person import SettleBillsOfPerson, settle_bills_of_person
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.medical import (
    HOSPITAL,
    OTHER_HOSPITAL,
    PRICES,
    SCHEDULE,
    ask,
    bill,
    call,
    enter,
    line,
    parts,
    payables,
    standing,
    sums,
)
from services.claims.tests.api.test_medical_bills import OUTSIDE, turn
from services.claims.tests.files.letters import letter_of, listed, said_in, words_of
from services.claims.tests.support import (
    ACCIDENT,
    OFFICER,
    PERSON,
    act,
    approve,
    certificate,
    decide,
    report,
    role_of,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.control_totals import standing as held
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

NOTICE: dict[str, Any] = {
    "at_time": "07:40",
    "place": "at_work",
    "certificate": certificate("2026-08-05", "2026-08-24"),
}
HERSELF = f"person:{PERSON}"
INSIDE_FUND = "employment_injury"
BOARD = {"forum": "social_security_appellate_board", "ground": "benefit"}


@pytest.fixture
async def priced(worker: ServiceUnderTest, business_clock: BusinessClock) -> ServiceUnderTest:
    """Officers have entered a schedule of prices."""
    business_clock.set_day(2026, 9, 14)
    await enter(worker, business_clock, PRICES, SCHEDULE)
    return worker


async def an_hour_later(claims: ServiceUnderTest, clock: BusinessClock) -> None:
    clock.advance(hours=1, seconds=5)
    await claims.work_off()


async def own_bill(claims: ServiceUnderTest, *lines: dict[str, Any], **of: Any) -> dict[str, Any]:
    """She claims back what she paid after the accident of 5 August."""
    claim = (await report(claims, **{**ACCIDENT, **of}))["claim"]
    await claims.work_off()
    said = {"bill_number": "R-1", "claim": claim, "lines": list(lines)}
    status, sent = await call(claims, "/v1/medical-bills", said, HERSELF)
    assert status == 201, sent
    return await standing(claims, sent, HERSELF)


async def two(claims: ServiceUnderTest, by: tuple[str, str], **says: Any) -> tuple[int, str | None]:
    """These two decide the one task about bills; it is let go of where that is refused."""
    [task] = await tasks_of(claims, "medical_bill")
    return await decided(claims, task, by, says)


async def decided(
    claims: ServiceUnderTest, task: dict[str, Any], by: tuple[str, str], says: dict[str, Any]
) -> tuple[int, str | None]:
    assert (await act(claims, f"{task['task']}/takings", by[0]))[0] == 201
    told = await act(claims, f"{task['task']}/proposals", by[0], {"revision": task["revision"], "says": says})
    assert told[0] == 201, told
    status, body = await approve(claims, task, by[1])
    if status != 201:
        assert (await act(claims, f"{task['task']}/releases", by[0]))[0] == 201
    return status, body.get("code")


async def dispute(claims: ServiceUnderTest, sent: dict[str, Any], party: str = HOSPITAL, **says: Any) -> Any:
    said = {"line": 1, "ground": "of_the_injury", **says}
    status, answer = await call(claims, f"/v1/medical-bills/{sent['bill']}/disputes", said, party)
    return status, answer.get("code")


async def test_a_hospital_reads_what_is_refused_line_by_line_once_nothing_waits(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Of 100.00 for physiotherapy 90.00 are paid; two officers find that the splint is not of this injury."""
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line(amount="100.00"), line("splint", "60.00"))
    await an_hour_later(priced, business_clock)
    assert await listed(priced, HOSPITAL) == [], "a line waits"
    assert await decide(priced, "medical_bill", kind="line_refused", line=2, why="not_of_this_injury") == (201, None)
    await an_hour_later(priced, business_clock)
    [shown] = await listed(priced, HOSPITAL, f"medical_bill/{sent['bill']}")
    assert (shown["kind"], shown["party"]) == ("award", HOSPITAL)
    assert (await letter_of(priced, shown["letter"], HOSPITAL))["messages"] == [], "it reads it here"
    letter = await said_in(priced, shown["letter"])
    for language, words in (("en", ("Not paid", "officer-1", "disputes")), ("ms", ("Tidak dibayar", "Akta 4, s.15"))):
        text = words_of(letter, language)
        assert all(each in text for each in (*words, "10.00", "60.00", "90.00")), text
        assert person_id(PERSON) not in text
    assert "Act 4, s.15" in words_of(letter, "en")
    async with priced.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await settle_bills_of_person(SettleBillsOfPerson(PERSON), uow)
    await an_hour_later(priced, business_clock)
    assert len(await listed(priced, HOSPITAL)) == 1, "the same is told once"
    assert await listed(priced, OTHER_HOSPITAL) == []


async def test_a_person_is_written_to_of_its_own_bill_and_told_again_what_changed(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    sent = await own_bill(priced, line(amount="150.00", on="2026-09-10"), line(on="2026-08-04"))
    assert await decide(priced, "medical_bill", kind="line_counts", line=1) == (201, None)
    await an_hour_later(priced, business_clock)
    about = f"medical_bill/{sent['bill']}"
    [first] = await listed(priced, HERSELF, about)
    [message] = (await letter_of(priced, first["letter"], HERSELF))["messages"]
    assert (first["party"], message["channel"]) == (person_id(PERSON), "post")
    text = words_of(await said_in(priced, first["letter"]), "en")
    assert f"/v1/medical-bills/{sent['bill']}/appeals" in text
    assert "Social Security Appellate Board until 14 September 2029" in text
    path = f"/v1/medical-bills/{sent['bill']}/corrections"
    assert (await call(priced, path, {"lines": [line(on="2026-08-04")]}, HERSELF))[0] == 201
    await an_hour_later(priced, business_clock)
    kinds = [each["kind"] for each in await listed(priced, HERSELF, about)]
    assert sorted(kinds) == ["award", "revision"]


async def test_what_is_refused_is_disputed_and_others_decide_than_before(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line("splint", "60.00"), line())
    assert await dispute(priced, sent) == (409, "medical_line_not_refused"), "it waits"
    assert await two(priced, ("officer-1", "officer-2"), kind="line_refused", line=1, why="not_of_this_injury") == (
        201,
        None,
    )
    assert await dispute(priced, sent, line=2) == (409, "medical_line_not_refused")
    assert await dispute(priced, sent, line=9) == (422, "medical_line_unknown")
    assert await dispute(priced, sent, OTHER_HOSPITAL) == (404, "medical_bill_unknown")
    assert await dispute(priced, sent, HERSELF) == (403, "medical_bill_of_another")
    assert await dispute(priced, sent, document="R-1") == (201, None)
    assert await dispute(priced, sent) == (409, "medical_line_disputed")
    [task] = await tasks_of(priced, "medical_bill")
    assert (task["reason"], task["facts"]["line_1_dispute"]) == (
        "line_disputed",
        "of_the_injury, not_of_this_injury, R-1",
    )
    assert sums(await standing(priced, sent)) == ["150.00", "90.00", "60.00", "0.00"], "it stands meanwhile"
    review: dict[str, Any] = {"scopes": ["claims:medical_bill:review"], "subject": "officer-7", "json": {"line": 1}}
    assert (await priced.call("POST", f"/v1/medical-bills/{sent['bill']}/reviews", **review)).status_code == 201
    await priced.work_off()
    assert [each["reason"] for each in await tasks_of(priced, "medical_bill")] == ["line_disputed"], "as before"
    again: dict[str, Any] = {"kind": "line_counts", "line": 1}
    assert await two(priced, ("officer-1", "officer-4"), **again) == (403, "medical_review_of_oneself")
    assert await two(priced, ("officer-3", "OFFICER-2"), **again) == (403, "medical_review_of_oneself")
    assert await two(priced, ("officer-3", "officer-4"), **again) == (201, None)
    stands = await standing(priced, sent)
    assert (stands["state"], stands["reason"]) == ("officer", "price_unknown"), "no schedule has a splint"
    assert await dispute(priced, sent) == (409, "medical_line_not_refused")


async def test_that_a_refusal_stands_is_told_and_not_disputed_once_more(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(amount="100.00"))
    await an_hour_later(priced, business_clock)
    business_clock.set_day(2026, 12, 13)
    assert await dispute(priced, sent, ground="price") == (201, None), "the ninetieth day"
    refused: dict[str, Any] = {"kind": "line_priced", "line": 1, "instrument": "none"}
    refused["price"] = {"amount": "99.00", "currency": "MYR"}
    assert await two(priced, ("officer-1", "officer-2"), **refused) == (409, "medical_line_not_in_doubt")
    assert await two(priced, ("officer-1", "officer-2"), kind="line_stands", line=1) == (201, None)
    await an_hour_later(priced, business_clock)
    letters = await listed(priced, HOSPITAL, f"medical_bill/{sent['bill']}")
    newest = await said_in(priced, max(letters, key=lambda each: each["revision"])["letter"])
    assert "who had not decided before, looked at it on" in words_of(newest, "en")
    assert await tasks_of(priced, "medical_bill") == []
    assert await dispute(priced, sent) == (409, "medical_line_disputed")


async def test_a_dispute_comes_within_ninety_days_of_the_letter(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(amount="100.00"))
    await an_hour_later(priced, business_clock)
    business_clock.set_day(2026, 12, 14)
    status, answer = await call(
        priced, f"/v1/medical-bills/{sent['bill']}/disputes", {"line": 1, "ground": "price"}, HOSPITAL
    )
    assert (status, answer["code"], "2026-12-13" in answer["detail"]) == (409, "medical_dispute_late", True)


async def test_her_own_refused_line_goes_to_the_appellate_board_and_its_order_is_paid(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Of 150.00 the schedule leaves 90.00; the board orders 120.00 for it."""
    sent = await own_bill(priced, line(amount="150.00", on="2026-09-10"), line(on="2026-09-11"))
    assert await two(priced, ("officer-1", "officer-2"), kind="line_counts", line=1) == (201, None)
    assert await two(priced, ("officer-1", "officer-2"), kind="line_counts", line=2) == (201, None)
    filed = await appealed(priced, sent, line=1)
    assert (filed["bill"], filed["line"], filed["question"], filed["revision"]) == (sent["bill"], 1, "medical_bill", 1)
    assert (filed["state"], filed["last_day"]) == ("filed", "2029-09-14")
    status, flips = await get(priced, f"/v1/appeals/{filed['appeal']}/what-would-change")
    found = {each["fact"]: each["amount"]["amount"] for each in flips["flips"]}
    assert (status, flips["amount"]["amount"], flips["is_alike"]) == (200, "90.00", True)
    assert found["authorised"] == found["billed before"] == found["of the injury"] == "0.00"
    ordered = {"kind": "appeal_ordered", "outcome": "varied", "ordered_on": "2026-09-14", "reference": "JRKS-1-2026"}
    wrong = [{"fact": "scheme", "found": "none"}]
    assert await orders(priced, ("officer-3", "officer-4"), **ordered, facts=wrong) == (400, "order_fact_not_of_claim")
    right = [{"fact": "ordered price", "found": "120.00"}]
    assert await orders(priced, ("officer-1", "officer-4"), **ordered, facts=right) == (409, "appeal_of_oneself")
    assert await orders(priced, ("officer-3", "officer-4"), **ordered, facts=right) == (201, None)
    stands = await standing(priced, sent, HERSELF)
    assert [each["paid"]["amount"] for each in stands["lines"]] == ["120.00", "90.00"]
    assert parts(stands["lines"][0]) == {"above_schedule": "30.00"}
    assert (await payables(priced))[-1] == (INSIDE_FUND, 3, 21_000, None, False)
    await an_hour_later(priced, business_clock)
    letters = await listed(priced, HERSELF, f"medical_bill/{sent['bill']}")
    text = words_of(await said_in(priced, max(letters, key=lambda each: each["revision"])["letter"]), "en")
    assert "the order JRKS-1-2026 of the Social Security Appellate Board" in text
    path = f"/v1/medical-bills/{sent['bill']}/corrections"
    assert (await call(priced, path, {"lines": [line(amount="140.00", on="2026-09-10")]}, HERSELF))[0] == 201
    corrected = await standing(priced, sent, HERSELF)
    assert corrected["reason"] == "looked_at_before", "the order is of the line that the board saw"


async def appealed(claims: ServiceUnderTest, sent: dict[str, Any], **says: Any) -> dict[str, Any]:
    path, scopes = f"/v1/medical-bills/{sent['bill']}/appeals", ["claims:appeal:write", "claims:medical_bill:read"]
    for party, code in (("person:99", "medical_bill_unknown"), (OFFICER, "appeal_not_of_this_party")):
        answer = await claims.call("POST", path, scopes=scopes, party=party, role=role_of(party), json=BOARD | says)
        assert answer.json()["code"] == code
    answer = await claims.call("POST", path, scopes=scopes, party=HERSELF, role="partner", json=BOARD | says)
    assert answer.status_code == 201, answer.text
    await claims.work_off()
    again = await claims.call("POST", path, scopes=scopes, party=HERSELF, role="partner", json=BOARD | says)
    assert again.json()["code"] == "appeal_open"
    found: dict[str, Any] = answer.json()
    return found


async def get(claims: ServiceUnderTest, path: str) -> tuple[int, Any]:
    answer = await claims.call("GET", path, scopes=["claims:appeal:read"], party=HERSELF, role="partner")
    return answer.status_code, answer.json()


async def orders(claims: ServiceUnderTest, by: tuple[str, str], **says: Any) -> tuple[int, str | None]:
    """Two officers record what the board ordered."""
    [task] = await tasks_of(claims, "appeal")
    return await decided(claims, task, by, says)


async def test_a_hospital_appeals_nothing_and_a_person_disputes_nothing(priced: ServiceUnderTest) -> None:
    theirs = await bill(priced, await ask(priced, notice=NOTICE), line(amount="100.00"))
    said: dict[str, Any] = {"scopes": ["claims:appeal:write"], "json": {"line": 1, **BOARD}}
    path = f"/v1/medical-bills/{theirs['bill']}/appeals"
    answer = await priced.call("POST", path, party=HOSPITAL, role="partner", **said)
    assert answer.json()["code"] == "medical_dispute_of_person"
    own = await own_bill(priced, line(on="2026-08-04"))
    assert await dispute(priced, own, HERSELF) == (403, "medical_dispute_of_person")


async def test_a_bill_of_what_no_rule_decides_is_held_by_officers_who_find_the_scheme(
    priced: ServiceUnderTest,
) -> None:
    sent = await own_bill(priced, line(on="2026-09-10"), kind="disease", place=None, wages_paid_for=[])
    assert (sent["state"], sent["reason"]) == ("waiting", "not_an_accident")
    [task] = await tasks_of(priced, "medical_bill")
    assert (task["reason"], (await held(priced.database, CONTROL_TOTALS))["medical_bill"]) == (
        "not_an_accident",
        {"officer": 1},
    )
    assert (await decide(priced, "medical_bill", kind="bill_as_stated"))[1] == "medical_bill_not_in_doubt"
    [task] = await tasks_of(priced, "medical_bill", "proposed")
    assert (await act(priced, f"{task['task']}/releases", "officer-1"))[0] == 201
    assert await decide(priced, "medical_bill", kind="bill_borne", scheme="employment_injury") == (201, None)
    assert await decide(priced, "medical_bill", kind="line_counts", line=1) == (201, None)
    assert sums(await standing(priced, sent, HERSELF)) == ["90.00", "90.00", "0.00", "0.00"]


async def test_many_lines_in_doubt_are_shown_as_far_as_a_task_has_room(priced: ServiceUnderTest) -> None:
    lines = [line(on=f"2026-08-{day:02d}") for day in range(6, 30)]
    sent = await own_bill(priced, *lines)
    assert sent["reason"] == "paid_by_person"
    [task] = await tasks_of(priced, "medical_bill")
    assert (task["facts"]["lines_in_doubt"], "line_11" in task["facts"], "line_12" in task["facts"]) == (
        24,
        True,
        False,
    )


async def test_each_of_two_alike_lines_has_a_look_of_its_own(priced: ServiceUnderTest) -> None:
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(), line(amount="80.00"))
    path, scopes = f"/v1/medical-bills/{sent['bill']}/reviews", ["claims:medical_bill:review"]
    for number in (1, 2):
        said: dict[str, Any] = {"scopes": scopes, "subject": "officer-7", "json": {"line": number}}
        assert (await priced.call("POST", path, **said)).status_code == 201
    await priced.work_off()
    assert await decide(priced, "medical_bill", kind="line_stands", line=2) == (201, None)
    [task] = await tasks_of(priced, "medical_bill")
    assert ("line_1" in task["facts"], "line_2" in task["facts"]) == (True, False)


async def test_bills_of_a_person_are_settled_once_whichever_of_them_is_woken(priced: ServiceUnderTest) -> None:
    asked = await ask(priced, notice=NOTICE)
    for number in range(1, 6):
        await bill(priced, asked, line(on=f"2026-08-{5 + number:02d}"), number=f"INV-{number}")
    async with priced.database.connection() as connection:
        rows = await connection.fetch("SELECT kind, payload FROM due_work WHERE kind LIKE 'settle%'")
    assert [(each["kind"], each["payload"]) for each in rows] == [("settle_bills_of_person", f'{{"person":{PERSON}}}')]


async def test_what_settling_asks_of_the_database_does_not_grow_with_bills(priced: ServiceUnderTest) -> None:
    asked, took = await ask(priced, notice=NOTICE), {}
    for number in range(1, 13):
        await bill(priced, asked, line(on=f"2026-08-{5 + number:02d}"), number=f"INV-{number}")
        took[number] = await statements_of_settling(priced)
    assert took[12] == took[2], took


async def statements_of_settling(claims: ServiceUnderTest) -> int:
    counted = [0]

    def note(*_: Any) -> None:
        counted[0] += 1

    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        connection = uow.connection.sync_connection
        event.listen(connection, "before_cursor_execute", note)
        await settle_bills_of_person(SettleBillsOfPerson(PERSON), uow)
        event.remove(connection, "before_cursor_execute", note)
    return counted[0]


async def test_what_turned_between_funds_and_is_taken_back_is_owed_from_neither(priced: ServiceUnderTest) -> None:
    """Of the fund of before nothing is said once more: what takes its place ends alone, so that nothing is set off
    twice."""
    asked = await ask(priced, notice=OUTSIDE)
    sent = await bill(priced, asked, line(), line("consultation", "50.00"))
    await turn(priced, asked)
    assert (await call(priced, f"/v1/medical-bills/{sent['bill']}/withdrawals", {}))[0] == 201
    assert await payables(priced) == [
        ("non_employment_injury", 1, 13_000, None, False),
        ("non_employment_injury", 2, 0, None, True),
        (INSIDE_FUND, 1, 13_000, None, False),
        (INSIDE_FUND, 2, 0, "taken_back_by_sender", False),
    ]
