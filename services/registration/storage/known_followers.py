"""How other services follow erasures, as they told it, and when the last one had let go of a person."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.erasure import FOLLOWERS, TOLD_WITHIN
from services.registration.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

# Of two services that tell at once the second one sees what the first one told.
_LOCK = text("""
    SELECT FROM erasure WHERE numbers && CAST(:numbers AS integer[]) AND state = 'erased' ORDER BY erasure FOR UPDATE
""")
_SETTLE = text("""
    UPDATE erasure SET followed_at = found.at FROM (
        SELECT known.erasure,
               CASE WHEN bool_and(coalesce(told.state = 'forgotten', false)) THEN max(told.since) END AS at
        FROM erasure AS known CROSS JOIN unnest(known.numbers) AS number
        CROSS JOIN unnest(CAST(:services AS text[])) AS follower
        LEFT JOIN erasure_followed AS told ON told.service = follower AND told.person = number
        WHERE known.numbers && CAST(:numbers AS integer[]) AND known.state = 'erased' GROUP BY 1) AS found
    WHERE erasure.erasure = found.erasure AND erasure.followed_at IS DISTINCT FROM found.at
""")
# Of each erasure the services that said nothing in time, or whose day is over, and since when; for the alarms.
_FOLLOWERS = ", ".join(f"'{each}'" for each in FOLLOWERS)
NOT_FOLLOWED = f"""
    SELECT 'erasure_not_followed', late_since FROM erasure AS known CROSS JOIN unnest(known.numbers) AS number
    CROSS JOIN unnest(CAST(ARRAY[{_FOLLOWERS}] AS text[])) AS follower
    LEFT JOIN erasure_followed AS told ON told.service = follower AND told.person = number
    CROSS JOIN LATERAL (SELECT coalesce(CAST(told.until + 1 AS timestamptz),
                                        known.erased_at + interval '{TOLD_WITHIN.days} days') AS late_since) AS late
    WHERE known.state = 'erased' AND known.followed_at IS NULL AND told.state IS DISTINCT FROM 'forgotten'
      AND late_since < CAST(:now AS timestamptz)
"""  # noqa: S608 - constants


class FollowerProjection:
    """The projection of the topics on which services tell how they follow ``person.erased``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep what they told; the higher revision wins."""
        await keep_higher_revision(self._connection, t.erasure_followed, rows)
        await self.settle({row["person"] for row in rows})

    async def settle(self, numbers: Collection[int]) -> None:
        """Keep whether all of them have let go of these people, and since when."""
        asked = {"numbers": sorted(numbers)}
        await self._connection.execute(_LOCK, asked)
        await self._connection.execute(_SETTLE, {**asked, "services": list(FOLLOWERS)})
