"""Which numbers are one person's, as registration published it: kept and read where ``one_person`` made the table."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Table, func, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.persistence.upsert import keep_higher_revision

_NUMBERS = text("SELECT numbers_of(CAST(:person AS bigint))")


def is_of(column: ColumnElement[int], person: int) -> ColumnElement[bool]:
    """Whether a column has one of the person's numbers, for officers and the worker; for others, this number."""
    return column == func.any(func.numbers_of(person, type_=ARRAY(BigInteger)))


class MergeProjection:
    """The projection of the merges of the topic ``registration``, in the service's own table."""

    def __init__(self, connection: AsyncConnection, table: Table) -> None:
        self._connection = connection
        self._table = table

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep how numbers stand; the higher revision wins."""
        await keep_higher_revision(self._connection, self._table, rows)

    async def numbers_of(self, person: int) -> list[int]:
        """All numbers of the one person, the one that survives first."""
        return list((await self._connection.execute(_NUMBERS, {"person": person})).scalar_one())
