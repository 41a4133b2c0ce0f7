"""Recoveries of a person: what was paid beyond an entitlement, and how much of it is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

_OF_PERSON = text("""
    SELECT id, claim, benefit, law, revision, traceparent, opened_at, opened.sen::bigint AS opened_sen,
           reduced.sen::bigint AS reduced_sen
    FROM recovery
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_sen), 0) AS sen FROM transfer
        WHERE debit = 'recoveries_receivable' AND transfer.claim = recovery.claim
              AND transfer.benefit = recovery.benefit) AS opened
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_sen), 0) AS sen FROM transfer
        WHERE credit = 'recoveries_receivable' AND transfer.claim = recovery.claim
              AND transfer.benefit = recovery.benefit) AS reduced
    WHERE recovery.person = :person AND (CAST(:after AS uuid) IS NULL OR recovery.id > :after)
    ORDER BY recovery.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class RecoveryRead:
    """A recovery with all that was to come back and what of it has."""

    id: UUID
    claim: UUID
    benefit: str
    law: str
    revision: int
    traceparent: str | None
    opened_at: datetime
    opened_sen: Sen
    reduced_sen: Sen


async def list_recoveries(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[RecoveryRead]:
    """The recoveries of a person in the order of their ids, after a position."""
    values = {"person": person, "after": after, "limit": limit}
    return [RecoveryRead(*row) for row in await uow.connection.execute(_OF_PERSON, values)]
