"""Books the exact reverse of a repayment that two officers found wrong, as due work: one at a time for a party."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.benefits.commands.book_repayment import post_countered
from services.benefits.commands.settle_entitlement import BUSY_PAUSE, settle_unsent_of
from services.benefits.domain.ledger import TransferReason
from services.benefits.domain.recoveries import Recovery, Repayment
from services.benefits.events.benefit_paid import money_unallocated, repayment_countered
from services.benefits.storage.repayments import Repaid
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class CounterRepayment:
    """A repayment whose counter-entry is released."""

    repayment: UUID


async def counter_repayment(command: CounterRepayment, uow: BenefitsUnitOfWork) -> None:
    """Let the recovery be open again and publish it, once; what is in no bank file yet is set off against it."""
    repayment = await uow.repayments.find(command.repayment)
    entry = await uow.counter_entries.find(command.repayment)
    if repayment is None or entry is None or entry.released_by is None:
        return
    recovery = None if repayment.recovery is None else await uow.recoveries.find(repayment.recovery)
    if recovery is not None and not await uow.settlements.lock_party(recovery.key.party):
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    if await uow.repayments.is_countered(repayment.id):
        return
    if recovery is None:
        await uow.ledger.post_beyond(repayment, repayment.amount_sen, TransferReason.REPAID_BEYOND_COUNTERED)
        uow.publish(money_unallocated(repayment, countered=True))
    else:
        await _open_again(repayment, recovery, uow)
    uow.decided("repayment_countered", repayment=str(repayment.id), amount_sen=repayment.amount_sen)


async def _open_again(repayment: Repayment, recovery: Recovery, uow: BenefitsUnitOfWork) -> None:
    booked = await uow.repayments.booked(repayment.id)
    stood = booked.revision or recovery.revision
    as_booked = replace(recovery, fund=booked.fund or recovery.fund, settled_revision=stood)
    repaid = Repaid(repayment, as_booked, booked.repaid_sen, booked.beyond_sen)
    await post_countered(repaid, uow)
    uow.publish(repayment_countered(repaid))
    await settle_unsent_of(recovery.key.party, uow)
