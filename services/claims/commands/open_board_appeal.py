"""An appeal that goes to the Appellate Medical Board: the case before the board, and the appeal that it is."""

from dataclasses import dataclass

from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, LateFor, Represented
from services.claims.domain.boards import BoardCase
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import OFFICERS, Claim
from services.claims.domain.question import Question
from services.claims.storage.appeals import Appealable
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id

# The facts that a board finds, by which a benefit of an assessment is told from the allowance beside it.
_ASSESSED, _NEEDED = frozenset(("loss", "certified")), "certified by a board"


@dataclass(frozen=True)
class OpenBoardAppeal:
    """A case that was put before the board on appeal, of which claim, whether of attendance alone.

    Who appeals it, who speaks for it, and on which grounds it comes late.
    """

    case: BoardCase
    claim: Claim
    is_of_attendance: bool
    party: str
    represented_by: Represented | None = None
    authority: str | None = None
    late_for: LateFor | None = None


async def open_board_appeal(command: OpenBoardAppeal, uow: ClaimsUnitOfWork) -> None:
    """Keep it with the record of the benefit that the assessment is for, where one is decided yet."""
    appeal = _before_board(command, *await _answer_of(command, uow))
    await uow.appeals.add(appeal)
    # The worker publishes it.
    await uow.due.at(FollowAppeal(appeal.id), now())


def _before_board(command: OpenBoardAppeal, question: str, answer: Appealable | None) -> Appeal:
    case = command.case
    return Appeal(
        id=new_id(),
        claim=case.claim,
        tenant=command.party,
        filed_by=case.put_by,
        by_officer=case.tenant.startswith(OFFICERS),
        forum=Forum.MEDICAL,
        ground=Ground.MEDICAL_ASSESSMENT,
        question=question,
        revision=command.claim.revision if answer is None else answer.revision,
        record=None if answer is None else answer.record,
        reason="not_decided" if answer is None else answer.reason or answer.outcome,
        filed_at=case.put_at,
        state=AppealState.BEFORE_BOARD,
        changed_at=case.put_at,
        board_case=case.id,
        represented_by=command.represented_by,
        authority=command.authority,
        late_for=command.late_for,
    )


async def _answer_of(command: OpenBoardAppeal, uow: ClaimsUnitOfWork) -> tuple[str, Appealable | None]:
    """The first benefit of the assessment that is decided, with its answer; else the first, or the claim's kind."""
    kind = command.claim.kind
    names = [each.name for each in questions_of(kind) if _rests_on_it(each, is_needed=command.is_of_attendance)]
    for name in names:
        answer = await uow.appeals.appealable(command.case.claim, None, name)
        if answer is not None:
            return name, answer
    return names[0] if names else kind.value, None


def _rests_on_it(question: Question, *, is_needed: bool) -> bool:
    if not question.owes or question.lends:
        return False
    is_beside = _NEEDED in question.by_fact
    return is_beside if is_needed else not is_beside and not _ASSESSED.isdisjoint(question.by_fact)
