"""Announcements: the register states its whole content again."""

from uuid import UUID

from fastapi import APIRouter, Depends

from services.registration.api.dependencies import CommittedBeforeAnswer, officers_only
from services.registration.commands.announce_registration import AnnounceRegistration
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.scopes import requires
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["announcements"])


class AnnouncementOut(Out):
    """The run, which every event of it names."""

    run: UUID


@router.post(
    "/v1/announcements",
    status_code=202,
    summary="Announce the whole register again",
    dependencies=[requires("registration:announcement:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 409),
)
async def announce(uow: CommittedBeforeAnswer) -> AnnouncementOut:
    """Send every person, employer, spell, membership and contribution again, so that projections can be rebuilt."""
    run = new_id()
    await uow.due.at(AnnounceRegistration(str(run)), now())
    return AnnouncementOut(run=run)
