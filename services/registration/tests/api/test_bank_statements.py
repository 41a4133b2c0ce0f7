"""Bank statements: each credit counts once, is matched by its reference or by two officers, and every sen is shown."""

import asyncio
from typing import Any

import httpx
import pytest

from services.registration.files.contribution_file import render
from services.registration.storage.bank_statements import BankStatementRepository
from services.registration.tests.files.camt_messages import Entry, camt_053, camt_054, detail, entry
from services.registration.tests.support import AT_3050, FIRST, OTHER_CODE, SECOND, Register, line, party_of
from shared.kernel.identifiers import employer_number
from shared.kernel.payment_reference import PaymentReference
from shared.kernel.periods import Month
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

PATH = "/v1/bank-statements"
BANK = "bank:1"
OWED = "103.65"


@pytest.fixture
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, on the day of the statements."""
    business_clock.set_day(2026, 8, 14)
    return business_clock


async def send(register: Register, content: bytes, party: str = BANK, **how: Any) -> httpx.Response:
    """Send a message as the bank, or as another party, and have it taken; "" is an officer."""
    answer = await left(register, content, party, **how)
    await register.work_off()
    return answer


async def left(register: Register, content: bytes, party: str = BANK, **how: Any) -> httpx.Response:
    """The same, and nothing is taken yet."""
    headers = {"content-type": "application/xml"}
    role = "partner" if party else "officer"
    scopes = ["registration:bank_statement:write"]
    return await register.service.call(
        "POST", PATH, scopes=scopes, party=party or "organisation:1", role=role, content=content, headers=headers, **how
    )


async def sent(register: Register, content: bytes, **how: Any) -> dict[str, Any]:
    """The one statement of a message, as it stands once it is worked off."""
    answer = await send(register, content, **how)
    assert answer.status_code == 202, answer.text
    (stated,) = answer.json()["statements"]
    found = await register.as_party("GET", f"{PATH}/{stated['statement']}", "registration:bank_statement:read")
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


def paid(employer: str, reference: str = "FPX1", amount: str = OWED, month: str = "2026-07", **how: Any) -> Entry:
    """A credit whose payer wrote the reference of an employer's month."""
    text = f"SOCSO {PaymentReference(employer_number(employer), Month.of(month))} thank you"
    return entry(amount, reference, details=[detail(text=text, end_to_end=f"E2E-{reference}")], **how)


async def unallocated(register: Register, party: str = "") -> list[tuple[str, str, bool]]:
    """Amount, reason and whether it is a receipt, of what is nobody's yet."""
    scope = "registration:contribution_receipt:read"
    answer = await register.as_party("GET", "/v1/unallocated-receipts", scope, party)
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    return sorted((each["amount"]["amount"], each["reason"], each["receipt"] is not None) for each in found)


async def booked(register: Register) -> dict[str, tuple[int, bool]]:
    """Of each receipt that was told of: what of it is some fund's or interest, and whether it was taken back."""
    told: dict[str, tuple[int, bool]] = {}
    for each in await register.events("contribution.banked"):
        of_funds = sum(share["employer_sen"] + share["employee_sen"] for share in each["funds"])
        told[each["receipt"]] = (of_funds + each["interest_sen"], each["countered"])
    return told


async def declared(register: Register) -> str:
    """An employer that declared July for one worker."""
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    return employer


async def task_of(register: Register) -> dict[str, Any]:
    """The one task that waits for money to be matched."""
    scopes = ["registration:bank_credit:decide", "registration:task:read"]
    (task,) = (await register.service.call("GET", "/v1/tasks", scopes=scopes)).json()["data"]
    found: dict[str, Any] = task
    return found


async def decided(register: Register, says: dict[str, Any], approver: str = SECOND) -> httpx.Response:
    """The answer to an officer who approves what another proposed of the one task that waits."""
    task = await proposed(register, says)
    answer = await act(register, task, "approvals", approver, revision=task["revision"])
    await register.work_off()
    return answer


async def proposed(register: Register, says: dict[str, Any]) -> dict[str, Any]:
    """The one task that waits, once an officer has proposed something."""
    task = await task_of(register)
    assert (await act(register, task, "takings", FIRST)).status_code == 201
    answer = await act(register, task, "proposals", FIRST, revision=task["revision"], says=says)
    assert answer.status_code == 201, answer.text
    return task


