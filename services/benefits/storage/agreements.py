"""What is agreed about recoveries: stated by one officer, and counting from when another has released it."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.recoveries import Agreement, AgreementKind
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

    async def release(self, agreement: UUID, officer: str, tenant: str) -> None:
        """Let it count from now on; released again it changes nothing."""
        values = {"agreement": agreement, "tenant": tenant, "released_by": officer, "released_at": now()}
        await self._connection.execute(upsert(t.recovery_agreement_release).values(values).on_conflict_do_nothing())
