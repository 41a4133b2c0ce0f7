"""An officer proposes that a receipt is the employer's own after all, or that it is wrong: another one releases it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.errors import ReceiptActUnfit
from services.registration.domain.receipts import KeptReceipt, ReceiptAct, ReceiptState, ReceiptWord
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ProposeOnReceipt:
    """The receipt, what is to be done to it, by which document, and the officer and party that propose it."""

    receipt: UUID
    act: ReceiptAct
    evidence: str
    officer: str
    tenant: str


async def propose_on_receipt(command: ProposeOnReceipt, uow: RegistrationUnitOfWork) -> KeptReceipt:
    """Keep the proposal; one that stands already is kept as it was. Raises ReceiptUnknown, ReceiptActUnfit."""
    viewer = Viewer(command.tenant, officer=True)
    kept = await uow.receipts.find(command.receipt, viewer)
    if not _fits(kept, command.act):
        raise ReceiptActUnfit(facts={"state": str(kept.state)})
    proposed = ReceiptWord(command.evidence, command.officer, now())
    if await uow.receipts.say(kept.id, command.act, proposed, command.tenant):
        uow.decided(f"receipt_{command.act}_proposed", receipt=str(kept.id), amount_sen=kept.receipt.amount_sen)
    return await uow.receipts.find(command.receipt, viewer)


def _fits(kept: KeptReceipt, act: ReceiptAct) -> bool:
    """What was not expected is attributed; all that is not wrong already may be found wrong."""
    if kept.is_released(act):
        return False
    return kept.is_unexpected if act is ReceiptAct.ATTRIBUTION else kept.state is not ReceiptState.COUNTERED
