"""Settling in the database: the story, what waits, and two workers at once."""

import asyncio
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from services.benefits.commands.settle_entitlement import settle_entitlement
from services.benefits.storage.payments import PaymentRepository, Unsent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    CLAIM,
    FIRST_DAY,
    LAST_DAY,
    balances,
    bank_answers,
    change_payee,
    decided,
    enter_payee,
    events,
    fetch,
    files,
    first,
    freeze,
    handle_events,
    listed,
    period,
    refused,
    report,
    second,
    send_report,
    settle,
    settling,
    third,
    transfers,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import BUSINESS_ZONE
from shared.testing.clock import BusinessClock
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_the_story_pays_twice_and_leaves_a_recovery_open(benefits: ServiceUnderTest) -> None:
    """1,763.91, then 72.09 more, then 612.00 to come back (Act 4 s.22, s.50)."""
    await enter_payee(benefits)
    paid = []
    for revision in (first(), second(), third()):
        await settle(benefits, revision)
        paid += await bank_answers(benefits)
    assert paid == ["1763.91", "72.09"]
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["state"], recovery["open"]["amount"], recovery["law"]) == ("open", "612.00", "Act 4 s.50")
    assert await balances(benefits) == {
        "bank": "-1836.00",
        "benefit_expense": "1224.00",
        "recoveries_receivable": "612.00",
    }
    (entitlement,) = await listed(benefits, "entitlements")
    shown = {name: entitlement[name]["amount"] for name in ("amount", "settled", "pending", "recovery")}
    assert shown == {"amount": "1224.00", "settled": "1836.00", "pending": "0.00", "recovery": "612.00"}
    told = [(type_, data.get("amount_sen", data.get("opened_sen")), data["claim_revision"])
            for type_, data in await events(benefits)]  # fmt: skip
    assert told == [
        ("jaring.benefit.settled.v1", 176391, 1),
        ("jaring.benefit.settled.v1", 7209, 2),
        ("jaring.recovery.opened.v1", 61200, 3),
    ]


