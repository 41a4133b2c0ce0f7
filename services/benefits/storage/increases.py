"""Orders that raise benefits, and what they concern; all of it is only added to."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.errors import IncreaseOrderUnknown
from services.benefits.domain.increases import Factor, IncreaseOrder
from services.benefits.storage import tables as t
from services.benefits.storage.statements import LET_AGAIN, OWN
from shared.kernel.officers import Officers

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_ORDER = """
    SELECT stated.id, instrument, law, in_force, stated.replaces, withdrawn, stated_by, stated_at, answer.counts,
           answer.at,
           (SELECT jsonb_agg(to_jsonb(factor) ORDER BY number) FROM increase_factor AS factor
            WHERE factor.increase_order = stated.id) AS factors
    FROM increase_order AS stated LEFT JOIN increase_order_answer AS answer ON answer.increase_order = stated.id
"""
_FIND_ORDER = text(f"{_ORDER} WHERE stated.id = :id")
_ORDERS = text(f"""
    {_ORDER} WHERE CAST(:after AS uuid) IS NULL OR stated.id > :after ORDER BY stated.id LIMIT :limit
""")
_ORDERS_COUNTING = text(f"""
    {_ORDER} WHERE answer.counts AND (CAST(:after AS uuid) IS NULL OR stated.id > :after)
    ORDER BY stated.id LIMIT :limit
""")
_ALL_ORDERS = text(f"{_ORDER} ORDER BY stated.id")
_ORDERS_ANSWERED = text("SELECT count(*) FROM increase_order_answer")
# Everything that is or was owed by the month under a benefit, page by page: what an order concerns. A month that was
# broken after the last whole one is a sum of its own.
_CONCERNED = text("""
    SELECT DISTINCT claim, scheme, benefit, party FROM entitlement_term
    WHERE benefit = ANY(CAST(:benefits AS text[])) AND per = 'month' AND direction = 'out'
          AND (last_day IS NULL OR last_day >= CAST(:in_force AS date) - 31)
          AND (claim, scheme, benefit, party) > (CAST(:claim AS uuid), CAST(:scheme AS text), CAST(:benefit AS text),
                                                 CAST(:party AS text))
    ORDER BY claim, scheme, benefit, party LIMIT :limit
""")


class IncreaseRepository:
    """Reads and adds orders that raise benefits inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Nobody else decides about orders until the transaction ends."""
        await self._connection.execute(_LOCK, {"name": "increase_order"})

    async def add(self, order: IncreaseOrder, tenant: str) -> None:
        """Keep an order; it raises nothing yet."""
        stated = {name: getattr(order, name) for name in IncreaseOrder.__slots__ if name not in ("factors", "counts")}
        values = {**stated, "tenant": tenant}
        await self._connection.execute(upsert(t.increase_order).values(values).on_conflict_do_nothing())
        rows = [
            {
                **asdict(factor),
                "percent": factor.written,
                "number": number,
                "increase_order": order.id,
                "tenant": tenant,
            }
            for number, factor in enumerate(order.factors)
        ]
        if rows:
            await self._connection.execute(upsert(t.increase_factor).values(rows).on_conflict_do_nothing())

    async def get(self, id_: UUID) -> IncreaseOrder:
        """One that is known; raises IncreaseOrderUnknown."""
        row = (await self._connection.execute(_FIND_ORDER, {"id": id_})).one_or_none()
        if row is None:
            raise IncreaseOrderUnknown(facts={"order": str(id_)})
        return _order_of(row)

    async def list_orders(self, after: UUID | None, limit: int) -> list[IncreaseOrder]:
        """All orders, in order, after one."""
        found = await self._connection.execute(_ORDERS, {"after": after, "limit": limit})
        return [_order_of(row) for row in found]

    async def list_all(self) -> list[IncreaseOrder]:
        """All of them, in order: a handful over decades."""
        return [_order_of(row) for row in await self._connection.execute(_ALL_ORDERS)]

    async def list_counting(self, after: UUID | None, limit: int) -> list[tuple[IncreaseOrder, datetime]]:
        """Those that count, and since when, in order, after one."""
        found = await self._connection.execute(_ORDERS_COUNTING, {"after": after, "limit": limit})
        return [(_order_of(row), row.at) for row in found]

    async def recall(self, order: IncreaseOrder, at: datetime) -> None:
        """Know one again that counts; who entered it and let it count was not published. What is known stays."""
        await self.add(order, OWN)
        of_order = {"increase_order": order.id, "replaces": order.replaces}
        answer = {**of_order, "tenant": OWN, "counts": True, **LET_AGAIN, "at": at}
        await self._connection.execute(upsert(t.increase_order_answer).values(answer).on_conflict_do_nothing())

    async def answer(self, order: IncreaseOrder, counts: bool, officers: Officers) -> None:
        """The word of two officers; the database refuses a second one that counts in the place of another order."""
        of_order = {"increase_order": order.id, "replaces": order.replaces}
        values = {**of_order, "tenant": officers.tenant, "counts": counts, **officers.row}
        await self._connection.execute(insert(t.increase_order_answer).values(values))

    async def answered(self) -> int:
        """How many orders were decided."""
        return int((await self._connection.execute(_ORDERS_ANSWERED)).scalar_one())

    async def concerned(
        self, benefits: Sequence[str], in_force: date, after: EntitlementKey, limit: int
    ) -> list[EntitlementKey]:
        """What is owed by the month under these benefits on a day or later, a page of it in the order of the keys."""
        values = {**asdict(after), "benefits": list(benefits), "in_force": in_force, "limit": limit}
        return [EntitlementKey(*row) for row in await self._connection.execute(_CONCERNED, values)]


def _order_of(row: Row[Any]) -> IncreaseOrder:
    factors = tuple(
        Factor(each["benefit"], each["began_from"], each["began_to"], Fraction(each["percent"]), each["least_sen"])
        for each in row.factors or ()
    )
    stated = {name: getattr(row, name) for name in IncreaseOrder.__slots__ if name != "factors"}
    return IncreaseOrder(**stated, factors=factors)
