"""Know again what registration published of a matter of enforcement: its officers were not published."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain import queues, subjects
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
from shared.tasks.opening import CloseTask, close_task


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
            await _follow(NOTICE, event.notice, uow)
    elif isinstance(event, AssessmentStatedV1):
        if await uow.recalled_enforcement.assessment(event):
            if event.state == AssessmentState.CONFIRMED:
                await uow.assessments.let_count(event.assessment)
            await _follow(ASSESSMENT, event.assessment, uow)
    elif isinstance(event, CompoundStatedV1) and await uow.recalled_enforcement.compound(event):
        await _follow(COMPOUND, event.compound, uow)


async def _follow(matter: str, id_: UUID, uow: RegistrationUnitOfWork) -> None:
    """What the backup asked officers of it is decided, or is asked of its newest revision."""
    await close_task(CloseTask(queues.ENFORCEMENT, subjects.enforcement(matter, id_), "known_again"), uow)
    await uow.due.at(FollowEnforcement(matter, str(id_)), now())
