"""Which claim has which day: per person, loss and day the database lets one claim be owed it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import Entitled
from services.benefits.storage import tables as t
from shared.kernel.periods import Days

_OF_LOSS = text("""
    SELECT claim, benefit, lower(days) AS first_day, upper(days) - 1 AS last_day FROM owed_days
    WHERE person = :person AND loss = :loss ORDER BY days
""")
_TAKE = text("""
    INSERT INTO owed_days (claim, benefit, person, loss, days)
    SELECT :claim, :benefit, :person, :loss, daterange(stretch.first_day, stretch.last_day, '[]')
    FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS stretch (first_day, last_day)
""")


@dataclass(frozen=True, slots=True)
class TakenDays:
    """Consecutive days that a benefit of a claim is owed."""

    claim: UUID
    benefit: str
    days: Days

    def is_of(self, entitled: Entitled) -> bool:
        """Whether they are this entitlement's own."""
        return (self.claim, self.benefit) == (entitled.claim, entitled.benefit)


class OwedDaysRepository:
    """Reads and writes who has which day, inside one transaction that has locked the person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list_of_loss(self, person: int, loss: str) -> list[TakenDays]:
        """All days of a person's loss that are taken, in order."""
        return [_taken_of(row) for row in await self._connection.execute(_OF_LOSS, {"person": person, "loss": loss})]

    async def replace(self, owed: Entitled, loss: str) -> None:
        """An entitlement's days are these now; the database refuses one that another claim has."""
        own = (t.owed_days.c.claim == owed.claim) & (t.owed_days.c.benefit == owed.benefit)
        await self._connection.execute(delete(t.owed_days).where(own))
        if owed.days:
            values = {"firsts": [each.first for each in owed.days], "lasts": [each.last for each in owed.days]}
            about = {"claim": owed.claim, "benefit": owed.benefit, "person": owed.person, "loss": loss}
            await self._connection.execute(_TAKE, {**about, **values})


def _taken_of(row: Row[Any]) -> TakenDays:
    return TakenDays(row.claim, row.benefit, Days(row.first_day, row.last_day))
