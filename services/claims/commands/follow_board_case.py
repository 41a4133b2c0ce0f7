"""Follow a case before a board: people are asked while it waits for a session, or when the person did not come."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_charter import FollowCharter
from services.claims.commands.write_board_invitation import WriteBoardInvitation
from services.claims.domain import subjects
from services.claims.domain.errors import BoardCaseNotWaiting
from services.claims.domain.queues import BOARD_CASE
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class FollowBoardCase:
    """The case."""

    case: UUID


async def follow_board_case(command: FollowBoardCase, uow: ClaimsUnitOfWork) -> None:
    """Open its task, state it again, or close it, and have its person told: followed again it says the same."""
    about = subjects.board_case(command.case)
    state = await state_of_board_case(about, uow)
    if state.reason is None:
        await close_task(CloseTask(BOARD_CASE, about, "settled"), uow)
    else:
        await ask(BOARD_CASE, about, state, uow)
    await uow.due.at(WriteBoardInvitation(command.case), now())
    # Whoever waits for a board is invited to it in time.
    await uow.due.at(FollowCharter((await uow.board_cases.find(command.case)).claim), now())


async def state_of_board_case(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a case, which is locked."""
    case = await uow.board_cases.lock(subjects.board_of(subject))
    return SubjectState(
        case.revision,
        case.facts,
        reason=case.reason,
        is_decided=case.reason is None,
        over=BoardCaseNotWaiting,
    )
