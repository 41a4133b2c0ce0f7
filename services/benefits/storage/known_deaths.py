"""Of whom a public register said that they died, as registration published it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

# Each number of whoever has died: payments are compared with it by the thousand, and ask nobody's other numbers.
_LIVE = text("DELETE FROM dead_party WHERE party = ANY(CAST(:parties AS text[]))")
_DIE = text("""
    INSERT INTO dead_party (party)
    SELECT own.party FROM unnest(CAST(:parties AS text[])) AS own (party)
    WHERE EXISTS (SELECT FROM known_death WHERE party = ANY (parties_of(own.party)) AND died_on IS NOT NULL)
    ORDER BY own.party
""")
_DIED = text("SELECT party, died_on FROM known_death WHERE party = ANY(CAST(:parties AS text[]))")


class DeathProjection:
    """The projection of the deaths of the topic ``registration``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, deaths: Mapping[str, tuple[date | None, int]]) -> None:
        """Keep the day of these parties' deaths, or that none stands, with its revision; the higher one wins."""
        rows = [{"party": party, "died_on": day, "revision": told} for party, (day, told) in sorted(deaths.items())]
        await keep_higher_revision(self._connection, t.known_death, rows)

    async def follow(self, parties: Collection[str]) -> None:
        """Have what is said of any number of a person hold of each of these, which are all its numbers, and locked."""
        for statement in (_LIVE, _DIE):
            await self._connection.execute(statement, {"parties": list(parties)})

    async def days_of(self, parties: Sequence[str]) -> dict[str, date | None]:
        """Of those of these parties of whom anything is kept: the day of the death, or that none stands."""
        found = await self._connection.execute(_DIED, {"parties": list(parties)})
        return {row.party: row.died_on for row in found}
