"""Two officers look at a case whose person did not come, or that nobody hears: once more, or not at all."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.end_board_appeal import EndBoardAppeal, end_board_appeal
from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideBoardCase:
    """The case, whether the person is invited once more, and both officers."""

    case: UUID
    once_more: bool
    officers: Officers


async def decide_board_case(command: DecideBoardCase, uow: ClaimsUnitOfWork) -> None:
    """It waits for a session, or has ended: what was decided before stands."""
    case = await uow.board_cases.lock(command.case)
    case = case.answered(command.officers.at, once_more=command.once_more)
    what = "to_be_heard_once_more" if command.once_more else "ended"
    await uow.board_cases.save(case, what, command.officers.approved_by)
    if not command.once_more:
        await end_board_appeal(EndBoardAppeal(case, command.officers.at, command.officers.approved_by), uow)
    await uow.due.at(FollowBoardCase(case.id), now())
    uow.decided(f"board_case_{what}", case=str(case.id))
