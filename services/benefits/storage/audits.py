"""What auditors read: samples of payments."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.money import Sen
from shared.persistence.sampling import drawn

_PAYMENTS = drawn("""
    SELECT CAST(id AS text) AS key, id, claim, scheme, benefit, party, kind, period_first, period_last, amount_sen,
           end_to_end_id, created_at
    FROM payment
    WHERE created_at >= :begins AND created_at < :ends AND (CAST(:benefit AS text) IS NULL OR benefit = :benefit)
""")


@dataclass(frozen=True, slots=True)
class SampledPayment:
    """A payment that was drawn, as it was instructed."""

    id: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    kind: str
    period_first: date
    period_last: date
    amount_sen: Sen
    end_to_end_id: str
    created_at: datetime


class AuditRepository:
    """Reads for auditors, who are officers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sample(self, **asked: Any) -> tuple[int, list[SampledPayment]]:
        """Of how many payments it is drawn, and which; the same for the same seed, while the population stands."""
        rows = (await self._connection.execute(_PAYMENTS, asked)).all()
        return (rows[0].whole if rows else 0), [_sampled_of(row) for row in rows]


def _sampled_of(row: Row[Any]) -> SampledPayment:
    return SampledPayment(**{name: getattr(row, name) for name in SampledPayment.__slots__})
