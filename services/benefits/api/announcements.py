"""Announcements: benefits states again what it told before."""

from uuid import UUID

from fastapi import APIRouter, Depends

from services.benefits.api.dependencies import OFFICERS, CommittedBeforeAnswer
from services.benefits.commands.announce_benefits import AnnounceBenefits
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.scopes import requires
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["announcements"])


class AnnouncementOut(Out):
    """A run that states everything again."""

    run: UUID


@router.post(
    "/v1/announcements",
    status_code=202,
    summary="Announce every payment again",
    dependencies=[requires("benefits:announcement:write"), OFFICERS, Depends(idempotent)],
    responses=problems(400, 409),
)
async def announce(uow: CommittedBeforeAnswer) -> AnnouncementOut:
    """State every payment that was settled or returned again, for projections that were dropped."""
    run = new_id()
    await uow.due.at(AnnounceBenefits(str(run)), now())
    return AnnouncementOut(run=run)
