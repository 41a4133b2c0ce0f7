"""Know again what registration published of a matter of enforcement: its officers were not published."""

from dataclasses import dataclass

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.assessment import AssessmentState
from services.registration.domain.enforcement import ASSESSMENT, COMPOUND, NOTICE
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import (
    AssessmentStatedV1,
    CompoundStatedV1,
    EnforcementEvent,
    EnforcementNoticeStatedV1,
    InspectionStatedV1,
)
from shared.kernel.clock import now


@dataclass(frozen=True)
class RecallEnforcement:
    """What was published."""

    event: EnforcementEvent


async def recall_enforcement(command: RecallEnforcement, uow: RegistrationUnitOfWork) -> None:
    """As it was published, unless what stands is as new; what follows from its days and payments is found again."""
    event = command.event
    if isinstance(event, InspectionStatedV1):
        await uow.recalled_enforcement.inspection(event)
    elif isinstance(event, EnforcementNoticeStatedV1):
        if await uow.recalled_enforcement.notice(event):
            await uow.due.at(FollowEnforcement(NOTICE, str(event.notice)), now())
    elif isinstance(event, AssessmentStatedV1):
        if await uow.recalled_enforcement.assessment(event):
            if event.state == AssessmentState.CONFIRMED:
                await uow.assessments.let_count(event.assessment)
            await uow.due.at(FollowEnforcement(ASSESSMENT, str(event.assessment)), now())
    elif isinstance(event, CompoundStatedV1) and await uow.recalled_enforcement.compound(event):
        await uow.due.at(FollowEnforcement(COMPOUND, str(event.compound)), now())
