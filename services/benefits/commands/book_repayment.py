"""Books a repayment on its recovery, as due work: one at a time for a party, as settling goes."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import BUSY_PAUSE
from services.benefits.domain.ledger import TransferReason, transfer
from services.benefits.domain.recoveries import divided, is_before
from services.benefits.events.benefit_paid import money_came_back
from services.benefits.storage.ledger import Line
from services.benefits.storage.repayments import Repaid
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class BookRepayment:
    """A repayment that counts, and the party whose debt it is."""

    repayment: UUID
    party: str


async def book_repayment(command: BookRepayment, uow: BenefitsUnitOfWork) -> None:
    """Make the recovery smaller and publish it, once; what is more than was open is kept and shown, and so is all of
    what the bank says to have come before anything was paid."""
    if not await uow.settlements.lock_party(command.party):
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    repayment = await uow.repayments.find(command.repayment)
    if repayment is None or repayment.recovery is None or await uow.repayments.is_booked(repayment.id):
        return
    recovery = await uow.recoveries.find(repayment.recovery)
    if recovery is None:
        return
    is_odd = is_before(repayment.received_on, await uow.ledger.first_day(recovery.key))
    repaid = Repaid(repayment, recovery, *divided(repayment.amount_sen, 0 if is_odd else recovery.open_sen))
    await post_repaid(repaid, uow)
    about: dict[str, str | int] = {"repayment": str(repayment.id), "claim": str(recovery.key.claim)}
    uow.decided("repayment_booked", **about, amount_sen=repaid.amount_sen, beyond_sen=repaid.beyond_sen)
    uow.publish(money_came_back(repaid))


async def post_repaid(repaid: Repaid, uow: BenefitsUnitOfWork) -> None:
    """What came back counts from the day on which it came in; what is more than was open is of no recovery."""
    await uow.repayments.wait_no_longer(repaid.repayment.id)
    await _post(repaid, TransferReason.REPAID, TransferReason.REPAID_BEYOND, uow)


async def post_countered(repaid: Repaid, uow: BenefitsUnitOfWork) -> None:
    """The exact reverse of a repayment, which counts on the same day: on none had that money come in."""
    await _post(repaid, TransferReason.REPAID_COUNTERED, TransferReason.REPAID_BEYOND_COUNTERED, uow)


async def _post(
    repaid: Repaid, of_recovery: TransferReason, of_nobody: TransferReason, uow: BenefitsUnitOfWork
) -> None:
    repayment, recovery = repaid.repayment, repaid.recovery
    if repaid.amount_sen:
        moved = transfer(of_recovery, repaid.amount_sen, recovery.fund)
        about = (recovery.key, recovery.settled_revision, None, repayment.received_on, repayment.id)
        await uow.ledger.post([Line(moved, *about)])
    if repaid.beyond_sen:
        await uow.ledger.post_beyond(repayment, repaid.beyond_sen, of_nobody)
