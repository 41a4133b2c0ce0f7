"""Centres and their beds in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.domain.centre import Centre
from services.rehab.domain.errors import CentreUnknown
from services.rehab.domain.referral import State
from services.rehab.storage import tables as t

_OCCUPIED = (
    select(func.count())
    .where(t.referral.c.centre == t.centre.c.code, t.referral.c.state == State.ADMITTED.value)
    .correlate(t.centre)
    .scalar_subquery()
)
_WITH_OCCUPIED = select(t.centre, _OCCUPIED.label("occupied"))


class CentreRepository:
    """The repository of centres, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, code: str) -> Centre:
        """The centre, held until the transaction ends, so that its free beds are counted by one at a time.

        The count is a statement of its own after the lock: it sees what the one before has committed. Raises
        CentreUnknown.
        """
        held = await self._connection.execute(select(t.centre.c.code).where(t.centre.c.code == code).with_for_update())
        if held.one_or_none() is None:
            raise await self._unknown()
        row = (await self._connection.execute(_WITH_OCCUPIED.where(t.centre.c.code == code))).one()
        return centre_of(row)

    async def _unknown(self) -> CentreUnknown:
        """The refusal, with the codes that there are."""
        codes = await self._connection.execute(select(t.centre.c.code).order_by(t.centre.c.code))
        return CentreUnknown.among(codes.scalars().all())

    async def all(self) -> Sequence[Centre]:
        """Every centre, by code."""
        result = await self._connection.execute(_WITH_OCCUPIED.order_by(t.centre.c.code))
        return [centre_of(row) for row in result]


def centre_of(row: Row[Any]) -> Centre:
    """The centre in a row of ``_WITH_OCCUPIED``."""
    return Centre(row.code, row.name, row.beds, row.occupied)
