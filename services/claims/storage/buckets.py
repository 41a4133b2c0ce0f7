"""The buckets in which claims stand (`domain/buckets.py`), and the claims of some of them, found by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.buckets import Bucket, Sought
from services.claims.domain.claim import Claim
from services.claims.storage import tables as t
from services.claims.storage.claims import claim_of

_FIRST = UUID(int=0)
# An index leads from bucket to bucket, however many claims are in one.
_LISTED = """
    WITH RECURSIVE listed AS (
        (SELECT {column} AS bucket FROM claim WHERE {whose} ORDER BY {column} LIMIT 1)
        UNION ALL
        SELECT following.bucket FROM listed CROSS JOIN LATERAL (
            SELECT {column} AS bucket FROM claim WHERE {whose} AND {column} > listed.bucket
            ORDER BY {column} LIMIT 1) AS following
    )
    SELECT bucket FROM listed
"""
_PAGE = """
    SELECT found.* FROM unnest(CAST(:buckets AS text[])) AS sought (bucket) CROSS JOIN LATERAL (
        SELECT * FROM claim WHERE {whose} AND {column} = sought.bucket AND id > :after
        ORDER BY id LIMIT :limit) AS found
    ORDER BY id LIMIT :limit
"""
# The worker shows them. The claims that came first are counted, so that the oldest is among them.
BUCKETS = text(f"""
    SELECT split_part(listed.bucket, '|', 1), split_part(listed.bucket, '|', 3), split_part(listed.bucket, '|', 2),
           counted.claims, CAST(extract(epoch FROM CAST(:now AS timestamptz) - counted.oldest) AS double precision)
    FROM ({_LISTED.format(column="bucket", whose="true")}) AS listed CROSS JOIN LATERAL (
        SELECT count(*) AS claims, min(stands_since) AS oldest
        FROM (SELECT stands_since FROM claim WHERE claim.bucket = listed.bucket ORDER BY id LIMIT 10000) AS each
    ) AS counted
""")  # noqa: S608 - constants


@dataclass(frozen=True)
class Viewer:
    """For whom a list is: an officer (``party`` None), or a party, with its own number where it is a person.

    A party is shown its claims as they are shown to partners, and so finds them by that alone.
    """

    party: str | None
    person: int | None = None

    @property
    def column(self) -> str:
        """The bucket as the viewer is shown it."""
        return "bucket" if self.party is None else "shown_bucket"

    @property
    def whose(self) -> str:
        """Which claims an index can find: row-level security says again, and last, which may be seen."""
        if self.party is None:
            return "true"
        own = "" if self.person is None else " OR (person = :viewer AND relation IS NOT NULL)"
        return f"(tenant = :party{own})"


class BucketRepository:
    """Reads where claims stand inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, sought: Sought, viewer: Viewer, person: int | None, after: UUID | None, limit: int
    ) -> list[Claim]:
        """The claims that are sought, in the order of their ids, after a position; of one person where it is named."""
        whose = viewer.whose if person is None else f"{viewer.whose} AND person = :person"
        parts = {"column": viewer.column, "whose": whose}
        values = {"party": viewer.party, "viewer": viewer.person, "person": person}
        known = {name: value for name, value in values.items() if f":{name}" in whose}
        buckets = await self._listed(_LISTED.format(**parts), known)
        matching = [each.written for each in buckets if sought.matches(each)]
        page = text(_PAGE.format(**parts)).columns(*t.claim.c)
        asked = {**known, "buckets": matching, "after": after or _FIRST, "limit": limit}
        return [claim_of(row) for row in await self._connection.execute(page, asked)]

    async def _listed(self, statement: str, values: Mapping[str, object]) -> Sequence[Bucket]:
        found = await self._connection.execute(text(statement), values)
        return [Bucket.read(written) for written in found.scalars()]
