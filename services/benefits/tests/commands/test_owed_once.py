"""A day is owed once: two claims that want it, and the money when one lets go, is re-rated, voided or paid again."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.benefits.commands.settle_entitlement import settle_entitlement
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
    first,
    handle_events,
    listed,
    period,
    refused,
    second,
    settle,
    settling,
    third,
)
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

TWIN = UUID("0197b6a0-6c00-7000-8000-000000000002")
THIRD_CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000003")
HELD = "day_owed_by_another_claim"
EARNINGS = "act4 earnings"


async def of_claim(benefits: ServiceUnderTest, claim: UUID) -> dict[str, Any]:
    (found,) = [each for each in await listed(benefits, "entitlements") if each["claim"] == str(claim)]
    return found


async def owed(benefits: ServiceUnderTest) -> dict[str, int]:
    """How many days each claim is owed."""
    async with benefits.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT claim::text, sum(upper(days) - lower(days)) AS n FROM owed_days GROUP BY 1"
        )
    return {row["claim"]: row["n"] for row in rows}


async def test_two_notices_of_one_certificate_are_paid_once_and_the_second_says_why_it_waits(
    benefits: ServiceUnderTest,
) -> None:
    """Notices dated 14 and 15 July with one certificate; so is a notice that is repeated after a restore of claims."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    assert await bank_answers(benefits) == ["1763.91"]
    shown = await of_claim(benefits, TWIN)
    assert shown["waiting"] == [{"reason": HELD, "first": "2026-07-16", "last": "2026-08-11", "until": None}]
    assert (shown["amount"]["amount"], shown["pending"]["amount"]) == ("1763.91", "0.00")
    assert (await of_claim(benefits, CLAIM))["waiting"] == []
    assert await benefits.work_off() == 0, "it waits, and asks nobody again and again"


async def test_only_the_days_that_both_claims_want_wait(benefits: ServiceUnderTest) -> None:
    """The second claim's own days, before and after, are paid: 5 and 9 of them."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, decided(1, period(date(2026, 7, 11), date(2026, 8, 20), 7000), claim=TWIN))
    assert sorted(await bank_answers(benefits)) == ["1763.91", "350.00", "630.00"]
    (waiting,) = (await of_claim(benefits, TWIN))["waiting"]
    assert (waiting["first"], waiting["last"]) == ("2026-07-16", "2026-08-11")
    assert await owed(benefits) == {str(CLAIM): 27, str(TWIN): 14}


@pytest.mark.parametrize("let_go", [refused(2), decided(2)], ids=["refused", "left out"])
async def test_what_waits_is_owed_when_the_other_lets_go(benefits: ServiceUnderTest, let_go: Any) -> None:
    """Nothing was sent yet: the first is withdrawn and the second paid."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    await settle(benefits, let_go)
    assert await bank_answers(benefits) == ["1763.91"]
    assert (await of_claim(benefits, TWIN))["waiting"] == []
    assert await owed(benefits) == {str(TWIN): 27}


async def test_days_that_were_paid_to_the_wrong_claim_are_set_off_and_not_paid_again(
    benefits: ServiceUnderTest,
) -> None:
    """The first claim is refused when its money has left: it is to come back, and is what the second is owed."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    assert await bank_answers(benefits) == ["1763.91"]
    await settle(benefits, refused(2))
    assert await bank_answers(benefits) == []
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["state"], recovery["set_off"]["amount"]) == ("closed", "1763.91")
    assert (await of_claim(benefits, TWIN))["set_off"]["amount"] == "1763.91"
    assert await balances(benefits) == {"bank": "-1763.91", "benefit_expense": "1763.91"}


async def test_a_final_certificate_frees_the_days_after_it(benefits: ServiceUnderTest) -> None:
    """Fit from 3 August: the nine days to the 11th are the second claim's now; it waits for the first 18 no less."""
    await enter_payee(benefits)
    await settle(benefits, second())
    await settle(benefits, first(claim=TWIN))
    await settle(benefits, third())
    assert sorted(await bank_answers(benefits)) == ["1224.00", "587.97"]
    (waiting,) = (await of_claim(benefits, TWIN))["waiting"]
    assert (waiting["first"], waiting["last"]) == ("2026-07-16", "2026-08-02")
    assert await owed(benefits) == {str(CLAIM): 18, str(TWIN): 9}


