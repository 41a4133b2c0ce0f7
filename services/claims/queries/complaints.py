"""Complaints as the caller may see them: a party its own, officers all."""

from uuid import UUID

from services.claims.domain.complaint import Complaint, ComplaintState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_complaint(id_: UUID, uow: ClaimsUnitOfWork) -> Complaint:
    """One of them; raises ComplaintUnknown."""
    return await uow.complaints.find(id_)


async def list_complaints(
    state: ComplaintState | None, claim: UUID | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[Complaint]:
    """In the order of their ids."""
    return await uow.complaints.page(state, claim, after, limit)
