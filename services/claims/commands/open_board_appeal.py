"""An appeal that goes to the Appellate Medical Board: the case before the board, and the appeal that it is."""

from dataclasses import dataclass

from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, Represented
from services.claims.domain.boards import BoardCase
from services.claims.domain.claim import OFFICERS, Claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import new_id

# What a board assesses is for one of these benefits: the first of them that is decided is what is appealed.
_OF_BOARDS = (
    *("permanent_disablement", "non_employment_injury_permanent_disablement"),
    *("invalidity_pension", "invalidity_grant"),
)
_OF_ATTENDANCE = ("constant_attendance_allowance", "non_employment_injury_constant_attendance_allowance")


@dataclass(frozen=True)
class OpenBoardAppeal:
    """A case that was put before the board on appeal, of which claim, whether of attendance alone, and who speaks."""

    case: BoardCase
    claim: Claim
    is_of_attendance: bool
    represented_by: Represented | None = None
    authority: str | None = None


async def open_board_appeal(command: OpenBoardAppeal, uow: ClaimsUnitOfWork) -> None:
    """Keep it with the record of the benefit that the assessment is for, where one is decided yet."""
    case, claim = command.case, command.claim
    names = _OF_ATTENDANCE if command.is_of_attendance else _OF_BOARDS
    answers = [await uow.appeals.appealable(case.claim, None, name) for name in names]
    answer = next((each for each in answers if each is not None), None)
    await uow.appeals.add(
        Appeal(
            id=new_id(),
            claim=case.claim,
            tenant=case.tenant,
            filed_by=case.put_by,
            by_officer=case.tenant.startswith(OFFICERS),
            forum=Forum.MEDICAL,
            ground=Ground.MEDICAL_ASSESSMENT,
            question=names[0] if answer is None else next(n for n, each in zip(names, answers, strict=True) if each),
            revision=claim.revision if answer is None else answer.revision,
            record=None if answer is None else answer.record,
            reason="not_decided" if answer is None else answer.reason or answer.outcome,
            filed_at=case.put_at,
            state=AppealState.BEFORE_BOARD,
            changed_at=case.put_at,
            board_case=case.id,
            represented_by=command.represented_by,
            authority=command.authority,
        )
    )
