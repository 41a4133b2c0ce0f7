"""What is to come back comes back once: by a route, by a line of the bank's statement, and by agreement."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.benefits.commands.book_repayment import BookRepayment, book_repayment
from services.benefits.commands.republish_benefits import RepublishBenefits, Stated, republish_benefits
from services.benefits.commands.settle_entitlement import SettleEntitlement, settle_entitlement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    BENEFIT,
    CLAIM,
    FIRST_DAY,
    PERSON,
    assessed,
    balances,
    bank_answers,
    benefits_on,
    decided,
    enter_payee,
    events,
    first,
    for_officers,
    handle_events,
    listed,
    once,
    owed_to,
    period,
    refused,
    second,
    settle,
    settling,
    third,
)
from shared.contracts.benefit_paid import BenefitRecoveredV1, MoneyUnallocatedV1, PaymentRecovered, RecoveryAgreedV1
from shared.contracts.claim_assessed import ClaimAssessedV1, Fund
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Days
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

OTHER = UUID("0197b6a0-6c00-7000-8000-000000000002")
SCOPES = tuple(
    f"benefits:{scope}" for scope in ("repayment:write", "repayment:release", "agreement:write", "agreement:release")
)
READ = ("benefits:repayment:read",)


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service on a database that was put back."""
    async with benefits_on(databases, issuer) as fresh:
        yield fresh


async def overpaid(benefits: ServiceUnderTest) -> dict[str, Any]:
    """RM1,836.00 were paid and RM1,224.00 are owed: RM612.00 are to come back."""
    await enter_payee(benefits)
    await settle(benefits, second())
    await bank_answers(benefits)
    await settle(benefits, third())
    return await the_recovery(benefits)


async def the_recovery(benefits: ServiceUnderTest) -> dict[str, Any]:
    (recovery,) = await listed(benefits, "recoveries")
    return recovery


def sums(recovery: dict[str, Any]) -> dict[str, str]:
    return {name: recovery[name]["amount"] for name in ("opened", "set_off", "repaid", "open")}


