"""The Appellate Medical Board has decided a case, or does not hear it: the appeal that it is has ended."""

from dataclasses import dataclass
from datetime import datetime

from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.domain.appeal import Outcome
from services.claims.domain.boards import BoardCase, BoardCaseState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import business_day, now


@dataclass(frozen=True)
class EndBoardAppeal:
    """The case as it ended, when, and who said so last."""

    case: BoardCase
    at: datetime
    by: str


async def end_board_appeal(command: EndBoardAppeal, uow: ClaimsUnitOfWork) -> None:
    """Of a case that is an appeal, with what became of the assessment; of any other nothing."""
    case = command.case
    appeal = await uow.appeals.of_case(case.id)
    if appeal is None:
        return
    # Before it is changed: its runner holds both so.
    await uow.due.at(FollowAppeal(appeal.id), now())
    about = None if case.about is None else await uow.board_cases.find(case.about)
    outcome = Outcome.STRUCK_OUT
    if case.state is BoardCaseState.DECIDED:
        is_alike = about is not None and case.finds_as(about)
        outcome = Outcome.UPHELD if is_alike else Outcome.VARIED
    day = case.sits_on or business_day(command.at)
    await uow.appeals.save(appeal.decided_by_board(outcome, day, command.at), command.by)
    uow.decided("appeal_decided", appeal=str(appeal.id), forum=appeal.forum.value, outcome=outcome.value)
