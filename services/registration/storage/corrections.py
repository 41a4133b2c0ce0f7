"""Corrections of what is known of persons: what was stated, never changed, and what officers decided of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import Attribute, Correction, Days, Reason, State, StatedBy, What
from services.registration.domain.errors import CorrectionUnknown
from services.registration.storage.keys import Keys
from services.registration.storage.persons import Viewer
from shared.security.fields import place

_ADD = text("""
    INSERT INTO person_correction (correction, person, tenant, officer, what, attribute, valid, value_sealed, about,
                                   reason, evidence, stated_at)
    VALUES (:id, :person, :tenant, :officer, :what, :attribute,
            daterange(CAST(:first AS date), CAST(:last AS date), '[]'), :sealed, :about, :reason, :evidence, :stated_at)
    ON CONFLICT (correction) DO NOTHING
""")
_END = text("""
    INSERT INTO person_correction_end (correction, person, tenant, counts, proposed_by, approved_by, ended_at)
    VALUES (:id, :person, :tenant, :counts, :proposed_by, :approved_by, :at)
""")
_COLUMNS = """
    said.*, lower(said.valid) AS first_day, upper(said.valid) - 1 AS last_day, ended.counts, ended.proposed_by,
    ended.approved_by
    FROM person_correction AS said LEFT JOIN person_correction_end AS ended USING (correction)
"""
_GET = text(f"SELECT {_COLUMNS} WHERE said.correction = :id")
# What a split found to be another one's is told to officers and whoever stated it.
_PAGE = text(f"""
    SELECT {_COLUMNS} WHERE said.person = :person AND said.correction > CAST(:after AS uuid)
      AND (:officer OR said.tenant = :tenant OR 'person:' || said.person = :tenant AND NOT EXISTS (
          SELECT FROM person_fact AS fact WHERE fact.person = said.person AND fact.correction = said.correction
            AND is_anothers(fact.id, CAST((SELECT numbers_of(:person)) AS integer[]))))
    ORDER BY said.correction LIMIT :limit
""")  # noqa: S608 - a constant
_WAITING = text("""
    SELECT correction FROM person_correction AS said
    WHERE person = ANY(CAST(:persons AS integer[]))
      AND NOT EXISTS (SELECT FROM person_correction_end AS ended WHERE ended.correction = said.correction)
    ORDER BY correction
""")
_SURVIVOR = text("SELECT (numbers_of(CAST(:person AS integer)))[1]")
# Of all that the number was ever to be merged into, and how often it was or was split: so that it never goes back.
_REVISION = text("""
    WITH RECURSIVE ever (number) AS (
        SELECT CAST(:person AS integer)
        UNION SELECT said.survivor FROM ever JOIN person_merge_statement AS said ON said.person = ever.number)
    SELECT CAST((SELECT sum(person.revision) FROM ever JOIN person ON person.person = ever.number)
                + (SELECT count(*) FROM ever JOIN person_merge_statement AS said ON said.person = ever.number
                   JOIN person_merge_end AS ended USING (statement) WHERE ended.counts) AS integer)
""")
_BEFORE_ALL = UUID(int=0)


class CorrectionRepository:
    """The corrections that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, said: Correction) -> bool:
        """Keep what was stated; whether it was not stated before."""
        values = {
            "id": said.id,
            "person": said.person,
            "tenant": said.by.tenant,
            "officer": said.by.officer,
            "stated_at": said.by.at,
            "what": said.what.value,
            "attribute": said.attribute.value,
            "reason": said.reason.value,
            "first": said.days.first,
            "last": said.days.last,
            "about": said.about,
            "evidence": said.evidence,
            "sealed": None if said.value is None else self._keys.cipher.encrypt(said.value, _place(said.id)),
        }
        return bool((await self._connection.execute(_ADD, values)).rowcount)

    async def end(self, said: Correction, at: datetime) -> None:
        """Keep that it counts or is refused, on whose word."""
        values = {"id": said.id, "person": said.person, "tenant": said.by.tenant, "at": at}
        values |= {"counts": said.state is State.COUNTS}
        values |= {"proposed_by": said.proposed_by, "approved_by": said.approved_by}
        await self._connection.execute(_END, values)

    async def get(self, correction: UUID) -> Correction:
        """Raises CorrectionUnknown."""
        row = (await self._connection.execute(_GET, {"id": correction})).one_or_none()
        if row is None:
            raise CorrectionUnknown()
        return correction_of(row, self._keys)

    async def waiting(self, numbers: Sequence[int]) -> list[UUID]:
        """Those of these numbers that nobody has decided."""
        return list((await self._connection.execute(_WAITING, {"persons": list(numbers)})).scalars())

    async def person_meant(self, said: Correction) -> int:
        """Of whom it counts: a fact is the survivor's; what is taken back and an id are the number's own."""
        if said.what is not What.FACT:
            return said.person
        found: int = (await self._connection.execute(_SURVIVOR, {"person": said.person})).scalar_one()
        return found

    async def revision_of(self, person: int) -> int:
        """Which rises with all that is known of a number and of those it was merged into, and by merge and split."""
        found: int = (await self._connection.execute(_REVISION, {"person": person})).scalar_one()
        return found

    async def page(self, person: int, after: UUID | None, limit: int, viewer: Viewer) -> Sequence[Correction]:
        """Of a person, by id, after one: the viewer's own, or everybody's for the person and for officers."""
        asked = {"person": person, "after": after or _BEFORE_ALL, "limit": limit}
        asked |= {"tenant": viewer.tenant, "officer": viewer.officer}
        return [correction_of(row, self._keys) for row in await self._connection.execute(_PAGE, asked)]


def correction_of(row: Row[Any], keys: Keys) -> Correction:
    """The correction in a row of ``_COLUMNS``."""
    sealed = row.value_sealed
    first: date | None = row.first_day
    state = State.WAITING if row.counts is None else (State.COUNTS if row.counts else State.REFUSED)
    return Correction(
        id=row.correction,
        person=row.person,
        what=What(row.what),
        attribute=Attribute(row.attribute),
        days=Days(first, row.last_day),
        value=None if sealed is None else keys.cipher.decrypt(bytes(sealed), _place(row.correction)),
        about=row.about,
        reason=Reason(row.reason),
        evidence=row.evidence,
        by=StatedBy(row.tenant, row.stated_at, row.officer),
        state=state,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def _place(correction: UUID) -> str:
    return place("person_correction", "value_sealed", str(correction))
