"""Registrations for schemes: facts that are never changed, of which the newest of each stands (rules F1)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import PersonUnknown
from services.registration.domain.scheme_registration import Choice, SchemeRegistration
from services.registration.domain.schemes import Joining, is_woman
from services.registration.storage.keys import Keys
from shared.kernel.clock import business_day
from shared.security.fields import place

_BEFORE_ALL = UUID(int=0)
_HOLD = text("SELECT person, erased_at FROM hold_people_of_schemes(CAST(:persons AS integer[]))")
_JOINING = text("SELECT * FROM joining_facts(:person, :scheme, CAST(:day AS date))")
_ADD = text("""
    INSERT INTO scheme_registration_fact (registration, person, tenant, scheme, activity, plan, earning_sen, first_on,
                                          last_on, officer, recorded_at)
    VALUES (:id, :person, :tenant, :scheme, :activity, :plan, :earning_sen, :first_on, :last_on, :officer,
            :recorded_at)
""")
_NAMED = text("SELECT * FROM scheme_registrations_named(CAST(:ids AS uuid[]))")
_OF_ACTIVITY = text("SELECT * FROM scheme_registrations_of(:person, :scheme, :activity)")
_PAGE = text("""
    SELECT DISTINCT ON (registration) * FROM scheme_registration_fact
    WHERE registration > :after AND (CAST(:person AS integer) IS NULL
                                     OR person = ANY (CAST((SELECT numbers_of(:person)) AS integer[])))
      AND recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY registration, id DESC LIMIT :limit
""")
_NEXT = text("SELECT next_scheme_cover(:person, :scheme, :activity)")
_PUBLISHED = text("""
    SELECT person, scheme, activity, revision FROM scheme_cover
    WHERE (person, scheme, activity) > (:person, :scheme, :activity) ORDER BY person, scheme, activity LIMIT :limit
""")
_RECALL = text("""
    INSERT INTO scheme_cover AS known (person, scheme, activity, revision)
    VALUES (:person, :scheme, :activity, :revision)
    ON CONFLICT (person, scheme, activity) DO UPDATE SET revision = excluded.revision
    WHERE known.revision < excluded.revision
""")


class SchemeRegistrationRepository:
    """The registrations that the transaction may see, and by functions what the law asks of whoever joins."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def hold(self, persons: Collection[int]) -> set[int]:
        """Hold people until the transaction ends, by all numbers of each; those of whom something is kept."""
        rows = (await self._connection.execute(_HOLD, {"persons": sorted(persons)})).all()
        return {row.person for row in rows if row.erased_at is None}.intersection(persons)

    async def joining(self, person: int, scheme: str, day: date) -> Joining:
        """What is known of a person for a day that a scheme may ask; raises PersonUnknown where nothing is."""
        row = (await self._connection.execute(_JOINING, {"person": person, "scheme": scheme, "day": day})).one()
        if row.born_on is None or row.residence is None:
            raise PersonUnknown()
        first = None if row.first_paid_at is None else business_day(row.first_paid_at)
        cards = [self._keys.cipher.decrypt(bytes(s), _place(id_)) for id_, s in zip(row.ids, row.sealed, strict=True)]
        return Joining(date.fromisoformat(row.born_on), row.residence, is_woman(cards), first)

    async def add(self, said: SchemeRegistration) -> None:
        """Keep what was stated, of a person that the transaction holds."""
        await self._connection.execute(_ADD, _row(said))

    async def named(self, ids: Collection[UUID]) -> Mapping[UUID, list[SchemeRegistration]]:
        """All facts of these registrations, oldest first, whoever stated them."""
        found: dict[UUID, list[SchemeRegistration]] = {}
        for row in await self._connection.execute(_NAMED, {"ids": list(ids)}):
            found.setdefault(row.registration, []).append(registration_of(row))
        return found

    async def of_activity(self, person: int, scheme: str, activity: str) -> list[SchemeRegistration]:
        """What all parties have stated of an activity of a number, as it stands."""
        asked = {"person": person, "scheme": scheme, "activity": activity}
        return [registration_of(row) for row in await self._connection.execute(_OF_ACTIVITY, asked)]

    async def page(
        self, person: int | None, known_at: datetime | None, after: UUID | None, limit: int
    ) -> list[SchemeRegistration]:
        """Those that the transaction may see as they stood at an instant or stand, by id, after one."""
        asked = {"person": person, "known_at": known_at, "after": after or _BEFORE_ALL, "limit": limit}
        return [registration_of(row) for row in await self._connection.execute(_PAGE, asked)]

    async def next_revision(self, person: int, scheme: str, activity: str) -> int:
        """The revision of what is published of an activity, of a person that the transaction holds."""
        asked = {"person": person, "scheme": scheme, "activity": activity}
        found: int = (await self._connection.execute(_NEXT, asked)).scalar_one()
        return found

    async def list_published(self, after: tuple[int, str, str], limit: int) -> list[tuple[int, str, str, int]]:
        """Person, scheme, activity and revision of what was published, after one; for the worker."""
        asked = dict(zip(("person", "scheme", "activity"), after, strict=True))
        found = await self._connection.execute(_PUBLISHED, {**asked, "limit": limit})
        return [(row.person, row.scheme, row.activity, row.revision) for row in found]

    async def recall(self, person: int, scheme: str, activity: str, revision: int) -> bool:
        """Know again what was published; whether it was news."""
        asked = {"person": person, "scheme": scheme, "activity": activity, "revision": revision}
        return (await self._connection.execute(_RECALL, asked)).rowcount > 0


def registration_of(row: Row[Any]) -> SchemeRegistration:
    """The registration in a row of its facts."""
    return SchemeRegistration(
        id=row.registration,
        person=row.person,
        tenant=row.tenant,
        choice=Choice(row.scheme, row.activity, row.plan, row.earning_sen),
        first_on=row.first_on,
        last_on=row.last_on,
        recorded_at=row.recorded_at,
        officer=row.officer,
    )


def _row(said: SchemeRegistration) -> dict[str, Any]:
    choice = said.choice
    return {
        "id": said.id,
        "person": said.person,
        "tenant": said.tenant,
        "scheme": choice.scheme,
        "activity": choice.activity,
        "plan": choice.plan,
        "earning_sen": choice.earning_sen,
        "first_on": said.first_on,
        "last_on": said.last_on,
        "officer": said.officer,
        "recorded_at": said.recorded_at,
    }


def _place(id_: UUID) -> str:
    return place("national_id", "number_sealed", str(id_))
