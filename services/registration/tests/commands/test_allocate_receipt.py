"""What the bank receives for a month, and of which funds it is as files declare the month."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.registration.commands.allocate_receipt import AllocateReceipt, allocate_receipt
from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.receipts import ReceiptState
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_events import push, wage
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    FIRST,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    WAITS_FOR_A_ROW,
    Register,
    legacy_line,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import employer_number
from shared.testing.clock import BusinessClock
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

PATH = "/v1/contribution-receipts"
WRITE, READ = "registration:contribution_receipt:write", "registration:contribution_receipt:read"
# Of RM2,480.00 in May 2026: RM64.90 in all.
AT_2480_BY_FUND = [
    {"fund": "employment_injury", "employer_sen": 3_060, "employee_sen": 0},
    {"fund": "invalidity", "employer_sen": 1_225, "employee_sen": 1_225},
    {"fund": "employment_insurance", "employer_sen": 490, "employee_sen": 490},
]
HIGHER = {name: amount for name, amount in AT_3050.items() if name != "skbbk_employee"}


async def state(
    register: Register, employer: str, amount: str, reference: str = "FPX 1", party: str = "bank:1", **changes: Any
) -> httpx.Response:
    """State a receipt for May 2026; as an officer where no party is named."""
    return await register.as_party("POST", PATH, WRITE, party, json=_body(employer, amount, reference) | changes)


def _body(employer: str, amount: str, reference: str = "FPX 1") -> dict[str, Any]:
    return {
        "employer": employer,
        "month": "2026-05",
        "amount": {"amount": amount, "currency": "MYR"},
        "banked_on": "2026-06-15",
        "reference": reference,
    }


async def stated(register: Register, employer: str, amount: str, reference: str = "FPX 1") -> dict[str, Any]:
    """State one as the bank, let the worker look at it, and read it."""
    answer = await state(register, employer, amount, reference)
    assert answer.status_code == 202, answer.text
    await register.work_off()
    return await shown(register, answer.headers["location"])


async def shown(register: Register, path: str, party: str = "") -> dict[str, Any]:
    """A receipt as its reader sees it: an officer, where no party is named."""
    answer = await register.as_party("GET", path, READ, party)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def standing(receipt: Mapping[str, Any]) -> tuple[str, str | None, list[str]]:
    """State, reason, and the funds with what is whose."""
    funds = [f"{each['fund']} {each['employer']['amount']} {each['employee']['amount']}" for each in receipt["funds"]]
    return receipt["state"], receipt["unallocated_for"], funds


@pytest.fixture
def clock_of_june(business_clock: BusinessClock) -> BusinessClock:
    """In time for May."""
    business_clock.set_day(2026, 6, 15)
    return business_clock


async def test_what_equals_the_declared_month_is_of_its_funds_and_published(register: Register) -> None:
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-04", "2026-05"))
    receipt = await stated(register, employer, "64.90")
    assert standing(receipt) == (
        "allocated",
        None,
        ["employment_injury 30.60 0.00", "invalidity 12.25 12.25", "employment_insurance 4.90 4.90"],
    )
    path = f"{PATH}/{receipt['receipt']}"
    assert (await shown(register, path, party_of(employer)))["funds"] == receipt["funds"]
    assert (await shown(register, path, "bank:1"))["funds"] == [], "no bank learns what an employer declares"
    (event,) = await register.events("contribution.banked")
    assert event | {"type": "", "received_at": ""} == {
        "type": "",
        "received_at": "",
        "receipt": receipt["receipt"],
        "revision": 1,
        "employer": employer_number(employer),
        "month": "2026-05",
        "amount_sen": 6_490,
        "banked_on": "2026-06-15",
        "stated_by": "bank:1",
        "funds": AT_2480_BY_FUND,
        "unallocated_sen": 0,
        "countered": False,
        "interest_sen": 0,
    }


async def test_a_receipt_that_is_stated_again_is_the_same_and_other_money_needs_another_reference(
    register: Register,
) -> None:
    employer, _ = await register.worker_of()
    first = await stated(register, employer, "64.90")
    again = await state(register, employer, "64.90")
    assert (again.status_code, again.json()["receipt"]) == (202, first["receipt"])
    other = await state(register, employer, "64.91")
    assert (other.status_code, other.json()["code"]) == (409, "receipt_reference_taken")
    assert (await state(register, employer, "64.90", party="")).json()["receipt"] != first["receipt"]
    await register.work_off()
    assert len(await register.events("contribution.banked")) == 1, "an officer's own waits for another officer"
    sealed = await register.rows("SELECT reference_sealed FROM contribution_receipt")
    assert all(b"FPX" not in bytes(row["reference_sealed"]) for row in sealed), "free text, which may name somebody"


async def test_money_that_comes_before_its_file_waits_for_it_and_a_correction_is_paid_by_itself(
    register: Register,
) -> None:
    """Each revision is published; a file of another month or employer looks at nothing again."""
    employer, _ = await register.worker_of()
    early = await stated(register, employer, "64.90")
    assert standing(early)[:2] == ("unallocated", "nothing_declared")
    await register.sent(employer, months_at_2480("2026-04"))
    assert len(await register.events("contribution.banked")) == 1
    await register.sent(employer, months_at_2480("2026-05"))
    path = f"{PATH}/{early['receipt']}"
    assert standing(await shown(register, path))[0] == "allocated"
    more = await stated(register, employer, "10.00", "FPX 2")
    assert standing(more)[:2] == ("unallocated", "banked_already")
    await register.sent(employer, render([line("2026-05", HIGHER)]))
    correction = await stated(register, employer, "15.90", "FPX 3")
    assert standing(correction) == (
        "allocated",
        None,
        ["employment_injury 7.50 0.00", "invalidity 3.00 3.00", "employment_insurance 1.20 1.20"],
    )
    assert standing(await shown(register, path))[2][0] == "employment_injury 30.60 0.00", "as it was"
    told = await register.events("contribution.banked")
    assert [(each["receipt"], each["revision"], each.get("unallocated_for")) for each in told] == [
        (early["receipt"], 1, "nothing_declared"),
        (early["receipt"], 2, None),
        (more["receipt"], 1, "banked_already"),
        (correction["receipt"], 1, None),
    ]


async def test_an_employer_makes_no_refund_of_money_that_is_not_its_own(register: Register) -> None:
    """RM15.90 of somebody else: the employer declares up by just that, down again, and claims it; two officers may
    find that it was its own, and that it was not."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    await stated(register, employer, "64.90")
    foreign = await stated(register, employer, "15.90", "FPX 2")
    for content in (render([line("2026-05", HIGHER)]), months_at_2480("2026-05")):
        await register.sent(employer, content)
    assert standing(await shown(register, f"{PATH}/{foreign['receipt']}"))[:2] == ("unallocated", "banked_already")
    assert [each["banked"]["amount"] for each in await register.refunds()] == ["64.90"]
    assert (await register.claim_refund(employer, "2026-05")).json()["code"] == "nothing_to_refund"
    receipt = foreign["receipt"]
    assert (await register.said(receipt, "attributions/releases", SECOND, 409))["code"] == "receipt_act_unfit"
    assert await register.for_officers() == {"receipt_unexpected": 1}
    await register.said(receipt, "attributions", FIRST)
    assert await register.for_officers() == {"receipt_unexpected": 1, "receipt_act_to_be_released": 1}
    assert (await register.said(receipt, "attributions/releases", FIRST, 403))["code"] == "receipt_needs_second_officer"
    assert [each["claimable"] for each in await register.refunds()] == [False]
    seen = await register.said(receipt, "attributions/releases", SECOND)
    assert await register.for_officers() == {}
    assert [each | {"proposed_at": "", "released_at": ""} for each in seen["words"].values()] == [
        {"evidence": "KB-1", "proposed_by": FIRST, "proposed_at": "", "released_by": SECOND, "released_at": ""}
    ]
    assert [(each["banked"]["amount"], each["claimable"]) for each in await register.refunds()] == [("80.80", True)]
    await register.claim_refund(employer, "2026-05")
    assert (await register.decided_refund()).status_code == 201
    await register.said(receipt, "counter-entries", FIRST)
    await register.said(receipt, "counter-entries/releases", SECOND)
    assert {each[3] for each in await register.payables() if each[1] == 2} == {"not_paid"}


