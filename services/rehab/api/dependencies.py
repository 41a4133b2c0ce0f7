"""What the routes of rehab ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.web.routing import open_unit


async def unit(request: Request) -> RehabUnitOfWork:
    """The unit of work of a request, which its route commits before it answers."""
    return await open_unit(request, RehabUnitOfWork)


CommittedBeforeAnswer = Annotated[RehabUnitOfWork, Depends(unit)]
