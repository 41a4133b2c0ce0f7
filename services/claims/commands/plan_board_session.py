"""A secretary plans a session of a board."""

from dataclasses import dataclass
from datetime import date

from services.claims.commands.follow_board_session import FollowBoardSession
from services.claims.domain.boards import Board, BoardSession, check_day
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, start_of_day, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class PlanBoardSession:
    """Who plans which board, when, where, and for how many cases at most."""

    tenant: str
    secretary: str
    board: Board
    day: date
    place: str
    quota: int


async def plan_board_session(command: PlanBoardSession, uow: ClaimsUnitOfWork) -> BoardSession:
    """It has no panel yet, and hears nobody; raises BoardDayPassed."""
    check_day(command.day, today())
    about = (command.board, command.day, command.place, command.quota, command.secretary)
    session = BoardSession(new_id(), command.tenant, *about, now())
    await uow.board_sessions.add(session)
    await uow.due.at(FollowBoardSession(session.id), start_of_day(command.day))
    uow.decided("board_session_planned", session=str(session.id), board=command.board.value)
    return session
