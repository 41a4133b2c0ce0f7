"""What is agreed about recoveries: stated by one officer, and counting from when another has released it."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.recoveries import Agreement, AgreementKind, Word
from services.benefits.storage import tables as t
from shared.kernel.clock import now


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

    async def say(self, agreement: UUID, word: Word, officer: str, tenant: str) -> bool:
        """What an officer says of it: released it counts from now on; whether nothing was said before, which holds."""
        values = {"agreement": agreement, "tenant": tenant, "word": word, "said_by": officer, "said_at": now()}
        table = t.recovery_agreement_word
        said = upsert(table).values(values).on_conflict_do_nothing().returning(table.c.agreement)
        return (await self._connection.execute(said)).one_or_none() is not None
