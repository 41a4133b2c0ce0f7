"""What parties are asked for, as the caller may see it."""

from collections.abc import Sequence
from uuid import UUID

from services.claims.domain.evidence_request import EvidenceRequest, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_request(request: UUID, uow: ClaimsUnitOfWork) -> EvidenceRequest:
    """One request; raises EvidenceRequestUnknown."""
    return await uow.evidence_requests.get(request)


async def find_seen(requests: Sequence[EvidenceRequest], uow: ClaimsUnitOfWork) -> set[UUID]:
    """The claims of these requests that the caller sees beside what it is asked."""
    return await uow.claims.seen([each.claim for each in requests])


async def list_requests(
    claim: UUID | None, state: RequestState | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[EvidenceRequest]:
    """Requests in the order of their ids, after a position: of a claim, in a state."""
    return await uow.evidence_requests.page(claim, state, after, limit)
