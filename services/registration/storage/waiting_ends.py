"""Ends of employment that an employer stated and that wait for an officer, one for each spell."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import tenant_of
from services.registration.domain.spell import WaitingEnd, WaitReason

_KEEP = text("""
    INSERT INTO waiting_end (spell, tenant, person, employer, ended_on, reason, stated_at, source)
    VALUES (:spell, :tenant, :person, :employer, :ended_on, :reason, :stated_at, :source)
    ON CONFLICT (spell) DO UPDATE SET ended_on = excluded.ended_on, reason = excluded.reason,
                                      stated_at = excluded.stated_at, source = excluded.source
""")
_REMOVE = text("DELETE FROM waiting_end WHERE spell = :spell")
_PAGE = text("""
    SELECT spell, person, employer, ended_on, reason, stated_at, source FROM waiting_end
    WHERE (:officer OR tenant = :tenant) AND (CAST(:after AS uuid) IS NULL OR spell > CAST(:after AS uuid))
    ORDER BY spell LIMIT :limit
""")


class WaitingEndRepository:
    """The waiting ends that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, end: WaitingEnd) -> None:
        """Let an end wait; what was stated later takes the place of what waits already."""
        values = {
            "spell": end.spell,
            "tenant": tenant_of(end.employer),
            "person": end.person,
            "employer": end.employer,
            "ended_on": end.ended_on,
            "reason": end.reason.value,
            "stated_at": end.stated_at,
            "source": end.source,
        }
        await self._connection.execute(_KEEP, values)

    async def remove(self, spell: UUID) -> bool:
        """Let no end of a spell wait any more; whether one did."""
        return bool((await self._connection.execute(_REMOVE, {"spell": spell})).rowcount)

    async def page(self, after: UUID | None, limit: int, tenant: str, officer: bool) -> list[WaitingEnd]:
        """Waiting ends by spell, after one: the tenant's own, or all of them for an officer."""
        asked = {"after": after, "limit": limit, "tenant": tenant, "officer": officer}
        return [waiting_end_of(row) for row in await self._connection.execute(_PAGE, asked)]


def waiting_end_of(row: Row[Any]) -> WaitingEnd:
    """The waiting end in a row of the table."""
    reason = WaitReason(row.reason)
    return WaitingEnd(row.spell, row.person, row.employer, row.ended_on, reason, row.stated_at, row.source)
