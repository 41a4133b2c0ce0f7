"""The case file: what was paid and which work was found, kept with the claim for whoever opens it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

_OF_PAYMENT = ("instruction", "claim", "benefit", "amount_sen", "returned", "happened_at")
# Of a settlement and its return in one batch the first is kept, as returned.
_KEEP_PAYMENTS = text("""
    INSERT INTO known_payment AS known (instruction, claim, benefit, amount_sen, returned, happened_at)
    SELECT DISTINCT ON (instruction) instruction, claim, benefit, amount_sen,
           bool_or(returned) OVER (PARTITION BY instruction), happened_at
    FROM unnest(CAST(:instruction AS uuid[]), CAST(:claim AS uuid[]), CAST(:benefit AS text[]),
                CAST(:amount_sen AS bigint[]), CAST(:returned AS boolean[]), CAST(:happened_at AS timestamptz[]))
         WITH ORDINALITY AS fresh (instruction, claim, benefit, amount_sen, returned, happened_at, place)
    ORDER BY instruction, place
    ON CONFLICT (instruction) DO UPDATE SET returned = known.returned OR excluded.returned
""")

_FIRST_PAYMENT = text("SELECT min(happened_at) FROM known_payment WHERE claim = ANY (CAST(:claims AS uuid[]))")


class CaseFileProjection:
    """The projection of the topics ``benefit.paid`` and ``job.placed``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_payments(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep payments; a return comes after its settlement and stays."""
        if rows:
            columns = {name: [row[name] for row in rows] for name in _OF_PAYMENT}
            await self._connection.execute(_KEEP_PAYMENTS, columns)

    async def first_payment_of(self, claims: Sequence[UUID]) -> datetime | None:
        """When anything of one of these claims was paid first, also what came back since; None of nothing."""
        found: datetime | None = (await self._connection.execute(_FIRST_PAYMENT, {"claims": list(claims)})).scalar_one()
        return found

    async def keep_placements(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep placements; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_placement, rows)
