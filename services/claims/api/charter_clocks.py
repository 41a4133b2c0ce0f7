"""The client charter's clocks: what is not decided yet of which the file is complete, and by when it is to be."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.domain.charter_clocks import ClockState, StandsFor
from services.claims.queries.charter_clocks import list_clocks
from services.claims.storage.charter_clocks import ListedClock
from shared.kernel.offices import Office
from shared.kernel.reading import DataKind
from shared.security.scopes import officers_only, requires
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["charter clocks"])

_MOST_STOPS = 1000
StateOfClocks = Annotated[
    ClockState | None, Query(description="Only these; predicted: on their last day, missed: their time is over")
]
OfficeOfClocks = Annotated[Office | None, Query(description="Only those of which this office has the task")]


class ClockStopOut(Out):
    """The clock stood, and for what."""

    stopped_at: datetime
    stands_for: StandsFor
    resumed_at: datetime | None


class CharterClockOut(Out):
    """A benefit that people decide, or a notice that they look at: since when its file is complete, and until when."""

    clock: UUID
    claim: UUID
    of: str = Field(
        max_length=100,
        description="The question, registration, or board_invitation",
        examples=["temporary_disablement"],
    )
    promise: str = Field(max_length=100, description="What the client charter promises", examples=["funeral_benefit"])
    days: int = Field(ge=1, le=1000, description="Working days that it promises")
    complete_at: datetime = Field(description="When nothing was missing any more")
    due_at: datetime | None = Field(description="The end of the last day in time; null while the clock stands")
    state: ClockState
    stands_for: StandsFor | None
    stops: list[ClockStopOut] = Field(max_length=_MOST_STOPS, description="Oldest first; of officers' tasks none")
    predicted_at: datetime | None = Field(description="When its last day began undecided")
    missed_at: datetime | None
    office: Office | None = Field(description="Which has the task of it, or had it last")

    @classmethod
    def of_listed(cls, listed: ListedClock) -> Self:
        """As it stands."""
        clock = listed.clock
        return cls(
            clock=clock.id,
            claim=clock.claim,
            of=clock.name,
            promise=clock.promise,
            days=clock.days,
            complete_at=clock.complete_at,
            due_at=clock.due_at,
            state=clock.state,
            stands_for=clock.stands_for,
            stops=[
                ClockStopOut(stopped_at=each.stopped_at, stands_for=each.stands_for, resumed_at=each.resumed_at)
                for each in clock.stops[-_MOST_STOPS:]
            ],
            predicted_at=clock.predicted_at,
            missed_at=clock.missed_at,
            office=None if listed.office is None else Office(listed.office),
        )


@router.get(
    "/v1/charter-clocks",
    summary="List what the client charter promises and is not decided yet",
    dependencies=[requires("claims:claim:read"), Depends(officers_only), reads(DataKind.CLAIM, of="claim")],
    responses=problems(400, 403, 422),
)
async def list_charter_clocks(
    listing: Listing, uow: CommittedBeforeAnswer, state: StateOfClocks = None, office: OfficeOfClocks = None
) -> Page[CharterClockOut]:
    """The first to be due first, what was missed before all; what stands still comes last."""
    found = await list_clocks(state, office, listing.after, listing.limit, uow)
    return listing.page(found, item=CharterClockOut.of_listed, position=lambda each: each.position)