async def test_who_waits_longest_does_not_matter_when_three_want_a_day(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    for claim in (CLAIM, TWIN, THIRD_CLAIM):
        await settle(benefits, first(claim=claim))
    await settle(benefits, refused(2))
    assert sum(float(amount) for amount in await bank_answers(benefits)) == 1763.91
    assert sum((await owed(benefits)).values()) == 27


async def test_re_rating_voiding_and_reissuing_pay_the_same_days_again(benefits: ServiceUnderTest) -> None:
    """What is owed for a day has the constraint, not its payments: 1,763.91, 72.09 more, and what came back again."""
    await enter_payee(benefits)
    await settle(benefits, first())
    assert await bank_answers(benefits) == ["1763.91"]
    await settle(benefits, second())
    assert await bank_answers(benefits, "RJCT/AC04") == ["72.09"]
    await benefits.work_off()
    await change_payee(benefits, "6987654321")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["72.09"]
    assert await owed(benefits) == {str(CLAIM): 27}


async def when_the_book_called_the_loss_otherwise(benefits: ServiceUnderTest, name: str = "by another name") -> None:
    """All days are as they were taken by a book that had another name for what they make good."""
    async with benefits.database.connection("migrate") as connection:
        await connection.execute("UPDATE owed_days SET loss = $1", name)


async def losses(benefits: ServiceUnderTest) -> set[str]:
    """What the days that are owed were taken as."""
    async with benefits.database.connection() as connection:
        return {row["loss"] for row in await connection.fetch("SELECT loss FROM owed_days")}


async def test_days_that_were_taken_by_another_name_of_the_loss_are_taken_again(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await when_the_book_called_the_loss_otherwise(benefits)
    await settle(benefits, second())
    assert sum(float(amount) for amount in await bank_answers(benefits)) == 1836
    assert await owed(benefits) == {str(CLAIM): 27}
    assert await losses(benefits) == {EARNINGS}


async def test_days_that_were_taken_by_another_name_of_the_loss_are_let_go(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    await when_the_book_called_the_loss_otherwise(benefits)
    await settle(benefits, refused(2))
    assert await bank_answers(benefits) == ["1763.91"]
    assert (await of_claim(benefits, TWIN))["waiting"] == []
    assert await owed(benefits) == {str(TWIN): 27}


async def test_days_that_were_taken_by_another_name_of_the_loss_are_owed_to_no_other_claim(
    benefits: ServiceUnderTest,
) -> None:
    """The one that has them is called by today's name with it: the database refuses them to the second again."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await when_the_book_called_the_loss_otherwise(benefits)
    await settle(benefits, first(claim=TWIN))
    assert await bank_answers(benefits) == ["1763.91"]
    assert [each["reason"] for each in (await of_claim(benefits, TWIN))["waiting"]] == [HELD]
    assert await owed(benefits) == {str(CLAIM): 27}
    assert await losses(benefits) == {EARNINGS}


async def test_who_waits_for_days_that_were_taken_by_another_name_of_the_loss_waits_on(
    benefits: ServiceUnderTest,
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    await when_the_book_called_the_loss_otherwise(benefits)
    await settle(benefits, decided(2, period(FIRST_DAY, LAST_DAY, 6800), claim=TWIN))
    assert await bank_answers(benefits) == ["1763.91"]
    assert [each["reason"] for each in (await of_claim(benefits, TWIN))["waiting"]] == [HELD]
    assert await owed(benefits) == {str(CLAIM): 27}


async def test_days_that_two_claims_have_by_two_names_of_the_loss_are_owed_once_when_either_is_settled(
    benefits: ServiceUnderTest,
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await settle(benefits, first(claim=TWIN))
    await when_the_book_called_the_loss_otherwise(benefits)
    async with benefits.database.connection("migrate") as connection:
        await connection.execute(
            "INSERT INTO owed_days SELECT $1, benefit, $2, days, scheme, party FROM owed_days", TWIN, EARNINGS
        )
    assert await owed(benefits) == {str(CLAIM): 27, str(TWIN): 27}
    await settle(benefits, decided(2, period(FIRST_DAY, LAST_DAY, 6800), claim=TWIN))
    assert await owed(benefits) == {str(CLAIM): 27}
    assert await bank_answers(benefits) == ["1763.91"]


async def test_days_of_another_loss_that_was_called_as_this_one_is_now_are_free_when_that_is_settled(
    benefits: ServiceUnderTest,
) -> None:
    """Until then the database would refuse them: they wait, and settling does not fail."""
    await enter_payee(benefits)
    await settle(benefits, first(claim=TWIN, scheme="act789"))
    await when_the_book_called_the_loss_otherwise(benefits, EARNINGS)
    await settle(benefits, first())
    assert await bank_answers(benefits) == ["1763.91", "1763.91"]
    assert await owed(benefits) == {str(CLAIM): 27, str(TWIN): 27}
    assert await losses(benefits) == {EARNINGS, "act789 earnings"}


@pytest.mark.parametrize(
    ("scheme", "benefit", "paid"),
    [
        ("act4", "non_employment_injury_temporary_disablement", ["1763.91"]),
        ("act789", "temporary_disablement", ["1763.91", "1763.91"]),
        ("act800", "job_search_allowance", ["1763.91", "1763.91"]),
    ],
)
async def test_the_book_names_the_loss_that_two_benefits_share(
    benefits: ServiceUnderTest, scheme: str, benefit: str, paid: list[str]
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    same_days = period(date(2026, 7, 16), LAST_DAY, 6533)
    await settle(benefits, decided(1, same_days, claim=TWIN, scheme=scheme, benefit=benefit))
    assert await bank_answers(benefits) == paid


async def test_another_persons_days_are_their_own(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await enter_payee(benefits, person=13)
    await settle(benefits, first(), first(claim=TWIN, person=13))
    assert await bank_answers(benefits) == ["1763.91", "1763.91"]


async def test_claims_of_one_person_that_are_settled_at_once_are_owed_each_day_once(
    benefits: ServiceUnderTest,
) -> None:
    """Six workers, three claims: no deadlock, no error, one payment."""
    await enter_payee(benefits)
    claims = (CLAIM, TWIN, THIRD_CLAIM)
    await handle_events(benefits, *(first(claim=claim) for claim in claims))
    database = benefits.worker.database

    async def one_worker(claim: UUID) -> None:
        async with database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await settle_entitlement(settling(claim), uow)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(one_worker(claim) for claim in claims * 2))
    await asyncio.sleep(0.1)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]
    waiting = [bool(each["waiting"]) for each in await listed(benefits, "entitlements")]
    assert sorted(waiting) == [False, True, True]


async def test_a_person_who_is_being_settled_is_waited_for_without_holding_anything(
    benefits: ServiceUnderTest,
) -> None:
    """Whoever holds a person may wake what another worker has in flight: nobody waits for the person with it."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await handle_events(benefits, first(claim=TWIN))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await settle_entitlement(settling(), uow)
        assert await asyncio.wait_for(benefits.worker.runner.run_one(), 5)
        await uow.connection.execute(text("UPDATE due_work SET armed = armed + 1 WHERE kind = 'settle_entitlement'"))
    await asyncio.sleep(0.1)
    await benefits.work_off()
    assert [each["reason"] for each in (await of_claim(benefits, TWIN))["waiting"]] == [HELD]


async def test_186_48_that_is_open_is_set_off_against_386_70_of_the_next_claim(benefits: ServiceUnderTest) -> None:
    """200.22 is paid, the recovery is closed (s.50(1A)); nobody else's debt is touched."""
    await enter_payee(benefits)
    await enter_payee(benefits, person=13)
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331)))
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331), claim=TWIN, person=13))
    assert await bank_answers(benefits) == ["186.48", "186.48"]
    await settle(benefits, refused(2), refused(2, claim=TWIN, person=13))
    await settle(benefits, decided(1, period(date(2026, 5, 1), date(2026, 5, 10), 3867), claim=THIRD_CLAIM))
    assert await bank_answers(benefits) == ["200.22"]
    (own,) = await listed(benefits, "recoveries")
    (other,) = await listed(benefits, "recoveries", person=13)
    assert [(each["state"], each["open"]["amount"]) for each in (own, other)] == [
        ("closed", "0.00"),
        ("open", "186.48"),
    ]
    shown = await of_claim(benefits, THIRD_CLAIM)
    amounts = {name: shown[name]["amount"] for name in ("amount", "settled", "set_off", "recovery")}
    assert amounts == {"amount": "386.70", "settled": "200.22", "set_off": "186.48", "recovery": "0.00"}
    assert (await balances(benefits))["recoveries_receivable"] == "186.48"


