"""Payments, as claims hears of them: those under claims, and of no payable."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from shared.contracts.benefit_paid import BenefitReturnedV1, BenefitSettledV1, PayableSettledV1
from shared.contracts.claim_assessed import Fund
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


def settled(payment: int, **changes: str) -> BenefitSettledV1:
    return BenefitSettledV1(
        person=12,
        claim=UUID(int=1),
        scheme="act4",
        benefit="temporary_disablement",
        party="person:12",
        fund=Fund.EMPLOYMENT_INJURY,
        amount_sen=176_391,
        happened_at=datetime(2026, 8, 12, tzinfo=UTC),
        instruction=UUID(int=payment),
        claim_revision=1,
        period_first=date(2026, 7, 16),
        period_last=date(2026, 8, 11),
        **changes,
    )


async def test_a_payment_about_no_person_is_of_no_claim(claims: ServiceUnderTest) -> None:
    """It is an event of its own, which names no person, and holds nothing up."""
    refund = settled(2).model_dump() | {"party": "employer:7", "owner": "registration"}
    await claims.consume_batch([PayableSettledV1(**refund), settled(1)])
    async with claims.database.connection() as connection:
        rows = await connection.fetch("SELECT instruction FROM known_payment")
        assert await connection.fetchval("SELECT count(*) FROM parked") == 0
    assert [row["instruction"] for row in rows] == [UUID(int=1)]


async def test_a_payment_of_a_payable_is_of_no_claim(claims: ServiceUnderTest) -> None:
    """Claims states payables too, and events of before name no source."""
    of_claims = [settled(3, owner="claims", source="claim"), settled(4, owner="claims", source="payable")]
    await claims.consume_batch([settled(1), settled(2, owner="registration"), *of_claims])
    async with claims.database.connection() as connection:
        rows = await connection.fetch("SELECT instruction FROM known_payment ORDER BY instruction")
    assert [row["instruction"] for row in rows] == [UUID(int=1), UUID(int=3)]


async def test_what_came_back_stays_so_in_whichever_batch_it_was_said(claims: ServiceUnderTest) -> None:
    paid = {name: value for name, value in settled(1).model_dump().items() if name in BenefitReturnedV1.model_fields}
    returned = BenefitReturnedV1(**paid | {"reason": "AC04", "happened_at": datetime(2026, 8, 13, tzinfo=UTC)})
    await claims.consume_batch([settled(1), returned, settled(2)])
    await claims.consume_batch([settled(1), settled(2)])
    async with claims.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT instruction, returned, happened_at FROM known_payment ORDER BY instruction"
        )
    first = datetime(2026, 8, 12, tzinfo=UTC)
    assert [tuple(row.values()) for row in rows] == [(UUID(int=1), True, first), (UUID(int=2), False, first)]
