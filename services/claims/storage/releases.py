"""Releases of the statute book: which one is at work, and which claims it has to ask again.

Every question keeps what was looked up when it was last asked. So a claim that has been asked by the running release is
not found again, also where its decision stayed as it was and still cites what was looked up then.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.storage import tables as t
from shared.law.lookups import Touched

# The worker shows them.
LEFT = text("SELECT count(*) FROM (SELECT FROM claim_to_ask LIMIT 1000000) AS listed")
# Workers of two releases are at work while one takes the other's place: the newer one waits until the older is gone.
_TAKE = text("""
    INSERT INTO law_release AS kept (release, seen_at) VALUES (:release, :now)
    ON CONFLICT (only_row) DO UPDATE
    SET release = excluded.release, seen_at = excluded.seen_at,
        compared_on = CASE WHEN kept.release = excluded.release THEN kept.compared_on END
    WHERE kept.release = excluded.release OR kept.seen_at < :silent_since
    RETURNING coalesce(compared_on <> :today, true)
""")
_COMPARED = text("UPDATE law_release SET compared_on = :today")
_CLEAR = text("DELETE FROM claim_to_ask")
# What was asked before look-ups were kept may have looked up anything.
_LIST = text("""
    INSERT INTO claim_to_ask (claim)
    SELECT claim FROM unnest(CAST(:hashes AS text[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
                      AS touched (hash, first_day, last_day)
    JOIN question ON lookups = hash AND law_on BETWEEN first_day AND last_day
    UNION SELECT claim FROM question WHERE lookups IS NULL
    UNION SELECT id FROM claim WHERE bucket = ANY(CAST(:undecided AS text[])) AND relation IS NOT NULL
""")
_LIST_ALSO = text("""
    INSERT INTO claim_to_ask (claim)
    SELECT DISTINCT claim FROM unnest(CAST(:hashes AS text[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
                               AS touched (hash, first_day, last_day)
    JOIN question ON lookups = hash AND law_on BETWEEN first_day AND last_day
    ON CONFLICT DO NOTHING
""")
_NEXT = text("""
    DELETE FROM claim_to_ask WHERE claim IN (SELECT claim FROM claim_to_ask ORDER BY claim LIMIT :most)
    RETURNING claim
""")
_DUE = text("""
    SELECT count(*)
    FROM (SELECT FROM due_work WHERE failed IS NULL AND due_at <= :now AND kind = :kind LIMIT :most) AS due
""")
_ANY_LEFT = text("SELECT EXISTS (SELECT FROM claim_to_ask)")


class ReleaseRepository:
    """Reads and writes what is known of releases inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, release: str, at: datetime, silent_since: datetime, today: date) -> bool:
        """Whether this release is the one at work, and what was looked up is to be compared with it as known today.

        Another one is at work as long as one of its workers has looked here after ``silent_since``.
        """
        values = {"release": release, "now": at, "silent_since": silent_since, "today": today}
        return bool((await self._connection.execute(_TAKE, values)).scalar_one_or_none())

    async def lookups(self) -> Mapping[str, str]:
        """Everything that questions have ever looked up, by its hash."""
        rows = await self._connection.execute(select(t.law_lookups.c.hash, t.law_lookups.c.body))
        return {row.hash: row.body for row in rows}

    async def list_touched(self, touched: Sequence[Touched], undecided: Sequence[str], today: date) -> int:
        """List the claims with a question that these concern, in place of what was listed before; how many they are.

        And those of the buckets in which nothing was asked about events of kinds about which something is asked now.
        """
        values = {
            "hashes": [each.hash for each in touched],
            "firsts": [each.first for each in touched],
            "lasts": [each.last for each in touched],
            "undecided": list(undecided),
        }
        await self._connection.execute(_CLEAR)
        listed = await self._connection.execute(_LIST, values)
        await self._connection.execute(_COMPARED, {"today": today})
        return listed.rowcount

    async def list_also(self, touched: Sequence[Touched]) -> int:
        """List the claims with a question that these concern, beside what is listed; how many came to it."""
        values = {
            "hashes": [each.hash for each in touched],
            "firsts": [each.first for each in touched],
            "lasts": [each.last for each in touched],
        }
        return (await self._connection.execute(_LIST_ALSO, values)).rowcount

    async def count_due(self, kind: str, at: datetime, most: int) -> int:
        """How much work of a kind is due now; at most so much is counted."""
        return int((await self._connection.execute(_DUE, {"kind": kind, "now": at, "most": most})).scalar_one())

    async def take_listed(self, most: int) -> list[UUID]:
        """Take claims off the list, the oldest first."""
        return sorted((await self._connection.execute(_NEXT, {"most": most})).scalars())

    async def is_any_listed(self) -> bool:
        """Whether a claim is left on the list."""
        return bool((await self._connection.execute(_ANY_LEFT)).scalar_one())
