"""The panel of a session states what it found of a case: it counts once chairman and secretary close the session."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.claims.commands.hear_board_case import HearBoardCase, hear_board_case
from services.claims.domain.boards import BoardCase, BoardQuestion, BoardResult
from services.claims.domain.errors import ClaimUnknown
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class StateBoardResult:
    """The case, what was found, and who of the panel says so."""

    case: UUID
    result: BoardResult
    by: str


async def state_board_result(command: StateBoardResult, uow: ClaimsUnitOfWork) -> BoardCase:
    """In place of what was stated before.

    Raises BoardNotOfPanel, BoardResultNotOfClaim, BoardResultContradicts, and as hearing it.
    """
    case = await uow.board_cases.find(command.case)
    claim = await uow.claims.find(case.claim)
    if claim is None:
        raise ClaimUnknown()
    about = None if case.about is None else await uow.board_cases.find(case.about)
    result = _completed(command.result, case, about)
    assessed_from = (await uow.board_cases.decided(claim.id)).assessed_from
    result.check(case, about, claim.kind, claim.happened_on, assessed_from)
    found = HearBoardCase(
        case.id,
        lambda heard: heard.found(result, command.by),
        "result_stated",
        command.by,
        may_say=lambda session: session.must_sit(command.by),
    )
    return await hear_board_case(found, uow)


def _completed(result: BoardResult, case: BoardCase, about: BoardCase | None) -> BoardResult:
    """Where the board names no first day: the day after the provisional assessment, or that of what it stands for."""
    before = None if about is None else about.result
    if before is None or result.percent is None or result.benefit_from is not None:
        return result
    first: date | None = before.benefit_from
    if case.question is BoardQuestion.PROVISIONAL_ENDED and before.until is not None:
        first = before.until + timedelta(days=1)
    elif case.is_review:
        first = None
    return replace(result, benefit_from=first)
