"""What is agreed about recoveries: stated by one officer, and counting from when another has released it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.recoveries import Agreement, AgreementKind, Recovery, Word
from services.benefits.storage import tables as t
from shared.kernel.clock import now

# What is stated of the organisation's own accord: who owes is no tenant.
_OWN = "organisation:1"
_RELEASED = text("""
    SELECT agreed.*, recovery.claim, recovery.scheme, recovery.benefit, recovery.party, recovery.person, recovery.law,
           recovery.revision, coalesce(settlement.owner, 'claims') AS owner,
           coalesce(settlement.source, 'claim') AS source, coalesce(settlement.fund, recovery.fund) AS fund, said_at
    FROM recovery_agreement AS agreed
    JOIN recovery_agreement_word ON agreement = agreed.id AND word = 'released'
    JOIN recovery ON recovery.id = agreed.recovery
    LEFT JOIN settlement USING (claim, scheme, benefit, party)
    WHERE CAST(:after AS uuid) IS NULL OR agreed.id > :after ORDER BY agreed.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement that was released, about which recovery, and when."""

    agreement: Agreement
    recovery: Recovery
    released_at: datetime


class AgreementRepository:
    """Reads and writes agreements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, agreement: Agreement, tenant: str) -> None:
        """Keep what is stated; nothing of it counts yet."""
        values = {**asdict(agreement), "tenant": tenant, "stated_at": now()}
        await self._connection.execute(insert(t.recovery_agreement).values(values))

    async def find(self, recovery: UUID, id_: UUID) -> Agreement | None:
        """An agreement about a recovery by its id."""
        columns = [t.recovery_agreement.c[name] for name in Agreement.__slots__]
        found = select(*columns).where(t.recovery_agreement.c.id == id_, t.recovery_agreement.c.recovery == recovery)
        row = (await self._connection.execute(found)).one_or_none()
        return None if row is None else Agreement(**{**row._asdict(), "kind": AgreementKind(row.kind)})

    async def say(self, agreement: UUID, word: Word, officer: str, tenant: str, at: datetime) -> bool:
        """What an officer says of it: released it counts from now on; whether nothing was said before, which holds."""
        values = {"agreement": agreement, "tenant": tenant, "word": word, "said_by": officer, "said_at": at}
        table = t.recovery_agreement_word
        said = upsert(table).values(values).on_conflict_do_nothing().returning(table.c.agreement)
        return (await self._connection.execute(said)).one_or_none() is not None

    async def recall(self, agreement: Agreement, at: datetime) -> None:
        """Know one again that was released; what is known stays."""
        values = {**asdict(agreement), "tenant": _OWN, "stated_at": at}
        await self._connection.execute(upsert(t.recovery_agreement).values(values).on_conflict_do_nothing())
        await self.say(agreement.id, Word.RELEASED, "", _OWN, at)

    async def list_released(self, after: UUID | None, limit: int) -> Sequence[Agreed]:
        """What was released, in the order of its ids, after one."""
        return [_agreed_of(row) for row in await self._connection.execute(_RELEASED, {"after": after, "limit": limit})]


def _agreed_of(row: Row[Any]) -> Agreed:
    stated = {name: getattr(row, name) for name in Agreement.__slots__}
    key = EntitlementKey(row.claim, row.scheme, row.benefit, row.party)
    about = (row.owner, Source(row.source), row.person, row.fund, row.law, row.revision)
    recovery = Recovery(row.recovery, key, *about, open_sen=0, settled_revision=0)
    return Agreed(Agreement(**{**stated, "kind": AgreementKind(row.kind)}), recovery, row.said_at)
