"""What documents and people say of a claim, and what contradicts its notice, as the caller may see it."""

from uuid import UUID

from services.claims.domain.particulars import Inconsistency, Particular
from services.claims.queries.claims import find_claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def list_particulars(claim: UUID, uow: ClaimsUnitOfWork) -> list[Particular]:
    """What was stated of a claim and of what joined it, oldest first; raises ClaimUnknown."""
    return await uow.inconsistencies.particulars_of(await find_claim(claim, uow))


async def list_inconsistencies(claim: UUID, uow: ClaimsUnitOfWork) -> list[Inconsistency]:
    """The register of a claim, or of that which it joined, oldest first; raises ClaimUnknown."""
    found = await find_claim(claim, uow)
    return await uow.inconsistencies.of(found.joined_to or found.id)
