"""Follows a request for evidence: its party is written to, reminded once, then it is late and officers are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.evidence_request import NOT_NEEDED, EvidenceRequest, RequestState
from services.claims.domain.queues import ANSWER_TO_LOOK_AT, EVIDENCE_LATE, EVIDENCE_REQUEST
from services.claims.files.evidence_request_letter import evidence_request_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.messages.owing import OweLetter, owe_letter
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class FollowEvidenceRequest:
    """A request of which its party is to be told, whose reminder or deadline has come, for which something was sent
    that officers are to look at, or that is over.
    """

    request: UUID


async def follow_evidence_request(command: FollowEvidenceRequest, uow: ClaimsUnitOfWork) -> None:
    """By how it stands: done again it finds nothing to do."""
    request = await uow.evidence_requests.lock(command.request)
    stands = _followed(request)
    if stands != request:
        await uow.evidence_requests.save(stands)
        what = "late" if stands.state is RequestState.LATE else "reminded"
        uow.decided(f"evidence_request_{what}", claim=str(stands.claim), request=str(stands.id))
    is_told = stands.state is RequestState.OPEN and not stands.asks_officers
    if is_told and not await uow.known_acting.acts_no_more(stands.claim, stands.tenant):
        await owe_letter(OweLetter(evidence_request_letter(stands)), uow)
    if stands.state is RequestState.OPEN:
        await uow.due.at(command, stands.next_at)
    subject = subjects.evidence_request(stands.id)
    if stands.asks_officers:
        reason = EVIDENCE_LATE if stands.state is RequestState.LATE else ANSWER_TO_LOOK_AT
        await open_task(OpenTask(EVIDENCE_REQUEST, subject, reason, stands.revision, stands.facts), uow)
    elif request.revision:
        # It may have stood there before.
        await close_task(CloseTask(EVIDENCE_REQUEST, subject, "settled"), uow)


async def end_requests(waiting: Sequence[UUID], uow: ClaimsUnitOfWork) -> None:
    """Nothing is asked any more, and no officer is: their claim joined another one, or its person was erased."""
    await uow.due.all_at([FollowEvidenceRequest(each) for each in waiting], now())
    ended = [(each, RequestState.WAIVED, NOT_NEEDED, None) for each in waiting]
    await uow.evidence_requests.close(ended, now())


def _followed(request: EvidenceRequest) -> EvidenceRequest:
    at = now()
    if request.state is not RequestState.OPEN:
        return request
    if at >= request.due_at:
        return request.late(at)
    return request.reminded(at) if request.remind_at is not None and at >= request.remind_at else request