async def act(register: Register, task: dict[str, Any], what: str, officer: str, **body: Any) -> httpx.Response:
    """The answer to an officer who does something to a task."""
    how: dict[str, Any] = {"json": body} if body else {}
    scopes = ["registration:bank_credit:decide", "registration:task:write"]
    return await register.service.call(
        "POST", f"/v1/tasks/{task['task']}/{what}", scopes=scopes, subject=officer, **how
    )


def batch_in_detail(employer: str) -> Entry:
    """An entry of RM110.00: what an employer owes for July, and 6.35 of nobody."""
    text = str(PaymentReference(employer_number(employer), Month.of("2026-07")))
    details = [detail(text=text, reference="D1", amount=OWED), detail(reference="D2", amount="6.35")]
    return entry("110.00", "BATCH", details=details)


async def test_a_credit_with_a_reference_pays_the_month(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    statement = await sent(register, camt_053([paid(employer), entry("12.00", "FEE", debit=True)]))
    assert (statement["state"], statement["matched"], statement["unmatched"]) == ("taken", 1, 0)
    assert statement["amount"]["amount"] == OWED
    assert list((await booked(register)).values()) == [(10_365, False)]
    path = f"/v1/employers/{employer}/account?month=2026-07"
    account = await register.as_party("GET", path, "registration:account:read", party_of(employer))
    assert account.json()["state"] == "paid"
    assert await unallocated(register) == []


async def test_the_same_entry_counts_once_in_whatever_message_it_comes(
    register: Register, clock: BusinessClock
) -> None:
    """The same bytes again, another statement that repeats it, and a notification of it."""
    employer = await declared(register)
    first = await sent(register, camt_053([paid(employer)]))
    assert await sent(register, camt_053([paid(employer)])) == first
    for content in (camt_054([paid(employer)]), camt_053([paid(employer), paid(employer, "FPX2", "1.00")], id_="S-2")):
        assert (await sent(register, content))["repeated"] == 1
    assert sorted((await booked(register)).values()) == [(0, False), (10_365, False)]
    answer = await send(register, camt_053([paid(employer, "FPX9")]))
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_statement_id_taken")


async def test_a_batch_is_one_sum_or_its_details_and_never_both(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    statement = await sent(register, camt_053([entry("110.00", "BATCH")]))
    assert (statement["unmatched"], await unallocated(register)) == (1, [("110.00", "no_reference", False)])
    told = await sent(register, camt_054([batch_in_detail(employer)]))
    assert (told["matched"], told["unmatched"]) == (1, 1)
    assert await unallocated(register) == [("6.35", "no_reference", False)]
    again = await sent(register, camt_053([entry("110.00", "BATCH")], id_="S-2"))
    assert (again["repeated"], await unallocated(register)) == (1, [("6.35", "no_reference", False)])
    assert (await task_of(register))["facts"]["amount_sen"] == 635


async def test_a_sum_that_officers_match_while_its_details_are_taken_counts_once(
    register: Register, clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come between what is known of the entry and what is kept of it, and wait for that."""
    employer = await declared(register)
    await sent(register, camt_053([entry("110.00", "BATCH")]))
    task = await proposed(register, {"kind": "credit_matched", "employer": employer, "month": "2026-07"})
    keep, answers = BankStatementRepository._put_in_detail, list[asyncio.Task[httpx.Response]]()

    async def put_in_detail(self: BankStatementRepository, *more: Any) -> Any:
        approval = act(register, task, "approvals", SECOND, revision=task["revision"])
        answers.append(asyncio.create_task(approval))
        await register.over_or_waiting(answers[0])
        return await keep(self, *more)

    monkeypatch.setattr(BankStatementRepository, "_put_in_detail", put_in_detail)
    await sent(register, camt_054([batch_in_detail(employer)]))
    answer = await answers[0]
    await register.work_off()
    assert (answer.status_code, answer.json()["code"]) == (409, "task_over")
    assert list((await booked(register)).values()) == [(10_365, False)]
    assert await unallocated(register) == [("6.35", "no_reference", False)]


async def test_a_sum_and_its_details_that_are_taken_at_once_count_once(
    register: Register, clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers: the second comes between what the first one knows of the entry and what it keeps of it."""
    employer = await declared(register)
    for content in (camt_053([entry("110.00", "BATCH")]), camt_054([batch_in_detail(employer)])):
        assert (await left(register, content)).status_code == 202
    keep, others = BankStatementRepository._add, list[asyncio.Task[bool]]()

    async def add(self: BankStatementRepository, *more: Any) -> Any:
        if not others:
            others.append(asyncio.create_task(register.service.worker.runner.run_one()))
            await register.over_or_waiting(others[0])
        return await keep(self, *more)

    monkeypatch.setattr(BankStatementRepository, "_add", add)
    await register.work_off()
    assert await others[0]
    await register.work_off()
    assert list((await booked(register)).values()) == [(10_365, False)]
    assert await unallocated(register) == [("6.35", "no_reference", False)]


async def test_an_entry_of_nothing_is_none_and_keeps_no_other_from_being_taken(
    register: Register, clock: BusinessClock
) -> None:
    employer = await declared(register)
    text = str(PaymentReference(employer_number(employer), Month.of("2026-06")))
    nothing = entry("0.00", "FPX0", details=[detail(text=text)])
    statement = await sent(register, camt_053([nothing, paid(employer)]))
    assert (statement["state"], statement["entries"], statement["matched"]) == ("taken", 2, 1)
    assert list((await booked(register)).values()) == [(10_365, False)]
    assert await unallocated(register) == []


async def test_money_that_names_nobody_is_matched_by_two_officers(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    await sent(register, camt_053([entry(OWED, "FPX1", details=[detail(text="for july")])]))
    assert await unallocated(register) == [(OWED, "no_reference", False)]
    assert await unallocated(register, BANK) == [(OWED, "no_reference", False)]
    assert await unallocated(register, party_of(employer)) == []
    says = {"kind": "credit_matched", "employer": employer, "month": "2026-07"}
    assert (await decided(register, says)).status_code == 201
    assert await unallocated(register) == []
    assert list((await booked(register)).values()) == [(10_365, False)]


async def test_one_officer_alone_matches_nothing(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    await sent(register, camt_053([entry(OWED, "FPX1")]))
    says = {"kind": "credit_matched", "employer": employer, "month": "2026-07"}
    answer = await decided(register, says, approver=FIRST)
    assert (answer.status_code, answer.json()["code"]) == (403, "approver_is_proposer")
    assert await booked(register) == {}


async def test_what_is_no_contribution_stays_shown(register: Register, clock: BusinessClock) -> None:
    await sent(register, camt_053([entry("7.00", "FPX1")]))
    assert (await decided(register, {"kind": "credit_set_aside", "evidence": "KB-1"})).status_code == 201
    assert await unallocated(register) == [("7.00", "no_reference", False)]


@pytest.mark.parametrize("named", [{"details": [detail(reference="FPX1", end_to_end="E2E-FPX1")]}, {}])
async def test_what_the_bank_takes_back_is_taken_back_once(
    register: Register, clock: BusinessClock, named: dict[str, Any]
) -> None:
    """By the bank's own reference, of the transaction or of the entry."""
    employer = await declared(register)
    await sent(register, camt_053([paid(employer)]))
    back = entry(OWED, "REV1" if named else "FPX1", debit=True, reversal=True, **named)
    await sent(register, camt_053([back], id_="S-2"))
    await sent(register, camt_054([back]))
    assert list((await booked(register)).values()) == [(0, True)]
    path = f"/v1/employers/{employer}/account?month=2026-07"
    account = await register.as_party("GET", path, "registration:account:read", party_of(employer))
    assert (account.json()["state"], account.json()["outstanding"]["amount"]) == ("not_due", OWED)
    assert await unallocated(register) == []


async def test_a_reversal_waits_for_the_credit_that_it_takes_back(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    back = entry(OWED, "REV1", debit=True, reversal=True, details=[detail(reference="FPX1")])
    await sent(register, camt_054([back]))
    assert await unallocated(register) == [(OWED, "reversal_unknown", False)]
    await sent(register, camt_053([paid(employer)]))
    assert list((await booked(register)).values()) == [(0, True)]
    assert await unallocated(register) == []


@pytest.mark.parametrize("payers", ["E2E-FPX1", "FPX1"])
async def test_a_payers_own_number_takes_back_nobodys_money(
    register: Register, clock: BusinessClock, payers: str
) -> None:
    """Two payers may number a payment alike, or as the bank numbers one."""
    employer = await declared(register)
    await sent(register, camt_053([paid(employer)]))
    back = entry(OWED, "REV1", debit=True, reversal=True, details=[detail(reference="OLD", end_to_end=payers)])
    await sent(register, camt_053([back], id_="S-2"))
    assert list((await booked(register)).values()) == [(10_365, False)]
    assert await unallocated(register) == [(OWED, "reversal_unknown", False)]
    assert (await task_of(register))["reason"] == "reversal_unknown"


async def test_two_entries_of_one_bank_reference_are_both_shown(register: Register, clock: BusinessClock) -> None:
    """In one statement, of another amount or alike; people look at the later ones, and each is shown once."""
    employer = await declared(register)
    both = [paid(employer), paid(employer, amount="55.00"), paid(employer)]
    statement = await sent(register, camt_053(both))
    assert (statement["matched"], statement["unmatched"], statement["repeated"]) == (1, 2, 0)
    shown = [(OWED, "reference_repeated", False), ("55.00", "reference_repeated", False)]
    assert await unallocated(register) == shown
    assert (await sent(register, camt_054(both)))["repeated"] == 3
    assert (await sent(register, camt_053(both[1:2], id_="S-2")))["repeated"] == 1
    assert (await unallocated(register), list((await booked(register)).values())) == (shown, [(10_365, False)])


@pytest.mark.parametrize("other", [{"amount": "55.00"}, {"value_day": "2026-08-13"}])
async def test_a_bank_reference_that_comes_with_other_money_is_shown(
    register: Register, clock: BusinessClock, other: dict[str, Any]
) -> None:
    employer = await declared(register)
    await sent(register, camt_053([paid(employer)]))
    statement = await sent(register, camt_053([paid(employer, **other)], id_="S-2"))
    assert (statement["unmatched"], statement["repeated"]) == (1, 0)
    shown = other.get("amount", OWED)
    assert await unallocated(register) == [(shown, "reference_repeated", False)]
    assert (await task_of(register))["reason"] == "reference_repeated"
    says = {"kind": "credit_matched", "employer": employer, "month": "2026-06"}
    assert (await decided(register, says)).status_code == 201
    assert await unallocated(register) == [(shown, "nothing_declared", True)]
    assert (await sent(register, camt_054([paid(employer, **other)])))["repeated"] == 1


async def test_an_entry_told_in_detail_twice_counts_once(register: Register, clock: BusinessClock) -> None:
    """Each message names the details by other references, and another one tells another sum of the same entry."""
    employer = await declared(register)
    text = str(PaymentReference(employer_number(employer), Month.of("2026-07")))
    parts = ((OWED, text, "A", "X1"), ("6.35", "", "B", "X2"))
    by_payer = [detail(wrote, end_to_end=payers, amount=amount) for amount, wrote, payers, _ in parts]
    by_bank = [detail(wrote, bank, payers, amount) for amount, wrote, payers, bank in parts]
    await sent(register, camt_054([entry("110.00", "BATCH", details=by_payer)]))
    again = await sent(register, camt_053([entry("110.00", "BATCH", details=by_bank)]))
    assert (again["repeated"], again["matched"]) == (2, 0)
    account = f"/v1/employers/{employer}/account?month=2026-07"
    found = (await register.as_party("GET", account, "registration:account:read", party_of(employer))).json()
    assert found["banked"]["amount"] == OWED
    shown = ("6.35", "no_reference", False)
    assert await unallocated(register) == [shown]
    other = await sent(register, camt_053([entry("50.00", "BATCH")], id_="S-2"))
    assert other["unmatched"] == 1
    assert await unallocated(register) == [("50.00", "reference_repeated", False), shown]


async def test_a_reversal_in_sum_stays_when_the_credit_is_told_in_detail(
    register: Register, clock: BusinessClock
) -> None:
    """Both under one reference."""
    await declared(register)
    back = entry("9.00", "BATCH", debit=True, reversal=True)
    await sent(register, camt_053([entry("110.00", "BATCH"), back]))
    details = [detail(reference="D1", amount="100.00"), detail(reference="D2", amount="10.00")]
    await sent(register, camt_054([entry("110.00", "BATCH", details=details)]))
    assert await unallocated(register) == [
        ("10.00", "no_reference", False),
        ("100.00", "no_reference", False),
        ("9.00", "reversal_unknown", False),
    ]


async def test_two_statements_of_one_id_in_a_message_are_refused(register: Register, clock: BusinessClock) -> None:
    """Kept as one of them, the money of the other would be lost."""
    employer = await declared(register)
    first = camt_054([paid(employer)]).decode()
    second = camt_054([paid(employer, "FPX2", "7.77")]).decode()
    end = "</BkToCstmrDbtCdtNtfctn>"
    both = first.replace(end, second[second.index("<Ntfctn>") : second.index(end)] + end)
    answer = await send(register, both.encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "bank_statement_malformed")
    assert await booked(register) == {}


async def test_a_statement_that_does_not_add_up_counts_for_nothing(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    statement = await sent(register, camt_053([paid(employer)], closing="1103.66"))
    assert (statement["state"], statement["held_for"]) == ("held", "balances_differ")
    assert (await booked(register), await unallocated(register)) == ({}, [])
    assert await register.for_officers() == {"bank_statement_held": 1}
    assert (await sent(register, camt_053([paid(employer)])))["state"] == "taken"
    assert await register.for_officers() == {}
    assert list((await booked(register)).values()) == [(10_365, False)]


async def test_an_officers_statement_waits_for_another_officer(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    statement = await sent(register, camt_053([paid(employer)]), party="", subject=FIRST)
    assert (statement["state"], await booked(register)) == ("to_be_released", {})
    path = f"{PATH}/{statement['statement']}/releases"
    scopes = ["registration:bank_statement:release"]
    answer = await register.service.call("POST", path, scopes=scopes, subject=FIRST)
    assert (answer.status_code, answer.json()["code"]) == (403, "bank_statement_needs_second_officer")
    assert (await register.service.call("POST", path, scopes=scopes, subject=SECOND)).status_code == 201
    assert (await register.service.call("POST", path, scopes=scopes, subject=SECOND)).status_code == 409
    await register.work_off()
    assert list((await booked(register)).values()) == [(10_365, False)]


async def test_a_value_day_that_is_ahead_is_waited_for(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    await sent(register, camt_053([paid(employer, value_day="2026-08-17")]))
    assert await unallocated(register) == [(OWED, "value_day_ahead", False)]
    clock.set_day(2026, 8, 17)
    await register.work_off()
    assert (list((await booked(register)).values()), await unallocated(register)) == ([(10_365, False)], [])


async def test_an_unknown_employer_and_two_references_are_matched_to_nobody(
    register: Register, clock: BusinessClock
) -> None:
    first, second = await declared(register), await register.employer(OTHER_CODE)
    stranger = str(PaymentReference(999_999_999, Month.of("2026-07")))
    both = [str(PaymentReference(employer_number(each), Month.of("2026-07"))) for each in (first, second)]
    entries = [
        entry("1.00", "A", details=[detail(text=stranger)]),
        entry("2.00", "B", details=[detail(text=" ".join(both))]),
        paid(first, "C", "3.00", "2026-06"),
    ]
    statement = await sent(register, camt_053(entries))
    assert (statement["matched"], statement["unmatched"]) == (1, 2)
    assert await unallocated(register) == [
        ("1.00", "employer_unknown", False),
        ("2.00", "several_references", False),
        ("3.00", "nothing_declared", True),
    ]


async def test_only_the_bank_and_officers_send_and_see_statements(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    for party in (party_of(employer), "bank:2", "hospital:1"):
        answer = await send(register, camt_053([paid(employer)]), party=party)
        assert (answer.status_code, answer.json()["code"]) == (403, "receipt_of_bank_only")
    statement = await sent(register, camt_053([paid(employer)]))
    path = f"{PATH}/{statement['statement']}"
    answer = await register.as_party("GET", path, "registration:bank_statement:read", party_of(employer))
    assert (answer.status_code, answer.json()["code"]) == (404, "bank_statement_unknown")
    listed = await register.as_party("GET", PATH, "registration:bank_statement:read", "bank:2")
    assert listed.json()["data"] == []
    answer = await send(register, b"<!DOCTYPE x><x/>")
    assert (answer.status_code, answer.json()["code"]) == (422, "bank_statement_malformed")


async def test_no_account_reference_or_text_stands_in_the_clear(register: Register, clock: BusinessClock) -> None:
    """In no column, no event and no task: a payer may have written whatever it likes."""
    secret = entry("9.00", "SECRETREF", details=[detail(text="AHMAD BIN ALI 900101145678", end_to_end="E2ESECRET")])
    await sent(register, camt_053([secret]))
    async with register.service.database.connection("migrate") as owner:
        names = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name: await owner.fetch(f'SELECT to_jsonb(kept)::text FROM "{name}" AS kept') for (name,) in names}  # noqa: S608
    assert len(tables["bank_credit"]) == 1
    for table, rows in tables.items():
        for row in rows:
            for word in ("AHMAD", "900101145678", "SECRETREF", "E2ESECRET", "514012345678", "S-1"):
                assert word not in row[0], table
