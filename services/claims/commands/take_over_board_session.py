"""A secretary takes a session over from the one before, who has left: its cases and what was found of them stay."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_board_session import FollowBoardSession, follow_board_session
from services.claims.commands.name_board_panel import check_free
from services.claims.domain.boards import BoardSession
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class TakeOverBoardSession:
    """The session, and who is its secretary from now on."""

    session: UUID
    by: str


async def take_over_board_session(command: TakeOverBoardSession, uow: ClaimsUnitOfWork) -> BoardSession:
    """Raises BoardSessionUnknown, BoardSessionOver, BoardPanelNotWhole and BoardMemberNotFree."""
    session = (await uow.board_sessions.lock(command.session)).with_secretary(command.by)
    for case in await uow.board_cases.of_session(session.id):
        await check_free(case, session.who_decide, uow)
    await uow.board_sessions.save(session, "taken_over", command.by)
    await follow_board_session(FollowBoardSession(session.id), uow)
    return session
