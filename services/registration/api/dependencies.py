"""What the routes of registration ask for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Request

from services.registration.domain.register_statement import Register
from services.registration.settings import RegistrationSettings
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.security.scopes import Party
from shared.web.routing import unit_of


async def _latest_day(request: Request) -> date:
    settings: RegistrationSettings = request.app.state.settings
    return today() + timedelta(days=settings.days_ahead)


async def _earliest_end(request: Request, caller: Party) -> date | None:
    settings: RegistrationSettings = request.app.state.settings
    return None if caller.is_officer else today() - timedelta(days=settings.days_back)


async def _banks(request: Request) -> frozenset[str]:
    settings: RegistrationSettings = request.app.state.settings
    return settings.banks


async def _registers(request: Request) -> Mapping[str, Register]:
    settings: RegistrationSettings = request.app.state.settings
    return settings.registers


async def _viewer(caller: Party) -> Viewer:
    return Viewer(caller.party, caller.is_officer)


unit = unit_of(RegistrationUnitOfWork)
CommittedBeforeAnswer = Annotated[RegistrationUnitOfWork, Depends(unit)]
LatestDay = Annotated[date, Depends(_latest_day)]
EarliestEnd = Annotated[date | None, Depends(_earliest_end)]
Registers = Annotated[Mapping[str, Register], Depends(_registers)]
Banks = Annotated[frozenset[str], Depends(_banks)]
Looker = Annotated[Viewer, Depends(_viewer)]