async def test_a_debt_under_another_act_is_not_set_off(benefits: ServiceUnderTest) -> None:
    """Across Acts it takes consent or a person (readings, owing 6)."""
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331), scheme="act789"))
    assert await bank_answers(benefits) == ["186.48"]
    shorter = period(date(2026, 3, 1), date(2026, 3, 4), 2331)
    await settle(benefits, decided(2, shorter, scheme="act789"))
    await settle(benefits, decided(1, period(date(2026, 5, 1), date(2026, 5, 10), 3867), claim=THIRD_CLAIM))
    assert await bank_answers(benefits) == ["386.70"]
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["open"]["amount"], recovery["law"]) == ("93.24", "Act 789")


async def test_what_was_set_off_is_owed_again_when_the_debt_turns_out_to_be_none(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    march = decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331))
    await settle(benefits, march)
    assert await bank_answers(benefits) == ["186.48"]
    await settle(benefits, refused(2))
    await settle(benefits, decided(1, period(date(2026, 5, 1), date(2026, 5, 10), 3867), claim=THIRD_CLAIM))
    await settle(benefits, march.model_copy(update={"revision": 3}))
    assert sorted(await bank_answers(benefits)) == ["186.48", "200.22"]


async def test_200_certified_days_of_which_137_have_passed_are_paid_as_far_at_once(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """137 x 65.33 = 8,950.21; then November's last two days on 1 December, and so on with each month."""
    business_clock.set_day(2026, 11, 29)
    await enter_payee(benefits)
    start = date(2026, 7, 15)
    await settle(benefits, decided(1, period(start, start + timedelta(days=199), 6533)))
    assert await bank_answers(benefits) == ["8950.21"]
    for day, amount in ((date(2026, 12, 1), "130.66"), (date(2027, 1, 1), "2025.23"), (date(2027, 1, 31), "1959.90")):
        business_clock.set_day(day.year, day.month, day.day, 0)
        await benefits.work_off()
        assert await bank_answers(benefits) == [amount]


async def test_october_is_paid_when_the_account_is_known_although_the_certificate_went_on(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 10, 5)
    october = period(date(2026, 10, 1), date(2026, 10, 31), 6533)
    await settle(benefits, decided(1, october))
    assert [each["reason"] for each in (await of_claim(benefits, CLAIM))["waiting"]] == ["account_missing"]
    business_clock.set_day(2026, 11, 20)
    await settle(benefits, decided(2, period(date(2026, 10, 1), date(2026, 12, 15), 6533)))
    business_clock.set_day(2026, 11, 28)
    await enter_payee(benefits)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["2025.23"]
