"""Open a referral as soon as an accident is reported: rehabilitation begins before a claim is decided (Act 4 s.57)."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.commands.settle_referral import SettleReferral, bring_into_line, settle_referral
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
    referral = Referral(derived_id("referral", command.claim), command.claim, command.person, now())
    await uow.referrals.take_turns(command.claim)
    opened = await uow.referrals.open(referral)
    if opened is None:
        await settle_referral(SettleReferral(command.claim), uow)
    else:
        await bring_into_line(opened, uow)
