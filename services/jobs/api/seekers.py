"""Job seekers: found, interviewed, offered work (dossier other-schemes §5.4)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.jobs.api.dependencies import CommittedBeforeAnswer
from services.jobs.api.models import InterviewIn, InterviewOut, OfferIn, OfferOut, SearchOut, SeekerOut
from services.jobs.commands.record_interview import record_interview
from services.jobs.commands.record_offer import record_offer
from services.jobs.domain.seeker import SearchState
from services.jobs.queries import searches
from shared.security.scopes import Party, requires
from shared.web.ids import PersonFilter
from shared.web.paging import Page, PagingQuery, SignedCursors
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["seekers"])

StateQuery = Annotated[SearchState | None, Query(description="Whether they still look for work.")]


@router.get(
    "/v1/seekers",
    summary="List job seekers",
    dependencies=[requires("jobs:seeker:read")],
    responses=problems(400),
)
async def seekers(
    uow: CommittedBeforeAnswer,
    caller: Party,
    cursors: SignedCursors,
    paging: PagingQuery,
    person: PersonFilter = None,
    state: StateQuery = None,
) -> Page[SeekerOut]:
    """Searches in the order in which they were opened, of one person or in one state where that is asked for."""
    name = f"seekers/{caller.party}/{person}/{state}"
    after = cursors.after_id(paging, name)
    found = await searches.seekers(uow, person=person, state=state, after=after, limit=paging.limit + 1)
    return cursors.page(found, paging, name, item=SeekerOut.of, position=lambda seeker: [str(seeker.id)])


@router.get(
    "/v1/seekers/{seeker}",
    summary="Read a job seeker",
    dependencies=[requires("jobs:seeker:read")],
    responses=problems(404),
)
async def read(seeker: UUID, uow: CommittedBeforeAnswer) -> SearchOut:
    """One search with its interviews and offers."""
    return SearchOut.of_search(await searches.search(uow, seeker))


@router.post(
    "/v1/seekers/{seeker}/interviews",
    status_code=201,
    summary="Record an interview",
    dependencies=[requires("jobs:seeker:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def interview(seeker: UUID, body: InterviewIn, uow: CommittedBeforeAnswer, caller: Party) -> InterviewOut:
    """Record an interview that was held, and how it ended."""
    return InterviewOut.of(await record_interview(body.command(seeker, caller.party), uow))


@router.post(
    "/v1/seekers/{seeker}/offers",
    status_code=201,
    summary="Record an offer",
    dependencies=[requires("jobs:seeker:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def offer(seeker: UUID, body: OfferIn, uow: CommittedBeforeAnswer, caller: Party) -> OfferOut:
    """Record an offer; an accepted one makes a placement that waits for the employer's first contribution."""
    recorded, placement = await record_offer(body.command(seeker, caller.party), uow)
    return OfferOut.of(recorded, placement.id if placement else None)
