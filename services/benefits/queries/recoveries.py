"""Recoveries of a person: what was paid beyond an entitlement, and how much of it is open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork

_OF_PERSON = text("""
    SELECT recovery.*, opened.sen::bigint AS opened_sen, reduced.sen::bigint AS reduced_sen
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


async def recoveries_of(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> Sequence[Row[Any]]:
    """The recoveries of a person in the order of their ids, after a position."""
    values = {"person": person, "after": after, "limit": limit}
    return (await uow.connection.execute(_OF_PERSON, values)).all()
