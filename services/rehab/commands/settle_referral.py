"""Bring the referrals of a claim into line with the claim's newest assessment."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.storage.referrals import OfClaim
from services.rehab.storage.unit_of_work import RehabUnitOfWork


@dataclass(frozen=True)
class SettleReferral:
    """The claim whose assessment, or whose referral, is new."""

    claim: UUID


async def settle_referral(command: SettleReferral, uow: RehabUnitOfWork) -> None:
    """Close a referral whose claim is refused, open it again when the claim is decided after all."""
    await uow.referrals.take_turns(command.claim)
    for found in await uow.referrals.lock_of_claim(command.claim):
        await bring_into_line(found, uow)


async def bring_into_line(found: OfClaim, uow: RehabUnitOfWork) -> None:
    """The same for a referral that is held, by whoever has taken its turn."""
    settled = found.referral.standing(refused=found.is_refused)
    if settled != found.referral:
        await uow.referrals.save(settled)
