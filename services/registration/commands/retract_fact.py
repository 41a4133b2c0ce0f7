"""Take back a fact of a person that was wrong: what was known of its days before it is known again."""

from dataclasses import dataclass

from services.registration.commands.state_correction import StateCorrection, state_correction
from services.registration.domain.correction import Attribute, Correction, Days, Reason, StatedBy, What
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class RetractFact:
    """Which fact of whom, why, by which document, and who says so."""

    person: int
    fact: int
    reason: Reason
    evidence: str | None
    by: StatedBy
    looker: Viewer


async def retract_fact(command: RetractFact, uow: RegistrationUnitOfWork) -> Correction:
    """The retraction, which waits for two officers; raises PersonUnknown, FactUnknown."""
    await uow.persons.see(command.person, command.looker)
    attribute = Attribute(await uow.person_facts.attribute_of(command.person, command.fact))
    said = Correction(
        id=new_id(),
        person=command.person,
        what=What.RETRACTION,
        attribute=attribute,
        days=Days(),
        value=None,
        about=str(command.fact),
        reason=command.reason,
        evidence=command.evidence,
        by=command.by,
    )
    return await state_correction(StateCorrection(said, command.looker), uow)
