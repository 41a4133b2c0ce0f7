"""National ids beside the one under which a person was registered: added, withdrawn, issued; numbers stay sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import Correction
from services.registration.domain.errors import NationalIdKnown, NationalIdLast, NationalIdOfAnother, NationalIdUnknown
from services.registration.domain.person import KeptNationalId
from services.registration.storage.keys import Keys
from services.registration.storage.taken_ids import taken_under_any_key, tokens_of_other_kinds
from services.registration.storage.violations import violated
from shared.security.fields import place
from shared.security.national_id import IdKind, NationalId

_BEARERS = text("""
    SELECT DISTINCT person FROM unnest(CAST(:indexes AS bytea[])) AS index, bearers_of_number(index) AS person
    ORDER BY person
""")
# Who bears the digits under another kind is another bearer too, until two officers have found that they are two people.
_OTHER = text("""
    SELECT bearer FROM unnest(CAST(:digits AS bytea[])) AS index, bearers_of_number(index) AS bearer
    WHERE bearer <> :person AND (bearer IN (
        SELECT bearers_of_number(exact) FROM unnest(CAST(:exact AS bytea[])) AS exact) OR (
        SELECT verdict FROM duplicate_verdict AS said
        WHERE said.person = least(bearer, :person) AND said.other = greatest(bearer, :person)
        ORDER BY said.id DESC LIMIT 1) IS DISTINCT FROM 'different_persons')
    ORDER BY bearer LIMIT 1
""")
_ADD = text("""
    INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token, shares_digits, valid,
                             source, officer, approved_by, reason, evidence, recorded_at)
    VALUES (:id, :person, :kind, :number_sealed, :blind_index, :number_index, :id_token, :shares_digits,
            daterange(CAST(:first AS date), CAST(:last AS date), '[]'), :source, :officer, :approved_by, :reason,
            :evidence, :at)
""")
_TAKEN_BY_TOKEN = text("SELECT taken_by_token(:token, CAST(:other_kinds AS text[]), CAST(:shares_digits AS boolean))")
_OF_PERSON = text("""
    SELECT own.*, lower(own.valid) AS first_day, upper(own.valid) - 1 AS last_day
    FROM national_ids_of(:person) AS own ORDER BY own.id
""")
_WITHDRAW = text("SELECT withdraw_national_id(:id, :person, :at)")
_NEXT_SSFW = text("SELECT nextval('ssfw_number')")
_SSFW = text("SELECT id, number_sealed FROM ssfw_number_of(:person)")
# For the worker's role, which reads the table: what birth the person's MyKad tells.
_MYKADS = text("""
    SELECT id, number_sealed FROM national_id
    WHERE person = :person AND kind = 'mykad' AND withdrawn_at IS NULL ORDER BY id
""")
_TAKEN = ("uq_national_id_blind_index", "uq_national_id_token", "uq_national_id_digits")


class NationalIdRepository:
    """National ids, inside one transaction."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def bearers(self, number: str, kind: IdKind | None = None) -> list[int]:
        """Who bears such digits, or such an id where the kind is given; for officers, nobody for anybody else."""
        ids, numbers = self._keys.ids, self._keys.numbers
        indexes = numbers.each(number) if kind is None else ids.each_of_id(NationalId(kind, number))
        return list((await self._connection.execute(_BEARERS, {"indexes": indexes})).scalars())

    async def other_bearer(self, person: int, national_id: NationalId) -> int | None:
        """Who else bears the id or its digits; raises NationalIdKnown where the person does. For officers alone."""
        if person in await self.bearers(national_id.number):
            raise NationalIdKnown()
        asked = {
            "digits": self._keys.numbers.each(national_id.number),
            "exact": self._keys.ids.each_of_id(national_id),
        }
        found: int | None = (await self._connection.execute(_OTHER, {**asked, "person": person})).scalar_one_or_none()
        return found

    async def add(self, said: Correction, national_id: NationalId, at: datetime, *, shares_digits: bool) -> None:
        """Keep another id of a person; raises NationalIdOfAnother."""
        sealed = self._keys.cipher.encrypt(national_id.number, _place(said.id))
        values = {
            "id": said.id,
            "person": said.person,
            "kind": national_id.kind.value,
            "number_sealed": sealed,
            "blind_index": self._keys.ids.of_id(national_id),
            "number_index": self._keys.numbers.of(national_id.number),
            "id_token": self._keys.id_tokens.of(national_id),
            "shares_digits": shares_digits,
            "at": at,
            "first": said.days.first,
            "last": said.days.last,
            "source": said.by.tenant,
            "officer": said.by.officer,
            "approved_by": said.approved_by,
            "reason": said.reason.value,
            "evidence": said.evidence,
        }
        if await taken_under_any_key(self._connection, self._keys, [national_id], shares_digits=shares_digits):
            raise NationalIdOfAnother()
        asked = {"token": values["id_token"], "other_kinds": tokens_of_other_kinds(self._keys, national_id)}
        if (await self._connection.execute(_TAKEN_BY_TOKEN, {**asked, "shares_digits": shares_digits})).scalar_one():
            raise NationalIdOfAnother()
        try:
            await self._connection.execute(_ADD, values)
        except IntegrityError as error:
            if violated(error) in _TAKEN:
                raise NationalIdOfAnother() from None
            raise

    async def of_person(self, person: int) -> list[KeptNationalId]:
        """Those of a person, without their numbers; none for anybody but the person and officers."""
        return [kept_national_id_of(row) for row in await self._connection.execute(_OF_PERSON, {"person": person})]

    async def check_live(self, person: int, national_id: UUID) -> None:
        """Raises NationalIdUnknown, or NationalIdLast where it is the only one."""
        live = [each.id for each in await self.of_person(person) if each.withdrawn_at is None]
        if national_id not in live:
            raise NationalIdUnknown()
        if len(live) == 1:
            raise NationalIdLast()

    async def withdraw(self, person: int, national_id: UUID, at: datetime) -> None:
        """Nobody bears it any more; raises NationalIdUnknown, NationalIdLast."""
        await self.check_live(person, national_id)
        await self._connection.execute(_WITHDRAW, {"id": national_id, "person": person, "at": at})

    async def next_ssfw(self) -> int:
        """The next number of the sequence, which is given once."""
        found: int = (await self._connection.execute(_NEXT_SSFW)).scalar_one()
        return found

    async def ssfw(self, person: int) -> str | None:
        """The social security number of a foreign worker, for whoever may see the person."""
        row = (await self._connection.execute(_SSFW, {"person": person})).one_or_none()
        return None if row is None else self._keys.cipher.decrypt(bytes(row.number_sealed), _place(row.id))

    async def mykads(self, person: int) -> list[str]:
        """The numbers of a person's MyKads, for the worker."""
        rows = (await self._connection.execute(_MYKADS, {"person": person})).all()
        return [self._keys.cipher.decrypt(bytes(row.number_sealed), _place(row.id)) for row in rows]


def kept_national_id_of(row: Row[Any]) -> KeptNationalId:
    """The id in a row of ``_OF_PERSON``."""
    first: date | None = row.first_day
    return KeptNationalId(
        id=row.id,
        kind=row.kind,
        first_day=first,
        last_day=row.last_day,
        source=row.source,
        officer=row.officer,
        approved_by=row.approved_by,
        reason=row.reason,
        evidence=row.evidence,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )


def _place(national_id: UUID) -> str:
    return place("national_id", "number_sealed", str(national_id))
