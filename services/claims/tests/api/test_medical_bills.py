"""A hospital's bill line by line: what is paid, what is refused and why, and what moves when the scheme turns."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from deploy.local.replay import differing, stored
from services.claims.commands.republish_medical_bills import RepublishMedicalBills, republish_medical_bills
from services.claims.commands.settle_medical_bill import SettleMedicalBill, settle_medical_bill
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.medical import (
    HOSPITAL,
    MOST,
    OTHER_HOSPITAL,
    PRICES,
    SCHEDULE,
    ask,
    authorisation,
    bill,
    call,
    enter,
    line,
    parts,
    payables,
    standing,
    sums,
)
from services.claims.tests.commands.test_merged_persons import NAMED_BY_PASSPORT, merge, other_registered
from services.claims.tests.files.letters import listed
from services.claims.tests.support import (
    ACCIDENT,
    PERSON,
    SECOND,
    all_has_arrived,
    apply_events,
    approve,
    certificate,
    claims_on,
    contributed,
    decide,
    employed,
    let_count,
    registered,
    report,
    role_of,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

NOTICE: dict[str, Any] = {
    "at_time": "07:40",
    "place": "at_work",
    "certificate": certificate("2026-08-05", "2026-08-24"),
}
OUTSIDE = {**NOTICE, "place": "commuting", "interrupted": True}
INSIDE_FUND, OUTSIDE_FUND = "employment_injury", "non_employment_injury"
HERSELF = f"person:{PERSON}"


@pytest.fixture
async def priced(worker: ServiceUnderTest, business_clock: BusinessClock) -> ServiceUnderTest:
    """Officers have entered a schedule of prices."""
    business_clock.set_day(2026, 9, 14)
    await enter(worker, business_clock, PRICES, SCHEDULE)
    return worker


async def test_a_bill_is_settled_line_by_line(priced: ServiceUnderTest) -> None:
    """90.00 and 30.00 are within the schedule, 100.00 is 10.00 above it; of 220.00 for a bed in the first class 80.00
    are borne; a wart is no injury; 4 September is the 31st day; and the first line comes once more."""
    asked = await ask(priced, notice=NOTICE)
    settled = await bill(
        priced,
        asked,
        line(),
        line("consultation", "30.00"),
        line(amount="100.00", on="2026-08-07"),
        line("ward_day", "220.00", ward_class=1),
        line("consultation", "40.00", on="2026-08-08", of_the_injury=False),
        line("consultation", "40.00", on="2026-09-04"),
        line(),
    )
    assert (settled["state"], sums(settled)) == ("settled", ["610.00", "290.00", "320.00", "0.00"])
    assert [(each["state"], each["paid"]["amount"], parts(each)) for each in settled["lines"]] == [
        ("paid", "90.00", {}),
        ("paid", "30.00", {}),
        ("paid", "90.00", {"above_schedule": "10.00"}),
        ("paid", "80.00", {"ward_above_class": "140.00"}),
        ("refused", "0.00", {"not_of_this_injury": "40.00"}),
        ("refused", "0.00", {"outside_authorised_days": "40.00"}),
        ("refused", "0.00", {"billed_before": "90.00"}),
    ]
    assert {each["law"] for of in settled["lines"] for each in of["refused"]} == {"Act 4, s.15"}
    assert await payables(priced) == [(INSIDE_FUND, 1, 29_000, None, False)]


async def test_each_line_that_the_law_was_asked_about_is_made_again_from_its_record(priced: ServiceUnderTest) -> None:
    """As `make replay` does it; a bill that is settled again alike keeps the records that it has."""
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(), line(on="2026-09-04"))
    await settled_again(priced, sent)
    stored_rows = [row async for rows in stored(priced.database.url("worker")) for row in rows]
    of_bill = [row for row in stored_rows if row[0] == f"{sent['bill']} medical_bill"]
    assert len(of_bill) == 2
    assert differing(stored_rows) == []
    wrong = [(name, hash_, body.replace(b"2026-09-04", b"2026-09-05")) for name, hash_, body in of_bill]
    assert differing(wrong) == [f"{sent['bill']} medical_bill"]


async def settled_again(claims: ServiceUnderTest, sent: dict[str, Any]) -> None:
    """It is settled once more."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await settle_medical_bill(SettleMedicalBill(UUID(sent["bill"])), uow)
    await claims.work_off()


