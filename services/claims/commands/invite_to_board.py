"""A case that waits is invited to a session: the person is told the day and the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_board_case import FollowBoardCase, follow_board_case
from services.claims.commands.follow_board_session import FollowBoardSession, follow_board_session
from services.claims.commands.name_board_panel import check_free
from services.claims.domain.boards import BoardCase, JustifiedBy
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import book


@dataclass(frozen=True)
class InviteToBoard:
    """The session, the case, why at short notice, who invites, and who treated the person as far as that is known."""

    session: UUID
    case: UUID
    justified_by: JustifiedBy | None
    by: str
    treated_by: Sequence[str] = ()


async def invite_to_board(command: InviteToBoard, uow: ClaimsUnitOfWork) -> BoardCase:
    """It waits for the session's day from now on.

    Raises BoardSessionUnknown, BoardCaseUnknown, BoardMemberNotFree, and what `BoardCase.invited` raises.
    """
    session = await uow.board_sessions.lock(command.session)
    others = await uow.board_cases.of_session(session.id)
    case, law = await uow.board_cases.lock(command.case), book().on(today(), today())
    case = case.known_treated_by(command.treated_by)
    case = case.invited(session, len(others), command.justified_by, now(), law)
    await check_free(case, session.who_decide, uow)
    await uow.board_cases.save(case, "invited", command.by)
    await uow.board_sessions.save(session.changed(), "case_added", command.by)
    await follow_board_case(FollowBoardCase(case.id), uow)
    await follow_board_session(FollowBoardSession(session.id), uow)
    return case
