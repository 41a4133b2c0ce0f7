"""A person, or who acts for it, consents to a referral that is offered, declines it, or takes its consent back."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.claim import OFFICERS
from services.claims.domain.errors import NotForThisParty
from services.claims.domain.referral import ReferralOffer
from services.claims.events.claims_referral import referral_stated
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class AnswerReferralOffer:
    """Which party, and who of it, answers an offer; ``accepts`` is None where consent is taken back."""

    tenant: str
    by: str
    offer: UUID
    accepts: bool | None


async def answer_referral_offer(command: AnswerReferralOffer, uow: ClaimsUnitOfWork) -> ReferralOffer:
    """Keep it and tell it; the same answer once more changes nothing.

    Raises ReferralOfferUnknown, NotForThisParty for officers, who consent for nobody, and ReferralOfferOver.
    """
    offer = await uow.referral_offers.lock(command.offer)
    if command.tenant.startswith(OFFICERS):
        raise NotForThisParty()
    accepts = command.accepts
    stands = offer.withdrawn(now()) if accepts is None else offer.answered(now(), accepts=accepts)
    if stands != offer:
        await uow.referral_offers.answer(stands, command.by)
        uow.publish(referral_stated(stands))
        uow.decided(f"referral_{stands.state.value}", claim=str(stands.claim), receiver=stands.receiver.value)
    return stands
