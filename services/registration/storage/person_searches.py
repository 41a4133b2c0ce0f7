"""Finding people by number, name and birth; every search is kept by the kinds of its criteria, never their values."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import PersonSearchUnknown
from services.registration.domain.person_search import Access, PersonSearch

# A fact that was taken back names nobody; one that a later fact overwrote is a name of before.
_BY_NAME = """person IN (
    SELECT named.person FROM person_name_token AS named
    WHERE named.token = ANY(CAST(:tokens AS text[]))
      AND NOT EXISTS (SELECT FROM person_fact AS later WHERE later.retracts = named.fact))"""
_BY_BIRTH = """person IN (
    SELECT born.person FROM person_fact AS born JOIN person_attribute AS known
      ON known.person = born.person AND known.attribute = 'born_on' AND known.fact = born.id
    WHERE born.attribute = 'born_on' AND born.plain = :born_on)"""
_AMONG = "person = ANY(CAST(:persons AS integer[]))"
_CONDITIONS = {"persons": _AMONG, "tokens": _BY_NAME, "born_on": _BY_BIRTH}
_KEEP = text("""
    INSERT INTO person_search (search, tenant, officer, criteria, found, is_cut, searched_at)
    VALUES (:search, :tenant, :officer, :criteria, :found, :is_cut, :at)
""")
_HIT = text("""
    INSERT INTO person_search_hit (search, person)
    SELECT :search, person FROM unnest(CAST(:persons AS integer[])) AS person
""")
_OWN = text("SELECT EXISTS (SELECT FROM person_search WHERE search = :search AND officer = :officer)")
_HITS = text("""
    SELECT person FROM person_search_hit WHERE search = :search AND person > :after ORDER BY person LIMIT :limit
""")
_ACCESSES = text("""
    SELECT made.search, made.tenant, made.officer, made.criteria, made.searched_at
    FROM person_search_hit AS hit JOIN person_search AS made USING (search)
    WHERE hit.person = :person AND hit.search > CAST(:after AS uuid) ORDER BY hit.search LIMIT :limit
""")
_BEFORE_ALL = UUID(int=0)


class PersonSearchRepository:
    """Searches of officers, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, criteria: dict[str, Sequence[int] | Sequence[str] | str], limit: int) -> list[int]:
        """The numbers of those who fit all criteria, lowest first: `persons`, `tokens` of a name, `born_on`."""
        fitting = " AND ".join(_CONDITIONS[name] for name in criteria)
        asked = text(f"SELECT person FROM person WHERE {fitting} ORDER BY person LIMIT :limit")  # noqa: S608 - constants
        return list((await self._connection.execute(asked, {**criteria, "limit": limit})).scalars())

    async def keep(self, search: PersonSearch, hits: Sequence[int]) -> None:
        """Keep that it was made, and whom it found."""
        values = {"search": search.id, "tenant": search.tenant, "officer": search.officer, "at": search.at}
        values |= {"criteria": list(search.criteria), "found": search.found, "is_cut": search.is_cut}
        await self._connection.execute(_KEEP, values)
        await self._connection.execute(_HIT, {"search": search.id, "persons": list(hits)})

    async def hits(self, search: UUID, officer: str, after: int, limit: int) -> list[int]:
        """Whom an officer's own search found, by number, after one; raises PersonSearchUnknown."""
        if not (await self._connection.execute(_OWN, {"search": search, "officer": officer})).scalar_one():
            raise PersonSearchUnknown()
        asked = {"search": search, "after": after, "limit": limit}
        return list((await self._connection.execute(_HITS, asked)).scalars())

    async def accesses(self, person: int, after: UUID | None, limit: int) -> list[Access]:
        """The searches that found a person, oldest first, after one."""
        asked = {"person": person, "after": after or _BEFORE_ALL, "limit": limit}
        return [access_of(row) for row in await self._connection.execute(_ACCESSES, asked)]


def access_of(row: Row[tuple[object, ...]]) -> Access:
    """The access in a row of ``_ACCESSES``."""
    return Access(row.search, row.tenant, row.officer, tuple(row.criteria), row.searched_at)