async def test_what_an_officer_states_counts_when_another_releases_it_and_a_wrong_receipt_is_countered_once(
    register: Register,
) -> None:
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    answer = await register.service.call("POST", PATH, scopes=[WRITE], subject=FIRST, json=_body(employer, "64.90"))
    receipt, path = answer.json()["receipt"], answer.headers["location"]
    await register.work_off()
    assert (answer.json()["state"], answer.json()["officer"]) == ("to_be_released", FIRST)
    assert await register.events("contribution.banked") == []
    assert (await register.said(receipt, "releases", FIRST, 403))["code"] == "receipt_needs_second_officer"
    await register.said(receipt, "releases", SECOND)
    assert (await shown(register, path))["state"] == "allocated"
    assert (await register.said(receipt, "releases", SECOND, 409))["code"] == "receipt_act_unfit"
    as_employer = await shown(register, path, party_of(employer))
    assert [as_employer[name] for name in ("stated_by", "officer", "words")] == ["organisation:1", None, {}]
    await register.said(receipt, "counter-entries", SECOND)
    assert (await register.said(receipt, "counter-entries/releases", SECOND, 403))[
        "code"
    ] == "receipt_needs_second_officer"
    await register.said(receipt, "counter-entries/releases", FIRST)
    for what in ("counter-entries", "counter-entries/releases"):
        assert (await register.said(receipt, what, FIRST, 409))["code"] == "receipt_act_unfit"
    assert (await shown(register, path))["state"] == "countered"
    told = await register.events("contribution.banked")
    assert [(each["revision"], each.get("countered"), each["unallocated_sen"]) for each in told] == [
        (1, False, 0),
        (2, True, 0),
    ]
    assert (told[1]["funds"], told[1].get("unallocated_for")) == ([], None)
    assert (await stated(register, employer, "64.90", "FPX 2"))["state"] == "allocated", "what was banked indeed"


