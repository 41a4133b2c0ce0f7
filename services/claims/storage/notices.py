"""Notices that arrive: the claim that each opens and what it states, written in one statement."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import Claim
from services.claims.domain.evidence import Evidence
from services.claims.storage.claims import ADD_CLAIM, values_added
from services.claims.storage.evidence import ADD_EVIDENCE, values_of

_KEEP = text(f"WITH kept AS ({ADD_CLAIM}), stated AS ({ADD_EVIDENCE}) SELECT stored_at FROM kept")  # noqa: S608 - constants


class NoticeRepository:
    """Writes notices inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, claim: Claim, evidence: Sequence[Evidence]) -> Claim:
        """Keep a new claim and what its notice states; its ``stored_at`` becomes the database's instant."""
        kept = await self._connection.execute(_KEEP, {**values_added(claim), **values_of(evidence)})
        return replace(claim, stored_at=kept.scalar_one())
