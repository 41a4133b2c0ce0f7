"""Offers of a referral to welfare or health: seen and answered by the person, and by who was shown to act for it."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.commands.answer_referral_offer import AnswerReferralOffer
from services.claims.commands.answer_referral_offer import answer_referral_offer as handle_answer_referral_offer
from services.claims.domain.referral import OfferState, ReferralOffer, ReferralReason, ReferralReceiver
from services.claims.queries.referral_offers import find_offer, list_offers
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.web.fields import Flag
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["referral offers"])

PATH = "/v1/referral-offers"
OfferInPath = Annotated[UUID, Path(description="The offer.")]
ClaimOfOffers = Annotated[UUID | None, Query(description="Only offers of this claim")]
StateOfOffers = Annotated[OfferState | None, Query(description="Only offers in this state")]
_READ = [requires("claims:referral_offer:read"), reads(DataKind.CLAIM, of=("person", "claim"))]
_WRITE = [requires("claims:referral_offer:write"), Depends(idempotent)]


class ReferralOfferOut(Out):
    """What is offered to a person after a decision, and how it stands."""

    offer: UUID
    claim: UUID
    person: PersonId = Field(description="To whom it is offered")
    receiver: ReferralReceiver = Field(description="Who is told once the person consents")
    offered_for: ReferralReason
    offered_at: datetime
    state: OfferState
    changed_at: datetime = Field(description="Since when it stands so")

    @classmethod
    def of(cls, offer: ReferralOffer) -> Self:
        """As it is kept."""
        return cls(
            offer=offer.id,
            claim=offer.claim,
            person=person_id(offer.person),
            receiver=offer.receiver,
            offered_for=offer.offered_for,
            offered_at=offer.offered_at,
            state=offer.state,
            changed_at=offer.changed_at,
        )


class ReferralAnswerIn(In):
    """Whether the person consents that the receiver is told its number, and that nothing or too little is owed."""

    model_config = examples({"accepts": True}, {"accepts": False})

    accepts: Flag


@router.get(PATH, summary="List offers of referrals", dependencies=_READ, responses=problems(400))
async def list_referral_offers(
    listing: Listing, uow: CommittedBeforeAnswer, claim: ClaimOfOffers = None, state: StateOfOffers = None
) -> Page[ReferralOfferOut]:
    """What is offered to the caller, or to whom it was shown to act for; for the organisation's officers all."""
    found = await list_offers(claim, state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=ReferralOfferOut.of)


@router.get(f"{PATH}/{{offer}}", summary="Read an offer of a referral", dependencies=_READ, responses=problems(404))
async def read_referral_offer(offer: OfferInPath, uow: CommittedBeforeAnswer) -> ReferralOfferOut:
    """To whom a referral is offered, why, and how it stands."""
    return ReferralOfferOut.of(await find_offer(offer, uow))


@router.post(
    f"{PATH}/{{offer}}/answers",
    status_code=201,
    summary="Accept or decline a referral",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409),
)
async def answer_referral_offer(
    offer: OfferInPath, body: ReferralAnswerIn, uow: CommittedBeforeAnswer, caller: Party
) -> ReferralOfferOut:
    """Consent to it, or decline it, as the person or who acts for it: only then is the receiver told. What was declined
    may be accepted later, as long as it is offered."""
    command = AnswerReferralOffer(caller.party, caller.subject, offer, body.accepts)
    return ReferralOfferOut.of(await handle_answer_referral_offer(command, uow))


@router.post(
    f"{PATH}/{{offer}}/withdrawals",
    status_code=201,
    summary="Take consent to a referral back",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409),
)
async def withdraw_referral_consent(offer: OfferInPath, uow: CommittedBeforeAnswer, caller: Party) -> ReferralOfferOut:
    """Let nobody be told any more, as the person or who acts for it: the receiver is told to let go of it."""
    command = AnswerReferralOffer(caller.party, caller.subject, offer, None)
    return ReferralOfferOut.of(await handle_answer_referral_offer(command, uow))
