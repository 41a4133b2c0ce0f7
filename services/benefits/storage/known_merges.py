"""Which numbers are one person's, as registration published it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('settling/' || CAST(:party AS text), 0))")
_PARTIES = text("SELECT DISTINCT unnest(parties_of(party)) FROM unnest(CAST(:parties AS text[])) AS party")


class MergeProjection:
    """The projection of the merges of the topic ``registration``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, parties: Collection[str]) -> set[str]:
        """Wait until nobody settles what is owed to these, or to those that are one with them; all of these.

        It comes before all other locks. Who settles has locked the number that survives, which may be a third one; and
        who was waited for may have made it another.
        """
        locked: set[str] = set()
        while found := ({*parties} | await self.parties_of(parties)) - locked:
            for party in sorted(found):
                await self._connection.execute(_LOCK, {"party": party})
            locked |= found
        return locked

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep how numbers stand; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_merge, rows)

    async def parties_of(self, parties: Collection[str]) -> set[str]:
        """These parties, and those that are one with them."""
        return set((await self._connection.execute(_PARTIES, {"parties": list(parties)})).scalars())
