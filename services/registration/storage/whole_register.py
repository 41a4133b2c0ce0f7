"""Reads the whole register in portions for an announcement (rules M8), each after the last key of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, Amounts, MonthSums, TakenLine
from services.registration.domain.employer import Employer
from services.registration.domain.membership import CategoryPeriod
from services.registration.domain.person import PublicFacts
from services.registration.domain.spell import Spell
from services.registration.storage.contribution_files import sums_of
from services.registration.storage.contribution_lines import amounts_of
from services.registration.storage.spells import COLUMNS, spell_of
from shared.law.act4.cover.rules import Category

_PERSONS = text("""
    SELECT person.person, person.revision, person.registered_at,
           (SELECT array_agg(id_token ORDER BY id) FROM national_id AS i WHERE i.person = person.person) AS id_tokens,
           max(fact.plain) FILTER (WHERE fact.attribute = 'born_on') AS born_on,
           max(fact.plain) FILTER (WHERE fact.attribute = 'residence') AS residence
    FROM person
    JOIN person_attribute AS known ON known.person = person.person AND known.valid @> CAST(:day AS date)
    JOIN person_fact AS fact ON fact.id = known.fact
    WHERE person.person > :after AND person.person IN (
        SELECT person FROM person WHERE person > :after ORDER BY person LIMIT :limit)
    GROUP BY person.person ORDER BY person.person
""")
_EMPLOYERS = text("SELECT * FROM employer WHERE employer > :after ORDER BY employer LIMIT :limit")
_SPELLS = text(f"""
    SELECT {COLUMNS} FROM spell WHERE spell > CAST(:after AS uuid) ORDER BY spell LIMIT :limit
""")  # noqa: S608 - a constant
_MEMBERSHIPS = text("SELECT * FROM membership WHERE person > :after ORDER BY person LIMIT :limit")
_LINES = text(f"""
    SELECT line.employer, line.month, line.person, line.kind, line.revision, line.wage_sen,
           {", ".join(f"line.{name}" for name in AMOUNTS)}, file.file, file.received_at
    FROM contribution_line AS line JOIN contribution_file AS file ON file.receipt = line.receipt
    WHERE (line.employer, line.month, line.person, line.kind) > (:employer, :month, :person, :kind)
    ORDER BY line.employer, line.month, line.person, line.kind LIMIT :limit
""")  # noqa: S608 - constants
_SUMS = text("""
    SELECT sums.*, file.employer, file.received_at
    FROM contribution_file_sum AS sums JOIN contribution_file AS file USING (file)
    WHERE sums.basis = 'brought' AND (sums.file, sums.month) > (CAST(:file AS uuid), :month)
    ORDER BY sums.file, sums.month LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class KeptMembership:
    """A membership as it is stored."""

    person: int
    scheme: str
    revision: int
    periods: tuple[CategoryPeriod, ...]


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it stands, with the upload that it stands from."""

    file: UUID
    received_at: datetime
    employer: int
    kind: int
    line: TakenLine


@dataclass(frozen=True, slots=True)
class KeptSums:
    """What a file brought in one month."""

    file: UUID
    received_at: datetime
    employer: int
    sums: MonthSums


class WholeRegister:
    """Every row, for the worker's role; a tenant's request would see its own only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def persons(self, after: int, limit: int, day: date) -> list[PublicFacts]:
        """What others are told of the next persons."""
        asked = {"after": after, "limit": limit, "day": day}
        return [
            PublicFacts(
                row.person,
                row.revision,
                tuple(row.id_tokens),
                date.fromisoformat(row.born_on),
                row.residence,
                row.registered_at,
            )
            for row in await self._connection.execute(_PERSONS, asked)
        ]

    async def employers(self, after: int, limit: int) -> list[Employer]:
        """The next employers."""
        found = await self._connection.execute(_EMPLOYERS, {"after": after, "limit": limit})
        return [
            Employer(row.employer, row.revision, row.code, row.name, row.mycoid, row.registered_at) for row in found
        ]

    async def spells(self, after: str, limit: int) -> list[Spell]:
        """The next spells."""
        return [spell_of(row) for row in await self._connection.execute(_SPELLS, {"after": after, "limit": limit})]

    async def memberships(self, after: int, limit: int) -> list[KeptMembership]:
        """The next memberships."""
        found = await self._connection.execute(_MEMBERSHIPS, {"after": after, "limit": limit})
        return [KeptMembership(row.person, row.scheme, row.revision, _periods(row.periods)) for row in found]

    async def lines(self, after: Sequence[int], limit: int) -> list[KeptLine]:
        """The next lines, after an employer, month, person and kind."""
        position = dict(zip(("employer", "month", "person", "kind"), after, strict=True))
        return [
            KeptLine(
                row.file,
                row.received_at,
                row.employer,
                row.kind,
                TakenLine(row.month, row.person, row.revision, row.wage_sen, amounts_of(row), Amounts()),
            )
            for row in await self._connection.execute(_LINES, {**position, "limit": limit})
        ]

    async def sums(self, file: str, month: int, limit: int) -> list[KeptSums]:
        """What the next files brought, after a file and month."""
        found = await self._connection.execute(_SUMS, {"file": file, "month": month, "limit": limit})
        return [KeptSums(row.file, row.received_at, row.employer, sums_of(row)) for row in found]


def _periods(stored: Sequence[dict[str, str | None]]) -> tuple[CategoryPeriod, ...]:
    return tuple(
        CategoryPeriod(
            Category(str(each["category"])),
            date.fromisoformat(str(each["first"])),
            None if each["last"] is None else date.fromisoformat(each["last"]),
        )
        for each in stored
    )
