"""Placements: accepted offers, and which of them a contribution has proved."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.jobs.api.dependencies import CommittedBeforeAnswer
from services.jobs.api.models import PlacementOut
from services.jobs.domain.placement import PlacementState
from services.jobs.queries import searches
from shared.security.scopes import Party, requires
from shared.web.ids import PersonFilter
from shared.web.paging import Page, PagingQuery, SignedCursors
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["placements"])

StateQuery = Annotated[PlacementState | None, Query(description="Whether they are proved; only confirmed ones count.")]


@router.get(
    "/v1/placements",
    summary="List placements",
    dependencies=[requires("jobs:placement:read")],
    responses=problems(400),
)
async def placements(
    uow: CommittedBeforeAnswer,
    caller: Party,
    cursors: SignedCursors,
    paging: PagingQuery,
    person: PersonFilter = None,
    state: StateQuery = None,
) -> Page[PlacementOut]:
    """Placements in the order in which they were accepted, of one person or in one state where that is asked for."""
    name = f"placements/{caller.party}/{person}/{state}"
    after = cursors.after_id(paging, name)
    found = await searches.placements(uow, person=person, state=state, after=after, limit=paging.limit + 1)
    return cursors.page(found, paging, name, item=PlacementOut.of, position=lambda each: [str(each.id)])
