"""Memberships of schemes, derived from birth, residence, spells and what the person has stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.membership import CategoryPeriod
from services.registration.domain.skbbk import Statement, StatementKind

# Who never was a member is told to nobody; who was one and is none any more, is.
_KEEP = text("""
    INSERT INTO membership AS known (person, scheme, revision, periods, statements)
    SELECT person, scheme, coalesce(recalled.revision + 1, 1), CAST(:periods AS jsonb), CAST(:statements AS jsonb)
    FROM (VALUES (CAST(:person AS integer), CAST(:scheme AS text))) AS asked (person, scheme)
    LEFT JOIN recalled_membership AS recalled USING (person, scheme)
    LEFT JOIN membership AS stored USING (person, scheme)
    WHERE CAST(:periods AS jsonb) <> '[]' OR CAST(:statements AS jsonb) <> '[]'
       OR recalled.revision IS NOT NULL OR stored.revision IS NOT NULL
    ON CONFLICT (person, scheme) DO UPDATE SET revision = known.revision + 1, periods = excluded.periods,
                                               statements = excluded.statements
    WHERE (known.periods, known.statements) IS DISTINCT FROM (excluded.periods, excluded.statements)
    RETURNING known.revision
""")
_PUBLISHED = text("""
    SELECT person, scheme, revision, periods, statements FROM membership
    WHERE (person, scheme) > (:person, :scheme) ORDER BY person, scheme LIMIT :limit
""")
_OF_PERSON = text("""
    SELECT person, scheme, revision, periods, statements FROM membership WHERE person = :person ORDER BY scheme
""")


@dataclass(frozen=True, slots=True)
class KeptMembership:
    """A membership as it is stored."""

    person: int
    scheme: str
    revision: int
    periods: tuple[CategoryPeriod, ...]
    statements: tuple[Statement, ...]


class MembershipRepository:
    """One row for each person and scheme, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(
        self, person: int, scheme: str, periods: Sequence[CategoryPeriod], statements: Sequence[Statement] = ()
    ) -> int | None:
        """Store the whole membership; its revision, or None when nothing changed. The caller holds the person."""
        days, said = stated_of(periods, statements)
        values = {"person": person, "scheme": scheme, "periods": days, "statements": said}
        revision: int | None = (await self._connection.execute(_KEEP, values)).scalar_one_or_none()
        return revision

    async def list_published(self, after: tuple[int, str], limit: int) -> list[KeptMembership]:
        """Memberships by person and scheme, after one: every membership, for the worker's role."""
        asked = {"person": after[0], "scheme": after[1], "limit": limit}
        return [membership_of(row) for row in await self._connection.execute(_PUBLISHED, asked)]

    async def of_person(self, person: int) -> list[KeptMembership]:
        """A person's memberships, as far as the transaction may see them."""
        return [membership_of(row) for row in await self._connection.execute(_OF_PERSON, {"person": person})]


def stated_of(periods: Sequence[CategoryPeriod], statements: Sequence[Statement]) -> tuple[str, str]:
    """Periods and statements as they are stored."""
    days = orjson.dumps([{"category": p.category, "first": p.first, "last": p.last} for p in periods]).decode()
    return days, orjson.dumps(list(map(_stated, statements))).decode()


def membership_of(row: Row[Any]) -> KeptMembership:
    """The membership in a row of the table."""
    periods = tuple(_period(**each) for each in row.periods)
    return KeptMembership(row.person, row.scheme, row.revision, periods, tuple(_said(**s) for s in row.statements))


def _period(category: str, first: str, last: str | None) -> CategoryPeriod:
    return CategoryPeriod(category, date.fromisoformat(first), None if last is None else date.fromisoformat(last))


def _stated(statement: Statement) -> dict[str, Any]:
    at = statement.stated_at
    of_other = {} if statement.person is None else {"person": statement.person}
    return {
        **of_other,
        "kind": statement.kind,
        "filed_on": statement.filed_on,
        # Written alike whatever the zone of the connection.
        "stated_at": None if at is None else at.astimezone(UTC),
        "stated_by": statement.stated_by,
    }


def _said(
    kind: str,
    filed_on: str,
    stated_at: str | None = None,
    stated_by: str | None = None,
    person: int | None = None,
) -> Statement:
    at = None if stated_at is None else datetime.fromisoformat(stated_at)
    return Statement(StatementKind(kind), date.fromisoformat(filed_on), at, stated_by, person)
