"""Authorisations of treatment in the database: what was asked is never changed, how each stands moves on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import MedicalAuthorisationUnknown
from services.claims.domain.medical_authorisation import AuthorisationState, MedicalAuthorisation, Patient
from services.claims.domain.medical_cover import MedicalScheme
from shared.kernel.clock import now

_FIELDS = tuple(each.name for each in fields(MedicalAuthorisation))
_COLUMNS = ", ".join(_FIELDS)
_STANDS = (
    *("id_token", "name_tokens", "claim", "person", "state", "scheme", "may_bear", "reason"),
    *("waits_for", "revision", "changed_at", "waits_since", "is_extended", "notice_asked_at"),
    *("nobody_found_for", "death_on"),
)
_ADD = text(f"""
    INSERT INTO medical_authorisation ({_COLUMNS}, changed_at)
    VALUES ({", ".join(f":{name}" for name in _FIELDS)}, :asked_at)
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - names of columns
_SAVE = text(f"""
    UPDATE medical_authorisation SET {", ".join(f"{name} = :{name}" for name in _STANDS)} WHERE id = :id
""")  # noqa: S608 - names of columns
_FIND = text(f"SELECT {_COLUMNS} FROM medical_authorisation WHERE id = :id")  # noqa: S608 - names of columns
# No row is locked: a hospital has no right to change one.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('medical_authorisation/' || CAST(:id AS text), 0))")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM medical_authorisation
    WHERE (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:person AS bigint) IS NULL OR person = ANY (numbers_of(CAST(:person AS bigint)))
           AND (state <> 'awaiting_patient' OR current_setting('jaring.tenant', true) NOT LIKE 'hospital:%'))
      AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_PATIENT = text("""
    SELECT * FROM medical_patient(:id_token, CAST(:name_tokens AS text[]), :day, CAST(:admitted_on AS date))
""")
_COVERED = text("SELECT * FROM medical_cover(CAST(:person AS bigint), :day)")
_OF_PERSON = text(f"""
    SELECT {_COLUMNS} FROM medical_authorisation WHERE person = ANY (numbers_of(CAST(:person AS bigint)))
""")  # noqa: S608 - names of columns
_ACCIDENT = text("""
    SELECT coalesce(joined_to, id) AS claim FROM claim
    WHERE person = ANY (numbers_of(:person)) AND kind = 'accident' AND happened_on = :happened_on
      AND relation IS NOT NULL
    ORDER BY joined_to IS NOT NULL, received_at, id LIMIT 1
""")
_NOTICED = text("""
    SELECT EXISTS (SELECT FROM claim
        WHERE tenant = :tenant AND kind = 'accident' AND happened_on = :happened_on
          AND (id_token = :id_token OR person = ANY (numbers_of(CAST(:person AS bigint)))))
""")
_FORGET = text("""
    UPDATE medical_authorisation SET id_token = NULL, name_tokens = '{}'
    WHERE id_token IN (SELECT id_token FROM known_identity WHERE person = :person)
""")
_FIGURES = text("""
    SELECT count(*) AS asked, count(*) FILTER (WHERE is_at_once) AS at_once,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY took) AS half,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY took) AS most
    FROM (SELECT is_at_once,
                 CASE WHEN at_time IS NOT NULL AND state IN ('provisional', 'authorised') THEN greatest(0,
                     floor(extract(epoch FROM CASE WHEN is_at_once THEN asked_at ELSE changed_at END
                         - (happened_on + CAST(at_time AS time)) AT TIME ZONE 'Asia/Kuala_Lumpur') / 3600)) END AS took
          FROM medical_authorisation WHERE asked_at >= :begin AND asked_at < :end) AS asked
""")
# The worker shows them: all that were ever asked for.
AUTHORISATIONS = text("""
    SELECT state, count(*),
           CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(changed_at)) AS double precision)
    FROM medical_authorisation GROUP BY state
""")


@dataclass(frozen=True)
class AuthorisationFigures:
    """Of what was asked for on some days: how much was answered at once, and the whole hours from the accident until a
    scheme was named, of half of it and of nine in ten, where the time of the accident is known."""

    asked: int
    at_once: int
    hours_half: int | None
    hours_most: int | None


