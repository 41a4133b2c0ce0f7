"""A provisional assessment ends: its case goes back before a board."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.domain.boards import BoardCase, BoardQuestion
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id

LOOK_AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class CallBoardCaseBack:
    """The case that was decided provisionally."""

    case: UUID


async def call_board_case_back(command: CallBoardCaseBack, uow: ClaimsUnitOfWork) -> None:
    """Put it before the same board again, once; not where a board has it or decided it since."""
    case = await uow.board_cases.find(command.case)
    last = await uow.board_cases.decided_last(case.claim)
    if last is None or last.id != case.id:
        return
    if await uow.board_cases.is_any_open(case.claim):
        # An appeal may end without a decision.
        await uow.due.at(command, now() + LOOK_AGAIN)
        return
    id_, question = derived_id("board_case_called_back", case.id), BoardQuestion.PROVISIONAL_ENDED
    asked = (id_, case.claim, case.tenant, case.board, question, "", now(), case.id)
    if await uow.board_cases.add(BoardCase(*asked, treated_by=case.treated_by)):
        await uow.due.at(FollowBoardCase(id_), now())
        uow.decided("board_case_called_back", case=str(id_), about=str(case.id))
