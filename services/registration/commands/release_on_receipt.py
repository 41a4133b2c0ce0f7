"""A second officer lets a receipt that one stated count, or releases what one proposed of a receipt."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.allocate_receipt import AllocateReceipt
from services.registration.commands.counter_receipt import CounterReceipt
from services.registration.domain.errors import ReceiptActUnfit, ReceiptNeedsSecondOfficer
from services.registration.domain.receipts import KeptReceipt, ReceiptAct, ReceiptState, ReceiptWord
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleaseOnReceipt:
    """The receipt, what is released of it, and the officer and party that release it."""

    receipt: UUID
    act: ReceiptAct
    officer: str
    tenant: str


async def release_on_receipt(command: ReleaseOnReceipt, uow: RegistrationUnitOfWork) -> KeptReceipt:
    """Keep the release, once, and leave the receipt to be looked at or countered.

    Raises ReceiptUnknown, ReceiptActUnfit, ReceiptNeedsSecondOfficer.
    """
    viewer = Viewer(command.tenant, officer=True)
    kept = await uow.receipts.find(command.receipt, viewer)
    proposed_by = _proposer(kept, command.act)
    must_be_another(command.officer, {proposed_by}, ReceiptNeedsSecondOfficer, receipt=str(kept.id))
    if proposed_by is None or not await _release(kept, proposed_by, command, uow):
        raise ReceiptActUnfit(facts={"state": str(kept.state)})
    counters = command.act is ReceiptAct.COUNTER_ENTRY
    await uow.due.at(CounterReceipt(str(kept.id)) if counters else AllocateReceipt(str(kept.id)), now())
    uow.decided(f"receipt_{command.act}_released", receipt=str(kept.id), amount_sen=kept.receipt.amount_sen)
    return await uow.receipts.find(command.receipt, viewer)


def _proposer(kept: KeptReceipt, act: ReceiptAct) -> str | None:
    """Who stated it, of a receipt of an officer's that nobody has looked at; else who proposed it."""
    if act is ReceiptAct.RELEASE:
        return kept.receipt.officer if kept.state is ReceiptState.TO_BE_RELEASED else None
    return kept.words[act].proposed_by if act in kept.words and kept.state is not ReceiptState.COUNTERED else None


async def _release(kept: KeptReceipt, proposed_by: str, command: ReleaseOnReceipt, uow: RegistrationUnitOfWork) -> bool:
    if command.act is not ReceiptAct.RELEASE:
        return await uow.receipts.release(kept.id, command.act, command.officer, now())
    word = ReceiptWord(None, proposed_by, kept.receipt.received_at, command.officer, now())
    return await uow.receipts.say(kept.id, command.act, word, command.tenant)
