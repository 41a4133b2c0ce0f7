"""What auditors read: samples of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.audit import PaymentsAsked
from shared.kernel.money import Sen
from shared.kernel.sampling import Frame
from shared.persistence.sampling import drawn, frame_of

_FRAME = drawn("""
    SELECT CAST(id AS text) AS key FROM payment
    WHERE created_at >= :begins AND created_at < :ends AND (CAST(:benefit AS text) IS NULL OR benefit = :benefit)
""")
_SAMPLED = text("""
    SELECT id, claim, scheme, benefit, party, kind, period_first, period_last, amount_sen, end_to_end_id, created_at
    FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS drawn (key, place) JOIN payment ON id = CAST(key AS uuid)
    ORDER BY place
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

    async def frame(self, asked: PaymentsAsked, seed: str, size: int) -> Frame:
        """All of which is drawn, and what is drawn of it."""
        values = {"begins": asked.begins, "ends": asked.ends, "benefit": asked.benefit, "seed": seed, "size": size}
        return frame_of((await self._connection.execute(_FRAME, values)).one())

    async def sampled(self, keys: Sequence[str]) -> list[SampledPayment]:
        """The payments that were drawn, in this order."""
        return [_sampled_of(row) for row in await self._connection.execute(_SAMPLED, {"keys": list(keys)})]


def _sampled_of(row: Row[Any]) -> SampledPayment:
    return SampledPayment(**{name: getattr(row, name) for name in SampledPayment.__slots__})
