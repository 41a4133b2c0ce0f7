"""What somebody receives, as a welfare office may be told; and to what the person consented."""

from uuid import UUID

from services.benefits.domain.errors import ReceiptsNotTold
from services.benefits.domain.receipts import ReceiptConsent, ReceiptPurpose, Receipts, told_for
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.periods import Month


async def find_receipts(person: int, month: Month, purpose: ReceiptPurpose, uow: BenefitsUnitOfWork) -> Receipts:
    """What the person was paid in a month; raises ReceiptsNotTold without its consent, whether there is such a person
    or not."""
    received = await uow.receipts.received(f"person:{person}", month, purpose, today())
    if received is None:
        raise ReceiptsNotTold()
    return told_for(purpose, received)


async def list_consents(after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[ReceiptConsent]:
    """The caller's own."""
    return await uow.receipts.page(after, limit)
