"""Recoveries: one for each entitlement that was overpaid; what is open of it stands in the ledger."""

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import RECOVERY_LAW, Entitled
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


class RecoveryRepository:
    """Writes recoveries inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, entitled: Entitled, traceparent: str | None) -> None:
        """Open the recovery of an entitlement, unless there is one: then it is enlarged through the ledger alone."""
        values = {
            "id": new_id(),
            "claim": entitled.claim,
            "benefit": entitled.benefit,
            "person": entitled.person,
            "law": str(RECOVERY_LAW),
            "revision": entitled.revision,
            "traceparent": traceparent,
            "opened_at": now(),
        }
        await self._connection.execute(upsert(t.recovery).values(values).on_conflict_do_nothing())
