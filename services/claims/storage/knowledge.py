"""What claims knows of persons: identities, spells and memberships as registration announced them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.facts import Membership, Spell
from services.claims.storage import tables as t
from shared.persistence.upsert import keep_higher_revision


class Knowledge:
    """The projection of the topic ``registration``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_persons(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep persons; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_person, rows)

    async def keep_identities(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep which token means which person; a token never changes its person without a merge."""
        if rows:
            await self._connection.execute(insert(t.known_identity).values(list(rows)).on_conflict_do_nothing())

    async def keep_spells(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep spells; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_spell, rows)

    async def keep_memberships(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep memberships; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_membership, rows)

    async def person_behind(self, id_token: str) -> int | None:
        """The person with this token, if registration has announced one."""
        query = select(t.known_identity.c.person).where(t.known_identity.c.id_token == id_token)
        person: int | None = (await self._connection.execute(query)).scalar_one_or_none()
        return person

    async def person(self, person: int) -> Row[Any] | None:
        """What is known of a person."""
        query = select(t.known_person).where(t.known_person.c.person == person)
        return (await self._connection.execute(query)).one_or_none()

    async def spells(self, person: int) -> tuple[Spell, ...]:
        """The person's spells of employment, oldest first."""
        query = select(t.known_spell).where(t.known_spell.c.person == person)
        rows = await self._connection.execute(query.order_by(t.known_spell.c.started_on, t.known_spell.c.spell))
        return tuple(Spell(row.spell, row.employer, row.started_on, row.ended_on, row.revision) for row in rows)

    async def memberships(self, person: int) -> tuple[Membership, ...]:
        """The person's memberships, one for each period of a category."""
        query = select(t.known_membership).where(t.known_membership.c.person == person)
        rows = await self._connection.execute(query.order_by(t.known_membership.c.scheme))
        return tuple(membership for row in rows for membership in _memberships(row))


def _memberships(row: Row[Any]) -> list[Membership]:
    return [
        Membership(
            row.scheme,
            period["category"],
            date.fromisoformat(period["first"]),
            None if period.get("last") is None else date.fromisoformat(period["last"]),
            row.revision,
        )
        for period in row.periods
    ]
