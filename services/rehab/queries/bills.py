"""Providers' bills: a provider's own, for officers all."""

from collections.abc import Sequence
from uuid import UUID

from services.rehab.domain.bill import Bill
from services.rehab.storage.unit_of_work import RehabUnitOfWork


async def find_bill(bill: UUID, uow: RehabUnitOfWork) -> Bill:
    """One bill; raises BillUnknown."""
    return await uow.bills.find(bill)


async def list_bills(
    provider: str | None, person: int | None, after: UUID | None, limit: int, uow: RehabUnitOfWork
) -> Sequence[Bill]:
    """Bills in the order of their ids: a provider's own, all of them where none is named; of one person where that is
    asked for."""
    return await uow.bills.list_page(provider, person, after, limit)
