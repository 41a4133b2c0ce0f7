"""A provisional assessment ends: its case goes back before a board."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.domain.authority import one_after_the_other
from services.claims.domain.boards import BoardCase, BoardQuestion
from services.claims.domain.claim import Claim
from services.claims.domain.errors import ClaimUnknown
from services.claims.domain.evidence import EvidenceKind
from services.claims.domain.standing import standing
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id

LOOK_AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class CallBoardCaseBack:
    """The case that was decided provisionally."""

    case: UUID


async def call_board_case_back(command: CallBoardCaseBack, uow: ClaimsUnitOfWork) -> None:
    """Put it before the same board again, once, while what it found is the assessment that stands."""
    case = await uow.board_cases.find(command.case)
    claim, id_ = await _claim_of(case, uow), derived_id("board_case_called_back", case.id)
    if await uow.board_cases.is_known(id_) or not await _stands(case, claim, uow):
        return
    asked = (id_, claim.id, case.tenant, case.board, BoardQuestion.PROVISIONAL_ENDED, "", now(), case.id)
    called_back = BoardCase(*asked, treated_by=case.treated_by)
    if await uow.board_cases.is_open(claim.id) or not await uow.board_cases.add(called_back):
        # An appeal may end without a decision.
        await uow.due.at(command, now() + LOOK_AGAIN)
        return
    await uow.due.at(FollowBoardCase(id_), now())
    uow.decided("board_case_called_back", case=str(id_), about=str(case.id))


async def _claim_of(case: BoardCase, uow: ClaimsUnitOfWork) -> Claim:
    """The claim that stands for the event of a case."""
    claim = await uow.claims.find(case.claim)
    stands = claim if claim is None or claim.joined_to is None else await uow.claims.find(claim.joined_to)
    if stands is None:
        raise ClaimUnknown()
    return stands


async def _stands(case: BoardCase, claim: Claim, uow: ClaimsUnitOfWork) -> bool:
    """Whether nothing was assessed in place of what a case found or after it, and nobody took it back."""
    stated = await uow.evidence.of(claim)
    assessed = one_after_the_other(standing(stated.evidence, ()).of(EvidenceKind.PERMANENT_LOSS))
    return bool(assessed) and assessed[-1].stated.get("case") == str(case.id)
