"""Takes what the provider says of a message: once, in whatever order and however often it is sent."""

from dataclasses import dataclass
from uuid import UUID

from shared.kernel.clock import now
from shared.messages.errors import MessageUnknown, ReceiptAhead, ReceiptDiffers, ReceiptEarly, ReceiptReserved
from shared.messages.following import FollowMessage
from shared.messages.message import CLOCKS_APART, OWN_REASONS, OWN_RECEIPTS, Receipt
from shared.messages.repository import LetterRepository
from shared.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class TakeReceipt:
    """A receipt of a message, with the signature under which it came."""

    message: UUID
    receipt: Receipt
    signature: str


async def take_receipt(command: TakeReceipt, uow: UnitOfWork) -> None:
    """Keep it, and leave to be followed what it comes to.

    Raises MessageUnknown, ReceiptEarly, ReceiptDiffers, and as below.
    """
    _must_be_a_providers(command.receipt)
    letters = LetterRepository(uow.connection)
    written = await letters.written_since(command.message)
    if written is None:
        raise MessageUnknown()
    if command.receipt.at < written - CLOCKS_APART:
        raise ReceiptEarly()
    if await letters.receive(command.message, command.receipt, command.signature):
        await uow.due.at(FollowMessage(command.message), now())
        return
    known = {each.id: each for each in await letters.receipts(command.message)}
    if known[command.receipt.id] != command.receipt:
        raise ReceiptDiffers()


def _must_be_a_providers(receipt: Receipt) -> None:
    """Raises ReceiptReserved, ReceiptAhead."""
    if receipt.reason in OWN_REASONS or receipt.id.startswith(OWN_RECEIPTS):
        raise ReceiptReserved()
    if receipt.at > now() + CLOCKS_APART:
        raise ReceiptAhead()
