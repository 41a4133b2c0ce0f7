"""Choose what the amount of an employer's legacy file means: the employer says it, or an officer for it."""

from dataclasses import dataclass

from services.registration.domain.contribution import Part, StatedAmount
from services.registration.storage.legacy_templates import LegacyTemplate
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ChooseLegacyTemplate:
    """Whose file, of which Act, what its amount means, and the party that says so."""

    employer: int
    part: Part
    amount: StatedAmount
    source: str


async def choose_legacy_template(command: ChooseLegacyTemplate, uow: RegistrationUnitOfWork) -> LegacyTemplate:
    """It holds for files that are received from now on; raises EmployerUnknown."""
    await uow.employers.get(command.employer)
    chosen = LegacyTemplate(command.part, command.amount, now(), command.source)
    await uow.legacy_templates.state(command.employer, chosen)
    return chosen
