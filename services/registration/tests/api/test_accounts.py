"""An employer's account by month: due day, banked, outstanding, interest by the day, its run, its waiver, arrears."""

import asyncio
from typing import Any

import pytest

from services.registration.commands import run_arrears as arrears_run
from services.registration.commands.review_account import ReviewAccount, review_account
from services.registration.commands.run_arrears import RunArrears, run_arrears
from services.registration.files.contribution_file import render
from services.registration.storage.accounts import AccountRepository
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    CODE,
    FIRST,
    OTHER_CODE,
    SECOND,
    Register,
    line,
    party_of,
    register_on,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import employer_number
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

# AT_3050: 53.35 + 15.25 + 6.10 + 6.10 + 22.85 of SKBBK = 103.65. A month of it is due on 15 August 2026, a Saturday
# that is no holiday of the book.
OWED = "103.65"


@pytest.fixture
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, in the month after the wage month."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def read(register: Register, employer: str, month: str = "2026-07", party: str | None = None) -> dict[str, Any]:
    """The account of an employer's month, as the employer sees it."""
    path, whose = f"/v1/employers/{employer}/account?month={month}", party_of(employer) if party is None else party
    answer = await register.as_party("GET", path, "registration:account:read", whose)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def arrears(register: Register, party: str = "", more: str = "") -> list[tuple[str, str]]:
    """Employer and month of what is in arrears."""
    answer = await register.as_party("GET", f"/v1/arrears{more}", "registration:account:read", party)
    assert answer.status_code == 200, answer.text
    return [(each["employer"], each["month"]) for each in answer.json()["data"]]


async def banked(register: Register, employer: str, amount: str, day: str, reference: str = "FPX 1") -> dict[str, Any]:
    """A receipt of the bank for July, looked at; what was told of it last."""
    body = {"employer": employer, "month": "2026-07", "amount": {"amount": amount, "currency": "MYR"}}
    body |= {"banked_on": day, "reference": reference}
    scope = "registration:contribution_receipt:write"
    answer = await register.as_party("POST", "/v1/contribution-receipts", scope, "bank:1", json=body)
    assert answer.status_code == 202, answer.text
    await register.work_off()
    return (await register.events("contribution.banked"))[-1]


async def run(register: Register, clock: BusinessClock, *day: int) -> None:
    """The run of a month, which the timer looks for."""
    clock.set_day(*day)
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await run_arrears(RunArrears(), uow)
    await register.work_off()


async def interest(register: Register) -> list[tuple[int, int, int, str]]:
    """Revision, amount, waived, and the day of each statement of interest, in order."""
    told = await register.events("contribution.interest")
    return [(each["revision"], each["amount_sen"], each["waived_sen"], each["as_of"]) for each in told]


async def declared(register: Register) -> str:
    """An employer that declared July for one worker."""
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    return employer


