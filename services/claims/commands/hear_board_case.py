"""What happens to a case in its session: the person comes or not, the board adjourns it, or finds something."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_board_case import FollowBoardCase, follow_board_case
from services.claims.commands.follow_board_session import FollowBoardSession, follow_board_session
from services.claims.domain.boards import BoardCase, BoardSession
from services.claims.domain.errors import BoardCaseNotHeard
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class HearBoardCase:
    """A case, how it stands afterwards (``becomes``), what happened, and who says so.

    ``may_say`` raises where who says it may not.
    """

    case: UUID
    becomes: Callable[[BoardCase], BoardCase]
    what: str
    by: str
    may_say: Callable[[BoardSession], None] = lambda _: None


async def hear_board_case(command: HearBoardCase, uow: ClaimsUnitOfWork) -> BoardCase:
    """Raises BoardCaseUnknown, BoardCaseNotHeard, BoardSessionNotBegun, BoardSessionOver, and what the caller adds."""
    session, case = await _held(command.case, uow)
    session.must_have_begun(today())
    command.may_say(session)
    case = await uow.board_cases.save(command.becomes(case), command.what, command.by)
    await uow.board_sessions.save(session.changed(), command.what, command.by)
    await follow_board_case(FollowBoardCase(case.id), uow)
    await follow_board_session(FollowBoardSession(session.id), uow)
    return case


async def _held(id_: UUID, uow: ClaimsUnitOfWork) -> tuple[BoardSession, BoardCase]:
    """Its session first, as everybody holds them; raises BoardCaseNotHeard for a case that has none."""
    before = await uow.board_cases.find(id_)
    if before.session is None:
        raise BoardCaseNotHeard(facts={"state": before.state.value})
    session, case = await uow.board_sessions.lock(before.session), await uow.board_cases.lock(id_)
    if case.session != session.id:
        raise BoardCaseNotHeard(facts={"state": case.state.value})
    return session, case
