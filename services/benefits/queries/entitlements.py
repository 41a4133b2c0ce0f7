"""Entitlements with what became of them: what was decided, paid, is on its way, and is to come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

# A benefit that was settled and that a newer revision leaves out is still listed, with nothing owed.
_OF_PERSON = text("""
    WITH known AS (SELECT claim, benefit FROM entitlement UNION SELECT claim, benefit FROM settlement)
    SELECT known.claim, known.benefit, assessment.revision, assessment.scheme, assessment.contingency,
           assessment.happened_on, assessment.decided_at, assessment.decision_hash, assessment.provisional,
           assessment.refused_for, coalesce(entitlement.law, assessment.refused_law) AS law,
           coalesce(entitlement.amount_sen, 0) AS amount_sen, settlement.revision AS settled_revision,
           coalesce(paid.settled_sen, 0)::bigint AS settled_sen, coalesce(paid.pending_sen, 0)::bigint AS pending_sen,
           coalesce(books.recovery_sen, 0)::bigint AS recovery_sen,
           coalesce(books.set_off_sen, 0)::bigint AS set_off_sen,
           coalesce(settlement.waiting, '[]'::jsonb) AS waiting,
           coalesce(periods.stated, '[]'::jsonb) AS periods
    FROM known JOIN assessment USING (claim) LEFT JOIN entitlement USING (claim, benefit)
    LEFT JOIN settlement USING (claim, benefit)
    LEFT JOIN LATERAL (
        SELECT sum(amount_sen) FILTER (WHERE state = 'settled') AS settled_sen,
               sum(amount_sen) FILTER (WHERE state IN ('unsent', 'sent')) AS pending_sen
        FROM payment WHERE payment.claim = known.claim AND payment.benefit = known.benefit) AS paid ON true
    LEFT JOIN LATERAL (
        SELECT sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END)
                   AS recovery_sen,
               sum(amount_sen) FILTER (WHERE credit = 'recoveries_set_off') AS set_off_sen
        FROM transfer WHERE transfer.claim = known.claim AND transfer.benefit = known.benefit) AS books ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(to_jsonb(period) ORDER BY first_day) AS stated
        FROM entitlement_period AS period
        WHERE period.claim = known.claim AND period.benefit = known.benefit) AS periods ON true
    WHERE assessment.person = :person AND (known.claim, known.benefit) > (CAST(:claim AS uuid), :benefit)
    ORDER BY known.claim, known.benefit LIMIT :limit
""")
_START = (UUID(int=0), "")


@dataclass(frozen=True, slots=True)
class EntitlementRead:
    """A benefit of a claim: what was decided, and what became of it."""

    claim: UUID
    benefit: str
    revision: int
    scheme: str
    contingency: str
    happened_on: date
    decided_at: datetime
    decision_hash: str
    provisional: bool
    refused_for: str | None
    law: str | None
    amount_sen: Sen
    settled_revision: int | None
    settled_sen: Sen
    pending_sen: Sen
    recovery_sen: Sen
    set_off_sen: Sen
    waiting: Sequence[dict[str, Any]]
    periods: Sequence[dict[str, Any]]


async def list_entitlements(
    person: int, after: tuple[UUID, str] | None, limit: int, uow: BenefitsUnitOfWork
) -> list[EntitlementRead]:
    """The entitlements of a person in the order of claim and benefit, after a position."""
    claim, benefit = after or _START
    values = {"person": person, "claim": claim, "benefit": benefit, "limit": limit}
    return [EntitlementRead(*row) for row in await uow.connection.execute(_OF_PERSON, values)]
