"""Consent to be asked about, and what was received, in the database."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.errors import ReceiptConsentUnknown
from services.benefits.domain.receipts import ReceiptConsent, ReceiptPurpose, Received
from shared.kernel.periods import Month

_ADD = text("""
    INSERT INTO receipt_consent (id, tenant, person, receiver, purpose, until_on, given_at, given_by, epoch)
    SELECT :id, :tenant, :person, :receiver, :purpose, :until_on, :given_at, :given_by, epoch FROM epoch
""")
# With all others of the same receiver and purpose, by whichever of its numbers: who consented twice takes back both. Of
# one that was taken back already nothing is ended again, so that what was consented to since stands.
_END = text("""
    INSERT INTO receipt_consent_end (consent, tenant, ended_at, ended_by)
    SELECT other.id, :tenant, :at, :by
    FROM receipt_consent AS given JOIN receipt_consent AS other USING (receiver, purpose)
    WHERE given.id = :id AND other.tenant = ANY (parties_of(given.tenant))
          AND NOT EXISTS (SELECT FROM receipt_consent_end WHERE consent = given.id)
    ON CONFLICT (consent) DO NOTHING
""")
_READ = """
    SELECT given.id, given.tenant, person, receiver, purpose, until_on, given_at, given_by, ended_at
    FROM receipt_consent AS given LEFT JOIN receipt_consent_end ON consent = given.id
"""
_FIND = text(f"{_READ} WHERE given.id = :id")
_PAGE = text(f"{_READ} WHERE CAST(:after AS uuid) IS NULL OR given.id > :after ORDER BY given.id LIMIT :limit")
_MAY_ASK = text("SELECT has_receipt_consent(:party, :purpose, CAST(:day AS date))")
_RECEIVED = text("""
    SELECT scheme, benefit, amount_sen
    FROM receipts_with_consent(:party, :purpose, CAST(:first AS date), CAST(:last AS date), CAST(:day AS date))
""")


class ReceiptRepository:
    """Reads and adds inside one transaction, as the caller may."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def give(self, consent: ReceiptConsent) -> None:
        """Keep a person's consent."""
        names = ("id", "tenant", "person", "receiver", "until_on", "given_at", "given_by")
        values = {name: getattr(consent, name) for name in names}
        await self._connection.execute(_ADD, {**values, "purpose": consent.purpose.value})

    async def end(self, id_: UUID, tenant: str, by: str, at: datetime) -> None:
        """Take one back, with those of the same receiver and purpose; one that was taken back stays so."""
        await self._connection.execute(_END, {"id": id_, "tenant": tenant, "by": by, "at": at})

    async def find(self, id_: UUID) -> ReceiptConsent:
        """One that the caller may see; raises ReceiptConsentUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        if row is None:
            raise ReceiptConsentUnknown()
        return _consent_of(row)

    async def page(self, after: UUID | None, limit: int) -> list[ReceiptConsent]:
        """Those that the caller may see, in the order of their ids."""
        return [_consent_of(row) for row in await self._connection.execute(_PAGE, {"after": after, "limit": limit})]

    async def received(self, party: str, month: Month, purpose: ReceiptPurpose, day: date) -> list[Received] | None:
        """What the bank paid to a party with a value day of the month; None where the caller may not ask."""
        asked = {"party": party, "purpose": purpose.value, "day": day}
        if not (await self._connection.execute(_MAY_ASK, asked)).scalar_one():
            return None
        rows = await self._connection.execute(_RECEIVED, {**asked, "first": month.first_day, "last": month.last_day})
        return [Received(*row) for row in rows]


def _consent_of(row: Row[Any]) -> ReceiptConsent:
    return ReceiptConsent(**{**row._mapping, "purpose": ReceiptPurpose(row.purpose)})
