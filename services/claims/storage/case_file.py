"""The case file: what was paid and which work was found, kept with the claim for whoever opens it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.storage import tables as t
from shared.persistence.upsert import keep_higher_revision


class CaseFileProjection:
    """The projection of the topics ``benefit.paid`` and ``job.placed``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_payments(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep payments; a return comes after its settlement and stays."""
        for row in rows:
            fresh = insert(t.known_payment).values(row)
            await self._connection.execute(
                fresh.on_conflict_do_update(
                    index_elements=["instruction"],
                    set_={"returned": t.known_payment.c.returned | fresh.excluded.returned},
                )
            )

    async def keep_placements(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep placements; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_placement, rows)
