"""What claims published, by each of whom a claim is about: whether it is open, and how far what is owed goes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.storage import tables as t
from shared.persistence.upsert import keep_higher_revision

# A revision says everything that stands: to whom an earlier one owed something, and it does not, nothing is owed. Of
# the insured person every revision has a row.
_NOT_ANY_MORE = text("""
    DELETE FROM known_claim AS known WHERE claim = ANY(CAST(:claims AS uuid[]))
      AND EXISTS (SELECT FROM known_claim AS later WHERE later.claim = known.claim AND later.revision > known.revision)
""")


class ClaimProjection:
    """The projection of the topic ``claim.assessed``: nothing of what was decided, but whether it is over."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep claims, by each of whom they are about; the higher revision of a claim takes the place of all before."""
        await keep_higher_revision(self._connection, t.known_claim, rows)
        claims = list({row["claim"] for row in rows})
        await self._connection.execute(_NOT_ANY_MORE, {"claims": claims})
