"""Of whom a public register said that they died, as registration published it."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

_DIED = text("SELECT person, died_on FROM known_death WHERE person = ANY(CAST(:persons AS bigint[]))")


class DeathProjection:
    """The projection of the deaths of the topic ``registration``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, deaths: Mapping[int, tuple[date | None, int]]) -> None:
        """Keep the day of these persons' deaths, or that none stands, with its revision; the higher one wins."""
        rows = [{"person": person, "died_on": day, "revision": told} for person, (day, told) in sorted(deaths.items())]
        await keep_higher_revision(self._connection, t.known_death, rows)

    async def days_of(self, persons: Collection[int]) -> dict[int, date | None]:
        """Of those of these persons of whom anything is kept: the day of the death, or that none stands."""
        found = await self._connection.execute(_DIED, {"persons": sorted(persons)})
        return {row.person: row.died_on for row in found}
