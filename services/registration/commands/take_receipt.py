"""Take in a receipt of the bank, of whose funds the worker finds; or one of an officer, which waits for another."""

from dataclasses import dataclass

from services.registration.commands.allocate_receipt import AllocateReceipt
from services.registration.domain.errors import BankedInFuture, ReceiptReferenceTaken
from services.registration.domain.receipts import KeptReceipt, Receipt
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True, repr=False)
class TakeReceipt:
    """The receipt as it was stated."""

    receipt: Receipt


async def take_receipt(command: TakeReceipt, uow: RegistrationUnitOfWork) -> KeptReceipt:
    """The receipt as it stands; raises BankedInFuture, or ReceiptReferenceTaken where other money has the reference.

    What one officer states counts for nothing before another releases it.
    """
    if command.receipt.banked_on > today():
        raise BankedInFuture()
    kept, is_new = await uow.receipts.receive(command.receipt)
    if is_new and kept.receipt.officer is None:
        await uow.due.at(AllocateReceipt(str(kept.id)), now())
    elif not is_new and not kept.receipt.says_the_same(command.receipt):
        raise ReceiptReferenceTaken()
    return kept
