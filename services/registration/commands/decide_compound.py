"""Two officers offer a compound or do not; one that lapsed they prosecute, withdraw, or take as paid; they return what
was paid too much."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.commands.state_compound import check_bounds
from services.registration.domain.enforcement import COMPOUND, Compound, CompoundState, days_from, over_at
from services.registration.domain.errors import EnforcementNotOpen
from services.registration.events.registration import compound_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers


class CompoundAct(StrEnum):
    """What two officers do to a compound."""

    OFFER = "offer"
    REFUSE = "refuse"
    PROSECUTE = "prosecute"
    WITHDRAW = "withdraw"
    TAKE_LATE = "take_late"
    RETURN_SURPLUS = "return_surplus"


@dataclass(frozen=True)
class DecideCompound:
    """The compound, what is decided, both officers, and by which document."""

    compound: UUID
    act: CompoundAct
    officers: Officers
    evidence: str | None = None


async def decide_compound(command: DecideCompound, uow: RegistrationUnitOfWork) -> None:
    """Raises EnforcementNotOpen, or CompoundOutOfBounds where it may not be offered any more."""
    known, by = await uow.enforcement.lock_compound(command.compound), command.officers
    decided = replace(
        _decided(known, command.act),
        revision=known.revision + 1,
        proposed_by=by.proposed_by,
        approved_by=by.approved_by,
        decided_at=by.at,
        decided_for=command.evidence,
    )
    await uow.enforcement.decide_compound(decided)
    uow.publish(compound_stated(decided, await uow.enforcement.payments(decided.id)))
    # What was paid of one that is over is somebody else's question at once.
    pay_by = decided.pay_by if decided.state is CompoundState.OFFERED else None
    at = now() if pay_by is None else over_at(pay_by)
    await uow.due.at(FollowEnforcement(COMPOUND, str(decided.id)), at)


def _decided(known: Compound, act: CompoundAct) -> Compound:
    is_new, has_lapsed = known.state is CompoundState.PROPOSED, known.state is CompoundState.TO_BE_PROSECUTED
    match act:
        case CompoundAct.OFFER if is_new:
            check_bounds(known.amount_sen)
            pay_by, _ = days_from("act4.arrears.compound_days", today())
            return replace(known, state=CompoundState.OFFERED, offered_on=today(), pay_by=pay_by)
        case CompoundAct.REFUSE if is_new:
            return replace(known, state=CompoundState.REFUSED)
        case CompoundAct.PROSECUTE if has_lapsed:
            return replace(known, state=CompoundState.PROSECUTED)
        case CompoundAct.WITHDRAW if has_lapsed:
            return replace(known, state=CompoundState.WITHDRAWN)
        case CompoundAct.TAKE_LATE if has_lapsed and known.paid_sen >= known.amount_sen:
            return replace(known, state=CompoundState.PAID, paid_late=True)
        case CompoundAct.RETURN_SURPLUS if known.over_sen:
            return replace(known, returned_sen=known.returned_sen + known.over_sen)
    raise EnforcementNotOpen(facts={"state": str(known.state)})
