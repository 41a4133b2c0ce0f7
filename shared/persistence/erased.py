"""Of whom registration erased what it kept: a service follows, once nothing of the person is open with it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import now

# All of it stays all of it, in whatever order the erasures of a person come.
_KEEP = text("""
    INSERT INTO erased_person AS known (person, erasure, revision, whole, erased_at)
    SELECT DISTINCT ON (person) person, erasure, revision, bool_or(whole) OVER (PARTITION BY person), erased_at
    FROM unnest(CAST(:persons AS bigint[]), CAST(:erasures AS uuid[]), CAST(:revisions AS integer[]),
                CAST(:wholes AS boolean[]), CAST(:instants AS timestamptz[]))
         AS told (person, erasure, revision, whole, erased_at)
    ORDER BY person, revision DESC
    ON CONFLICT (person) DO UPDATE SET whole = known.whole OR excluded.whole,
        (erasure, revision, erased_at) = (SELECT newest.erasure, newest.revision, newest.erased_at
            FROM (VALUES (known.erasure, known.revision, known.erased_at),
                         (excluded.erasure, excluded.revision, excluded.erased_at))
                 AS newest (erasure, revision, erased_at) ORDER BY newest.revision DESC LIMIT 1)
    WHERE known.revision < excluded.revision OR known.whole < excluded.whole
""")
_IS_WHOLE = text("SELECT EXISTS (SELECT FROM erased_person WHERE person = :person AND whole)")
_FORGET = text("""
    UPDATE erased_person SET forgotten_at = coalesce(forgotten_at, :at) WHERE person = :person
""")
_FORGOTTEN = text("""
    SELECT person FROM erased_person WHERE person = ANY(CAST(:persons AS bigint[])) AND forgotten_at IS NOT NULL
""")


class ErasedPersons:
    """The projection of the topic ``person.erased``, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, told: Sequence[Mapping[str, Any]]) -> None:
        """Keep what was erased; the higher revision wins."""
        columns = {f"{name}s": [each[name] for each in told] for name in ("person", "erasure", "revision", "whole")}
        await self._connection.execute(_KEEP, {**columns, "instants": [each["erased_at"] for each in told]})

    async def is_whole(self, person: int) -> bool:
        """Whether registration keeps nothing any more that leads to the person."""
        return bool((await self._connection.execute(_IS_WHOLE, {"person": person})).scalar_one())

    async def forgotten(self, persons: Collection[int]) -> set[int]:
        """Those of these people that this service has let go of: what comes again of them is not kept."""
        if not persons:
            return set()
        return set((await self._connection.execute(_FORGOTTEN, {"persons": sorted(set(persons))})).scalars())

    async def forget(self, person: int) -> None:
        """This service has let go of the person."""
        await self._connection.execute(_FORGET, {"person": person, "at": now()})
