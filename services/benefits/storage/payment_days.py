"""On which day each month was to be paid when the payment calendar was last looked at."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.periods import Month

_KEEP = text("""
    INSERT INTO payment_day AS known (month, paid_on)
    SELECT * FROM unnest(CAST(:months AS text[]), CAST(:days AS date[]))
    ON CONFLICT (month) DO UPDATE SET paid_on = excluded.paid_on WHERE known.paid_on <> excluded.paid_on
    RETURNING month, old.month IS NOT NULL AS has_moved
""")


class PaymentDayRepository:
    """Keeps the payment days inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, days: Mapping[Month, date]) -> list[Month]:
        """Keep the payment days of these months; those that were known and moved, in order."""
        values = {"months": [str(month) for month in days], "days": list(days.values())}
        kept = await self._connection.execute(_KEEP, values)
        return sorted(Month.of(row.month) for row in kept if row.has_moved)