async def test_of_two_receipts_that_each_equal_the_month_one_is_of_it_though_two_workers_look(
    register: Register,
) -> None:
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    paths = [(await state(register, employer, "64.90", f"FPX {n}")).headers["location"] for n in (1, 2)]
    first, second = (AllocateReceipt(path.rpartition("/")[2]) for path in paths)
    worker = register.service.worker

    async def look(at: AllocateReceipt) -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await allocate_receipt(at, uow)

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await allocate_receipt(first, uow)
        other = asyncio.create_task(look(second))
        await eventually(partial(register.rows, WAITS_FOR_A_ROW))
    await other
    assert [standing(await shown(register, path))[1] for path in paths] == [None, "banked_already"]


async def test_a_file_and_a_receipt_of_its_month_do_not_wait_for_each_other(register: Register) -> None:
    """Both wake a receipt and leave a refund to be looked at: the receipt comes first for both."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    await stated(register, employer, "1.00")
    file = (await register.send(employer, render([line("2026-05", HIGHER)]))).json()["file"]
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.connection.execute(text("SELECT FROM due_work WHERE kind = 'allocate_receipt' FOR UPDATE"))
        work = asyncio.create_task(register.process(file))
        await eventually(partial(register.rows, WAITS_FOR_A_ROW))
        await uow.due.at(ReviewRefund(employer_number(employer), "2026-05"), now())
    await work


async def test_officers_and_the_bank_state_receipts_and_whose_they_are_sees_them(register: Register) -> None:
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    receipt = await stated(register, employer, "64.91")
    by_officer = await state(register, other, "0.01", party="")
    assert by_officer.status_code == 202
    await register.work_off()
    for party in (party_of(employer), "hospital:1", "bank:2"):
        refused = await state(register, employer, "64.90", "mine", party)
        assert (refused.status_code, refused.json()["code"]) == (403, "receipt_of_bank_only")
    path = f"{PATH}/{receipt['receipt']}"
    hidden = receipt | {"unallocated_for": None}
    assert await shown(register, path, "bank:1") == hidden, "the reason is for officers"
    assert await shown(register, path, party_of(employer)) == hidden | {"reference": ""}, (
        "the bank's words name somebody"
    )
    stranger = await register.as_party("GET", path, READ, party_of(other))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "receipt_unknown")
    seen = {party: await shown(register, PATH, party) for party in ("", "bank:1", party_of(other), "bank:2")}
    assert [len(page["data"]) for page in seen.values()] == [2, 1, 1, 0]
    of_bank = {state: (await shown(register, f"{PATH}?state={state}", "bank:1"))["data"] for state in ReceiptState}
    assert {state: len(page) for state, page in of_bank.items() if page} == {"unallocated": 1}
    by_state = {state: await shown(register, f"{PATH}?state={state}") for state in ReceiptState}
    counts = {state: len(page["data"]) for state, page in by_state.items()}
    assert counts == dict.fromkeys(ReceiptState, 0) | {"to_be_released": 1, "unallocated": 1}
    assert await register.for_officers() == {"receipt_to_be_released": 1}, "the other waits for its file"


async def test_a_receipt_for_a_month_before_the_book_fails_nothing(register: Register) -> None:
    """No figure of July 2009 is in the book: nothing is declared of it, and nothing refunded."""
    employer = await register.employer()
    answer = await state(register, employer, "64.90", month="2009-07", banked_on="2009-08-15")
    await register.work_off()
    assert (await shown(register, answer.headers["location"]))["unallocated_for"] == "nothing_declared"
    await register.work_off()
    async with register.service.database.connection("migrate") as connection:
        assert await connection.fetch("SELECT kind FROM due_work WHERE attempts > 0") == []


async def test_what_cannot_have_been_banked_is_refused(register: Register) -> None:
    wrong: list[dict[str, str]] = [
        {"amount": "0.00"},
        {"month": "2026-13"},
        {"employer": "E0000000077"},
        {"banked_on": "2100-01-01"},
    ]
    refused = [await state(register, **{"employer": "E0000000076", "amount": "64.90", **each}) for each in wrong]
    assert [each.status_code for each in refused] == [422] * 4
    codes = [each.json()["code"] for each in refused]
    assert codes == ["request_invalid", "request_invalid", "public_id_invalid", "banked_in_future"]


async def looked_at(register: Register, receipt: str) -> dict[str, Any]:
    """A receipt once the worker has looked at it alone, whatever else is due; nobody is open who wakes it unseen."""
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await allocate_receipt(AllocateReceipt(receipt), uow)
    await register.rows("UPDATE due_work SET recheck_after = NULL WHERE kind = 'allocate_receipt' RETURNING 1")
    return await shown(register, f"{PATH}/{receipt}")


async def two_people(register: Register) -> str:
    """An employer of two."""
    employer, _ = await register.worker_of()
    await register.spell(await register.person(OTHER_MYKAD, name="Siti binti Omar"), employer)
    return employer


FAILS = """
    UPDATE due_work SET attempts = 8, failed = 'RuntimeError', due_at = due_at + interval '1 hour'
    WHERE payload LIKE $1 RETURNING 1
