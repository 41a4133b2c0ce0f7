"""How often settling asks the database, so that it does not grow back unseen."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.benefits.commands.settle_entitlement import settle_entitlement
from services.benefits.consumers import claim_assessed
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    CLAIM,
    FIRST_DAY,
    bank_answers,
    change_payee,
    decided,
    enter_payee,
    first,
    handle_events,
    listed,
    period,
    second,
    settle,
    settling,
)
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause
from shared.testing.service import ServiceUnderTest
from shared.testing.statements import statements

pytestmark = pytest.mark.postgres

OTHER = UUID("0197b6a0-6c00-7000-8000-000000000002")


async def statements_of_settling(benefits: ServiceUnderTest, claim: UUID = CLAIM) -> int:
    with statements(benefits.worker.database) as made:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await settle_entitlement(settling(claim), uow)
    return len(made)


async def statements_of_reading(benefits: ServiceUnderTest, decision: ClaimAssessedV1) -> int:
    with statements(benefits.worker.database) as made:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await claim_assessed.apply([decision], uow)
            await claim_assessed.handle(decision, uow)
    return len(made)


async def test_a_decision_is_read_with_a_statement_to_keep_it_one_for_what_it_says_and_one_for_each_it_leaves(
    benefits: ServiceUnderTest,
) -> None:
    """Kept, replaced, woken, named, left."""
    assert await statements_of_reading(benefits, first()) == 5


async def test_a_first_settling_begins_reads_and_writes(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await handle_events(benefits, first())
    assert await statements_of_settling(benefits) == 3
    assert [payment["amount"]["amount"] for payment in await listed(benefits, "payments")] == ["1763.91"]


async def test_what_waits_for_its_account_is_left_with_one_more(benefits: ServiceUnderTest) -> None:
    await handle_events(benefits, first())
    assert await statements_of_settling(benefits) == 4


async def test_what_was_paid_is_locked_and_its_books_read_after_that(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await handle_events(benefits, second())
    # Begun, read; payments locked, books; written.
    assert await statements_of_settling(benefits) == 5
    assert await bank_answers(benefits) == ["72.09"]


async def test_what_comes_back_between_its_reading_and_its_locking_is_not_passed_over(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank returns the payment while it is settled: nothing is to come back of what nobody received."""
    await enter_payee(benefits)
    await settle(benefits, second())
    await handle_events(benefits, decided(3, period(FIRST_DAY, date(2026, 8, 2), 6800)))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        stand = uow.settling.stand

        async def stands(*about: Any) -> Any:
            found = await stand(*about)
            assert await bank_answers(benefits, "RJCT/AC04") == ["1836.00"]
            return found

        monkeypatch.setattr(uow.settling, "stand", stands)
        await settle_entitlement(settling(), uow)
    assert await listed(benefits, "recoveries") == []
    await benefits.work_off()
    (entitlement,) = await listed(benefits, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["account_returned"]
    assert await bank_answers(benefits) == []
    await change_payee(benefits, "6987654321")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1224.00"]


async def test_a_second_claim_of_a_party_without_debts_asks_no_more(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await handle_events(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331), claim=OTHER))
    assert await statements_of_settling(benefits, OTHER) == 3
