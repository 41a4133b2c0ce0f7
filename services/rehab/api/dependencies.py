"""What the routes of rehab ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.web.paging import Cursors
from shared.web.routing import open_unit


async def _unit(request: Request) -> RehabUnitOfWork:
    return await open_unit(request, RehabUnitOfWork)


def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


CommittedBeforeAnswer = Annotated[RehabUnitOfWork, Depends(_unit)]
ListCursors = Annotated[Cursors, Depends(_cursors)]
