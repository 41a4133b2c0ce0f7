"""Offers a referral to welfare or health after a decision that leaves somebody with nothing, or with too little."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.referral import (
    ReferralOffer,
    ReferralReason,
    may_have_offers,
    offer_of,
    offered_for,
    receivers_of,
)
from services.claims.domain.revision import Standing
from services.claims.events.claims_referral import referral_stated
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import party_number
from shared.law.decision import DecisionRecord


@dataclass(frozen=True)
class OfferReferrals:
    """A claim as it stands, which the transaction holds, by which records, and why evidence of it waits for a person.

    ``last``: the records that stood before. Of one that joined another one nothing stands, and nothing is offered.
    """

    claim: Claim
    standing: Sequence[Standing] = ()
    waits: Sequence[str] = ()
    last: Collection[DecisionRecord] = ()


async def offer_referrals(command: OfferReferrals, uow: ClaimsUnitOfWork) -> None:
    """Offer what is to be offered, once for good, and let lapse what nobody has accepted and is needed no more."""
    why = offered_for(command.claim, command.standing, command.waits)
    if why is None and (command.claim.revision == 1 or not may_have_offers(command.claim.kind, command.last)):
        return
    known = {each.id: each for each in await uow.referral_offers.of([command.claim.id])}
    stands = {id_: each.lapsed(now()) for id_, each in known.items()}
    if why is not None:
        stands |= {each.id: each for each in await _offered(command.claim, why, known, uow)}
    for offer in (each for each in stands.values() if each != known.get(each.id)):
        await uow.referral_offers.keep(offer)
        uow.publish(referral_stated(offer))
        uow.decided(f"referral_{offer.state.value}", claim=str(offer.claim), receiver=offer.receiver.value)


async def _offered(
    claim: Claim, why: ReferralReason, known: Mapping[UUID, ReferralOffer], uow: ClaimsUnitOfWork
) -> list[ReferralOffer]:
    """What is to be offered, as it stands then: what was answered before goes on as it was answered."""
    persons, receivers, at = await _persons(claim, uow), receivers_of(claim.kind), now()
    fresh = [offer_of(claim.id, person, receiver, why, at) for person in persons for receiver in receivers]
    return [known[each.id].offered_again(at, why) if each.id in known else each for each in fresh]


async def _persons(claim: Claim, uow: ClaimsUnitOfWork) -> list[int]:
    """The person, or after a death the people who were shown to claim what is owed after it; who only reported it is
    told nothing of the dead."""
    if claim.kind is not ClaimKind.DEATH:
        return [claim.stated_of]
    claiming = {each.claimed_by for each in await uow.claims.notices_of(claim)}
    people = (each for each in claiming if each is not None and each.startswith("person:"))
    return sorted({party_number(each) for each in people if not claim.is_of(each)})
