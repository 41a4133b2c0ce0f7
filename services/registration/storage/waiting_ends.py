"""Ends of employment that an employer stated and that wait for an officer, one for each spell."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import tenant_of
from services.registration.domain.spell import EndCause, WaitingEnd, WaitReason

_KEEP = text("""
    INSERT INTO waiting_end (spell, tenant, person, employer, ended_on, reason, stated_at, source, cause)
    VALUES (:spell, :tenant, :person, :employer, :ended_on, :reason, :stated_at, :source, :cause)
    ON CONFLICT (spell) DO UPDATE SET ended_on = excluded.ended_on, reason = excluded.reason,
                                      stated_at = excluded.stated_at, source = excluded.source,
                                      cause = excluded.cause
""")
# An end that somebody stated of the spell itself stays as it was stated, where something else ended beside it.
_KEEP_CAUSED = text(f"{_KEEP.text} WHERE waiting_end.cause IS NOT NULL")
_KEEP_OF_EMPLOYER = text("""
    INSERT INTO waiting_end (spell, tenant, person, employer, ended_on, reason, stated_at, source, cause)
    SELECT spell, tenant, person, employer, greatest(CAST(:ended_on AS date), lower(days)), 'dated_back', :at, :source,
           'employer_ended'
    FROM spell
    WHERE employer = :employer AND NOT refused AND days && daterange(CAST(:ended_on AS date), NULL, '()')
    ORDER BY spell
    ON CONFLICT (spell) DO NOTHING
""")
_REMOVE_OF_EMPLOYER = text("DELETE FROM waiting_end WHERE employer = :employer AND cause = 'employer_ended'")
_REMOVE = text("DELETE FROM waiting_end WHERE spell = :spell")
_WAITS = text("SELECT EXISTS (SELECT FROM waiting_end WHERE spell = :spell)")
_COLUMNS = "spell, person, employer, ended_on, reason, stated_at, source, cause"
_OF = text(f"SELECT {_COLUMNS} FROM waiting_end WHERE spell = :spell")  # noqa: S608 - a constant
# Nobody ends what did not begin as it was stated: such an end waits for the officer who verifies that it did.
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM waiting_end
    WHERE (:officer OR tenant = :tenant) AND (CAST(:after AS uuid) IS NULL OR spell > CAST(:after AS uuid))
      AND NOT EXISTS (SELECT FROM spell WHERE spell.spell = waiting_end.spell AND refused)
    ORDER BY spell LIMIT :limit
""")  # noqa: S608 - a constant


class WaitingEndRepository:
    """The waiting ends that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, end: WaitingEnd) -> None:
        """Let an end wait; what was stated later takes the place of what waits already, but an end that follows from
        something else that ended does not take the place of one that was stated of the spell itself."""
        values = {
            "spell": end.spell,
            "tenant": tenant_of(end.employer),
            "person": end.person,
            "employer": end.employer,
            "ended_on": end.ended_on,
            "reason": end.reason.value,
            "stated_at": end.stated_at,
            "source": end.source,
            "cause": end.cause,
        }
        await self._connection.execute(_KEEP if end.cause is None else _KEEP_CAUSED, values)

    async def remove(self, spell: UUID) -> bool:
        """Let no end of a spell wait any more; whether one did."""
        return bool((await self._connection.execute(_REMOVE, {"spell": spell})).rowcount)

    async def of(self, spell: UUID) -> WaitingEnd | None:
        """The end of a spell that waits."""
        row = (await self._connection.execute(_OF, {"spell": spell})).one_or_none()
        return None if row is None else waiting_end_of(row)

    async def waits(self, spell: UUID) -> bool:
        """Whether an end of a spell waits."""
        found: bool = (await self._connection.execute(_WAITS, {"spell": spell})).scalar_one()
        return found

    async def keep_of_employer(self, employer: int, ended_on: date, at: datetime, source: str) -> None:
        """Let the ends of all spells wait that go on behind the end of their employer."""
        values = {"employer": employer, "ended_on": ended_on, "at": at, "source": source}
        await self._connection.execute(_KEEP_OF_EMPLOYER, values)

    async def remove_of_employer(self, employer: int) -> None:
        """Let none wait any more that waits for that reason alone."""
        await self._connection.execute(_REMOVE_OF_EMPLOYER, {"employer": employer})

    async def page(self, after: UUID | None, limit: int, tenant: str, officer: bool) -> list[WaitingEnd]:
        """Waiting ends by spell, after one: the tenant's own, or all of them for an officer."""
        asked = {"after": after, "limit": limit, "tenant": tenant, "officer": officer}
        return [waiting_end_of(row) for row in await self._connection.execute(_PAGE, asked)]


def waiting_end_of(row: Row[Any]) -> WaitingEnd:
    """The waiting end in a row of the table."""
    reason = WaitReason(row.reason)
    cause = None if row.cause is None else EndCause(row.cause)
    return WaitingEnd(row.spell, row.person, row.employer, row.ended_on, reason, row.stated_at, row.source, cause)
