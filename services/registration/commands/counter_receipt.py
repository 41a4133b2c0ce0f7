"""Take back a receipt that two officers found wrong, or the bank took back: nothing was banked by it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.review_account import ReviewAccount
from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.contribution import month_of
from services.registration.domain.receipts import Allocation, ReceiptAct, ReceiptState, Unallocated
from services.registration.events.contribution_received import contribution_banked
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class CounterReceipt:
    """The receipt's id, and whether the bank itself took the money back."""

    receipt: str
    by_bank: bool = False


async def counter_receipt(command: CounterReceipt, uow: RegistrationUnitOfWork) -> None:
    """Publish once that it is no fund's, for good; what is to be refunded of its month is looked at again."""
    id_ = UUID(command.receipt)
    kept = next(each for each in await uow.receipts.lock_month(id_) if each.id == id_)
    if kept.state is ReceiptState.COUNTERED or not (command.by_bank or kept.is_released(ReceiptAct.COUNTER_ENTRY)):
        return
    countered = kept.found(Allocation(unallocated_for=Unallocated.COUNTERED))
    await uow.receipts.allocate(countered)
    uow.publish(contribution_banked(countered))
    whose = (kept.receipt.employer, str(month_of(kept.receipt.month)))
    await uow.due.at(ReviewRefund(*whose), now())
    await uow.due.at(ReviewAccount(*whose), now())
