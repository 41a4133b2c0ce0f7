"""Two officers let a correction count, or refuse it: then what is known of the person stays as it is."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.apply_correction import ApplyCorrection, apply_correction
from services.registration.domain.correction import State
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideCorrection:
    """The correction, whether it counts, and both officers."""

    correction: UUID
    counts: bool
    officers: Officers


async def decide_correction(command: DecideCorrection, uow: RegistrationUnitOfWork) -> None:
    """Raises why it cannot be so."""
    said, by = await uow.corrections.get(command.correction), command.officers
    said = replace(said, proposed_by=by.proposed_by, approved_by=by.approved_by)
    if command.counts:
        await apply_correction(ApplyCorrection(said), uow)
    else:
        await uow.corrections.end(replace(said, state=State.REFUSED), by.at)
