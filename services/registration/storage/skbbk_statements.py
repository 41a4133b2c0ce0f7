"""What people say of taking part in SKBBK: facts that are never changed, and all that a standing rests on."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.membership import Employed, Residing
from services.registration.domain.skbbk import Standing, StatedBy, Statement, StatementKind
from services.registration.storage.persons import Viewer

_ADD = text("""
    INSERT INTO skbbk_statement (person, kind, filed_on, tenant, officer, said_at)
    VALUES (:person, :kind, :filed_on, :tenant, :officer, :said_at)
""")
# The functions tell the days of all employers and the statements of all parties, also those that a request may not see.
_STANDING = text("""
    SELECT ARRAY (SELECT ROW (lower(days), upper(days) - 1) FROM days_of_employment(:person) AS days) AS spells,
           ARRAY (SELECT ROW (lower(days), upper(days) - 1) FROM days_of_act800(:person) AS days) AS of_act800,
           ARRAY (SELECT ROW (fact.plain, lower(known.valid), upper(known.valid) - 1)
                  FROM person_attribute AS known JOIN person_fact AS fact ON fact.id = known.fact
                  WHERE known.person = (SELECT (numbers_of(:person))[1]) AND known.attribute = 'residence'
                  ORDER BY lower(known.valid) NULLS FIRST) AS residences,
           ARRAY (SELECT ROW (kind, filed_on, stated_at, stated_by, nullif(person, :person))
                  FROM skbbk_statements(:person)) AS statements
""")
_OF_PERSON = text("""
    SELECT kind, filed_on, tenant, officer, said_at FROM skbbk_statement
    WHERE person = ANY (CAST((SELECT numbers_of(:person)) AS integer[]))
      AND (:officer OR tenant = :tenant
           OR :tenant = ANY (SELECT 'person:' || number FROM unnest(numbers_of(:person)) AS number)) ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement as it is stored."""

    statement: Statement
    by: StatedBy


class SkbbkStatementRepository:
    """The statements that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, person: int, statement: Statement, by: StatedBy) -> None:
        """Keep what was said of a person that the transaction holds."""
        said = {"person": person, "kind": statement.kind.value, "filed_on": statement.filed_on}
        await self._connection.execute(_ADD, {**said, "tenant": by.tenant, "officer": by.officer, "said_at": by.at})

    async def standing(self, person: int) -> Standing:
        """All that a person's taking part rests on."""
        return standing_of((await self._connection.execute(_STANDING, {"person": person})).one())

    async def of_person(self, person: int, viewer: Viewer) -> list[KeptStatement]:
        """What was said, oldest first: the viewer's own, or everybody's for the person and for officers."""
        asked = {"person": person, "tenant": viewer.tenant, "officer": viewer.officer}
        return [kept_statement_of(row) for row in await self._connection.execute(_OF_PERSON, asked)]


def standing_of(row: Row[Any]) -> Standing:
    """The standing in a row of ``_STANDING``."""
    return Standing(
        spells=tuple(Employed(*days) for days in row.spells),
        residences=tuple(Residing(*days) for days in row.residences),
        statements=tuple(
            Statement(StatementKind(kind), filed_on, stated_at, stated_by, number)
            for kind, filed_on, stated_at, stated_by, number in row.statements
        ),
        of_act800=tuple(Employed(*days) for days in row.of_act800),
    )


def kept_statement_of(row: Row[Any]) -> KeptStatement:
    """The statement in a row of ``_OF_PERSON``."""
    by = StatedBy(row.tenant, row.said_at, row.officer)
    return KeptStatement(by.says(StatementKind(row.kind), row.filed_on), by)
