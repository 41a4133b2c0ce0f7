"""Whichever of a party's benefits is settled first, and what fails meanwhile: it is paid once and asked for nothing.

Life 1 with a lump sum: an accident that was SKBBK's turns into an employment injury.
"""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.benefits.commands import settle_entitlement
from services.benefits.commands.gather_books import Owed
from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    CLAIM,
    assessed,
    balances,
    bank_answers,
    change_payee,
    enter_payee,
    fetch,
    files,
    freeze,
    handle_events,
    listed,
    once,
    owed_to,
    report,
    send_report,
    settle,
    transfers,
)
from shared.contracts.claim_assessed import ClaimAssessedV1, Fund
from shared.contracts.envelope import Cause
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SKBBK, INJURY = "non_employment_injury_permanent_disablement", "permanent_disablement"
OPERATOR = "person:12"
ANOTHER = UUID("0197b6a0-6c00-7000-8000-000000000002")
DAY = date(2026, 9, 14)


def outside() -> ClaimAssessedV1:
    """54 % as a lump sum of RM5,400.00 by SKBBK."""
    lump_sum = owed_to(OPERATOR, once(DAY, 540_000), benefit=SKBBK, fund=Fund.NON_EMPLOYMENT_INJURY)
    return assessed(1, lump_sum, refuses=[INJURY])


def on_the_way(**about: Any) -> ClaimAssessedV1:
    """90 % as a lump sum of RM9,000.00 by employment injury; SKBBK is refused now."""
    return assessed(2, owed_to(OPERATOR, once(DAY, 900_000), benefit=INJURY), refuses=[SKBBK], **about)


async def turned(benefits: ServiceUnderTest) -> None:
    """SKBBK's lump sum has left; the revision that turns it is told and not settled yet."""
    await enter_payee(benefits)
    await settle(benefits, outside())
    assert await bank_answers(benefits) == ["5400.00"]
    await handle_events(benefits, on_the_way())


async def run(benefits: ServiceUnderTest, benefit: str) -> None:
    """One lane runs the row of this benefit alone, and the timer makes a bank file."""
    owed = SettleEntitlement(CLAIM, "act4", benefit, OPERATOR)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await uow.connection.execute(text("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'settle_entitlement'"))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await uow.due.at(owed, await _earliest(uow))
    assert await benefits.worker.runner.run_one()


async def _earliest(uow: BenefitsUnitOfWork) -> Any:
    return (await uow.connection.execute(text("SELECT 'epoch'::timestamptz"))).scalar_one()


async def check_it_is_paid_up(benefits: ServiceUnderTest, *order: str) -> None:
    """Raises AssertionError unless RM3,600.00 more are paid and nothing is to come back."""
    paid = []
    for benefit in order:
        await run(benefits, benefit)
        paid += await bank_answers(benefits)
    for owed in (SKBBK, INJURY):
        await run(benefits, owed)
        await benefits.work_off()
    paid += await bank_answers(benefits)
    assert paid == ["3600.00"]
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["state"], recovery["set_off"]["amount"]) == ("closed", "5400.00")
    assert await balances(benefits) == {"bank": "-9000.00", "benefit_expense": "9000.00"}
    assert await balances(benefits, "non_employment_injury") == {"bank": "-5400.00", "recoveries_set_off": "5400.00"}


@pytest.mark.parametrize("order", [(SKBBK, INJURY), (INJURY, SKBBK)], ids=["ends first", "begins first"])
async def test_a_lump_sum_that_turns_from_one_fund_to_the_other_is_paid_up_in_either_order(
    benefits: ServiceUnderTest, order: tuple[str, ...]
) -> None:
    await turned(benefits)
    await check_it_is_paid_up(benefits, *order)


def fails_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first attempt to settle what ends fails."""
    takes, failed = settle_entitlement._take_days, list[str]()

    async def take_days(owed: Owed, uow: BenefitsUnitOfWork) -> None:
        if owed.entitled.key.benefit == SKBBK and not failed:
            failed.append(SKBBK)
            raise RuntimeError("the first attempt")
        await takes(owed, uow)

    monkeypatch.setattr(settle_entitlement, "_take_days", take_days)


async def test_what_ends_fails_at_first_and_what_begins_is_paid_up_all_the_same(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await turned(benefits)
    fails_once(monkeypatch)
    await check_it_is_paid_up(benefits, SKBBK, INJURY)


@pytest.mark.parametrize("failing", [False, True])
async def test_each_settled_for_itself_the_same_check_is_red(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, failing: bool
) -> None:
    async def nothing(*_: object) -> bool:
        return True

    monkeypatch.setattr(settle_entitlement, "_bring_others_down", nothing)
    await turned(benefits)
    if failing:
        fails_once(monkeypatch)
    with pytest.raises(AssertionError, match=r"9000\.00"):
        await check_it_is_paid_up(benefits, *((SKBBK, INJURY) if failing else (INJURY, SKBBK)))


async def test_a_debt_of_another_claim_that_comes_to_light_later_is_taken_from_what_was_not_sent(
    benefits: ServiceUnderTest,
) -> None:
    """The claim in the place of the first is told of before the first is ended: RM9,000.00 become RM3,600.00."""
    await enter_payee(benefits)
    await settle(benefits, outside())
    assert await bank_answers(benefits) == ["5400.00"]
    await settle(benefits, on_the_way(claim=ANOTHER))
    await settle(benefits, assessed(2, refuses=[SKBBK]))
    assert await bank_answers(benefits) == ["3600.00"]
    paid = [(each["kind"], each["amount"]["amount"], each["state"]) for each in await listed(benefits, "payments")]
    assert paid == [
        ("once", "5400.00", "settled"),
        ("once", "9000.00", "voided"),
        ("reissue", "3600.00", "settled"),
    ]
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["state"], recovery["open"]["amount"]) == ("closed", "0.00")
    assert await balances(benefits) == {"bank": "-9000.00", "benefit_expense": "9000.00"}
    assert await benefits.work_off() == 0


async def test_a_debt_that_turns_out_to_be_none_as_its_payment_came_back_is_owed_again(
    benefits: ServiceUnderTest,
) -> None:
    """RM9,000.00 in no file yet became RM3,600.00 for a debt of RM5,400.00, which the bank then sent back."""
    await enter_payee(benefits)
    await settle(benefits, outside())
    await freeze(benefits)
    await settle(benefits, on_the_way(claim=ANOTHER))
    await settle(benefits, assessed(2, refuses=[SKBBK]))
    (file,) = await files(benefits)
    ((end_to_end_id, _),) = transfers(await fetch(benefits, file))
    await send_report(benefits, file, report(file["message_id"], {end_to_end_id: "RJCT/AC04"}))
    await benefits.work_off()
    await change_payee(benefits, "6987654321")
    await benefits.work_off()
    assert sorted(await bank_answers(benefits)) == ["3600.00", "5400.00"]
    assert await balances(benefits) == {"bank": "-9000.00", "benefit_expense": "9000.00"}
