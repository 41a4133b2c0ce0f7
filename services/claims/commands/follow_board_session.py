"""Follow a session of a board: people are asked for its panel, for its results, and to close it."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.boards import BoardSessionState
from services.claims.domain.errors import BoardSessionOver
from services.claims.domain.queues import BOARD_SESSION
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day, today
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class FollowBoardSession:
    """The session."""

    session: UUID


async def follow_board_session(command: FollowBoardSession, uow: ClaimsUnitOfWork) -> None:
    """Open its task, state it again, or close it: followed again, or too early, it says the same."""
    about = subjects.board_session(command.session)
    state = await state_of_board_session(about, uow)
    if state.reason is None:
        await close_task(CloseTask(BOARD_SESSION, about, "settled"), uow)
    else:
        await ask(BOARD_SESSION, about, state, uow)
    session = await uow.board_sessions.find(command.session)
    if session.state is BoardSessionState.PLANNED and today() < session.day:
        await uow.due.at(command, start_of_day(session.day))


async def state_of_board_session(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of a session, which is locked, and its cases."""
    session = await uow.board_sessions.lock(subjects.board_of(subject))
    cases = await uow.board_cases.of_session(session.id)
    return SubjectState(
        session.revision,
        session.facts(cases),
        reason=session.reason(cases, today()),
        is_decided=session.state is not BoardSessionState.PLANNED,
        over=BoardSessionOver,
    )
