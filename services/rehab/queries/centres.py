"""The centres, which are few."""

from collections.abc import Sequence

from services.rehab.domain.centre import Centre
from services.rehab.storage.unit_of_work import RehabUnitOfWork


async def list_centres(uow: RehabUnitOfWork) -> Sequence[Centre]:
    """Every centre with its occupied beds, by code."""
    return await uow.centres.all()
