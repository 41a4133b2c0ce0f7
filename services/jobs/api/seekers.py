"""Job seekers: found, interviewed, offered work (dossier other-schemes §5.4)."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.jobs.api.dependencies import CommittedBeforeAnswer
from services.jobs.commands.record_interview import RecordInterview
from services.jobs.commands.record_interview import record_interview as handle_record_interview
from services.jobs.commands.record_offer import RecordOffer
from services.jobs.commands.record_offer import record_offer as handle_record_offer
from services.jobs.domain.seeker import Interview, InterviewMode, InterviewOutcome, Offer, SearchState, Seeker
from services.jobs.queries import searches
from services.jobs.queries.searches import MOST_SHOWN, Search
from shared.kernel.identifiers import employer_id, employer_number, person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.web.fields import ISO_DAY, LAST_DAY, Flag, Text
from shared.web.ids import EmployerId, PersonFilter, PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["seekers"])

_FIRST_DAY = date(2018, 1, 1)
SearchDay = Annotated[date, Field(ge=_FIRST_DAY, le=LAST_DAY), ISO_DAY]
StateQuery = Annotated[SearchState | None, Query(description="Whether they still look for work.")]


class InterviewIn(In):
    """An interview and how it ended."""

    model_config = examples(
        {"employer": "E0000000076", "held_on": "2026-08-20", "mode": "in_person", "outcome": "successful"}
    )

    employer: EmployerId
    held_on: SearchDay = Field(description="Its day, today at the latest.", examples=["2026-08-20"])
    mode: InterviewMode = Field(description="How it was held.", examples=["in_person"])
    outcome: InterviewOutcome = Field(description="How it ended.", examples=["successful"])

    def command(self, seeker: UUID, tenant: str) -> RecordInterview:
        """The command of this request; raises PublicIdInvalid."""
        return RecordInterview(seeker, tenant, employer_number(self.employer), self.held_on, self.mode, self.outcome)


class OfferIn(In):
    """An offer of work, and whether the person took it."""

    model_config = examples(
        {
            "employer": "E0000000076",
            "position": "Storekeeper",
            "wage": {"amount": "2480.00", "currency": "MYR"},
            "starts_on": "2026-09-01",
            "accepted": True,
        }
    )

    employer: EmployerId
    position: Text = Field(min_length=1, max_length=120, description="The work.", examples=["Storekeeper"])
    wage: StatedMoney = Field(description="The monthly wage.")
    starts_on: SearchDay = Field(description="The first day of work as agreed.", examples=["2026-09-01"])
    accepted: Flag = Field(description="Whether the person accepted.")

    def command(self, seeker: UUID, tenant: str) -> RecordOffer:
        """The command of this request; raises PublicIdInvalid."""
        return RecordOffer(
            seeker=seeker,
            tenant=tenant,
            employer=employer_number(self.employer),
            position=self.position,
            wage_sen=self.wage.sen,
            starts_on=self.starts_on,
            accepted=self.accepted,
        )


class InterviewOut(Out):
    """An interview."""

    interview: UUID = Field(description="The interview.")
    employer: EmployerId
    held_on: date = Field(description="Its day.", examples=["2026-08-20"])
    mode: InterviewMode = Field(description="How it was held.")
    outcome: InterviewOutcome = Field(description="How it ended.")

    @classmethod
    def of(cls, interview: Interview) -> Self:
        """The public form."""
        return cls(
            interview=interview.id,
            employer=employer_id(interview.employer),
            held_on=interview.held_on,
            mode=interview.mode,
            outcome=interview.outcome,
        )


class OfferOut(Out):
    """An offer."""

    offer: UUID = Field(description="The offer.")
    employer: EmployerId
    position: str = Field(max_length=120, description="The work.", examples=["Storekeeper"])
    wage: Money = Field(description="The monthly wage.")
    starts_on: date = Field(description="The first day of work as agreed.", examples=["2026-09-01"])
    accepted: bool = Field(description="Whether the person accepted.")
    placement: UUID | None = Field(description="The placement that it made when accepted.")

    @classmethod
    def of(cls, offer: Offer, placement: UUID | None) -> Self:
        """The public form."""
        return cls(
            offer=offer.id,
            employer=employer_id(offer.employer),
            position=offer.position,
            wage=Money.of(offer.wage_sen),
            starts_on=offer.starts_on,
            accepted=offer.accepted,
            placement=placement,
        )


class SeekerOut(Out):
    """A search for work."""

    seeker: UUID = Field(description="The search.")
    person: PersonId
    state: SearchState = Field(description="Whether the person still looks for work.", examples=["open"])
    referral: UUID = Field(description="The referral whose discharge opened it.")
    claim: UUID = Field(description="The claim of that referral.")
    outcome: str = Field(max_length=40, description="The outcome of the rehabilitation.")
    discharged_on: date = Field(description="The day of the discharge.", examples=["2026-08-02"])
    opened_at: datetime = Field(description="When it was opened (UTC).")

    @classmethod
    def of(cls, seeker: Seeker) -> Self:
        """The public form."""
        return cls(
            seeker=seeker.id,
            person=person_id(seeker.person),
            state=seeker.state,
            referral=seeker.referral,
            claim=seeker.claim,
            outcome=seeker.outcome,
            discharged_on=seeker.discharged_on,
            opened_at=seeker.opened_at,
        )


class SearchOut(SeekerOut):
    """A search with what happened in it, the last first."""

    interviews: list[InterviewOut] = Field(max_length=MOST_SHOWN, description="The last hundred interviews.")
    offers: list[OfferOut] = Field(max_length=MOST_SHOWN, description="The last hundred offers.")

    @classmethod
    def of_search(cls, search: Search) -> Self:
        """The public form of a whole search."""
        return cls(
            **dict(SeekerOut.of(search.seeker)),
            interviews=[InterviewOut.of(each) for each in search.interviews],
            offers=[OfferOut.of(each, search.placements.get(each.id)) for each in search.offers],
        )


@router.get(
    "/v1/seekers",
    summary="List job seekers",
    dependencies=[requires("jobs:seeker:read"), reads(DataKind.CLAIM, DataKind.HEALTH, of="person")],
    responses=problems(400),
)
async def list_seekers(
    listing: Listing, uow: CommittedBeforeAnswer, person: PersonFilter = None, state: StateQuery = None
) -> Page[SeekerOut]:
    """Searches in the order in which they were opened, of one person or in one state where that is asked for."""
    found = await searches.list_seekers(person, state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=SeekerOut.of)


@router.get(
    "/v1/seekers/{seeker}",
    summary="Read a job seeker",
    dependencies=[requires("jobs:seeker:read"), reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="person")],
    responses=problems(404),
)
async def read_seeker(seeker: UUID, uow: CommittedBeforeAnswer) -> SearchOut:
    """One search with its interviews and offers."""
    return SearchOut.of_search(await searches.find_search(seeker, uow))


@router.post(
    "/v1/seekers/{seeker}/interviews",
    status_code=201,
    summary="Record an interview",
    dependencies=[requires("jobs:seeker:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def record_interview(seeker: UUID, body: InterviewIn, uow: CommittedBeforeAnswer, caller: Party) -> InterviewOut:
    """Record an interview that was held, and how it ended."""
    return InterviewOut.of(await handle_record_interview(body.command(seeker, caller.party), uow))


@router.post(
    "/v1/seekers/{seeker}/offers",
    status_code=201,
    summary="Record an offer",
    dependencies=[requires("jobs:seeker:write"), Depends(idempotent)],
    responses=problems(404, 409, 422),
)
async def record_offer(seeker: UUID, body: OfferIn, uow: CommittedBeforeAnswer, caller: Party) -> OfferOut:
    """Record an offer; an accepted one makes a placement that waits for the employer's first contribution."""
    recorded, placement = await handle_record_offer(body.command(seeker, caller.party), uow)
    return OfferOut.of(recorded, placement.id if placement else None)
