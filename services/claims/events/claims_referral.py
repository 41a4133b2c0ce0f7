"""Topic ``claims.referral``: an offer of a referral, stated whole, alike at first and when republished."""

from typing import Any

from services.claims.domain.referral import OfferState, ReferralOffer, ReferralReason, ReferralReceiver
from shared.contracts.referral_offered import (
    OfferedFor,
    ReferralAcceptedV1,
    ReferralEndedFor,
    ReferralEndedV1,
    ReferralOfferedV1,
    ReferralV1,
    ReferredTo,
)

_ENDED_FOR = {
    OfferState.DECLINED: ReferralEndedFor.DECLINED,
    OfferState.WITHDRAWN: ReferralEndedFor.CONSENT_WITHDRAWN,
    OfferState.LAPSED: ReferralEndedFor.LAPSED,
}
_STATES = {ended: state for state, ended in _ENDED_FOR.items()}


def referral_stated(offer: ReferralOffer) -> ReferralV1:
    """How an offer stands."""
    said: dict[str, Any] = {
        "person": offer.person,
        "offer": offer.id,
        "claim": offer.claim,
        "revision": offer.revision,
        "receiver": ReferredTo(offer.receiver.value),
        "offered_for": OfferedFor(offer.offered_for.value),
        "offered_at": offer.offered_at,
    }
    if offer.state is OfferState.OFFERED:
        return ReferralOfferedV1(**said)
    if offer.state is OfferState.ACCEPTED:
        return ReferralAcceptedV1(**said, accepted_at=offer.changed_at)
    return ReferralEndedV1(**said, ended_at=offer.changed_at, ended_for=_ENDED_FOR[offer.state])


def offer_stated(event: ReferralV1) -> ReferralOffer:
    """The offer that an event states."""
    state, changed_at = OfferState.OFFERED, event.offered_at
    if isinstance(event, ReferralAcceptedV1):
        state, changed_at = OfferState.ACCEPTED, event.accepted_at
    if isinstance(event, ReferralEndedV1):
        state, changed_at = _STATES[event.ended_for], event.ended_at
    about = (event.offer, event.claim, event.person, ReferralReceiver(event.receiver.value))
    why = ReferralReason(event.offered_for.value)
    return ReferralOffer(*about, why, event.offered_at, changed_at, state, event.revision)