async def test_the_same_line_on_another_bill_is_refused_and_paid_when_the_first_is_taken_back(
    priced: ServiceUnderTest,
) -> None:
    asked = await ask(priced, notice=NOTICE)
    first = await bill(priced, asked, line(), line("consultation", "40.00"))
    second = await bill(priced, asked, line(), number="INV-2")
    assert parts(second["lines"][0]) == {"billed_before": "90.00"}
    status, taken = await call(priced, f"/v1/medical-bills/{first['bill']}/withdrawals", {})
    assert (status, taken["lines"]) == (201, [])
    assert (await standing(priced, first))["state"] == "withdrawn"
    assert sums(await standing(priced, second)) == ["90.00", "90.00", "0.00", "0.00"]
    assert sorted(await payables(priced)) == [
        (INSIDE_FUND, 1, 9_000, None, False),
        (INSIDE_FUND, 1, 13_000, None, False),
        (INSIDE_FUND, 2, 0, "taken_back_by_sender", False),
    ]
    refused = await call(priced, f"/v1/medical-bills/{first['bill']}/corrections", {"lines": [line()]})
    assert (refused[0], refused[1]["code"]) == (409, "medical_bill_withdrawn")


async def test_a_price_that_nobody_entered_is_waited_for_and_neither_nothing_nor_what_is_asked(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    asked = await ask(worker, notice=NOTICE)
    waits = await bill(worker, asked, line())
    assert (waits["state"], waits["reason"], sums(waits)) == (
        "officer",
        "price_unknown",
        ["90.00", "0.00", "0.00", "90.00"],
    )
    assert waits["lines"][0]["waits_for"] == "officer:medical_bill"
    [task] = await tasks_of(worker, "medical_bill")
    assert (task["reason"], task["facts"]["line_1"]) == ("price_unknown", "price_unknown, 2026-08-06, physiotherapy")
    assert await payables(worker) == []
    await enter(worker, business_clock, PRICES, SCHEDULE)
    assert sums(await standing(worker, waits)) == ["90.00", "90.00", "0.00", "0.00"]
    assert await tasks_of(worker, "medical_bill") == []


async def test_two_officers_price_a_line_by_an_instrument_or_refuse_it(priced: ServiceUnderTest) -> None:
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line("cast", "150.00"), line("splint", "60.00"))
    price = {"amount": "120.00", "currency": "MYR"}
    said = {"kind": "line_priced", "price": price, "instrument": "Fees (Medical) Order 1982"}
    assert await decide(priced, "medical_bill", **said, line=1) == (201, None)
    assert await decide(priced, "medical_bill", kind="line_refused", line=2, why="not_of_this_injury") == (201, None)
    settled = await standing(priced, sent)
    assert [parts(each) for each in settled["lines"]] == [{"above_schedule": "30.00"}, {"not_of_this_injury": "60.00"}]
    assert (settled["state"], await tasks_of(priced, "medical_bill")) == ("settled", [])
    assert await payables(priced) == [(INSIDE_FUND, 1, 12_000, None, False)]


