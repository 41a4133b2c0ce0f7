"""A party's accounts as officers look at them before they release one; an account itself is never shown."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork

_READ = text("""
    SELECT party, version, bank_bic, holder, capacity, until_on, evidence, held_until, needs_release, entered_at,
           (SELECT min(released_at) FROM payee_release
            WHERE payee_release.party = payee.party AND payee_release.version = payee.version) AS released_at
    FROM payee WHERE party = :party AND version > :after ORDER BY version LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class PayeeRead:
    """One version of a party's account: who holds it, and whether it waits for a second officer."""

    party: str
    version: int
    bank_bic: str
    holder: str
    capacity: str
    until_on: date | None
    evidence: str | None
    held_until: datetime | None
    needs_release: bool
    entered_at: datetime
    released_at: datetime | None


async def list_payees(party: str, after: int, limit: int, uow: BenefitsUnitOfWork) -> list[PayeeRead]:
    """The versions of a party's account, oldest first, after one."""
    values = {"party": party, "after": after, "limit": limit}
    return [PayeeRead(*row) for row in await uow.connection.execute(_READ, values)]
