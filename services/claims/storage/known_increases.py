"""Which orders raise benefits by the month, as benefits published them."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.facts import Orders
from services.claims.storage import tables as t
from shared.law.act4.increases.orders import Increase

# From which day on what these orders say may change an amount: theirs, or that of what they take the place of.
_SINCE = text("""
    SELECT min(in_force) FROM known_increase
    WHERE increase_order = ANY(CAST(:orders AS uuid[])) OR increase_order IN (
        SELECT replaces FROM known_increase WHERE increase_order = ANY(CAST(:orders AS uuid[])))
""")
_IS_WHOLE = text("SELECT EXISTS (SELECT FROM increases_announced WHERE known_at IS NOT NULL)")
_ALL = text("SELECT increase_order FROM known_increase")
# What stands: neither replaced nor withdrawn by another one that is known.
_STANDING = text("""
    SELECT increase_order, instrument, law, in_force, began_from, began_to, percent, least_sen
    FROM known_increase AS ordered
    CROSS JOIN jsonb_to_recordset(factors) AS factor (benefit text, began_from integer, began_to integer, percent text,
                                                      least_sen bigint)
    WHERE benefit = :benefit AND NOT withdrawn AND NOT EXISTS (
        SELECT FROM known_increase AS later WHERE later.replaces = ordered.increase_order)
    ORDER BY in_force, increase_order, began_from
""")


class IncreaseProjection:
    """The projection of the orders of the topic ``benefit.paid``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[dict[str, Any]]) -> date | None:
        """Keep orders, of which none ever changes; from which day on those that are new change amounts."""
        if not rows:
            return None
        kept = upsert(t.known_increase).values(list(rows)).on_conflict_do_nothing()
        new = (await self._connection.execute(kept.returning(t.known_increase.c.increase_order))).scalars().all()
        since: date | None = (await self._connection.execute(_SINCE, {"orders": list(new)})).scalar_one()
        return since

    async def is_whole(self) -> bool:
        """Whether what benefits published before anybody kept orders is known: after an upgrade an operator says so."""
        return bool((await self._connection.execute(_IS_WHOLE)).scalar_one())

    async def of(self, benefit: str) -> Orders:
        """The orders that raise a benefit, and all that are known."""
        known = (await self._connection.execute(_ALL)).scalars().all()
        found = await self._connection.execute(_STANDING, {"benefit": benefit})
        standing = (
            Increase(order, instrument, law, in_force, first, last, Fraction(percent) / 100, least)
            for order, instrument, law, in_force, first, last, percent, least in found
        )
        return Orders(tuple(standing), frozenset(known))
