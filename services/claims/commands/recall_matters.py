"""Knows appeals, complaints and charter clocks again from what claims published, after its database was put back.

An order's facts, and what a board found, are in no event: of such an appeal it is known that its forum decided, and two
officers record it once more. Whoever filed what the backup lacks, and waits for its end, is written to: what was sent
with it is lost. A clock whose claim nothing was published of is lost with it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.claims.commands.find_flips import FindFlips
from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.commands.follow_board_case import FollowBoardCase
from services.claims.commands.follow_charter import FollowCharter
from services.claims.commands.follow_complaint import FollowComplaint
from services.claims.domain.appeal import Appeal, AppealState, Forum
from services.claims.domain.claim import RECALLED
from services.claims.domain.complaint import ComplaintState
from services.claims.events.claims_matter import (
    appeal_told,
    board_case_told,
    clock_id,
    clock_told,
    complaint_told,
)
from services.claims.files.known_again_letter import appeal_known_again, complaint_known_again
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claims_matter import AppealStatedV1, CharterClockStatedV1, ComplaintStatedV1
from shared.contracts.envelope import Event
from shared.kernel.clock import now
from shared.messages.owing import OweLetter, owe_letter
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class RecallMatters:
    """What claims published, and its database does not know."""

    events: Sequence[Event]


def recalling_matters(cipher: FieldCipher) -> Callable[[RecallMatters, ClaimsUnitOfWork], Awaitable[None]]:
    """What runs the command: who acted is opened by the key under which it was published, or one beside it."""

    async def recall_matters(command: RecallMatters, uow: ClaimsUnitOfWork) -> None:
        for event in command.events:
            if isinstance(event, AppealStatedV1):
                await _recall_appeal(event, cipher, uow)
            if isinstance(event, ComplaintStatedV1):
                await _recall_complaint(event, cipher, uow)
            if isinstance(event, CharterClockStatedV1):
                await _recall_clock(event, uow)

    return recall_matters


async def _recall_appeal(event: AppealStatedV1, cipher: FieldCipher, uow: ClaimsUnitOfWork) -> None:
    published, is_known = appeal_told(event, cipher), await uow.appeals.is_known(event.appeal)
    about = published.about
    if about is not None and not await uow.appeals.is_known(about):
        raise LookupError("the appeal whose order is appealed is not known")
    stands = published
    if published.state is AppealState.DECIDED and (event.is_ordered or published.forum is Forum.MEDICAL):
        stands = published.recorded_once_more(published.changed_at)
    await _put_again(event, published, uow)
    if not await uow.appeals.recall(stands, published.number, published.approved_by or published.filed_by or RECALLED):
        return
    await uow.due.at(FollowAppeal(stands.id), now())
    uow.decided("appeal_recalled", appeal=str(stands.id), claim=str(stands.claim), state=stands.state.value)
    if not is_known and stands.is_open:
        await _tell_of(stands, uow)


async def _tell_of(appeal: Appeal, uow: ClaimsUnitOfWork) -> None:
    await uow.due.at(FindFlips(appeal.id), now())
    await owe_letter(OweLetter(appeal_known_again(appeal)), uow)


async def _put_again(event: AppealStatedV1, appeal: Appeal, uow: ClaimsUnitOfWork) -> None:
    """The case that it is waits for a session of the board again, if it is not known."""
    case = board_case_told(event, appeal)
    if case is None or await uow.board_cases.is_known(case.id):
        return
    about = event.board_about
    if about is not None and await uow.board_cases.is_known(about):
        case = replace(case, about=about)
    await uow.board_cases.add(case)
    await uow.due.at(FollowBoardCase(case.id), now())


async def _recall_complaint(event: ComplaintStatedV1, cipher: FieldCipher, uow: ClaimsUnitOfWork) -> None:
    complaint, is_known = complaint_told(event, cipher), await uow.complaints.is_known(event.complaint)
    if not await uow.complaints.recall(complaint):
        return
    await uow.due.at(FollowComplaint(complaint.id), now())
    uow.decided("complaint_recalled", complaint=str(complaint.id), state=complaint.state.value)
    if not is_known and complaint.state is ComplaintState.OPEN:
        await owe_letter(OweLetter(complaint_known_again(complaint)), uow)


async def _recall_clock(event: CharterClockStatedV1, uow: ClaimsUnitOfWork) -> None:
    if await uow.claims.find(event.claim) is None:
        uow.decided("charter_clock_lost", claim=str(event.claim), of=event.of)
        return
    if await uow.charter_clocks.revision_of(clock_id(event)) >= event.revision:
        return
    await uow.charter_clocks.keep(clock_told(event))
    await uow.due.at(FollowCharter(event.claim), now())
