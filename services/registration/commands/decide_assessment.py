"""Two officers confirm an assessment, or withdraw it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.assessment import AssessmentState
from services.registration.domain.enforcement import ASSESSMENT
from services.registration.events.registration import assessment_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideAssessment:
    """The assessment, whether it is confirmed, and both officers."""

    assessment: UUID
    is_confirmed: bool
    officers: Officers


async def decide_assessment(command: DecideAssessment, uow: RegistrationUnitOfWork) -> None:
    """What is confirmed comes to the employer's account."""
    state = AssessmentState.CONFIRMED if command.is_confirmed else AssessmentState.WITHDRAWN
    await uow.assessments.decide(command.assessment, state, command.officers)
    said = await uow.assessments.get(command.assessment)
    uow.publish(assessment_stated(said, await uow.assessments.lines(said.id)))
    if command.is_confirmed:
        await uow.due.at(FollowEnforcement(ASSESSMENT, str(said.id)), now())