async def test_what_another_bills_of_the_same_day_people_look_at(priced: ServiceUnderTest) -> None:
    here = await bill(priced, await ask(priced, notice=NOTICE), line())
    there = await bill(priced, await ask(priced, OTHER_HOSPITAL), line(), line(), party=OTHER_HOSPITAL)
    assert [each["reason"] for each in there["lines"]] == ["billed_by_another", "billed_before"]
    refused = {"kind": "line_priced", "line": 1, "price": {"amount": "9.00", "currency": "MYR"}, "instrument": "none"}
    assert (await decide(priced, "medical_bill", **refused))[1] == "medical_line_not_in_doubt"
    [task] = await tasks_of(priced, "medical_bill", "proposed")
    await priced.call("POST", f"/v1/tasks/{task['task']}/releases", scopes=TASKS, subject="officer-1")
    assert await decide(priced, "medical_bill", kind="line_counts", line=1) == (201, None)
    settled = await standing(priced, there, OTHER_HOSPITAL)
    assert [each["paid"]["amount"] for each in settled["lines"]] == ["90.00", "0.00"]
    assert sums(await standing(priced, here)) == ["90.00", "90.00", "0.00", "0.00"]


TASKS = ["claims:task:read", "claims:task:write", "claims:medical_bill:decide"]


async def test_a_line_that_no_rule_doubts_is_looked_at_and_what_was_paid_comes_back(priced: ServiceUnderTest) -> None:
    """Whoever asked for the look does not approve what is found; meanwhile nothing changes."""
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(), line("consultation", "40.00"))
    path, scopes = f"/v1/medical-bills/{sent['bill']}/reviews", ["claims:medical_bill:review"]

    async def look(number: int) -> tuple[int, Any]:
        said: dict[str, Any] = {"scopes": scopes, "subject": SECOND, "json": {"line": number}}
        answer = await priced.call("POST", path, **said)
        await priced.work_off()
        return answer.status_code, answer.json().get("code")

    assert [await look(number) for number in (1, 3)] == [(201, None), (422, "medical_line_unknown")]
    assert (await standing(priced, sent))["state"] == "settled"
    [task] = await tasks_of(priced, "medical_bill")
    assert (task["reason"], task["facts"]["line_1"]) == (
        "line_to_look_at",
        "line_to_look_at, 2026-08-06, physiotherapy",
    )
    refused = {"kind": "line_refused", "line": 1, "why": "not_of_this_injury"}
    assert await decide(priced, "medical_bill", **refused) == (403, "medical_review_of_oneself")
    [task] = await tasks_of(priced, "medical_bill", "proposed")
    assert (await approve(priced, task, "officer-9"))[0] == 201
    settled = await standing(priced, sent)
    assert (parts(settled["lines"][0]), sums(settled)) == (
        {"not_of_this_injury": "90.00"}, ["130.00", "40.00", "90.00", "0.00"],
    )  # fmt: skip
    assert await tasks_of(priced, "medical_bill") == []
    assert await payables(priced) == [(INSIDE_FUND, 1, 13_000, None, False), (INSIDE_FUND, 2, 4_000, None, False)]


async def test_an_authorisation_is_paid_to_its_most(priced: ServiceUnderTest, business_clock: BusinessClock) -> None:
    await enter(priced, business_clock, MOST, [["200.00"]])
    asked = await ask(priced, notice=NOTICE)
    assert asked["limit"]["most"] == {"amount": "200.00", "currency": "MYR"}
    settled = await bill(priced, asked, line(), line(on="2026-08-07"), line(on="2026-08-08"), line(on="2026-08-09"))
    assert [parts(each) for each in settled["lines"]] == [
        {},
        {},
        {"above_most_of_authorisation": "70.00"},
        {"above_most_of_authorisation": "90.00"},
    ]


async def test_what_is_owed_moves_to_the_fund_of_employment_injury_and_is_not_paid_twice(
    priced: ServiceUnderTest,
) -> None:
    """The journey was interrupted, says the hospital; officers let count that she was at work."""
    asked = await ask(priced, notice=OUTSIDE)
    settled = await bill(priced, asked, line(), line("consultation", "50.00"))
    assert settled["lines"][0]["scheme"] == OUTSIDE_FUND
    await turn(priced, asked)
    turned = await standing(priced, settled)
    assert (turned["lines"][0]["scheme"], sums(turned)) == (INSIDE_FUND, sums(settled))
    assert (await authorisation(priced, asked))["scheme"] == INSIDE_FUND
    assert await payables(priced) == [
        (OUTSIDE_FUND, 1, 13_000, None, False),
        (OUTSIDE_FUND, 2, 0, None, True),
        (INSIDE_FUND, 1, 13_000, None, False),
    ]


