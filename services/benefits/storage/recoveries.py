"""Recoveries: one for each entitlement that was overpaid; what is open of it stands in the ledger."""

from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import Entitled, EntitlementKey
from services.benefits.domain.settlement import OpenDebt, recovery_law
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id

_OPEN = text("""
    SELECT claim, scheme, benefit, party, settlement.fund, recovery.revision, open.sen::bigint AS open_sen
    FROM recovery JOIN settlement USING (claim, scheme, benefit, party) CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END),
                        0) AS sen
        FROM transfer WHERE transfer.claim = recovery.claim AND transfer.scheme = recovery.scheme
                            AND transfer.benefit = recovery.benefit AND transfer.party = recovery.party) AS open
    WHERE party = :party AND scheme = :scheme AND settlement.owner = :owner AND open.sen > 0
          AND (claim, benefit) <> (:claim, :benefit)
    ORDER BY recovery.id
""")


class RecoveryRepository:
    """Writes recoveries inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, entitled: Entitled, traceparent: str | None) -> None:
        """Open the recovery of an entitlement, unless there is one: then it is enlarged through the ledger alone."""
        values = {
            **asdict(entitled.key),
            "id": new_id(),
            "person": entitled.person,
            "fund": entitled.fund,
            "law": recovery_law(entitled),
            "revision": entitled.revision,
            "traceparent": traceparent,
            "opened_at": now(),
        }
        await self._connection.execute(upsert(t.recovery).values(values).on_conflict_do_nothing())

    async def list_open(self, entitled: Entitled) -> list[OpenDebt]:
        """The open recoveries of the party's other entitlements of the owner under the same Act, oldest first."""
        rows = await self._connection.execute(_OPEN, {**asdict(entitled.key), "owner": entitled.owner})
        return [OpenDebt(EntitlementKey(*row[:4]), row.fund, row.revision, row.open_sen) for row in rows]
