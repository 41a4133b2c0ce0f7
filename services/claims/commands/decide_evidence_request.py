"""Two officers decide about a request that nobody answered in time, or for which something came that they look at."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.domain.errors import EvidenceRequestOver, EvidenceRequestUnanswered
from services.claims.domain.evidence_request import (
    BY_OFFICERS,
    LOOKED_AT,
    EvidenceRequest,
    RequestFound,
    RequestState,
)
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers
from shared.law.book import book


@dataclass(frozen=True)
class DecideEvidenceRequest:
    """A request, what two officers found of it, and both of them."""

    request: UUID
    found: RequestFound
    officers: Officers


async def decide_evidence_request(command: DecideEvidenceRequest, uow: ClaimsUnitOfWork) -> None:
    """It is open again, nothing is asked any more, or what was sent is an answer: the claim goes on with what there is.

    Raises EvidenceRequestOver, EvidenceRequestUnanswered.
    """
    request = await uow.evidence_requests.lock(command.request)
    if command.found is RequestFound.LOOKED_AT:
        await _looked_at(request, uow)
        return
    if not request.is_waiting:
        raise EvidenceRequestOver()
    if command.found is RequestFound.EXTENDED:
        await uow.evidence_requests.save(request.extended(now(), book().on(today(), today())))
    else:
        await uow.evidence_requests.close([(request.id, RequestState.WAIVED, BY_OFFICERS, None)], now())
    await uow.due.at(FollowEvidenceRequest(request.id), now())


async def _looked_at(request: EvidenceRequest, uow: ClaimsUnitOfWork) -> None:
    """It answers what waits or was waived; what was answered before stays as it is."""
    if request.to_look_at is None:
        raise EvidenceRequestUnanswered()
    answered = (request.id, RequestState.ANSWERED, LOOKED_AT, request.to_look_at)
    await uow.evidence_requests.close([answered], now())
    await uow.evidence_requests.look_no_more(request.id, request.to_look_at)
