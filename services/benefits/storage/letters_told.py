"""Which letters reached whoever they were written to, as claims told it: proof, which no rebuilding empties."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

_ASKED = text("""
    SELECT DISTINCT claim, scheme, benefit, party FROM certificate_request
    WHERE matter = ANY (CAST(:matters AS uuid[])) ORDER BY claim, scheme, benefit, party
""")


class LetterToldRepository:
    """Reads and writes them inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, told: Sequence[dict[str, Any]]) -> None:
        """Keep what became of these letters; of each the higher revision wins."""
        await keep_higher_revision(self._connection, t.letter_told, told)

    async def asked_in(self, matters: Sequence[UUID]) -> list[EntitlementKey]:
        """For which benefits certificates were asked for in letters about these matters."""
        found = await self._connection.execute(_ASKED, {"matters": list(matters)})
        return [EntitlementKey(*row) for row in found]
