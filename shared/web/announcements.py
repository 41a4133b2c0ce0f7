"""The route that starts a republication: an owner publishes its whole state again, for projections that were dropped
(rules M8)."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import officers_only, requires
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent, made_once


class AnnouncementOut(Out):
    """A run that states everything again."""

    run: UUID = Field(description="The run, which every event of it names.")


@made_once
def announcement_router(
    service: str,
    everything: str,
    unit: Callable[[Request], Awaitable[UnitOfWork]],
    command: Callable[[str], object],
) -> APIRouter:
    """`POST /v1/announcements` of a service: officers leave ``command(run)`` as due work.

    ``everything`` names what is stated, such as "every claim and its newest decision".
    """
    router = APIRouter(route_class=CommittingRoute, tags=["announcements"])

    @router.post(
        "/v1/announcements",
        status_code=202,
        summary="Announce everything again",
        description=f"State {everything} again with the revisions it had; such events reach projections only.",
        dependencies=[requires(f"{service}:announcement:write"), Depends(officers_only), Depends(idempotent)],
        responses=problems(400, 409),
    )
    async def announce_everything(uow: Annotated[UnitOfWork, Depends(unit)]) -> AnnouncementOut:
        run = new_id()
        await uow.due.at(command(str(run)), now())
        return AnnouncementOut(run=run)

    return router
