"""A secretary says whether the person came to the session, or that the board adjourned the case."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.hear_board_case import HearBoardCase, hear_board_case
from services.claims.domain.boards import AdjournedFor, BoardCase
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class RecordBoardAttendance:
    """The case, whether the person came, for what the board adjourned it, and who says so."""

    case: UUID
    by: str
    came: bool = True
    adjourned_for: AdjournedFor | None = None


async def record_board_attendance(command: RecordBoardAttendance, uow: ClaimsUnitOfWork) -> BoardCase:
    """Who did not come waits for another session, and when that was too often for two officers."""
    if command.adjourned_for is not None:
        what = f"adjourned_{command.adjourned_for.value}"
        return await hear_board_case(HearBoardCase(command.case, BoardCase.adjourned, what, command.by), uow)
    if command.came:
        return await hear_board_case(HearBoardCase(command.case, BoardCase.heard, "came", command.by), uow)
    law = book().on(today(), today())
    stays = HearBoardCase(command.case, lambda case: case.stayed_away(law), "did_not_come", command.by)
    return await hear_board_case(stays, uow)
