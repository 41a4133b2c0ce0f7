"""Refuse a correction: what is known of the person stays as it is."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.domain.correction import State
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class RefuseCorrection:
    """The correction, and both officers on whose word it does not count."""

    correction: UUID
    proposed_by: str
    approved_by: str


async def refuse_correction(command: RefuseCorrection, uow: RegistrationUnitOfWork) -> None:
    """Keep that it was refused; raises CorrectionOver, CorrectionOfOneself."""
    said = await uow.corrections.get(command.correction)
    said.check_decided_by(command.proposed_by, command.approved_by)
    refused = replace(said, state=State.REFUSED, proposed_by=command.proposed_by, approved_by=command.approved_by)
    await uow.corrections.end(refused, now())