async def act(benefits: ServiceUnderTest, path: str, officer: int = 1, status: int = 201, **body: Any) -> Any:
    """An officer does something; the answer's body."""
    answer = await benefits.call("POST", path, scopes=SCOPES, subject=f"officer-{officer}", json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MYR"}


async def enter(benefits: ServiceUnderTest, recovery: dict[str, Any], amount: str) -> str:
    """The first officer enters a repayment at the counter."""
    path = f"/v1/recoveries/{recovery['recovery']}/repayments"
    return str((await act(benefits, path, **came_at_the_counter(amount)))["repayment"])


def came_at_the_counter(amount: str, **changes: str) -> dict[str, Any]:
    came_in = {"received_on": today().isoformat(), "route": "counter", "reference": "RCPT-1"}
    return {"amount": money(amount), **came_in, **changes}


def line(number: int, amount: str, reference: str) -> dict[str, Any]:
    return {"line": number, "amount": money(amount), "value_on": today().isoformat(), "reference": reference}


async def send(benefits: ServiceUnderTest, *lines: dict[str, Any], statement: str = "S-1", **caller: Any) -> Any:
    by = {"party": "bank:1", "role": "partner", **caller}
    body = {"statement": statement, "lines": list(lines)}
    scopes = ("benefits:statement_line:write",)
    return await benefits.call("POST", "/v1/statement-lines", scopes=scopes, json=body, **by)


async def came_in(benefits: ServiceUnderTest, state: str) -> list[dict[str, str]]:
    """The sums of the repayments in a state."""
    answer = await benefits.call("GET", f"/v1/repayments?state={state}", scopes=READ)
    assert answer.status_code == 200, answer.text
    names = ("amount", "repaid", "beyond")
    return [{name: each[name]["amount"] for name in names} for each in answer.json()["data"]]


async def countered(benefits: ServiceUnderTest, repayment: str) -> None:
    """Two officers find that it did not come in; the first one alone does not."""
    about = f"/v1/repayments/{repayment}/counter-entries"
    await act(benefits, about, evidence="KB-9")
    assert (await act(benefits, f"{about}/releases", 1, 403))["code"] == "second_officer_needed"
    assert len(await came_in(benefits, "counter_to_be_released")) == 1
    assert (await for_officers(benefits))["counter_to_be_released"] == 1
    await act(benefits, f"{about}/releases", 2)
    await benefits.work_off()


async def ids(benefits: ServiceUnderTest, state: str) -> list[str]:
    answer = await benefits.call("GET", f"/v1/repayments?state={state}", scopes=READ)
    return [each["repayment"] for each in answer.json()["data"]]


async def agree(
    benefits: ServiceUnderTest, recovery: dict[str, Any], what: str, from_on: str = "2026-11-01", **body: Any
) -> None:
    """One officer states it and another releases it; the first one alone does not."""
    about = f"/v1/recoveries/{recovery['recovery']}"
    stated = await act(benefits, f"{about}/{what}", from_on=from_on, evidence="KB-1", **body)
    release = f"{about}/agreements/{stated['agreement']}/releases"
    assert (await act(benefits, release, 1, 403))["code"] == "second_officer_needed"
    await act(benefits, release, 2)


async def test_a_repayment_counts_when_a_second_officer_releases_it_and_once(benefits: ServiceUnderTest) -> None:
    recovery = await overpaid(benefits)
    repayment = await enter(benefits, recovery, "200.00")
    release = f"/v1/repayments/{repayment}/releases"
    assert (await act(benefits, release, 1, 403))["code"] == "second_officer_needed"
    await benefits.work_off()
    assert (await the_recovery(benefits))["open"]["amount"] == "612.00"
    assert await came_in(benefits, "to_be_released") == [{"amount": "200.00", "repaid": "0.00", "beyond": "0.00"}]
    assert await for_officers(benefits) == {"to_be_released": 1}
    await act(benefits, release, 2)
    assert (await came_in(benefits, "to_be_released"), len(await came_in(benefits, "to_be_booked"))) == ([], 1)
    command = BookRepayment(UUID(repayment), f"person:{PERSON}")

    async def one_worker() -> None:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await book_repayment(command, uow)

    await asyncio.gather(*(one_worker() for _ in range(4)))
    await benefits.work_off()
    assert (await act(benefits, release, 3))["word"] == "released"
    assert (await act(benefits, f"/v1/repayments/{repayment}/withdrawals", 3))["word"] == "released"
    await benefits.work_off()
    assert sums(await the_recovery(benefits)) == {
        "opened": "612.00", "set_off": "0.00", "repaid": "200.00", "open": "412.00",
    }  # fmt: skip
    assert await balances(benefits) == {
        "bank": "-1636.00", "benefit_expense": "1224.00", "recoveries_receivable": "412.00",
    }  # fmt: skip
    assert [len(await came_in(benefits, state)) for state in ("to_be_booked", "repaid", "withdrawn")] == [0, 1, 0]
    (told,) = [data for type_, data in await events(benefits) if type_ == "jaring.benefit.recovered.v1"]
    assert (told["amount_sen"], told["route"], told["received_on"]) == (20000, "counter", today().isoformat())


async def test_what_was_entered_by_mistake_is_withdrawn_and_never_counts(benefits: ServiceUnderTest) -> None:
    recovery = await overpaid(benefits)
    repayment = await enter(benefits, recovery, "200.00")
    assert (await act(benefits, f"/v1/repayments/{repayment}/withdrawals"))["word"] == "withdrawn"
    assert (await act(benefits, f"/v1/repayments/{repayment}/releases", 2))["word"] == "withdrawn"
    await benefits.work_off()
    assert (await the_recovery(benefits))["open"]["amount"] == "612.00"
    assert len(await came_in(benefits, "withdrawn")) == 1
    answer = await act(
        benefits,
        f"/v1/recoveries/{new_id()}/repayments",
        status=404,
        amount=money("1.00"),
        received_on=today().isoformat(),
        route="counter",
        reference="R-1",
    )
    assert answer["code"] == "recovery_unknown"
    assert (await act(benefits, f"/v1/repayments/{new_id()}/releases", 2, 404))["code"] == "repayment_unknown"


async def test_a_receipt_is_entered_once_by_the_counter_alone(benefits: ServiceUnderTest) -> None:
    """Two officers and two idempotency keys make no second receipt of one, nor do two debts; what was withdrawn is
    entered again."""
    recovery = await overpaid(benefits)
    path = f"/v1/recoveries/{recovery['recovery']}/repayments"
    first = await enter(benefits, recovery, "200.00")
    assert (await act(benefits, path, 2, 409, **came_at_the_counter("200.00")))["code"] == "repayment_entered"
    await act(benefits, f"/v1/repayments/{first}/withdrawals", 2)
    again = await enter(benefits, recovery, "210.00")
    await act(benefits, f"/v1/repayments/{again}/releases", 2)
    await benefits.work_off()
    assert (await act(benefits, path, 1, 409, **came_at_the_counter("210.00")))["code"] == "repayment_entered"
    assert sums(await the_recovery(benefits))["repaid"] == "210.00"
    await countered(benefits, again)
    assert sums(await the_recovery(benefits)) == {
        "opened": "612.00", "set_off": "0.00", "repaid": "0.00", "open": "612.00",
    }  # fmt: skip
    assert await enter(benefits, recovery, "220.00") not in (first, again)
    await settle(benefits, out_of_work(1, 6800))
    await bank_answers(benefits)
    await settle(benefits, decided(2, claim=OTHER))
    (other,) = (each for each in await listed(benefits, "recoveries") if each["recovery"] != recovery["recovery"])
    its_path = f"/v1/recoveries/{other['recovery']}/repayments"
    assert (await act(benefits, its_path, 1, 409, **came_at_the_counter("1.00")))["code"] == "repayment_entered"
    for changes, code in (
        ({"route": "transfer"}, "request_invalid"),
        ({"received_on": "2100-12-31"}, "received_in_future"),
        ({"received_on": (today() - timedelta(days=1)).isoformat()}, "received_before_paid"),
        ({"reference": "900101-14-5678"}, "request_invalid"),
        ({"reference": "AMINAH"}, "request_invalid"),
    ):
        answer = await act(benefits, path, 1, 422, **came_at_the_counter("1.00", **changes))
        assert answer["code"] == code


async def test_a_second_officer_sees_what_is_released_and_it_is_said_once(benefits: ServiceUnderTest) -> None:
    recovery = await overpaid(benefits)
    about = f"/v1/recoveries/{recovery['recovery']}"
    agreed: dict[str, Any] = {"from_on": "2026-11-01", "evidence": "KB-1"}
    across: dict[str, Any] = {"scheme": "act800", "owner": "claims", "ends": False, **agreed}
    stated = await act(benefits, f"{about}/instalments", monthly=money("0.01"), **agreed)
    other = await act(benefits, f"{about}/set-offs", **across)
    assert (await act(benefits, f"{about}/agreements/{stated['agreement']}/withdrawals"))["agreement"] == stated[
        "agreement"
    ]
    for word in ("releases", "withdrawals"):
        answer = await act(benefits, f"{about}/agreements/{stated['agreement']}/{word}", 2, 409)
        assert answer["code"] == "agreement_answered"
    await act(benefits, f"{about}/agreements/{other['agreement']}/releases", 2)
    answer = await benefits.call("GET", f"{about}/agreements", scopes=("benefits:agreement:read",))
    listed = answer.json()["data"]
    assert [(each["kind"], each["stated_by"], each["word"], each["said_by"]) for each in listed] == [
        ("instalments", "officer-1", "withdrawn", "officer-1"), ("across", "officer-1", "released", "officer-2"),
    ]  # fmt: skip
    assert (listed[0]["monthly"], listed[0]["evidence"]) == (money("0.01"), "KB-1")
    assert {name: listed[1][name] for name in across} == across


async def test_a_line_of_the_banks_statement_counts_at_once_and_what_is_more_is_kept(
    benefits: ServiceUnderTest,
) -> None:
    recovery = await overpaid(benefits)
    lines = [
        line(1, "600.00", f"BAYARAN {recovery['reference'].lower()[:9]} {recovery['reference'].lower()[9:]}"),
        line(2, "50.00", "whoever reads this"),
    ]
    early = line(1, "30.00", recovery["reference"]) | {"value_on": "1900-01-01"}
    assert (await send(benefits, early, statement="S-0")).status_code == 201
    assert (await send(benefits, *lines)).json() == {"taken": 2, "repeated": 0}
    await benefits.work_off()
    kept = {"amount": "30.00", "repaid": "0.00", "beyond": "30.00"}
    assert await came_in(benefits, "more_than_open") == [kept], "it came before anything was paid"
    assert sums(await the_recovery(benefits))["open"] == "12.00"
    assert (await send(benefits, *lines)).json() == {"taken": 0, "repeated": 2}
    differs = await send(benefits, line(3, "1.00", "x"), line(1, "601.00", lines[0]["reference"]))
    assert (differs.status_code, differs.json()["code"]) == (409, "statement_line_differs")
    assert (await send(benefits, line(1, "20.00", recovery["reference"]), statement="S-2")).status_code == 201
    await benefits.work_off()
    assert sums(await the_recovery(benefits)) == {
        "opened": "612.00", "set_off": "0.00", "repaid": "612.00", "open": "0.00",
    }  # fmt: skip
    assert await came_in(benefits, "repaid") == [{"amount": "600.00", "repaid": "600.00", "beyond": "0.00"}]
    more = [{"amount": "20.00", "repaid": "12.00", "beyond": "8.00"}, kept]
    assert sorted(await came_in(benefits, "more_than_open"), key=str) == more
    assert await came_in(benefits, "unknown_reference") == [{"amount": "50.00", "repaid": "0.00", "beyond": "50.00"}]
    assert await for_officers(benefits) == {"more_than_open": 2, "unknown_reference": 1}
    assert await balances(benefits) == {
        "bank": "-1136.00", "benefit_expense": "1224.00", "receipts_unallocated": "-88.00",
    }  # fmt: skip
    assert (await balances(benefits, "employment_injury"))["bank"] == "-1224.00"


async def test_a_wrong_line_is_countered_once_and_what_it_made_smaller_is_to_come_back_again(
    benefits: ServiceUnderTest,
) -> None:
    """RM612.00 of RM700.00, and RM50.00 of nobody: of the next ten days, RM680.00, the RM612.00 are set off."""
    recovery = await overpaid(benefits)
    before = await balances(benefits)
    await send(benefits, line(1, "700.00", recovery["reference"]), line(2, "50.00", "whoever reads this"))
    await benefits.work_off()
    (repayment,), (of_nobody,) = await ids(benefits, "more_than_open"), await ids(benefits, "unknown_reference")
    assert (await act(benefits, f"/v1/repayments/{new_id()}/counter-entries", 1, 404, evidence="KB-9"))[
        "code"
    ] == "repayment_unknown"
    about = f"/v1/repayments/{repayment}/counter-entries"
    assert (await act(benefits, f"{about}/releases", 2, 409))["code"] == "counter_entry_unfit"
    assert await for_officers(benefits) == {"more_than_open": 1, "unknown_reference": 1}
    await countered(benefits, of_nobody)
    await countered(benefits, repayment)
    assert (await the_recovery(benefits), await balances(benefits)) == (recovery, before)
    assert await for_officers(benefits) == {}
    owed = third().entitlements[0].terms
    await settle(benefits, decided(4, *owed, period(date(2026, 8, 12), date(2026, 8, 21), 6800)))
    assert (await act(benefits, f"{about}/releases", 3, 409))["code"] == "counter_entry_unfit"
    assert (await act(benefits, about, 3, 409, evidence="KB-10"))["code"] == "counter_entry_unfit"
    assert sums(await the_recovery(benefits)) == {
        "opened": "612.00", "set_off": "612.00", "repaid": "0.00", "open": "0.00",
    }  # fmt: skip
    assert await bank_answers(benefits) == ["68.00"]
    assert await balances(benefits) == {"bank": "-1904.00", "benefit_expense": "1904.00"}
    found = [len(await ids(benefits, state)) for state in ("more_than_open", "unknown_reference", "countered")]
    assert (found, await ids(benefits, "counter_to_be_released")) == ([0, 0, 2], [])
    told = [data for type_, data in await events(benefits) if "repayment_countered" in type_]
    assert [(each["repayment"], each["amount_sen"], each["beyond_sen"]) for each in told] == [(repayment, 61200, 8800)]


async def test_what_is_countered_stays_so_after_a_restore_and_is_told_again(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    recovery = await overpaid(benefits)
    wrong = line(1, "200.00", recovery["reference"])
    await send(benefits, wrong)
    await benefits.work_off()
    (repayment,) = await ids(benefits, "repaid")
    await countered(benefits, repayment)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("again")) as uow:
        await republish_benefits(RepublishBenefits("run-1", Stated.REPAYMENTS), uow)
    told = [each for each in await published_by(benefits) if isinstance(each, PaymentRecovered)]
    assert [type(each).__name__ for each in told] == ["BenefitRecoveredV1", "BenefitRepaymentCounteredV1"] * 2
    assert told[:2] == told[2:]
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third())
    await send(again, wrong)
    await again.work_off()
    assert sums(await the_recovery(again))["open"] == "612.00"
    assert await balances(again) == await balances(benefits)


