"""Two officers confirm an assessment, or withdraw it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.assessment import AssessmentState
from services.registration.domain.enforcement import ASSESSMENT
from services.registration.domain.errors import EnforcementNotOpen, EnforcementOfOneself
from services.registration.events.registration import assessment_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class DecideAssessment:
    """The assessment, whether it is confirmed, and both officers."""

    assessment: UUID
    is_confirmed: bool
    proposed_by: str
    approved_by: str


async def decide_assessment(command: DecideAssessment, uow: RegistrationUnitOfWork) -> None:
    """What is confirmed comes to the employer's account; raises EnforcementNotOpen, EnforcementOfOneself."""
    said = await uow.assessments.lock(command.assessment)
    if said.state is not AssessmentState.STATED:
        raise EnforcementNotOpen(facts={"state": str(said.state)})
    if command.approved_by == said.officer:
        raise EnforcementOfOneself()
    state = AssessmentState.CONFIRMED if command.is_confirmed else AssessmentState.WITHDRAWN
    await uow.assessments.decide(said.id, state, (command.proposed_by, command.approved_by))
    uow.publish(assessment_stated(await uow.assessments.get(said.id), await uow.assessments.lines(said.id)))
    if command.is_confirmed:
        await uow.due.at(FollowEnforcement(ASSESSMENT, str(said.id)), now())
