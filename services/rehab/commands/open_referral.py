"""Open a referral as soon as an accident is reported: rehabilitation begins before a claim is decided (Act 4 s.57).

What a board advises opens it too, where no notice has, as of an invalidity; and another one where the person had left.
"""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.commands.settle_referral import SettleReferral, bring_into_line, settle_referral
from services.rehab.domain.referral import Advised, Referral
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class OpenReferral:
    """A claim and its person, and what a board advised, if that is why."""

    claim: UUID
    person: int
    advised: Advised | None = None


async def open_referral(command: OpenReferral, uow: RehabUnitOfWork) -> None:
    """Open it once, whatever comes first; an assessment that came before counts at once."""
    claim, advised = command.claim, command.advised
    # Under an id that follows from what opens it.
    id_ = derived_id("referral", claim, *(() if advised is None else (advised.case,)))
    await uow.referrals.take_turns(claim)
    advised_on = None if advised is None else advised.sat_on
    opened = await uow.referrals.open(Referral(id_, claim, command.person, now()), advised_on=advised_on)
    if opened is None:
        await settle_referral(SettleReferral(claim), uow)
    else:
        await bring_into_line(opened, uow)
