"""Assess what an employer owes of months that it did not declare, by month and person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.assessment import LAW, AssessedLine, AssessedWage, Assessment, assessed, total
from services.registration.domain.enforcement import ASSESSMENT, days_from, over_at
from services.registration.domain.errors import AssessedMonthLawless, AssessedNotEmployed, AssessedTwice
from services.registration.events.registration import assessment_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class StateAssessment:
    """Which employer, after which inspection, the wages that an officer found, by which document, and the officer."""

    employer: int
    inspection: UUID | None
    wages: Sequence[AssessedWage]
    evidence: str
    officer: str


async def state_assessment(command: StateAssessment, uow: RegistrationUnitOfWork) -> Assessment:
    """It counts for nothing before two officers confirm it, and they are asked once the employer has objected or its
    time is over.

    Raises EmployerUnknown, InspectionUnknown, AssessedTwice, AssessedNotEmployed, AssessedMonthLawless.
    """
    employer = await uow.employers.get(command.employer)
    await uow.enforcement.check_inspection(command.inspection, employer.number)
    lines = await _lines(employer.number, command.wages, uow)
    object_by, law = days_from("act4.arrears.objection_days", today())
    said = Assessment(
        id=new_id(),
        employer=employer.number,
        inspection=command.inspection,
        evidence=command.evidence,
        officer=command.officer,
        stated_at=now(),
        object_by=object_by,
        known_on=today(),
        law=f"{LAW}; {law}",
        total_sen=sum(total(each.amounts) for each in lines),
        persons=len({each.person for each in lines}),
        months=len({each.month for each in lines}),
        lines=lines,
    )
    await uow.assessments.state(said)
    uow.publish(assessment_stated(said, lines))
    await uow.due.at(FollowEnforcement(ASSESSMENT, str(said.id)), over_at(object_by))
    return said


async def _lines(employer: int, wages: Sequence[AssessedWage], uow: RegistrationUnitOfWork) -> list[AssessedLine]:
    one = await uow.person_merges.survivors_of({each.person for each in wages})
    if len({(one[each.person], each.month) for each in wages}) < len(wages):
        raise AssessedTwice()
    if any(each.month.last_day >= today() for each in wages):
        raise AssessedMonthLawless()
    people = await uow.assessments.insured(employer, wages)
    if any((each.person, each.month) not in people for each in wages):
        raise AssessedNotEmployed()
    return [assessed(each, people[each.person, each.month], today()) for each in wages]
