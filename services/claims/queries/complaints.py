"""Complaints as the caller may see them: a party its own, an officer all but those of which it is itself."""

from uuid import UUID

from services.claims.domain.complaint import Complaint, ComplaintsSought
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_complaint(id_: UUID, reader: str | None, uow: ClaimsUnitOfWork) -> Complaint:
    """One of them; ``reader`` is the officer who reads, None a party. Raises ComplaintUnknown."""
    return await uow.complaints.find(id_, reader)


async def list_complaints(
    sought: ComplaintsSought, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[Complaint]:
    """In the order of their ids."""
    return await uow.complaints.page(sought, after, limit)
