"""Of whom a public register said that they died, as registration published it."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

_DIED = text("SELECT party, died_on FROM known_death WHERE party = ANY(CAST(:parties AS text[]))")


class DeathProjection:
    """The projection of the deaths of the topic ``registration``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, deaths: Mapping[str, tuple[date | None, int]]) -> None:
        """Keep the day of these parties' deaths, or that none stands, with its revision; the higher one wins."""
        rows = [{"party": party, "died_on": day, "revision": told} for party, (day, told) in sorted(deaths.items())]
        await keep_higher_revision(self._connection, t.known_death, rows)

    async def days_of(self, parties: Sequence[str]) -> dict[str, date | None]:
        """Of those of these parties of whom anything is kept: the day of the death, or that none stands."""
        found = await self._connection.execute(_DIED, {"parties": list(parties)})
        return {row.party: row.died_on for row in found}
