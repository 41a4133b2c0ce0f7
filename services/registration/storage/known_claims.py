"""What registration knows of claims, as claims published it: whether one is open, and how far what is owed goes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.storage import tables as t
from shared.persistence.upsert import keep_higher_revision


class ClaimProjection:
    """The projection of the topic ``claim.assessed``: nothing of what was decided, but whether it is over."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep claims; the higher revision wins."""
        await keep_higher_revision(self._connection, t.known_claim, rows)
