"""A claim and a question are put before a board: by officers, and an appeal or a review by whom the claim is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.commands.open_board_appeal import OpenBoardAppeal, open_board_appeal
from services.claims.domain.appeal import LateFor, Represented
from services.claims.domain.boards import (
    OF_THE_PERSON,
    OF_WHAT_WAS_DECIDED,
    Board,
    BoardCase,
    BoardQuestion,
    Decided,
    board_of,
)
from services.claims.domain.claim import OFFICERS, Claim
from services.claims.domain.errors import (
    BoardAlreadyDecided,
    BoardCaseOpen,
    BoardNotAppealable,
    BoardNothingDecided,
    BoardReviewTooEarly,
    ClaimUnknown,
    EvidenceWithoutRelation,
    NotForThisParty,
)
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import business_day, now, today
from shared.kernel.identifiers import new_id
from shared.law.act4.boards.rules import day_called_back, first_day_of_aggravation, last_day_of_medical_appeal
from shared.law.book import LawOn, book


@dataclass(frozen=True)
class PutBeforeBoard:
    """Who (``by`` of a party) asks what of a claim, and who treated the person as far as that is known.

    ``about`` is the case whose decision it is asked of; without one, what a board decided last. Of an appeal:
    ``represented_by`` speaks for who asks, by the letter of ``authority``; ``told_by`` asks where an officer typed it,
    ``late_for`` these grounds after the limit.
    """

    tenant: str
    by: str
    claim: UUID
    question: BoardQuestion
    treated_by: Sequence[str] = ()
    about: UUID | None = None
    represented_by: Represented | None = None
    authority: str | None = None
    told_by: str | None = None
    late_for: LateFor | None = None


async def put_before_board(command: PutBeforeBoard, uow: ClaimsUnitOfWork) -> BoardCase:
    """It waits for a session from now on.

    Raises ClaimUnknown, NotForThisParty, EvidenceWithoutRelation, BoardCaseOpen, and what keeps a question from being
    asked: BoardQuestionNotOfClaim, BoardNothingDecided, BoardAlreadyDecided, BoardNotAppealable, BoardReviewTooEarly.
    """
    claim = await _claim_of(command, uow)
    # Of whichever notice it is asked, it is asked of the one that stands for the event.
    stands, decided = claim.joined_to or claim.id, await uow.board_cases.decided(claim.id)
    last = decided.about(command.question, command.about) if command.question in OF_WHAT_WAS_DECIDED else None
    question = _asked(command.question, last, decided)
    board = board_of(question, claim.kind, last)
    asked = (new_id(), stands, command.tenant, board, question, command.by, now())
    about = None if last is None else last.id
    case = BoardCase(*asked, about=about).known_treated_by(command.treated_by)
    if await uow.board_cases.is_open(claim.id, board) or not await uow.board_cases.add(case):
        raise BoardCaseOpen()
    if command.question is BoardQuestion.APPEAL:
        # One that comes too late is heard as a revision: it is the appeal of whoever filed it all the same.
        late_for = command.late_for if question is BoardQuestion.REVISION else None
        asks = (command.told_by or case.tenant, command.represented_by, command.authority, late_for)
        await open_board_appeal(OpenBoardAppeal(case, claim, case.is_of_attendance(last), *asks), uow)
    # A partner's request sees no tasks.
    await uow.due.at(FollowBoardCase(case.id), now())
    uow.decided("put_before_board", claim=str(stands), case=str(case.id), question=question.value)
    return case


async def _claim_of(command: PutBeforeBoard, uow: ClaimsUnitOfWork) -> Claim:
    """The claim, if the party may ask a board about it."""
    claim = await uow.claims.find(command.claim)
    if claim is None:
        raise ClaimUnknown()
    speaks_for = claim.is_of(command.tenant) or claim.acted_for_by == command.tenant
    may_ask = speaks_for and command.question in OF_THE_PERSON
    if not (may_ask or command.tenant.startswith(OFFICERS)):
        raise NotForThisParty()
    if claim.relation is None:
        raise EvidenceWithoutRelation()
    await _check_told_by(command, claim, uow)
    return claim


async def _check_told_by(command: PutBeforeBoard, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """An officer asks for the person, or for who acts for it; of anybody else it is told as a stranger would be."""
    if command.told_by is None:
        return
    names = await uow.known_persons.parties_of(command.told_by)
    if not any(claim.is_of(each) or claim.acted_for_by == each for each in names):
        raise ClaimUnknown()


def _asked(question: BoardQuestion, last: BoardCase | None, decided: Decided) -> BoardQuestion:
    """The question as it may be asked after what was decided: an appeal that comes too late is a revision."""
    if question is BoardQuestion.CONSTANT_ATTENDANCE:
        return question
    if question not in OF_WHAT_WAS_DECIDED:
        if decided.assessment is not None:
            raise BoardAlreadyDecided()
        return question
    if last is None or last.decided_at is None or last.sits_on is None:
        raise BoardNothingDecided()
    law, day = book().on(today(), today()), today()
    _must_be_open(question, last, last.sits_on, law)
    if question is BoardQuestion.APPEAL:
        if last.board is Board.APPELLATE:
            raise BoardNotAppealable()
        if day > last_day_of_medical_appeal(business_day(last.decided_at), law):
            return BoardQuestion.REVISION
    return question


def _must_be_open(question: BoardQuestion, last: BoardCase, sat_on: date, law: LawOn) -> None:
    """Raise BoardNothingDecided for the end of a final assessment, BoardReviewTooEarly for a review too soon."""
    until = None if last.result is None else last.result.until
    if question is BoardQuestion.PROVISIONAL_ENDED:
        if until is None:
            raise BoardNothingDecided("The assessment is final: it does not end.")
        _must_have_come(day_called_back(until, law))
    if question is BoardQuestion.AGGRAVATION:
        _must_have_come(first_day_of_aggravation(sat_on, until is not None, law))


def _must_have_come(first: date) -> None:
    if today() < first:
        raise BoardReviewTooEarly(f"A review is open from {first}.", facts={"from": first.isoformat()})
