"""Recoveries of a person: what was paid beyond an entitlement, and how much of it is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.benefits.domain.parties import party_of
from services.benefits.storage.recoveries import OPEN_SEN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

# What came back and is open still is all that was to come back. After a restore more may have come back than is open.
_OF_PERSON = text(f"""
    SELECT id, claim, scheme, benefit, party, settlement.fund, law, recovery.revision, reference, traceparent,
           opened_at, open_sen + set_off_sen + repaid_sen AS opened_sen, set_off_sen, repaid_sen,
           greatest(open_sen, 0) AS open_sen
    FROM recovery JOIN settlement USING (claim, scheme, benefit, party)
    CROSS JOIN LATERAL (
        SELECT {OPEN_SEN},
               coalesce(sum(amount_sen) FILTER (
                   WHERE credit = 'recoveries_receivable' AND cause NOT IN ('repaid', 'called_in', 'fund_changed')),
                        0)::bigint AS set_off_sen,
               coalesce(sum(CASE cause WHEN 'repaid' THEN amount_sen WHEN 'repaid_countered' THEN -amount_sen END),
                        0)::bigint AS repaid_sen
        FROM transfer
        WHERE transfer.claim = recovery.claim AND transfer.scheme = recovery.scheme
              AND transfer.benefit = recovery.benefit AND transfer.party = recovery.party) AS books
    WHERE (recovery.person = :person OR party = :party)
          AND (CAST(:after AS uuid) IS NULL OR recovery.id > :after)
    ORDER BY recovery.id LIMIT :limit
""")  # noqa: S608 - nothing that came from outside stands in it


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
