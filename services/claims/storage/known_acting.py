"""Who acts for whom, as benefits published it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.acting import Acting, Shown
from services.claims.domain.claim import Capacity
from services.claims.storage import tables as t

_OF_PERSONS = (
    "SELECT 'person:' || number FROM unnest(numbers_of(CAST(split_part({party}, ':', 2) AS bigint))) AS number"
)
# Who was shown to act by which notice: by all numbers, and with whoever is owed something by the event's claim.
_SHOWN = text(f"""
    SELECT capacity,
           CASE WHEN tenant LIKE 'person:%' THEN ARRAY ({_OF_PERSONS.format(party="tenant")})
                ELSE ARRAY[tenant] END AS holders,
           numbers_of(person) AS person,
           ARRAY (SELECT DISTINCT number FROM claim_party AS owed CROSS JOIN unnest(numbers_of(owed.person)) AS number
                  WHERE owed.claim IN (claim.id, claim.joined_to)) AS others
    FROM claim WHERE id = :claim AND relation = 'shown' AND capacity IN ('guardian', 'representative')
""")  # noqa: S608 - constants
_SAID = text("""
    SELECT statement, ward, holder, says, first_on, last_on,
           NOT withdrawn AND NOT EXISTS (
               SELECT FROM known_acting AS later WHERE later.replaces = said.statement AND later.withdrawn) AS stands,
           (SELECT min(later.first_on) FROM known_acting AS later WHERE later.replaces = said.statement) AS replaced_on
    FROM known_acting AS said
    WHERE ward = ANY (CAST(:wards AS bigint[]))
    ORDER BY first_on, statement
""")
# The notices of whoever acts by these statements, and of whoever was shown to act for the same wards.
_TOUCHED = text(f"""
    SELECT claim.id FROM claim
    WHERE relation = 'shown' AND capacity IN ('guardian', 'representative')
          AND (tenant = ANY (CAST(:holders AS text[])) OR person = ANY (CAST(:wards AS bigint[]))
               OR EXISTS (SELECT FROM unnest(CAST(:holders AS text[])) AS holder
                          WHERE holder LIKE 'person:%' AND tenant IN ({_OF_PERSONS.format(party="holder")}))
               OR EXISTS (SELECT FROM unnest(CAST(:wards AS bigint[])) AS ward
                          WHERE claim.person = ANY (numbers_of(ward))))
    ORDER BY claim.id
""")  # noqa: S608 - constants
_ACTS_NO_MORE = text("""
    SELECT EXISTS (SELECT FROM claim WHERE tenant = :party AND acting_ended AND :claim IN (id, joined_to))
""")
_END = text("UPDATE claim SET acting_ended = :ended WHERE id = :claim AND acting_ended <> :ended RETURNING id")


class ActingProjection:
    """The projection of who acts, of the topic ``benefit.paid``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[dict[str, Any]]) -> list[UUID]:
        """Keep statements, of which none ever changes; the claims of notices that they touch."""
        if not rows:
            return []
        await self._connection.execute(upsert(t.known_acting).values(list(rows)).on_conflict_do_nothing())
        touched = {"holders": [row["holder"] for row in rows], "wards": [row["ward"] for row in rows]}
        return list((await self._connection.execute(_TOUCHED, touched)).scalars())

    async def shown(self, claim: UUID) -> Shown | None:
        """Who was shown to act by a notice; None of any other."""
        row = (await self._connection.execute(_SHOWN, {"claim": claim})).one_or_none()
        if row is None:
            return None
        return Shown(frozenset(row.holders), Capacity(row.capacity), frozenset(row.person), frozenset(row.others))

    async def of(self, wards: Collection[int]) -> list[Acting]:
        """All that was stated of who acts for these people."""
        return [Acting(*row) for row in await self._connection.execute(_SAID, {"wards": sorted(wards)})]

    async def acts_no_more(self, claim: UUID, party: str) -> bool:
        """Whether a party acted for the person of a claim, and its term has ended: it is told nothing more."""
        return bool((await self._connection.execute(_ACTS_NO_MORE, {"claim": claim, "party": party})).scalar_one())

    async def end(self, claim: UUID, *, ended: bool) -> bool:
        """Have who reported a claim act no more, or again; whether that is new."""
        changed = await self._connection.execute(_END, {"claim": claim, "ended": ended})
        return changed.one_or_none() is not None
