"""Which entitlement has which day: per party, loss and day the database lets one be owed it."""

from dataclasses import asdict, dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import Entitled, EntitlementKey
from shared.kernel.periods import Days

# How the loss of a payable's days begins: it is its own, and no book names it.
OF_PAYABLE = "payable/"
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
    """Consecutive days of a loss that an entitlement is owed."""

    key: EntitlementKey
    loss: str
    days: Days


class OwedDaysRepository:
    """Writes who has which day, inside one transaction that has locked the party."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def replace(self, owed: Entitled, loss: str) -> None:
        """An entitlement's days are these now, and of this loss alone; the database refuses one that another has."""
        values = {"firsts": [each.first for each in owed.days], "lasts": [each.last for each in owed.days]}
        await self._connection.execute(_REPLACE, {**asdict(owed.key), **values, "loss": loss})
