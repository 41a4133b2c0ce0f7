"""Plan an inspection of an employer."""

from dataclasses import dataclass
from datetime import date

from services.registration.domain.enforcement import Inspection, InspectionReason
from services.registration.events.registration import inspection_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class PlanInspection:
    """Which employer, why and for when, and the officer who plans it."""

    employer: int
    reason: InspectionReason
    planned_for: date
    officer: str


async def plan_inspection(command: PlanInspection, uow: RegistrationUnitOfWork) -> Inspection:
    """The employer is not told of it before it is held; raises EmployerUnknown."""
    employer = await uow.employers.get(command.employer)
    planned = Inspection(
        new_id(), employer.number, command.reason, command.planned_for, command.officer, stated_at=now()
    )
    await uow.enforcement.plan(planned)
    uow.publish(inspection_stated(planned))
    return planned
