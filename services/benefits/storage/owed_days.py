"""Which entitlement has which day: per party, loss and day the database lets one be owed it."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import Entitled, EntitlementKey
from shared.kernel.periods import Days

_OF_LOSS = text("""
    SELECT claim, scheme, benefit, party, lower(days) AS first_day, upper(days) - 1 AS last_day FROM owed_days
    WHERE party = :party AND loss = :loss ORDER BY days
""")
# Hazard: the count makes the deletion come first, or its days would refuse the new ones.
_REPLACE = text("""
    WITH own AS (
        DELETE FROM owed_days WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
        RETURNING days)
    INSERT INTO owed_days (claim, scheme, benefit, party, loss, days)
    SELECT :claim, :scheme, :benefit, :party, :loss, daterange(stretch.first_day, stretch.last_day, '[]')
    FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS stretch (first_day, last_day)
    WHERE (SELECT count(*) FROM own) >= 0
""")


@dataclass(frozen=True, slots=True)
class TakenDays:
    """Consecutive days that an entitlement is owed."""

    key: EntitlementKey
    days: Days


class OwedDaysRepository:
    """Reads and writes who has which day, inside one transaction that has locked the party."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list_of_loss(self, party: str, loss: str) -> list[TakenDays]:
        """All days of a party's loss that are taken, in order."""
        return [_taken_of(row) for row in await self._connection.execute(_OF_LOSS, {"party": party, "loss": loss})]

    async def replace(self, owed: Entitled, loss: str) -> None:
        """An entitlement's days are these now; the database refuses one that another has."""
        values = {"firsts": [each.first for each in owed.days], "lasts": [each.last for each in owed.days]}
        await self._connection.execute(_REPLACE, {**asdict(owed.key), **values, "loss": loss})


def _taken_of(row: Row[Any]) -> TakenDays:
    key = EntitlementKey(row.claim, row.scheme, row.benefit, row.party)
    return TakenDays(key, Days(row.first_day, row.last_day))