async def test_a_month_is_not_due_then_outstanding_then_paid(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    found = await read(register, employer)
    assert (found["state"], found["due_on"], found["declared"]["amount"]) == ("not_due", "2026-08-15", OWED)
    assert {each["fund"]: each["employer"]["amount"] for each in found["funds"]} == {
        "employment_injury": "38.10",
        "invalidity": "15.25",
        "non_employment_injury": "0.00",
        "employment_insurance": "6.10",
    }
    assert await arrears(register) == []
    clock.set_day(2026, 8, 16)
    assert (await read(register, employer))["state"] == "outstanding"
    assert await arrears(register) == [(employer, "2026-07")]
    await banked(register, employer, OWED, "2026-08-15")
    found = await read(register, employer)
    assert (found["state"], found["outstanding"]["amount"]) == ("paid", "0.00")
    assert found["interest"]["worked_out"]["amount"] == "0.00"
    assert await arrears(register) == []
    assert await interest(register) == []


async def test_what_is_paid_late_bears_interest_which_the_next_payment_pays(
    register: Register, clock: BusinessClock
) -> None:
    """80.80 without SKBBK for 16 days is 0.21 by the day: the minimum of RM5."""
    employer = await declared(register)
    clock.set_day(2026, 8, 31)
    told = await banked(register, employer, OWED, "2026-08-31")
    assert (told["interest_sen"], told["unallocated_sen"]) == (0, 0)
    assert await interest(register) == [(1, 500, 0, "2026-08-31")]
    found = await read(register, employer)
    assert (found["state"], found["interest"]["outstanding"]["amount"]) == ("interest_outstanding", "5.00")
    assert (found["interest"]["days_late"], found["interest"]["as_of"]) == (16, "2026-08-31")
    assert await arrears(register, more="?of=interest") == [(employer, "2026-07")]
    clock.set_day(2026, 9, 10)
    told = await banked(register, employer, "5.00", "2026-09-10", "FPX 2")
    assert (told["interest_sen"], told["funds"], told["unallocated_sen"]) == (500, [], 0)
    found = await read(register, employer)
    assert (found["state"], found["interest"]["paid"]["amount"]) == ("paid", "5.00")
    assert await arrears(register) == []


async def test_one_payment_pays_contributions_and_their_interest(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    clock.set_day(2026, 8, 31)
    told = await banked(register, employer, "108.65", "2026-08-31")
    assert (told["interest_sen"], told["unallocated_sen"]) == (500, 0)
    assert sum(each["employer_sen"] + each["employee_sen"] for each in told["funds"]) == 10_365
    assert (await read(register, employer))["state"] == "paid"


async def test_what_is_not_paid_is_charged_once_a_month_and_again_when_it_is_corrected(
    register: Register, clock: BusinessClock
) -> None:
    """By 31 December the months of SKBBK's start are over: 103.65 × 6 % × 138 / 365 = 2.35, the minimum."""
    employer = await declared(register)
    await run(register, clock, 2026, 9, 1)
    await run(register, clock, 2026, 9, 2)
    assert await interest(register) == [(1, 500, 0, "2026-08-31")]
    await run(register, clock, 2036, 9, 1)
    # 103.65 × 6 % × 3,669 days / 365 = 62.51...
    assert (await interest(register))[1:] == [(2, 6251, 0, "2036-08-31")]
    nothing = dict.fromkeys(AT_3050, 0)
    await register.sent(employer, render([line("2026-07", nothing)]))
    assert (await interest(register))[2:] == [(3, 0, 0, "2036-08-31")]
    assert (await read(register, employer))["state"] == "paid"


async def test_a_run_on_a_day_of_grace_takes_nothing_back(register: Register, clock: BusinessClock) -> None:
    """April 2025 is a grace month: paid on its last day the month would bear no interest, and it is not paid."""
    clock.set_day(2025, 3, 3)
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2025-02", AT_2480)], "v1"))
    for day in ((2025, 4, 1), (2025, 5, 1), (2025, 6, 1)):
        await run(register, clock, *day)
        assert await interest(register) == [(1, 500, 0, "2025-03-31")]


async def test_two_who_look_at_a_month_at_once_state_two_revisions(
    register: Register, clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer = await declared(register)
    clock.set_day(2036, 9, 1)
    worker, state, others = register.service.worker, AccountRepository.state, list[asyncio.Task[None]]()

    async def look(run_on: str) -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await review_account(ReviewAccount(employer_number(employer), "2026-07", run_on), uow)

    async def stated(self: AccountRepository, said: Any) -> bool:
        if not others:
            others.append(asyncio.create_task(look("2036-08-31")))
            await register.over_or_waiting(others[0])
        return await state(self, said)

    monkeypatch.setattr(AccountRepository, "state", stated)
    await look("2026-08-31")
    await others[0]
    assert await interest(register) == [(1, 500, 0, "2026-08-31"), (2, 6251, 0, "2036-08-31")]


async def test_a_run_of_more_than_one_look_goes_on_at_once(
    register: Register, clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And ends: the last look finds less than it takes."""
    monkeypatch.setattr(arrears_run, "_AT_ONCE", 1)
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-06", AT_3050), line("2026-07", AT_3050)]))
    await run(register, clock, 2026, 9, 1)
    assert await interest(register) == [(1, 500, 0, "2026-08-31")] * 2
    ran = await register.rows("SELECT run_on::text FROM contribution_account")
    assert [row["run_on"] for row in ran] == ["2026-08-31"] * 2


@pytest.mark.parametrize("kind", ["interest_waived", "interest_stands"])
async def test_who_claims_a_waiver_for_an_employer_does_not_approve_it(
    register: Register, clock: BusinessClock, kind: str
) -> None:
    """That officer may propose it."""
    employer = await declared(register)
    clock.set_day(2026, 8, 31)
    await banked(register, employer, OWED, "2026-08-31")
    body, scopes = {"employer": employer, "month": "2026-07"}, ["registration:interest_waiver:write"]
    answer = await register.service.call("POST", "/v1/interest-waivers", scopes=scopes, subject=FIRST, json=body)
    assert answer.status_code == 202, answer.text
    refused = await register.decided("interest", kind, proposer=SECOND, approver=FIRST)
    assert (refused.status_code, refused.json()["code"]) == (403, "interest_of_oneself")
    assert (await read(register, employer))["waiver_claimed"]
    (task,) = await register.waiting("interest")
    scopes = ["registration:interest:decide", "registration:task:write"]
    path = f"/v1/tasks/{task['task']}/approvals"
    named = {"revision": task["revision"]}
    done = await register.service.call("POST", path, scopes=scopes, subject="officer-3", json=named)
    assert done.status_code == 201, done.text
    assert not (await read(register, employer))["waiver_claimed"]


async def test_two_officers_waive_interest_and_none_alone(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    path, scope = "/v1/interest-waivers", "registration:interest_waiver:write"
    body = {"employer": employer, "month": "2026-07"}
    assert (await register.as_party("POST", path, scope, party_of(employer), json=body)).status_code == 409
    clock.set_day(2026, 8, 31)
    await banked(register, employer, OWED, "2026-08-31")
    answer = await register.as_party("POST", path, scope, party_of(employer), json=body)
    assert (answer.status_code, answer.json()["waiver_claimed"]) == (202, True)
    await register.work_off()
    scopes = ["registration:interest:decide", "registration:task:read", "registration:task:write"]

    async def act(what: str, officer: str, **said: Any) -> Any:
        how: dict[str, Any] = {"json": said} if said else {}
        url = f"/v1/tasks/{task['task']}/{what}"
        return await register.service.call("POST", url, scopes=scopes, subject=officer, **how)

    (task,) = (await register.service.call("GET", "/v1/tasks", scopes=scopes)).json()["data"]
    assert (task["queue"], task["reason"]) == ("interest", "waiver_claimed")
    assert (await act("takings", FIRST)).status_code == 201
    says = {"kind": "interest_waived"}
    assert (await act("proposals", FIRST, revision=1, says=says)).status_code == 201
    assert (await act("approvals", FIRST, revision=1)).status_code == 403
    assert (await read(register, employer))["interest"]["outstanding"]["amount"] == "5.00"
    assert (await act("approvals", SECOND, revision=1)).status_code == 201
    assert (await interest(register))[-1] == (2, 500, 500, "2026-08-31")
    found = await read(register, employer)
    assert (found["state"], found["waiver_claimed"]) == ("paid", False)
    assert await arrears(register) == []


async def test_an_employer_sees_its_own_account_alone(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    other = await register.employer(OTHER_CODE)
    clock.set_day(2026, 9, 1)
    path = f"/v1/employers/{employer}/account?month=2026-07"
    for url in (path, path.replace("account", "payment-reference")):
        answer = await register.as_party("GET", url, "registration:account:read", party_of(other))
        assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")
    assert await arrears(register, party_of(other)) == []
    assert await arrears(register, party_of(other), f"?employer={employer}") == []
    assert await arrears(register, party_of(employer)) == [(employer, "2026-07")]
    assert await arrears(register, "bank:1") == []
    assert await register.rows("SELECT 1 FROM contribution_account") != []


async def test_the_account_equals_the_lines_whatever_the_files_said(register: Register, clock: BusinessClock) -> None:
    employer = await declared(register)
    await register.person("850615105432", name="Siti binti Omar")
    await register.sent(employer, render([line("2026-07", {**AT_3050, "skbbk_employee": 0}), line("2026-06", AT_3050)]))
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    stands = await register.rows(
        "SELECT month, sum(act4_employer_sen + act4_employee_sen + act800_employer_sen + act800_employee_sen"
        " + skbbk_employee_sen)::bigint FROM contribution_line GROUP BY month ORDER BY month"
    )
    kept = await register.rows("SELECT month, declared_sen FROM contribution_account ORDER BY month")
    assert [tuple(row) for row in kept] == [tuple(row) for row in stands]


async def test_what_was_charged_and_waived_stands_after_a_restore(
    register: Register, clock: BusinessClock, databases: Databases, issuer: TestIssuer
) -> None:
    employer = await declared(register)
    clock.set_day(2026, 8, 31)
    await banked(register, employer, "105.65", "2026-08-31")
    before = await read(register, employer, party="")
    assert (before["state"], before["interest"]["outstanding"]["amount"]) == ("interest_outstanding", "3.00")
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        assert await again.employer() == employer
        await again.work_off()
        assert await read(again, employer, party="") == before
        assert await interest(again) == [], "nothing is news"


async def test_a_reference_names_the_employer_and_the_month(register: Register, clock: BusinessClock) -> None:
    employer = await register.employer(CODE)
    path = f"/v1/employers/{employer}/payment-reference?month=2026-07"
    answer = await register.as_party("GET", path, "registration:account:read", party_of(employer))
    assert answer.status_code == 200
    assert answer.json()["reference"].startswith("RF")
    assert answer.json()["reference"].endswith("202607")
