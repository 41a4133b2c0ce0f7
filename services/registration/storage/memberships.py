"""Memberships of schemes, derived from birth and spells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.membership import CategoryPeriod
from shared.law.act4.cover.rules import Category

_KEEP = text("""
    INSERT INTO membership AS known (person, scheme, revision, periods)
    VALUES (:person, :scheme, coalesce((SELECT revision + 1 FROM recalled_membership
                                        WHERE person = :person AND scheme = :scheme), 1), CAST(:periods AS jsonb))
    ON CONFLICT (person, scheme) DO UPDATE SET revision = known.revision + 1, periods = excluded.periods
    WHERE known.periods <> excluded.periods
    RETURNING known.revision
""")
_PUBLISHED = text("SELECT * FROM membership WHERE person > :after ORDER BY person LIMIT :limit")


@dataclass(frozen=True, slots=True)
class KeptMembership:
    """A membership as it is stored."""

    person: int
    scheme: str
    revision: int
    periods: tuple[CategoryPeriod, ...]


class MembershipRepository:
    """One row for each person and scheme, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, person: int, scheme: str, periods: Sequence[CategoryPeriod]) -> int | None:
        """Store the whole membership; its revision, or None when nothing changed. The caller holds the person."""
        stated = orjson.dumps([{"category": p.category, "first": p.first, "last": p.last} for p in periods]).decode()
        values = {"person": person, "scheme": scheme, "periods": stated}
        revision: int | None = (await self._connection.execute(_KEEP, values)).scalar_one_or_none()
        return revision

    async def list_published(self, after: int, limit: int) -> list[KeptMembership]:
        """Memberships by person, after one: every membership, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [membership_of(row) for row in found]


def membership_of(row: Row[Any]) -> KeptMembership:
    """The membership in a row of the table."""
    return KeptMembership(row.person, row.scheme, row.revision, tuple(_period(**each) for each in row.periods))


def _period(category: str, first: str, last: str | None) -> CategoryPeriod:
    return CategoryPeriod(
        Category(category), date.fromisoformat(first), None if last is None else date.fromisoformat(last)
    )
