"""Follows a request for evidence: its party is written to, reminded once, then it is late and officers are asked."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.evidence_request import EvidenceRequest, RequestState
from services.claims.domain.queues import EVIDENCE_LATE, EVIDENCE_REQUEST
from services.claims.files.evidence_request_letter import evidence_request_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.messages.owing import OweLetter, owe_letter
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class FollowEvidenceRequest:
    """A request of which its party is to be told, whose reminder or deadline has come, or that is over."""

    request: UUID


async def follow_evidence_request(command: FollowEvidenceRequest, uow: ClaimsUnitOfWork) -> None:
    """By how it stands: done again it finds nothing to do."""
    request = await uow.evidence_requests.lock(command.request)
    stands = _followed(request)
    if stands != request:
        await uow.evidence_requests.save(stands)
        what = "late" if stands.state is RequestState.LATE else "reminded"
        uow.decided(f"evidence_request_{what}", claim=str(stands.claim), request=str(stands.id))
    if stands.state is RequestState.OPEN:
        await owe_letter(OweLetter(evidence_request_letter(stands)), uow)
        await uow.due.at(command, stands.next_at)
    elif stands.state is RequestState.LATE:
        subject = subjects.evidence_request(stands.id)
        await open_task(OpenTask(EVIDENCE_REQUEST, subject, EVIDENCE_LATE, stands.revision, stands.facts), uow)
    elif stands.late_at is not None:
        await close_task(CloseTask(EVIDENCE_REQUEST, subjects.evidence_request(stands.id), "settled"), uow)


def _followed(request: EvidenceRequest) -> EvidenceRequest:
    at = now()
    if request.state is not RequestState.OPEN:
        return request
    if at >= request.due_at:
        return request.late(at)
    return request.reminded(at) if request.remind_at is not None and at >= request.remind_at else request
