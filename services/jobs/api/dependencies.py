"""What the routes of jobs ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.web.routing import open_unit


async def unit(request: Request) -> JobsUnitOfWork:
    """The unit of work of a request, which its route commits before it answers."""
    return await open_unit(request, JobsUnitOfWork)


CommittedBeforeAnswer = Annotated[JobsUnitOfWork, Depends(unit)]