async def turn(claims: ServiceUnderTest, asked: dict[str, Any]) -> None:
    """Her employer says that it happened at work, and two officers let that count."""
    claim = (await authorisation(claims, asked, HERSELF))["claim"]
    await report(claims, **{**ACCIDENT, "place": "at_work"})
    await claims.work_off()
    path, scopes = f"/v1/claims/{claim}/evidence", ["claims:claim:read", "claims:notice:read"]
    shown = (await claims.call("GET", path, scopes=scopes)).json()
    [evidence] = [each["evidence"] for each in shown if each["kind"] == "circumstances" and each["standing"] == "waits"]
    assert await let_count(claims, evidence, claim) == (201, None)
    await claims.work_off()


async def test_a_bill_of_whom_nobody_is_known_waits_and_is_nobodys_when_its_authorisation_ends(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    asked = await ask(priced, name="SITI BINTI OSMAN")
    sent = await bill(priced, asked, line())
    assert (sent["state"], sent["reason"], sums(sent)) == (
        "waiting", "patient_not_found", ["90.00", "0.00", "0.00", "90.00"],
    )  # fmt: skip
    assert await decide(priced, "medical_authorisation", kind="patient_not_found") == (201, None)
    assert (await standing(priced, sent))["state"] == "waiting", "how soon officers find nobody is told by nothing"
    business_clock.advance(days=31)
    await priced.work_off()
    ended = await standing(priced, sent)
    assert (ended["state"], parts(ended["lines"][0])) == ("refused", {"patient_not_found": "90.00"})
    assert await payables(priced) == []


async def test_a_bill_of_an_accident_that_nobody_has_noticed_waits_for_that(priced: ServiceUnderTest) -> None:
    asked = await ask(priced)
    sent = await bill(priced, asked, line())
    assert (sent["state"], sent["reason"], sent["lines"][0]["waits_for"]) == (
        "waiting", "accident_to_be_noticed", "party:hospital",
    )  # fmt: skip
    await report(priced, **ACCIDENT)
    await priced.work_off()
    assert sums(await standing(priced, sent)) == ["90.00", "90.00", "0.00", "0.00"]


async def test_a_person_claims_back_what_it_paid_elsewhere_up_to_the_schedule(priced: ServiceUnderTest) -> None:
    """Two officers see the receipt first: a person's word alone pays nothing."""
    status, sent = await own_bill(priced, line(amount="150.00", on="2026-09-10"))
    assert status == 201, sent
    waits = await standing(priced, sent, HERSELF)
    assert (waits["reason"], sums(waits)) == ("paid_by_person", ["150.00", "0.00", "0.00", "150.00"])
    [task] = await tasks_of(priced, "medical_bill")
    assert (task["facts"]["receipt"], task["facts"]["line_1"]) == ("R-1", "paid_by_person, 2026-09-10, physiotherapy")
    assert await decide(priced, "medical_bill", kind="line_counts", line=1) == (201, None)
    paid = await standing(priced, sent, HERSELF)
    assert (sums(paid), paid["person"]) == (["150.00", "90.00", "60.00", "0.00"], person_id(PERSON))
    said = {"bill_number": "R-1", "claim": sent["claim"], "lines": [line(amount="150.00", on="2026-09-10")]}
    stranger = await call(priced, "/v1/medical-bills", said, "person:99")
    assert (stranger[0], stranger[1]["code"]) == (404, "claim_unknown")
    del said["bill_number"]
    assert (await call(priced, "/v1/medical-bills", said, HERSELF))[1]["code"] == "request_invalid"


async def own_bill(claims: ServiceUnderTest, *lines: dict[str, Any]) -> tuple[int, Any]:
    """She claims back what she paid after the accident of 5 August."""
    claim = (await report(claims, **ACCIDENT))["claim"]
    await claims.work_off()
    said = {"bill_number": "R-1", "claim": claim, "lines": list(lines)}
    return await call(claims, "/v1/medical-bills", said, HERSELF)


async def test_what_a_person_paid_before_the_accident_is_not_of_it(priced: ServiceUnderTest) -> None:
    _, sent = await own_bill(
        priced, {**line(amount="90000.00", on="2026-02-10"), "quantity": 1000}, line(on="2026-08-04")
    )
    stands = await standing(priced, sent, HERSELF)
    assert (stands["state"], sums(stands)[1], await payables(priced)) == ("settled", "0.00", [])
    assert [list(parts(each)) for each in stands["lines"]] == [["outside_authorised_days"]] * 2


async def test_a_person_takes_no_hospitals_payment_by_what_it_adds_to_its_own_earlier_bill(
    priced: ServiceUnderTest,
) -> None:
    _, sent = await own_bill(priced, line("consultation", "1.00"))
    paid = await bill(priced, await ask(priced), line(), line(on="2026-08-07"))
    path = f"/v1/medical-bills/{sent['bill']}/corrections"
    assert (await call(priced, path, {"lines": [line(), line(on="2026-08-07")]}, HERSELF))[0] == 201
    assert (sums(await standing(priced, paid))[1], sums(await standing(priced, sent, HERSELF))[1]) == ("180.00", "0.00")


async def test_officers_let_count_what_they_saw_and_no_more(priced: ServiceUnderTest) -> None:
    await bill(priced, await ask(priced, notice=NOTICE), line())
    there = await bill(priced, await ask(priced, OTHER_HOSPITAL), line(), party=OTHER_HOSPITAL)
    assert await decide(priced, "medical_bill", kind="line_counts", line=1) == (201, None)
    path = f"/v1/medical-bills/{there['bill']}/corrections"
    more = {**line(amount="90000.00"), "quantity": 1000}
    assert (await call(priced, path, {"lines": [more]}, OTHER_HOSPITAL))[0] == 201
    assert sums(await standing(priced, there, OTHER_HOSPITAL)) == ["90000.00", "0.00", "0.00", "90000.00"]


async def test_that_a_repeat_counts_officers_cannot_find(priced: ServiceUnderTest) -> None:
    """It would not be paid: of one sender the same item of a day is one treatment. Of two lines one is refused."""
    sent = await bill(priced, await ask(priced, notice=NOTICE), line(), line(amount="80.00"))
    review: dict[str, Any] = {"scopes": ["claims:medical_bill:review"], "subject": "officer-7", "json": {"line": 2}}
    assert (await priced.call("POST", f"/v1/medical-bills/{sent['bill']}/reviews", **review)).status_code == 201
    await priced.work_off()
    assert (await decide(priced, "medical_bill", kind="line_counts", line=2))[1] == "medical_line_not_in_doubt"
    [task] = await tasks_of(priced, "medical_bill", "proposed")
    await priced.call("POST", f"/v1/tasks/{task['task']}/releases", scopes=TASKS, subject="officer-1")
    assert await decide(priced, "medical_bill", kind="line_refused", line=2, why="billed_before") == (201, None)
    assert sums(await standing(priced, sent))[1] == "90.00"


async def test_what_was_treated_after_the_death_is_not_paid_also_if_it_is_known_later(priced: ServiceUnderTest) -> None:
    stands = await bill(priced, await ask(priced, notice=NOTICE), line(on="2026-08-10"), line(on="2026-08-20"))
    assert sums(stands)[1] == "180.00"
    await apply_events(priced, registered().model_copy(update={"died_on": date(2026, 8, 10), "revision": 9}))
    await priced.work_off()
    stands = await standing(priced, stands)
    assert [parts(each) for each in stands["lines"]] == [{}, {"outside_authorised_days": "90.00"}]


async def test_the_limit_that_was_told_is_the_one_that_is_paid(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """What is entered weeks later, in force since January, cuts no bill of an admission that was told of none."""
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line(), line(on="2026-08-07"))
    business_clock.set_day(2026, 9, 20)
    await enter(priced, business_clock, MOST, [["100.00"]])
    assert ((await authorisation(priced, asked))["limit"]["most"], sums(await standing(priced, sent))[1]) == (
        None, "180.00",
    )  # fmt: skip


async def test_overlapping_admissions_to_one_hospital_have_one_most(
    priced: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter(priced, business_clock, MOST, [["100.00"]])
    one, two = await ask(priced, notice=NOTICE), await ask(priced, admitted_on="2026-08-06")
    first = await bill(priced, one, line(on="2026-08-06"), line(on="2026-08-07"))
    second = await bill(priced, two, line(on="2026-08-08"), line(on="2026-08-09"), number="INV-2")
    assert (sums(first)[1], sums(second)[1]) == ("100.00", "0.00")


async def test_a_day_has_one_day_in_a_ward_whatever_it_is_called(priced: ServiceUnderTest) -> None:
    ward = {**line("ward_day", "800.00", ward_class=2), "quantity": 10}
    lines = (ward, line("ward_day_class_2", "80.00"), line("icu_day", "80.00", ward_class=2))
    stands = await bill(priced, await ask(priced, notice=NOTICE), *lines)
    assert [each["paid"]["amount"] for each in stands["lines"]] == ["80.00", "0.00", "0.00"]
    assert [each["reason"] for each in stands["lines"]] == ["above_schedule", "price_unknown", "billed_before"]


async def test_a_bill_is_corrected_by_whoever_sent_it(priced: ServiceUnderTest) -> None:
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line(), line(on="2026-08-07"))
    path = f"/v1/medical-bills/{sent['bill']}/corrections"
    assert (await call(priced, path, {"lines": [line(amount="80.00")]}, OTHER_HOSPITAL))[1][
        "code"
    ] == "medical_bill_unknown"
    assert (await call(priced, path, {"lines": [line(amount="80.00")]}, HERSELF))[1][
        "code"
    ] == "medical_bill_of_another"
    assert (await call(priced, path, {"lines": [line(amount="80.00")]}))[0] == 201
    assert sums(await standing(priced, sent)) == ["80.00", "80.00", "0.00", "0.00"]
    assert await payables(priced) == [(INSIDE_FUND, 1, 18_000, None, False), (INSIDE_FUND, 2, 8_000, None, False)]


@pytest.mark.parametrize(
    ("party", "changes", "code"),
    [
        ("employer:3", {}, "hospitals_only"),
        ("hospital:1", {"claim": "018f0000-0000-7000-8000-000000000001"}, "medical_bill_party_not_one"),
        ("hospital:2", {}, "medical_authorisation_unknown"),
        ("hospital:1", {"lines": [line(on="2090-01-01")]}, "treatment_impossible"),
        ("hospital:1", {"lines": [line(amount="0.00")]}, "medical_line_without_amount"),
        ("hospital:1", {"lines": []}, "request_invalid"),
    ],
)
async def test_what_is_not_taken(worker: ServiceUnderTest, party: str, changes: dict[str, Any], code: str) -> None:
    asked = await ask(worker)
    said = {"bill_number": "INV-1", "authorisation": asked["authorisation"], "lines": [line()], **changes}
    answer = await call(worker, "/v1/medical-bills", said, party)
    assert (answer[0] >= 400, answer[1]["code"]) == (True, code)
    async with worker.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM medical_bill") == 0


async def test_who_sees_which(priced: ServiceUnderTest) -> None:
    sent = await bill(priced, await ask(priced, notice=NOTICE), line())
    assert sent["person"] is None
    for party in (OTHER_HOSPITAL, "employer:3", "person:99"):
        assert (await call(priced, f"/v1/medical-bills/{sent['bill']}", party=party))[1][
            "code"
        ] == "medical_bill_unknown"
    for party in (HERSELF, "organisation:1"):
        [shown] = (await call(priced, f"/v1/medical-bills?person={person_id(PERSON)}&state=settled", party=party))[1][
            "data"
        ]
        assert (role_of(party), shown["person"], shown["bill"]) == (role_of(party), person_id(PERSON), sent["bill"])


@pytest.mark.parametrize(("who", "sen"), [("sender", 8_000), ("officers", 5_000)])
async def test_what_is_owed_is_stated_again_and_known_again_after_a_restore(
    priced: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock, who: str, sen: int
) -> None:
    """Nothing is stated otherwise than was published until the hospital says once more what it asks, as a letter asks
    it, or two officers find that it still says so."""
    sent = await bill(priced, await ask(priced, notice=NOTICE), line())
    told = [each for each in await published_by(priced) if isinstance(each, ClaimsPayableStatedV1)]
    async with priced.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await republish_medical_bills(RepublishMedicalBills("run"), uow)
    assert [each for each in await published_by(priced) if isinstance(each, ClaimsPayableStatedV1)] == told * 2
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(again, registered(), *employed(), *wages)
    await all_has_arrived(again)
    late = await bill(again, await ask(again), line(amount="50.00"))
    assert (late["bill"], late["reason"]) == (sent["bill"], "accident_to_be_noticed")
    await recall(priced, again)
    await report(again, "hospital:1", **ACCIDENT)
    await again.work_off()
    assert (await standing(again, late))["reason"] == "to_be_sent_again"
    assert await payables(again) == []
    business_clock.advance(hours=1, seconds=5)
    await again.work_off()
    [asked] = await listed(again, HOSPITAL, f"medical_bill/{late['bill']}")
    assert (asked["kind"], (await tasks_of(again, "medical_bill"))[0]["reason"]) == (
        "evidence_request",
        "to_be_sent_again",
    )
    if who == "sender":
        path = f"/v1/medical-bills/{late['bill']}/corrections"
        assert (await call(again, path, {"lines": [line(amount="80.00")]}))[0] == 201
    else:
        assert await decide(again, "medical_bill", kind="bill_as_stated") == (201, None)
    assert sums(await standing(again, late))[1] == f"{sen // 100}.00"
    assert await payables(again) == [(INSIDE_FUND, 2, sen, None, False)]
    assert await tasks_of(again, "medical_bill") == []


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


async def test_a_number_is_of_one_bill(priced: ServiceUnderTest) -> None:
    asked = await ask(priced, notice=NOTICE)
    sent = await bill(priced, asked, line())
    assert await bill(priced, asked, line()) == sent, "sent again it is the same bill"
    other = await ask(priced, admitted_on="2026-09-10")
    for said in ((other, [line()]), (asked, [line(on="2026-08-07")])):
        body = {"bill_number": "INV-1", "authorisation": said[0]["authorisation"], "lines": said[1]}
        status, answer = await call(priced, "/v1/medical-bills", body)
        assert (status, answer["code"]) == (409, "medical_bill_number_used")
    await call(priced, f"/v1/medical-bills/{sent['bill']}/withdrawals", {})
    body = {"bill_number": "INV-1", "authorisation": asked["authorisation"], "lines": [line()]}
    status, answer = await call(priced, "/v1/medical-bills", body)
    assert (status, answer["code"]) == (409, "medical_bill_withdrawn")


async def test_a_merge_settles_the_bills_of_both_numbers_together(priced: ServiceUnderTest) -> None:
    first = await bill(priced, await ask(priced, notice=NOTICE), line())
    await apply_events(priced, other_registered())
    await priced.work_off()
    second = await bill(
        priced, await ask(priced, national_id=NAMED_BY_PASSPORT["national_id"]), line(on="2026-08-07"), number="INV-2"
    )
    assert (sums(first)[1], second["reason"]) == ("90.00", "accident_to_be_noticed")
    await apply_events(priced, merge())
    await priced.work_off()
    assert sums(await standing(priced, second))[1] == "90.00"
