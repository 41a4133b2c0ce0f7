"""Centres and their beds in the database."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.domain.centre import Centre
from services.rehab.domain.errors import CentreUnknown
from services.rehab.domain.referral import State
from services.rehab.storage.tables import CENTRE, REFERRAL

_OCCUPIED = (
    select(func.count())
    .where(REFERRAL.c.centre == CENTRE.c.code, REFERRAL.c.state == State.ADMITTED.value)
    .correlate(CENTRE)
    .scalar_subquery()
)
_WITH_OCCUPIED = select(CENTRE, _OCCUPIED.label("occupied"))


class Centres:
    """The repository of centres, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, code: str) -> Centre:
        """The centre, held until the transaction ends, so that its free beds are counted by one at a time.

        The count is a statement of its own after the lock: it sees what the one before has committed. Raises
        CentreUnknown.
        """
        held = await self._connection.execute(select(CENTRE.c.code).where(CENTRE.c.code == code).with_for_update())
        if held.one_or_none() is None:
            raise CentreUnknown()
        row = (await self._connection.execute(_WITH_OCCUPIED.where(CENTRE.c.code == code))).one()
        return Centre(row.code, row.name, row.beds, row.occupied)

    async def all(self) -> Sequence[Centre]:
        """Every centre, by code."""
        result = await self._connection.execute(_WITH_OCCUPIED.order_by(CENTRE.c.code))
        return [Centre(row.code, row.name, row.beds, row.occupied) for row in result]
