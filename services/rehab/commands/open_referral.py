"""Open a referral as soon as an accident is reported: rehabilitation begins before a claim is decided (Act 4 s.57)."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.commands.settle_referral import SettleReferral, settle_referral
from services.rehab.domain.referral import Referral
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class OpenReferral:
    """A claim and its person."""

    claim: UUID
    person: int


async def open_referral(command: OpenReferral, uow: RehabUnitOfWork) -> None:
    """Open the claim's referral once; an assessment that came before the accident counts at once."""
    await uow.referrals.take_turns(command.claim)
    await uow.referrals.open(Referral(derived_id("referral", command.claim), command.claim, command.person, now()))
    await settle_referral(SettleReferral(command.claim), uow)
