"""The wage history that benefits are rated by: contribution lines by person and month."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.storage import tables as t
from shared.persistence.upsert import keep_first_columns, keep_higher_revision_columns


class WageProjection:
    """The projection of the topic ``contribution.received``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, columns: Mapping[str, list[Any]]) -> None:
        """Keep lines that are given as a list for each column of the table; the higher revision wins."""
        await keep_higher_revision_columns(self._connection, t.known_wage, columns)

    async def keep_ranges(self, columns: Mapping[str, list[Any]]) -> None:
        """Keep months that were taken over as ranges; a range is stated once, and never changes."""
        await keep_first_columns(self._connection, t.known_wage_range, columns)
