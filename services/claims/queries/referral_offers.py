"""Offers of referrals, as the caller may see them."""

from uuid import UUID

from services.claims.domain.referral import OfferState, ReferralOffer
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_offer(offer: UUID, uow: ClaimsUnitOfWork) -> ReferralOffer:
    """One offer; raises ReferralOfferUnknown."""
    return await uow.referral_offers.get(offer)


async def list_offers(
    claim: UUID | None, state: OfferState | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[ReferralOffer]:
    """Offers in the order of their ids, after a position: of a claim, in a state."""
    return await uow.referral_offers.page(claim, state, after, limit)
