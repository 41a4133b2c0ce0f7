"""Two officers decide about a request that nobody answered in time: more time is given, or it is waived."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.domain.errors import EvidenceRequestOver
from services.claims.domain.evidence_request import BY_OFFICERS, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers
from shared.law.book import book


@dataclass(frozen=True)
class DecideEvidenceRequest:
    """A late request, whether its party has as much time once more, and both officers."""

    request: UUID
    is_extended: bool
    officers: Officers


async def decide_evidence_request(command: DecideEvidenceRequest, uow: ClaimsUnitOfWork) -> None:
    """It is open again, or nothing is asked any more: the claim goes on with what there is."""
    request = await uow.evidence_requests.lock(command.request)
    if request.state is not RequestState.LATE:
        raise EvidenceRequestOver()
    if command.is_extended:
        stands = request.extended(now(), book().on(today(), today()))
        await uow.evidence_requests.save(stands)
        await uow.due.at(FollowEvidenceRequest(stands.id), now())
    else:
        await uow.evidence_requests.close([(request.id, RequestState.WAIVED, BY_OFFICERS, None)], now())
