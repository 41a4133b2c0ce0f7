"""The requests and answers of searches and placements."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.jobs.commands.record_interview import RecordInterview
from services.jobs.commands.record_offer import RecordOffer
from services.jobs.domain.placement import Placement, PlacementState, Proof
from services.jobs.domain.seeker import Interview, InterviewMode, InterviewOutcome, Offer, SearchState, Seeker
from services.jobs.queries.searches import MOST_SHOWN, Search
from shared.kernel.identifiers import employer_id, employer_number, person_id
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Money, Out

_FIRST_DAY = date(2018, 1, 1)
_LAST_DAY = date(2100, 12, 31)

Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]


class InterviewIn(In):
    """An interview and how it ended."""

    employer: EmployerId
    held_on: Day = Field(description="Its day, today at the latest.", examples=["2026-08-20"])
    mode: InterviewMode = Field(description="How it was held.", examples=["in_person"])
    outcome: InterviewOutcome = Field(description="How it ended.", examples=["successful"])

    def command(self, seeker: UUID, tenant: str) -> RecordInterview:
        """The command of this request; raises PublicIdInvalid."""
        return RecordInterview(seeker, tenant, employer_number(self.employer), self.held_on, self.mode, self.outcome)


class OfferIn(In):
    """An offer of work, and whether the person took it."""

    employer: EmployerId
    position: str = Field(min_length=1, max_length=120, description="The work.", examples=["Storekeeper"])
    wage: Money = Field(description="The monthly wage.")
    starts_on: Day = Field(description="The first day of work as agreed.", examples=["2026-09-01"])
    accepted: bool = Field(strict=True, description="Whether the person accepted.")

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
    def of(cls, interview: Interview) -> "InterviewOut":
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
    def of(cls, offer: Offer, placement: UUID | None) -> "OfferOut":
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
    def of(cls, seeker: Seeker) -> "SeekerOut":
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
    def of_search(cls, search: Search) -> "SearchOut":
        """The public form of a whole search."""
        return cls(
            **dict(SeekerOut.of(search.seeker)),
            interviews=[InterviewOut.of(each) for each in search.interviews],
            offers=[OfferOut.of(each, search.placements.get(each.id)) for each in search.offers],
        )


class ProofOut(Out):
    """The first contribution of the employment."""

    started_on: date = Field(description="The first day of the employment.", examples=["2026-09-01"])
    month: str = Field(
        max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}$", description="The first wage month.", examples=["2026-09"]
    )
    wage: Money = Field(description="The wage that was declared for it.")

    @classmethod
    def of(cls, proof: Proof) -> "ProofOut":
        """The public form."""
        return cls(started_on=proof.started_on, month=proof.month, wage=Money.of(proof.wage_sen))


class PlacementOut(Out):
    """An accepted offer, and whether the employment is proved."""

    placement: UUID = Field(description="The placement.")
    seeker: UUID = Field(description="The search that it belongs to.")
    offer: UUID = Field(description="The offer that made it.")
    person: PersonId
    employer: EmployerId
    starts_on: date = Field(description="The first day of work as agreed.", examples=["2026-09-01"])
    state: PlacementState = Field(description="Whether the employment is proved; only confirmed ones count.")
    proof: ProofOut | None = Field(description="The proof, once there is one.")
    confirmed_at: datetime | None = Field(description="When it was confirmed (UTC).")

    @classmethod
    def of(cls, placement: Placement) -> "PlacementOut":
        """The public form."""
        return cls(
            placement=placement.id,
            seeker=placement.seeker,
            offer=placement.offer,
            person=person_id(placement.person),
            employer=employer_id(placement.employer),
            starts_on=placement.starts_on,
            state=placement.state,
            proof=ProofOut.of(placement.proof) if placement.proof else None,
            confirmed_at=placement.confirmed_at,
        )
