"""Report what an inspection found, or that it is called off."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.domain.enforcement import Finding, Inspection, InspectionState
from services.registration.domain.errors import InspectionNotYet, InspectionReported
from services.registration.events.registration import inspection_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class ReportInspection:
    """The inspection, the day and the findings (no day: it is called off), by which document, and the officer."""

    inspection: UUID
    held_on: date | None
    findings: tuple[Finding, ...]
    evidence: str | None
    officer: str


async def report_inspection(command: ReportInspection, uow: RegistrationUnitOfWork) -> Inspection:
    """Once; raises InspectionUnknown, InspectionReported, or InspectionNotYet for a day that has not come."""
    planned = await uow.enforcement.inspection(command.inspection)
    if planned.state is not InspectionState.PLANNED:
        raise InspectionReported(facts={"state": str(planned.state)})
    if command.held_on is not None and command.held_on > today():
        raise InspectionNotYet()
    reported = replace(
        planned,
        state=InspectionState.CALLED_OFF if command.held_on is None else InspectionState.HELD,
        held_on=command.held_on,
        findings=command.findings,
        evidence=command.evidence,
        reported_by=command.officer,
        reported_at=now(),
    )
    await uow.enforcement.report(reported)
    uow.publish(inspection_stated(reported))
    return reported
