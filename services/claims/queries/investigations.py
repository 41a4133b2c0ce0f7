"""Investigations, as officers see them."""

from uuid import UUID

from services.claims.domain.errors import InvestigationUnknown
from services.claims.domain.investigation import Investigation
from services.claims.queries.claims import find_claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_investigation(investigation: UUID, uow: ClaimsUnitOfWork) -> Investigation:
    """One; raises InvestigationUnknown."""
    found = await uow.investigations.find(investigation)
    if found is None:
        raise InvestigationUnknown()
    return found


async def list_investigations(claim: UUID, uow: ClaimsUnitOfWork) -> list[Investigation]:
    """Those of a claim, or of that which it joined, oldest first; raises ClaimUnknown."""
    found = await find_claim(claim, uow)
    return await uow.investigations.of(found.joined_to or found.id)
