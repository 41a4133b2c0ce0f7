"""What was stated of claims, as the caller may see it."""

from uuid import UUID

from services.claims.domain.evidence import Evidence
from services.claims.queries.claims import find_claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def list_of_claim(claim: UUID, uow: ClaimsUnitOfWork) -> list[Evidence]:
    """The statements about a claim that the caller may see, oldest first; raises ClaimUnknown."""
    await find_claim(claim, uow)
    return await uow.evidence.list_of(claim)
