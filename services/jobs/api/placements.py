"""Placements: accepted offers, and which of them a contribution has proved."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.jobs.api.dependencies import CommittedBeforeAnswer, ListCursors
from services.jobs.api.models import PlacementOut
from services.jobs.api.seekers import PersonQuery
from services.jobs.domain.placement import PlacementState
from services.jobs.queries import searches
from shared.kernel.identifiers import person_number
from shared.security.scopes import Party, requires
from shared.web.paging import Page, PagingQuery, refuse_unknown_filters
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["placements"], dependencies=[Depends(refuse_unknown_filters)])

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
    cursors: ListCursors,
    paging: PagingQuery,
    person: PersonQuery = None,
    state: StateQuery = None,
) -> Page[PlacementOut]:
    """Placements in the order in which they were accepted, of one person or in one state where that is asked for."""
    number = None if person is None else person_number(person)
    name = f"placements/{caller.party}/{number}/{state}"
    position = cursors.after(paging, name)
    after = None if position is None else UUID(str(position[0]))
    found = await searches.placements(uow, person=number, state=state, after=after, limit=paging.limit + 1)
    return cursors.page(found, paging, name, item=PlacementOut.of, position=lambda each: [str(each.id)])
