"""What the routes of jobs ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.web.paging import Cursors
from shared.web.routing import open_unit


async def _unit(request: Request) -> JobsUnitOfWork:
    return await open_unit(request, JobsUnitOfWork)


def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


CommittedBeforeAnswer = Annotated[JobsUnitOfWork, Depends(_unit)]
ListCursors = Annotated[Cursors, Depends(_cursors)]
