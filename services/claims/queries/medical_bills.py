"""Providers' bills as the caller may see them: its sender, the person of whom it is, officers all."""

from uuid import UUID

from services.claims.domain.medical_bill import BillState, MedicalBill
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_bill(id_: UUID, uow: ClaimsUnitOfWork) -> MedicalBill:
    """One of them; raises MedicalBillUnknown."""
    return await uow.medical_bills.find(id_)


async def list_bills(
    state: BillState | None, person: int | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[MedicalBill]:
    """In the order of their ids."""
    return await uow.medical_bills.page(state, person, after, limit)
