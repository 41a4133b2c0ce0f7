"""Bring the referral of a claim into line with the claim's newest assessment."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.storage.unit_of_work import RehabUnitOfWork


@dataclass(frozen=True)
class SettleReferral:
    """The claim whose assessment, or whose referral, is new."""

    claim: UUID


async def settle_referral(command: SettleReferral, uow: RehabUnitOfWork) -> None:
    """Close a referral whose claim is refused, open it again when the claim is decided after all."""
    await uow.referrals.take_turns(command.claim)
    referral = await uow.referrals.lock_of_claim(command.claim)
    if referral is None:
        return
    settled = referral.standing(refused=await uow.known_claims.is_refused(command.claim))
    if settled != referral:
        await uow.referrals.save(settled)
