"""A case manager takes a referral."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.storage.unit_of_work import RehabUnitOfWork


@dataclass(frozen=True)
class TakeReferral:
    """The referral, and the staff number of the case manager (never a name)."""

    referral: UUID
    case_manager: str


async def take_referral(command: TakeReferral, uow: RehabUnitOfWork) -> None:
    """Enter the case manager; raises ReferralUnknown, ReferralState."""
    referral = await uow.referrals.lock(command.referral)
    await uow.referrals.save(referral.taken_by(command.case_manager))
