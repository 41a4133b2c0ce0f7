"""State that an offence is to be compounded: two officers decide whether it is offered."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.enforcement import COMPOUND, Compound, Offence, bounds
from services.registration.domain.errors import CompoundOutOfBounds
from services.registration.events.registration import compound_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen


@dataclass(frozen=True)
class StateCompound:
    """Which employer, after which inspection, the offence, for how much, by which document, and the officer."""

    employer: int
    inspection: UUID | None
    offence: Offence
    amount_sen: Sen
    evidence: str
    officer: str


async def state_compound(command: StateCompound, uow: RegistrationUnitOfWork) -> Compound:
    """The employer is told once it is offered; raises EmployerUnknown, InspectionUnknown, CompoundOutOfBounds."""
    employer = await uow.employers.get(command.employer)
    await uow.enforcement.check_inspection(command.inspection, employer.number)
    law = check_bounds(command.amount_sen)
    what = (command.offence, command.amount_sen, command.evidence, law, command.officer, now())
    number = await uow.enforcement.state_compound(
        Compound(said := new_id(), 0, employer.number, command.inspection, *what)
    )
    stated = Compound(said, number, employer.number, command.inspection, *what)
    uow.publish(compound_stated(stated, ()))
    # An officer's request could open it; the worker does, as it does all that follows.
    await uow.due.at(FollowEnforcement(COMPOUND, str(said)), now())
    return stated


def check_bounds(amount_sen: Sen) -> str:
    """The law by which so much may be offered today; raises CompoundOutOfBounds."""
    allowed, law = bounds(today())
    if allowed is None:
        raise CompoundOutOfBounds(facts={"grace_month": "yes"})
    if not allowed[0] <= amount_sen <= allowed[1]:
        raise CompoundOutOfBounds(facts={"lowest_sen": allowed[0], "highest_sen": allowed[1]})
    return law
