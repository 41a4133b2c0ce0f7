"""Object to an assessment, as its employer or as an officer for it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.assessment import Assessment, AssessmentState, Objection, ObjectionReason
from services.registration.domain.employer import tenant_of
from services.registration.domain.enforcement import ASSESSMENT
from services.registration.domain.errors import EnforcementUnknown, ObjectionLate
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class ObjectToAssessment:
    """The assessment, why, by which document, who asks, and the officer where one does for the employer."""

    assessment: UUID
    reason: ObjectionReason
    evidence: str
    looker: Viewer
    officer: str | None = None


async def object_to_assessment(command: ObjectToAssessment, uow: RegistrationUnitOfWork) -> Assessment:
    """Two officers are asked at once; raises EnforcementUnknown, ObjectionTaken, or ObjectionLate after its day."""
    found = await uow.assessments.get(command.assessment)
    tenant = tenant_of(found.employer)
    if not command.looker.officer and command.looker.tenant != tenant:
        raise EnforcementUnknown()
    if found.state is not AssessmentState.STATED or today() > found.object_by:
        raise ObjectionLate()
    said = Objection(command.looker.tenant, command.officer, command.reason, command.evidence, now())
    await uow.assessments.object_to(found.id, tenant, said)
    # A partner's request sees no tasks: the worker opens it.
    await uow.due.at(FollowEnforcement(ASSESSMENT, str(found.id)), now())
    return await uow.assessments.get(found.id)