"""
FAILS_ONCE = """
    UPDATE due_work SET attempts = 1, due_at = due_at + interval '1 hour' WHERE payload LIKE $1 RETURNING 1
"""
OTHERS = {"id_": OTHER_MYKAD, "name": "Siti binti Omar"}


@pytest.mark.parametrize("amount", ["64.90", "129.80"])
async def test_money_that_comes_between_two_files_of_a_month_is_held_against_both(
    register: Register, clock_of_june: BusinessClock, amount: str
) -> None:
    """It equals the first of them by chance, or is what both declare."""
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    second = (await register.send(employer, render([line("2026-05", AT_2480, **OTHERS)]))).json()["file"]
    answer = await state(register, employer, amount)
    early = await looked_at(register, answer.json()["receipt"])
    assert (early["state"], early["funds"]) == ("received", [])
    await register.process(second)
    await register.work_off()
    found = standing(await shown(register, answer.headers["location"]))
    assert found[:2] == (("allocated", None) if amount == "129.80" else ("unallocated", "less_than_declared"))


async def test_money_that_comes_between_two_wages_that_are_pushed_is_held_against_both(
    register: Register, clock_of_june: BusinessClock
) -> None:
    employer = await two_people(register)
    await push(register, employer, wage("2026-05", "2480.00", paid_on="2026-05-28"))
    await register.work_off()
    await push(register, employer, wage("2026-05", "2480.00", OTHER_MYKAD, "Siti binti Omar", paid_on="2026-05-28"))
    answer = await state(register, employer, "129.80")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "received"
    await register.work_off()
    assert standing(await shown(register, answer.headers["location"]))[:2] == ("allocated", None)


async def test_money_waits_for_a_file_that_is_tried_again(register: Register, clock_of_june: BusinessClock) -> None:
    """A receipt is of its funds for good: nor does what is laid over such a file come to what the month declares."""
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    second = (await register.send(employer, render([line("2026-05", AT_2480, **OTHERS)]))).json()["file"]
    await register.rows(FAILS_ONCE, f"%{second}%")
    answer = await state(register, employer, "64.90")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "received"


async def test_money_waits_for_no_file_that_failed(register: Register, clock_of_june: BusinessClock) -> None:
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    second = (await register.send(employer, render([line("2026-05", AT_2480, **OTHERS)]))).json()["file"]
    await register.rows(FAILS, f"%{second}%")
    answer = await state(register, employer, "64.90")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "allocated"


@pytest.mark.parametrize("format_", ["combined_278", "legacy_223"])
async def test_money_waits_for_no_file_that_waits_for_one_that_failed(
    register: Register, clock_of_june: BusinessClock, format_: str
) -> None:
    """One of one Act is laid over what those before it say; any other one is worked off whatever they come to."""
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    failing = (await register.send(employer, months_at_2480("2026-04"))).json()["file"]
    await register.rows(FAILS, f"%{failing}%")
    await register.choose_template(employer, "act4", "wage")
    one_act = format_ == "legacy_223"
    content = legacy_line("2026-05", 248_000) if one_act else render([line("2026-05", AT_2480, **OTHERS)])
    await register.send(employer, content, params={"format": format_, "part": "act4"} if one_act else {})
    answer = await state(register, employer, "64.90")
    expected = "allocated" if one_act else "received"
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == expected


async def test_what_waits_for_a_file_is_left_alone_until_that_is_through(
    register: Register, clock_of_june: BusinessClock
) -> None:
    """Beside the nation's month it would be looked at again and again, in the lanes in which the files are."""
    employer = await two_people(register)
    file = (await register.send(employer, months_at_2480("2026-05"))).json()["file"]
    answer = await state(register, employer, "64.90")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "received"
    left = {row[0]: row[1] - now() for row in await register.rows("SELECT kind, due_at FROM due_work")}
    assert not left.keys() & {"review_refund", "review_account"}, "nothing of the month has changed"
    assert left["allocate_receipt"] >= timedelta(minutes=9)
    await register.process(file)
    await register.work_off()
    assert standing(await shown(register, answer.headers["location"]))[:2] == ("allocated", None)


async def test_what_waits_for_wages_goes_on_also_where_they_are_refused(
    register: Register, clock_of_june: BusinessClock
) -> None:
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    await push(register, employer, wage("2026-05", "2480.00", OTHER_MYKAD, "Somebody Else", paid_on="2026-05-28"))
    answer = await state(register, employer, "64.90")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "received"
    await register.work_off()
    assert standing(await shown(register, answer.headers["location"]))[:2] == ("allocated", None)


async def test_what_waits_for_a_file_is_looked_at_a_while_after_that_failed(
    register: Register, clock_of_june: BusinessClock
) -> None:
    employer = await two_people(register)
    await register.sent(employer, months_at_2480("2026-05"))
    failing = (await register.send(employer, render([line("2026-05", AT_2480, **OTHERS)]))).json()["file"]
    answer = await state(register, employer, "64.90")
    assert (await looked_at(register, answer.json()["receipt"]))["state"] == "received"
    await register.rows(FAILS, f"%{failing}%")
    clock_of_june.advance(minutes=10)
    await register.work_off()
    assert standing(await shown(register, answer.headers["location"]))[:2] == ("allocated", None)
