"""Memberships of schemes, derived from birth and spells."""

from collections.abc import Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.membership import CategoryPeriod

_KEEP = text("""
    INSERT INTO membership AS known (person, scheme, revision, periods)
    VALUES (:person, :scheme, 1, CAST(:periods AS jsonb))
    ON CONFLICT (person, scheme) DO UPDATE SET revision = known.revision + 1, periods = excluded.periods
    WHERE known.periods <> excluded.periods
    RETURNING known.revision
""")


class Memberships:
    """One row per person and scheme."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, person: int, scheme: str, periods: Sequence[CategoryPeriod]) -> int | None:
        """Store the whole membership; its revision, or None when nothing changed. The caller holds the person."""
        stated = orjson.dumps([{"category": p.category, "first": p.first, "last": p.last} for p in periods]).decode()
        values = {"person": person, "scheme": scheme, "periods": stated}
        revision: int | None = (await self._connection.execute(_KEEP, values)).scalar_one_or_none()
        return revision
