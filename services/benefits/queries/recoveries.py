"""Recoveries of a person: what was paid beyond an entitlement, and how much of it is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.benefits.domain.parties import party_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

_OF_PERSON = text("""
    SELECT id, claim, scheme, benefit, party, settlement.fund, law, recovery.revision, reference, traceparent,
           opened_at, opened_sen, set_off_sen, repaid_sen,
           greatest(opened_sen - set_off_sen - repaid_sen, 0) AS open_sen
    FROM recovery JOIN settlement USING (claim, scheme, benefit, party)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen ELSE -amount_sen END)
                            FILTER (WHERE debit = 'recoveries_receivable' OR cause = 'called_in'),
                        0)::bigint AS opened_sen,
               coalesce(sum(amount_sen) FILTER (
                   WHERE credit = 'recoveries_receivable' AND cause NOT IN ('repaid', 'called_in')),
                        0)::bigint AS set_off_sen,
               coalesce(sum(amount_sen) FILTER (WHERE cause = 'repaid'), 0)::bigint AS repaid_sen
        FROM transfer
        WHERE cause <> 'fund_changed'
              AND transfer.claim = recovery.claim AND transfer.scheme = recovery.scheme
              AND transfer.benefit = recovery.benefit AND transfer.party = recovery.party) AS books
    WHERE (recovery.person = :person OR party = :party)
          AND (CAST(:after AS uuid) IS NULL OR recovery.id > :after)
    ORDER BY recovery.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class RecoveryRead:
    """A recovery with all that was to come back and what of it has."""

    id: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    fund: str
    law: str
    revision: int
    reference: str
    traceparent: str | None
    opened_at: datetime
    opened_sen: Sen
    set_off_sen: Sen
    repaid_sen: Sen
    open_sen: Sen


async def list_recoveries(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[RecoveryRead]:
    """The recoveries under a person's claims and those from the person, in the order of their ids, after a position."""
    values = {"person": person, "party": party_of(person), "after": after, "limit": limit}
    return [RecoveryRead(*row) for row in await uow.connection.execute(_OF_PERSON, values)]
