"""What the bank receives for a month, and of which funds it is as files declare the month."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.receipts import ReceiptState
from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_3050,
    OTHER_CODE,
    WAITS_FOR_A_ROW,
    Register,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import employer_number
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
    body: dict[str, Any] = {
        "employer": employer,
        "month": "2026-05",
        "amount": {"amount": amount, "currency": "MYR"},
        "banked_on": "2026-06-15",
        "reference": reference,
    }
    return await register.as_party("POST", PATH, WRITE, party, json=body | changes)


async def stated(register: Register, employer: str, amount: str, reference: str = "FPX 1") -> dict[str, Any]:
    """State one as the bank, let the worker look at it, and read it."""
    answer = await state(register, employer, amount, reference)
    assert answer.status_code == 202, answer.text
    await register.work_off()
    return await shown(register, answer.headers["location"])


async def shown(register: Register, path: str, party: str = "bank:1") -> dict[str, Any]:
    """A receipt as its reader sees it."""
    answer = await register.as_party("GET", path, READ, party)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def standing(receipt: Mapping[str, Any]) -> tuple[str, str | None, list[str]]:
    """State, reason, and the funds with what is whose."""
    funds = [f"{each['fund']} {each['employer']['amount']} {each['employee']['amount']}" for each in receipt["funds"]]
    return receipt["state"], receipt["unallocated_for"], funds


async def test_what_equals_the_declared_month_is_of_its_funds_and_published(register: Register) -> None:
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-04", "2026-05"))
    receipt = await stated(register, employer, "64.90")
    assert standing(receipt) == (
        "allocated",
        None,
        ["employment_injury 30.60 0.00", "invalidity 12.25 12.25", "employment_insurance 4.90 4.90"],
    )
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
    assert len(await register.events("contribution.banked")) == 2
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
    double = await stated(register, employer, "15.90", "FPX 2")
    assert standing(double)[:2] == ("unallocated", "banked_already")
    await register.sent(employer, render([line("2026-05", HIGHER)]))
    assert standing(await shown(register, f"{PATH}/{double['receipt']}")) == (
        "allocated",
        None,
        ["employment_injury 7.50 0.00", "invalidity 3.00 3.00", "employment_insurance 1.20 1.20"],
    )
    assert standing(await shown(register, path))[2][0] == "employment_injury 30.60 0.00", "as it was"
    told = await register.events("contribution.banked")
    assert [(each["receipt"], each["revision"], each.get("unallocated_for")) for each in told] == [
        (early["receipt"], 1, "nothing_declared"),
        (early["receipt"], 2, None),
        (double["receipt"], 1, "banked_already"),
        (double["receipt"], 2, None),
    ]


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
    assert (await shown(register, path, party_of(employer))) == receipt == (await shown(register, path, ""))
    stranger = await register.as_party("GET", path, READ, party_of(other))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "receipt_unknown")
    seen = {party: await shown(register, PATH, party) for party in ("", "bank:1", party_of(other), "bank:2")}
    assert [len(page["data"]) for page in seen.values()] == [2, 1, 1, 0]
    of_bank = {state: (await shown(register, f"{PATH}?state={state}"))["data"] for state in ReceiptState}
    assert {state: len(page) for state, page in of_bank.items() if page} == {"unallocated": 1}
    by_state = {state: await shown(register, f"{PATH}?state={state}", "") for state in ReceiptState}
    assert {state: len(page["data"]) for state, page in by_state.items()} == {
        "received": 0,
        "allocated": 0,
        "unallocated": 2,
    }


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
