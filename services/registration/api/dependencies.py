"""What the routes of registration ask for."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import Field

from services.registration.domain.errors import OfficersOnly
from services.registration.settings import RegistrationSettings
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.security.scopes import Party
from shared.web.paging import Cursors
from shared.web.routing import open_unit


async def _unit(request: Request) -> RegistrationUnitOfWork:
    kind: type[RegistrationUnitOfWork] = request.app.state.unit
    return await open_unit(request, kind)


def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


def _latest_day(request: Request) -> date:
    settings: RegistrationSettings = request.app.state.settings
    return today() + timedelta(days=settings.days_ahead)


def _viewer(caller: Party) -> Viewer:
    return Viewer(caller.party, caller.is_officer)


def officers_only(caller: Party) -> None:
    """Dependency of routes for the organisation's own officers; raises OfficersOnly."""
    if not caller.is_officer:
        raise OfficersOnly()


CommittedBeforeAnswer = Annotated[RegistrationUnitOfWork, Depends(_unit)]
SignedCursors = Annotated[Cursors, Depends(_cursors)]
LatestDay = Annotated[date, Depends(_latest_day)]
Looker = Annotated[Viewer, Depends(_viewer)]

_PERSON_ID = "^P[0-9]{9}[0-9A-Z]$"
_EMPLOYER_ID = "^E[0-9]{9}[0-9A-Z]$"
PersonId = Annotated[
    str,
    Field(min_length=11, max_length=11, pattern=_PERSON_ID, description="A person's number.", examples=["P0000000120"]),
]
EmployerId = Annotated[
    str,
    Field(
        min_length=11,
        max_length=11,
        pattern=_EMPLOYER_ID,
        description="An employer's number.",
        examples=["E0000000073"],
    ),
]
PersonInPath = Annotated[str, Path(max_length=11, description="A person's number.", examples=["P0000000120"])]
EmployerInPath = Annotated[str, Path(max_length=11, description="An employer's number.", examples=["E0000000073"])]