async def test_a_counter_entry_that_waited_and_was_released_since_waits_no_more(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """In the backup one officer had proposed it; what both made of it is read back, and nobody releases it again."""
    recovery = await overpaid(benefits)
    await send(benefits, line(1, "200.00", recovery["reference"]), line(2, "1.00", "nothing that anybody knows"))
    await benefits.work_off()
    both = [*await ids(benefits, "repaid"), *await ids(benefits, "unknown_reference")]
    await recall(benefits, again)
    for repayment in both:
        await act(again, f"/v1/repayments/{repayment}/counter-entries", evidence="KB-9")
        await countered(benefits, repayment)
    assert len(await came_in(again, "counter_to_be_released")) == 2
    await recall(benefits, again)
    assert await came_in(again, "counter_to_be_released") == []
    for repayment in both:
        about = f"/v1/repayments/{repayment}/counter-entries/releases"
        assert (await act(again, about, 2, 409))["code"] == "counter_entry_unfit"


async def test_what_is_agreed_holds_although_a_wrong_line_paid_all_back(
    benefits: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The line is countered, so the debt never ended: of RM680.00 RM100.00 are kept, after a restore too."""
    business_clock.set_day(2026, 11, 29)
    recovery = await overpaid(benefits)
    await agree(benefits, recovery, "instalments", monthly=money("100.00"))
    await send(benefits, line(1, "612.00", recovery["reference"]))
    await benefits.work_off()
    await countered(benefits, (await ids(benefits, "repaid"))[0])
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third())
    business_clock.set_day(2026, 12, 5)
    more = period(date(2026, 8, 12), date(2026, 8, 21), 6800)
    for each in (benefits, again):
        await settle(each, decided(4, *third().entitlements[0].terms, more))
        assert await bank_answers(each) == ["580.00"]
        assert sums(await the_recovery(each))["open"] == "512.00"


async def test_what_is_agreed_holds_after_a_restore_and_is_told_again(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """RM100.00 of the next RM680.00 are kept, not RM612.00; what nobody released is not known again."""
    recovery = await overpaid(benefits)
    about = f"/v1/recoveries/{recovery['recovery']}/instalments"
    await agree(benefits, recovery, "instalments", monthly=money("100.00"))
    await act(benefits, about, monthly=money("0.01"), from_on="2026-11-01", evidence="KB-2")
    await benefits.work_off()
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("again")) as uow:
        await republish_benefits(RepublishBenefits("run-1", Stated.AGREEMENTS), uow)
    told = [each for each in await published_by(benefits) if isinstance(each, RecoveryAgreedV1)]
    assert (len(told), told[0]) == (2, told[1])
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third())
    owed = third().entitlements[0].terms
    await settle(again, decided(4, *owed, period(date(2026, 8, 12), date(2026, 8, 21), 6800)))
    assert await bank_answers(again) == ["580.00"]
    assert sums(await the_recovery(again))["open"] == "512.00"
    listed = await again.call("GET", about.replace("instalments", "agreements"), scopes=("benefits:agreement:read",))
    assert [(each["monthly"], each["word"]) for each in listed.json()["data"]] == [(money("100.00"), "released")]


async def test_what_is_of_no_recovery_is_known_again_after_a_restore_and_told_again(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """RM50.00 of nobody, RM30.00 of nobody that did not come in, RM20.00 when nothing was open any more."""
    recovery = await overpaid(benefits)
    lines = [
        *(line(1, "50.00", "whoever reads this"), line(2, "30.00", "whoever reads this")),
        *(line(3, "612.00", recovery["reference"]), line(4, "20.00", recovery["reference"])),
    ]
    for each in lines:
        await send(benefits, each)
        await benefits.work_off()
    await countered(benefits, (await wrong_one(benefits, "30.00"))["repayment"])
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("again")) as uow:
        await republish_benefits(RepublishBenefits("run-1", Stated.REPAYMENTS), uow)
        await republish_benefits(RepublishBenefits("run-1", Stated.UNALLOCATED), uow)
    told = [each for each in await published_by(benefits) if isinstance(each, MoneyUnallocatedV1 | PaymentRecovered)]
    assert len(told) == 5 + 4, "a line that is countered is told again as it stands"
    assert all(each in told[:5] for each in told[5:])
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third())
    await send(again, *lines)
    await again.work_off()
    assert await balances(again) == await balances(benefits)
    for state in ("unknown_reference", "more_than_open", "countered", "repaid"):
        assert await came_in(again, state) == await came_in(benefits, state)


async def wrong_one(benefits: ServiceUnderTest, amount: str) -> Any:
    answer = await benefits.call("GET", "/v1/repayments?state=unknown_reference", scopes=READ)
    (found,) = (each for each in answer.json()["data"] if each["amount"]["amount"] == amount)
    return found


async def test_nobody_but_the_bank_says_what_its_statement_says(benefits: ServiceUnderTest) -> None:
    for party, role in (("employer:7", "partner"), ("organisation:1", "officer"), ("bank:2", "partner")):
        answer = await send(benefits, line(1, "1.00", "x"), party=party, role=role)
        assert (answer.status_code, answer.json()["code"]) == (403, "only_the_bank")
    for amount, day, code in (("0.00", "2026-11-24", "request_invalid"), ("1.00", "2100-12-31", "received_in_future")):
        answer = await send(benefits, line(1, amount, "x") | {"value_on": day})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_instalments_keep_their_sum_of_a_month_and_two_officers_agree_on_them(
    benefits: ServiceUnderTest,
) -> None:
    """Ten more days, RM680.00, fall due twice: RM612.00 would be kept, RM100.00 are, and what is left when it ends."""
    recovery = await overpaid(benefits)
    await agree(benefits, recovery, "instalments", monthly=money("100.00"))
    owed, more = third().entitlements[0].terms, period(date(2026, 8, 12), date(2026, 8, 21), 6800)
    await settle(benefits, decided(4, *owed, more))
    assert await bank_answers(benefits) == ["580.00"]
    assert sums(await the_recovery(benefits))["open"] == "512.00"
    await agree(benefits, recovery, "instalments", monthly=None)
    await settle(benefits, decided(5, *owed, more, period(date(2026, 8, 22), date(2026, 8, 31), 6800)))
    assert await bank_answers(benefits) == ["168.00"]
    assert sums(await the_recovery(benefits))["open"] == "0.00"


async def test_a_plan_ends_with_its_debt(benefits: ServiceUnderTest) -> None:
    """RM1.00 a month was agreed for RM612.00, which are repaid: of the next RM612.00 all that falls due is kept."""
    recovery = await overpaid(benefits)
    await agree(benefits, recovery, "instalments", monthly=money("1.00"))
    await send(benefits, line(1, "612.00", recovery["reference"]))
    await benefits.work_off()
    await settle(benefits, decided(4, *second().entitlements[0].terms))
    assert await bank_answers(benefits) == ["612.00"]
    await settle(benefits, decided(5, *third().entitlements[0].terms))
    assert sums(await the_recovery(benefits))["open"] == "612.00"
    more = period(date(2026, 8, 12), date(2026, 8, 21), 6800)
    await settle(benefits, decided(6, *third().entitlements[0].terms, more))
    assert await bank_answers(benefits) == ["68.00"]
    assert sums(await the_recovery(benefits))["open"] == "0.00"


async def test_a_plan_keeps_its_sum_of_a_month_whatever_was_owed_after_all_or_repaid_before(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Six days were owed after all, RM408.00, and RM20.00 came a month ago: of six new days RM100.00 are kept."""
    business_clock.set_day(2026, 10, 20)
    recovery = await overpaid(benefits)
    business_clock.set_day(2026, 11, 24)
    await agree(benefits, recovery, "instalments", monthly=money("100.00"))
    await send(benefits, line(1, "20.00", recovery["reference"]) | {"value_on": "2026-10-24"})
    longer = period(FIRST_DAY, date(2026, 8, 8), 6800)
    await settle(benefits, decided(4, longer))
    assert await bank_answers(benefits) == []
    await settle(benefits, decided(5, longer, period(date(2026, 8, 12), date(2026, 8, 17), 6800)))
    assert await bank_answers(benefits) == ["308.00"]
    assert sums(await the_recovery(benefits))["open"] == "84.00"


async def test_what_is_owed_under_another_act_is_set_off_as_agreed_alone(benefits: ServiceUnderTest) -> None:
    """Act 4 wants RM612.00; Act 800 pays its RM500.00, and when it is agreed the next RM700.00 are set off first."""
    recovery = await overpaid(benefits)
    await settle(benefits, out_of_work(1, 50000))
    assert await bank_answers(benefits) == ["500.00"]
    await settle(benefits, out_of_work(2, 120000))
    await agree(benefits, recovery, "set-offs", scheme="act800", owner="claims", ends=False)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["88.00"]
    assert sums(await the_recovery(benefits)) == {
        "opened": "612.00", "set_off": "612.00", "repaid": "0.00", "open": "0.00",
    }  # fmt: skip
    assert (await balances(benefits, "employment_insurance"))["recoveries_set_off"] == "-612.00"
    assert (await balances(benefits, "employment_injury"))["recoveries_set_off"] == "612.00"


async def test_what_is_set_off_across_acts_is_brought_down_first_too(benefits: ServiceUnderTest) -> None:
    """Act 4 wants RM612.00, and RM544.00 more by a revision that is not settled yet: of RM1,200.00 RM44.00 are paid."""
    recovery = await overpaid(benefits)
    await agree(benefits, recovery, "set-offs", scheme="act800", owner="claims", ends=False)
    less = decided(4, period(FIRST_DAY, date(2026, 7, 25), 6800))
    await handle_events(benefits, less, out_of_work(1, 120000))
    allowance = SettleEntitlement(OTHER, "act800", "job_search_allowance", f"person:{PERSON}")
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await settle_entitlement(allowance, uow)
    assert await bank_answers(benefits) == ["44.00"]


async def test_what_is_agreed_from_a_later_day_on_is_looked_at_on_that_day(
    benefits: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM500.00 of Act 800 wait for the bank's file, and a set-off is agreed as of 1 December: they are set off then.

    So they are on a database that was put back.
    """
    business_clock.set_day(2026, 11, 29)
    recovery = await overpaid(benefits)
    await settle(benefits, out_of_work(1, 50000))
    await agree(benefits, recovery, "set-offs", "2026-12-01", scheme="act800", owner="claims", ends=False)
    await benefits.work_off()
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third())
    await settle(again, out_of_work(1, 50000))
    for each in (benefits, again):
        assert (await the_recovery(each))["open"]["amount"] == "612.00"
    business_clock.set_day(2026, 12, 1)
    for each in (benefits, again):
        await each.work_off()
        assert await bank_answers(each) == []
        assert (await the_recovery(each))["open"]["amount"] == "112.00"


async def test_an_agreement_across_acts_holds_within_one_claim_too(benefits: ServiceUnderTest) -> None:
    recovery = await overpaid(benefits)
    await agree(benefits, recovery, "set-offs", scheme="act800", owner="claims", ends=False)
    about = {"scheme": "act800", "benefit": BENEFIT, "law": "Act 800 s.30", "fund": Fund.EMPLOYMENT_INSURANCE}
    owed = owed_to(f"person:{PERSON}", once(date(2026, 9, 1), 50000), **about)
    await settle(benefits, assessed(4, *third().entitlements, owed))
    assert await bank_answers(benefits) == []
    assert sums(await the_recovery(benefits))["open"] == "112.00"


async def test_days_of_another_benefit_are_paid_once_although_instalments_are_agreed(
    benefits: ServiceUnderTest,
) -> None:
    """SKBBK paid 27 days, and the accident was one at work: its days are set off whole, and of later ones RM100.00."""
    await enter_payee(benefits)
    skbbk: dict[str, Any] = {
        "benefit": "non_employment_injury_temporary_disablement",
        "fund": Fund.NON_EMPLOYMENT_INJURY,
    }
    await settle(benefits, decided(1, *second().entitlements[0].terms, **skbbk))
    await bank_answers(benefits)
    await settle(benefits, decided(2, *third().entitlements[0].terms, **skbbk))
    await agree(benefits, await the_recovery(benefits), "instalments", monthly=money("100.00"))
    await settle(benefits, decided(3, *second().entitlements[0].terms))
    assert await bank_answers(benefits) == []
    assert sums(await the_recovery(benefits))["open"] == "0.00"


async def test_days_count_as_paid_for_another_benefit_while_their_payment_stands(benefits: ServiceUnderTest) -> None:
    async def paid(claim: UUID = CLAIM) -> tuple[Days, ...]:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
            return await uow.payments.list_paid_days(settling(claim).key)

    await enter_payee(benefits)
    all_days = (Days(FIRST_DAY, date(2026, 8, 11)),)
    await settle(benefits, first(claim=OTHER))
    assert await paid(OTHER) == all_days, "on its way"
    await settle(benefits, refused(2, claim=OTHER))
    assert await paid(OTHER) == (), "withdrawn"
    await settle(benefits, first())
    await bank_answers(benefits)
    assert await paid() == all_days
    await settle(benefits, decided(2, period(FIRST_DAY, date(2026, 8, 20), 6533)))
    assert await bank_answers(benefits, "RJCT/AC04") == ["587.97"]
    assert await paid() == all_days, "nine days more, and their payment came back"


def out_of_work(revision: int, sen: int) -> ClaimAssessedV1:
    about = {"scheme": "act800", "benefit": "job_search_allowance", "law": "Act 800 s.30"}
    owed = owed_to(f"person:{PERSON}", once(date(2026, 9, 1), sen), fund=Fund.EMPLOYMENT_INSURANCE, **about)
    return assessed(revision, owed, claim=OTHER)


async def test_what_came_back_is_known_again_after_a_restore_and_asked_for_by_nobody(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """RM200.00 of RM612.00 came by the bank's line: RM412.00 are open again, also when the line is sent again."""
    recovery = await overpaid(benefits)
    paid_back = line(1, "200.00", recovery["reference"])
    await send(benefits, paid_back)
    await benefits.work_off()
    await recall(benefits, again)
    assert sums(await the_recovery(benefits))["open"] == "412.00"
    await enter_payee(again)
    await settle(again, third())
    known = await the_recovery(again)
    assert sums(known) == {"opened": "612.00", "set_off": "0.00", "repaid": "200.00", "open": "412.00"}
    assert (known["recovery"], known["reference"]) == (recovery["recovery"], recovery["reference"])
    assert (await send(again, paid_back)).json() == {"taken": 1, "repeated": 0}
    await again.work_off()
    assert sums(await the_recovery(again))["open"] == "412.00"
    assert await balances(again) == await balances(benefits)


async def test_what_came_back_of_a_debt_that_was_none_is_paid_again_after_a_restore(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """RM612.00 are to come back by the third revision, not by the fourth, and by the fifth again: then they came back.

    Read again, no revision before the fifth pays them; the sixth, by which nothing was overpaid, does.
    """
    owed = ((4, second()), (5, third()), (6, second()))
    revisions = [decided(number, *of.entitlements[0].terms) for number, of in owed]
    await overpaid(benefits)
    await settle(benefits, *revisions[:2])
    await send(benefits, line(1, "612.00", (await the_recovery(benefits))["reference"]))
    await benefits.work_off()
    await recall(benefits, again)
    await enter_payee(again)
    for revision in (second(), third(), *revisions[:2]):
        await settle(again, revision)
        assert await bank_answers(again) == []
    assert await balances(again) == await balances(benefits)
    await settle(again, revisions[2])
    assert await bank_answers(again) == ["612.00"]
    assert sums(await the_recovery(again))["open"] == "0.00"


async def test_what_came_back_is_owed_again_after_a_restore_though_days_went_on(
    benefits: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """27 days were paid, of which nine are owed by nobody and came back. The same revision owes 50 days more, which
    have passed when it is known again: those are paid, and the nine are no part of them."""
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(date(2026, 7, 16), date(2026, 8, 11), 6800)))
    await bank_answers(benefits)
    two = (period(date(2026, 7, 16), date(2026, 8, 2), 6800), period(date(2026, 8, 12), date(2026, 9, 30), 6800))
    await settle(benefits, decided(2, *two))
    paid_back = line(1, "612.00", (await the_recovery(benefits))["reference"])
    await send(benefits, paid_back | {"value_on": "2026-08-12"})
    await benefits.work_off()
    await recall(benefits, again)
    await enter_payee(again)
    business_clock.set_day(2026, 10, 1)
    await settle(again, decided(2, *two))
    assert await bank_answers(again) == ["3400.00"]
    assert sums(await the_recovery(again)) == {
        "opened": "612.00", "set_off": "0.00", "repaid": "612.00", "open": "0.00",
    }  # fmt: skip


async def test_what_came_back_of_what_was_set_off_alone_is_owed_again_after_a_restore(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """RM612.00 of another claim are set off, and nothing is sent of the rest before it ends: they are to come back, and
    do. Put back, what was set off is known of neither, and no payment names the other claim."""
    await overpaid(benefits)
    other = decided(1, period(date(2026, 9, 1), date(2026, 9, 10), 6800), claim=OTHER)
    ended = assessed(2, claim=OTHER)
    for revision in (other, ended):
        await settle(benefits, revision)
    (_, recovery) = await listed(benefits, "recoveries")
    await send(benefits, line(1, "612.00", recovery["reference"]))
    await benefits.work_off()
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, third(), ended)
    assert [each["open"]["amount"] for each in await listed(again, "recoveries")] == ["0.00", "0.00"]
    assert await balances(again) == await balances(benefits)


async def test_a_receipt_counts_once_after_a_restore_too(benefits: ServiceUnderTest, again: ServiceUnderTest) -> None:
    """The backup knows that it was entered, withdrawn and entered again, or nothing of it; its release is lost."""
    recovery = await overpaid(benefits)
    path = f"/v1/recoveries/{recovery['recovery']}/repayments"
    withdrawn, released = await enter(benefits, recovery, "20.00"), ""
    await act(benefits, f"/v1/repayments/{withdrawn}/withdrawals", 2)
    for reference in ("RCPT-1", "RCPT-2"):
        entered = await act(benefits, path, **came_at_the_counter("200.00", reference=reference))
        released = entered["repayment"]
        await act(benefits, f"/v1/repayments/{released}/releases", 2)
        await benefits.work_off()
        await recall(benefits, again)
        if reference == "RCPT-1":
            await enter_payee(again)
            await settle(again, third())
            await act(again, path, **came_at_the_counter("200.00", reference="RCPT-2"))
    assert (await act(again, f"/v1/repayments/{released}/withdrawals", 1))["word"] == "released"
    for reference in ("RCPT-1", "RCPT-2"):
        answer = await act(again, path, 2, 409, **came_at_the_counter("200.00", reference=reference))
        assert answer["code"] == "repayment_entered"
    assert sums(await the_recovery(again))["repaid"] == "400.00"
    await countered(again, released)
    await act(again, path, **came_at_the_counter("200.00", reference="RCPT-2"))


async def test_what_came_back_is_told_again_as_it_was(benefits: ServiceUnderTest) -> None:
    recovery = await overpaid(benefits)
    await send(benefits, line(1, "700.00", recovery["reference"]))
    await benefits.work_off()
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("again")) as uow:
        await republish_benefits(RepublishBenefits("run-1"), uow)
    await benefits.work_off()
    told, told_again = [each for each in await published_by(benefits) if isinstance(each, BenefitRecoveredV1)]
    assert told == told_again
    assert (told.amount_sen, told.beyond_sen) == (61200, 8800)