async def test_revisions_out_of_order_and_repeated_come_to_the_newest(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    for revision in (second(), first(), second(), first()):
        await settle(benefits, revision)
    assert await bank_answers(benefits) == ["1836.00"]
    assert [payment["revision"] for payment in await listed(benefits, "payments")] == [2]


async def test_two_workers_that_settle_the_same_entitlement_at_once_pay_once(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await handle_events(benefits, first())
    database = benefits.worker.database

    async def one_worker() -> None:
        async with database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await settle_entitlement(settling(), uow)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(one_worker() for _ in range(6)))
    await benefits.work_off()
    assert [payment["amount"]["amount"] for payment in await listed(benefits, "payments")] == ["1763.91"]


async def test_a_refusal_that_meets_the_first_settling_is_not_passed_over(benefits: ServiceUnderTest) -> None:
    """The refusal names no benefit: it must see that one is being settled, and bring it down again."""
    await enter_payee(benefits)
    await handle_events(benefits, first())
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await uow.connection.execute(text("DELETE FROM due_work WHERE kind = 'settle_entitlement'"))
        await settle_entitlement(settling(), uow)
        refusal = asyncio.create_task(benefits.consume(refused(2)))
        await asyncio.sleep(0.3)
    await refusal
    await benefits.work_off()
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["voided"]


async def test_what_falls_due_while_the_decision_is_told_again_is_paid(benefits: ServiceUnderTest) -> None:
    """The projection is dropped, the payee is entered, and only then the decision is announced again."""
    await settle(benefits, first())
    async with benefits.database.connection() as connection:
        await connection.execute("TRUNCATE assessment, entitlement, entitlement_term, refusal")
    await enter_payee(benefits)
    await benefits.work_off()
    await benefits.consume(received(first(), announcement="run-1"))
    await benefits.work_off()
    assert [payment["amount"]["amount"] for payment in await listed(benefits, "payments")] == ["1763.91"]


async def test_two_workers_that_freeze_at_once_send_each_payment_once(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have taken what they find before either goes on."""
    both, take = asyncio.Barrier(2), PaymentRepository.take_unsent

    async def take_beside_another(payments: PaymentRepository, limit: int) -> list[Unsent]:
        taken = await take(payments, limit)
        await asyncio.wait_for(both.wait(), 10)
        return taken

    await enter_payee(benefits)
    await settle(benefits, first())
    monkeypatch.setattr(PaymentRepository, "take_unsent", take_beside_another)
    await asyncio.gather(freeze(benefits), freeze(benefits))
    async with benefits.database.connection() as connection:
        assert await connection.fetchval("SELECT sum(transactions) FROM bank_file") == 1


async def test_a_payment_waits_until_the_payee_is_known(benefits: ServiceUnderTest) -> None:
    await settle(benefits, first())
    assert await listed(benefits, "payments") == []
    assert await benefits.work_off() == 0
    await enter_payee(benefits)
    assert await benefits.work_off() == 1
    assert await bank_answers(benefits) == ["1763.91"]


async def test_a_period_is_paid_on_the_day_after_its_last(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Paid when its days have passed, in Kuala Lumpur: midnight there is 16:00 UTC of the day before."""
    await enter_payee(benefits)
    ahead = decided(1, period(date(2026, 7, 16), date(2026, 7, 31), 6533), period(date(2026, 8, 1), LAST_DAY, 6533))
    business_clock.set(datetime(2026, 8, 1, 0, 0, 1, tzinfo=BUSINESS_ZONE))
    await handle_events(benefits, ahead)
    assert await benefits.worker.runner.run_one()
    assert [payment["amount"]["amount"] for payment in await listed(benefits, "payments")] == ["1045.28"]
    async with benefits.database.connection() as connection:
        due_at = await connection.fetchval("SELECT due_at FROM due_work WHERE kind = 'settle_entitlement'")
    assert due_at == datetime(2026, 8, 12, tzinfo=BUSINESS_ZONE)
    assert await benefits.work_off() == 0
    business_clock.set(due_at)
    assert await benefits.work_off() == 1
    rows = await listed(benefits, "payments")
    assert [(row["amount"]["amount"], row["period_first"]) for row in rows] == [
        ("1045.28", "2026-07-16"),
        ("718.63", "2026-08-01"),
    ]


async def test_a_refusal_after_a_payment_recovers_all_of_it(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await settle(benefits, refused(2))
    (recovery,) = await listed(benefits, "recoveries")
    assert recovery["open"]["amount"] == "1763.91"
    (entitlement,) = await listed(benefits, "entitlements")
    assert (entitlement["refused_for"], entitlement["amount"]["amount"]) == ("not_covered", "0.00")


async def test_a_benefit_that_a_revision_leaves_out_is_owed_no_more(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, decided(2))
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["voided"]
    assert await balances(benefits) == {}


async def test_a_later_revision_upwards_first_reduces_the_recovery(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, second())
    await bank_answers(benefits)
    await settle(benefits, third())
    await settle(benefits, decided(4, period(date(2026, 7, 16), LAST_DAY, 7000)))
    assert await bank_answers(benefits) == ["54.00"]
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["state"], recovery["opened"]["amount"], recovery["set_off"]["amount"]) == (
        "closed",
        "612.00",
        "612.00",
    )


async def test_money_that_came_back_is_paid_again_only_to_another_account(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits, "RJCT/AC04")
    await benefits.work_off()
    await freeze(benefits)
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["returned"]
    assert await balances(benefits) == {}
    # The account that it came back from, entered once more, is no other account.
    assert (await enter_payee(benefits))["version"] == 1
    assert await benefits.work_off() == 0
    assert (await change_payee(benefits, "6987654321"))["version"] == 2
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]
    returned, again = await listed(benefits, "payments")
    assert (again["kind"], again["replaces"]) == ("reissue", returned["end_to_end_id"])
    assert (returned["payee_version"], again["payee_version"]) == (1, 2)
    told = [(type_, data.get("reason")) for type_, data in await events(benefits)]
    assert told == [("jaring.benefit.returned.v1", "AC04"), ("jaring.benefit.settled.v1", None)]


async def test_a_payment_made_for_a_refused_account_before_it_was_sent_waits_too(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    await settle(benefits, second())
    (file,) = await files(benefits)
    ((end_to_end_id, _),) = transfers(await fetch(benefits, file))
    answer = await send_report(benefits, file, report(file["message_id"], {end_to_end_id: "RJCT/AC01"}))
    assert answer.json() == {"settled": 0, "returned": 1, "pending": 0, "repeated": 0, "held": 0}
    await freeze(benefits)
    states = [payment["state"] for payment in await listed(benefits, "payments")]
    assert states == ["returned", "unsent"]


async def test_the_books_and_the_payments_survive_a_rebuilt_projection(benefits: ServiceUnderTest) -> None:
    """What claims decided is dropped and announced again: nothing is paid twice."""
    await enter_payee(benefits)
    await settle(benefits, second())
    async with benefits.database.connection() as connection:
        before = await connection.fetch("SELECT * FROM entitlement_term")
        await connection.execute("TRUNCATE assessment, entitlement, entitlement_term, refusal")
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await settle_entitlement(settling(), uow)
    await settle(benefits, second())
    async with benefits.database.connection() as connection:
        assert await connection.fetch("SELECT * FROM entitlement_term") == before
    assert len(await listed(benefits, "payments")) == 1


async def test_a_payment_in_no_file_yet_says_what_it_waits_for(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Instructed, and only then the account is changed: it waits for the hold, and says so until it is over."""
    await enter_payee(benefits)
    await settle(benefits, first())
    held_until = (await enter_payee(benefits, "6987654321"))["held_until"]
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    (entitlement,) = await listed(benefits, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["account_held"]
    business_clock.set(datetime.fromisoformat(held_until))
    await benefits.work_off()
    (entitlement,) = await listed(benefits, "entitlements")
    assert entitlement["waiting"] == []
    assert await bank_answers(benefits) == ["1763.91"]


async def test_a_payment_made_before_its_account_refused_another_says_so(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    await settle(benefits, second())
    (file,) = await files(benefits)
    ((end_to_end_id, _),) = transfers(await fetch(benefits, file))
    await send_report(benefits, file, report(file["message_id"], {end_to_end_id: "RJCT/AC01"}))
    await settle(benefits, decided(3, period(FIRST_DAY, FIRST_DAY, 7209)))
    (entitlement,) = await listed(benefits, "entitlements")
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["returned", "unsent"]
    assert [each["reason"] for each in entitlement["waiting"]] == ["account_returned"]


@pytest.mark.parametrize("owed", [True, False], ids=["owed", "refused meanwhile"])
async def test_what_another_claim_has_in_no_file_yet_says_that_the_account_refused(
    benefits: ServiceUnderTest, owed: bool
) -> None:
    """RM1,763.91 come back; the RM186.48 of another claim wait for the account too, and until another is entered."""
    other = UUID("0197b6a0-6c00-7000-8000-000000000002")
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    # Of another Act: it is not set off against the refused claim's debt.
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331), claim=other, scheme="act789"))
    if not owed:
        await settle(benefits, refused(2))
    (file,) = await files(benefits)
    ((end_to_end_id, _),) = transfers(await fetch(benefits, file))
    await send_report(benefits, file, report(file["message_id"], {end_to_end_id: "RJCT/AC01"}))
    await benefits.work_off()
    assert await waiting_of(benefits, other) == ["account_returned"]
    assert await waiting_of(benefits, CLAIM) == ["account_returned"] * owed
    assert await bank_answers(benefits) == []
    await change_payee(benefits, "6987654321")
    await benefits.work_off()
    assert await waiting_of(benefits, other) == await waiting_of(benefits, CLAIM) == []
    assert sorted(await bank_answers(benefits)) == ["1763.91"] * owed + ["186.48"]


async def waiting_of(benefits: ServiceUnderTest, claim: UUID) -> list[str]:
    """Why something of a claim waits."""
    (found,) = [each for each in await listed(benefits, "entitlements") if each["claim"] == str(claim)]
    return [each["reason"] for each in found["waiting"]]


async def test_a_payment_that_is_withdrawn_waits_for_nothing(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await enter_payee(benefits, "6987654321")
    await settle(benefits, refused(2))
    (entitlement,) = await listed(benefits, "entitlements")
    assert entitlement["waiting"] == []
