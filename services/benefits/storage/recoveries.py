"""Recoveries: one for each entitlement that was overpaid; what is open of it stands in the ledger."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import Entitled, OpenDebt, act_of, recovery_law
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id

_OPEN = text("""
    SELECT recovery.claim, recovery.benefit, recovery.revision, recovery.law, open.sen::bigint AS open_sen
    FROM recovery CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END),
                        0) AS sen
        FROM transfer WHERE transfer.claim = recovery.claim AND transfer.benefit = recovery.benefit) AS open
    WHERE recovery.person = :person AND open.sen > 0 AND (recovery.claim, recovery.benefit) <> (:claim, :benefit)
    ORDER BY recovery.id
""")


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
            "law": recovery_law(entitled.law),
            "revision": entitled.revision,
            "traceparent": traceparent,
            "opened_at": now(),
        }
        await self._connection.execute(upsert(t.recovery).values(values).on_conflict_do_nothing())

    async def list_open(self, entitled: Entitled) -> list[OpenDebt]:
        """The open recoveries of the person's other claims under the same Act, oldest first."""
        key = {"person": entitled.person, "claim": entitled.claim, "benefit": entitled.benefit}
        rows = await self._connection.execute(_OPEN, key)
        same_act = (row for row in rows if act_of(row.law) == act_of(entitled.law))
        return [OpenDebt(row.claim, row.benefit, row.revision, row.open_sen) for row in same_act]
