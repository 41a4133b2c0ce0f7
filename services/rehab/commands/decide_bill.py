"""Decides what the provider said last of a bill: approved up to a cap, refused, or taken back."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.domain.bill import Finding
from services.rehab.events.rehab_payable import bill_stated
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class DecideBill:
    """A bill, and what was found of it."""

    bill: UUID
    finding: Finding


async def decide_bill(command: DecideBill, uow: RehabUnitOfWork) -> None:
    """Keep the decision, and publish how the payable stands where that changed.

    Raises BillUnknown, BillWithdrawn, AmountZero, CapAboveRate.
    """
    await uow.law_entries.lay()
    bill = await uow.bills.lock(command.bill)
    bill.must_fit_rate(command.finding, today())
    decision = bill.decided(command.finding, now())
    await uow.bills.decide(bill, decision)
    uow.decided(f"bill_{decision.finding.outcome}", bill=str(bill.id), amount_sen=decision.amount_sen or 0)
    if decision.payable_revision is not None:
        uow.publish(bill_stated(bill, decision, decision.payable_revision))
