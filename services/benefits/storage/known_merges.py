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

    async def lock(self, parties: Sequence[str]) -> None:
        """Wait until nobody settles what is owed to these, in one order; it comes before all other locks."""
        for party in parties:
            await self._connection.execute(_LOCK, {"party": party})

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep how numbers stand; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_merge, rows)

    async def parties_of(self, parties: Collection[str]) -> set[str]:
        """These parties, and those that are one with them."""
        return set((await self._connection.execute(_PARTIES, {"parties": list(parties)})).scalars())
