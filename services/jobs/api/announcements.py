"""Announcements: jobs states its whole state again, for a projection that is rebuilt elsewhere (rules M8)."""

from fastapi import APIRouter, Depends
from pydantic import Field

from services.jobs.api.dependencies import CommittedBeforeAnswer
from services.jobs.commands.announce_jobs import AnnounceJobs
from services.jobs.domain.errors import OfficersOnly
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.scopes import Party, requires
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["announcements"])


class AnnouncementOut(Out):
    """A run that will be worked off."""

    run: str = Field(max_length=36, description="The run, as its events name it.", examples=["0197b6a0-6c00-7000"])


@router.post(
    "/v1/announcements",
    status_code=202,
    summary="State everything again",
    dependencies=[requires("jobs:announcement:write"), Depends(idempotent)],
    responses=problems(409),
)
async def announce(uow: CommittedBeforeAnswer, caller: Party) -> AnnouncementOut:
    """Publish every confirmed placement again, with the same revision; such events reach projections only."""
    if not caller.is_officer:
        raise OfficersOnly()
    run = str(new_id())
    await uow.due.at(AnnounceJobs(run), now())
    return AnnouncementOut(run=run)