class MedicalAuthorisationRepository:
    """Reads and writes authorisations inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def patient(
        self, id_token: str, name_tokens: Sequence[str], day: date, admitted_on: date | None = None
    ) -> Patient | None:
        """Whom a national id and an agreeing name mean, with the cover of a day; None where either does not, or where
        somebody has said that the person died before it was admitted, if that day is given."""
        values = {"id_token": id_token, "name_tokens": list(name_tokens), "day": day, "admitted_on": admitted_on}
        row = (await self._connection.execute(_PATIENT, values)).one_or_none()
        return None if row is None else Patient(**row._mapping)

    async def covered(self, person: int, day: date) -> Patient:
        """The cover of a day of a person by number: a partner's request may not ask it."""
        row = (await self._connection.execute(_COVERED, {"person": person, "day": day})).one()
        return Patient(**row._mapping)

    async def add(self, authorisation: MedicalAuthorisation) -> bool:
        """Keep what a hospital asks; False where it had asked the same."""
        return (await self._connection.execute(_ADD, _values(authorisation))).one_or_none() is not None

    async def find(self, id_: UUID) -> MedicalAuthorisation:
        """One that the role may see; raises MedicalAuthorisationUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        if row is None:
            raise MedicalAuthorisationUnknown()
        return _authorisation_of(row)

    async def find_if_any(self, id_: UUID) -> MedicalAuthorisation | None:
        """The same, held until the transaction ends; None where there is none."""
        await self._connection.execute(_LOCK, {"id": str(id_)})
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        return None if row is None else _authorisation_of(row)

    async def lock(self, id_: UUID) -> MedicalAuthorisation:
        """The same; raises MedicalAuthorisationUnknown."""
        found = await self.find_if_any(id_)
        if found is None:
            raise MedicalAuthorisationUnknown()
        return found

    async def save(self, authorisation: MedicalAuthorisation) -> None:
        """How a locked one stands now."""
        values = {**_values(authorisation), "changed_at": now()}
        await self._connection.execute(_SAVE, {name: values[name] for name in ("id", *_STANDS)})

    async def page(
        self, state: AuthorisationState | None, person: int | None, after: UUID | None, limit: int
    ) -> list[MedicalAuthorisation]:
        """Those that the role may see, in the order of their ids; of all numbers of a person where one is named."""
        values = {"state": state, "person": person, "after": after, "limit": limit}
        return [_authorisation_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def of_person(self, person: int) -> list[MedicalAuthorisation]:
        """All of a person that the role may see, by whichever of its numbers."""
        return [_authorisation_of(row) for row in await self._connection.execute(_OF_PERSON, {"person": person})]

    async def accident_of(self, person: int, happened_on: date) -> UUID | None:
        """The claim of the person's accident of a day, or that which it joined."""
        values = {"person": person, "happened_on": happened_on}
        return (await self._connection.execute(_ACCIDENT, values)).scalar_one_or_none()

    async def is_noticed(self, asked: MedicalAuthorisation, id_token: str) -> bool:
        """Whether its hospital has given notice of the accident, of whoever bears the id."""
        values = {"tenant": asked.tenant, "happened_on": asked.happened_on, "person": asked.person}
        return bool((await self._connection.execute(_NOTICED, {**values, "id_token": id_token})).scalar_one())

    async def forget_tokens(self, person: int) -> None:
        """Keep nothing of what hospitals said of who the person is: before it is forgotten which ids name it."""
        await self._connection.execute(_FORGET, {"person": person})

    async def figures(self, begin: datetime, end: datetime) -> AuthorisationFigures:
        """Of what was asked for from one instant up to another."""
        row = (await self._connection.execute(_FIGURES, {"begin": begin, "end": end})).one()
        hours = (None if each is None else int(each) for each in (row.half, row.most))
        return AuthorisationFigures(row.asked, row.at_once, *hours)


def _values(authorisation: MedicalAuthorisation) -> dict[str, Any]:
    values = {name: getattr(authorisation, name) for name in _FIELDS}
    return values | {"name_tokens": list(authorisation.name_tokens), "may_bear": list(authorisation.may_bear)}


def _authorisation_of(row: Row[Any]) -> MedicalAuthorisation:
    scheme = None if row.scheme is None else MedicalScheme(row.scheme)
    kinds: dict[str, Any] = {"state": AuthorisationState(row.state), "scheme": scheme}
    kinds |= {"name_tokens": tuple(row.name_tokens), "may_bear": tuple(row.may_bear)}
    return MedicalAuthorisation(**{**row._mapping, **kinds})
