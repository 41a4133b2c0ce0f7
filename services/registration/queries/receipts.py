"""Read receipts of the bank, as the looker may see them."""

from uuid import UUID

from services.registration.domain.receipts import KeptReceipt, ReceiptState
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def find_receipt(receipt: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> KeptReceipt:
    """One that the looker stated or paid, or any for an officer; raises ReceiptUnknown."""
    return await uow.receipts.find(receipt, looker)


async def list_receipts(
    state: ReceiptState | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[KeptReceipt]:
    """Those that the looker stated or paid, by id, after one, or those alone in a state; all for an officer."""
    return await uow.receipts.page(state, after, limit, looker)
