"""A provider corrects its bill."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.rehab.commands.ask_about_bill import AskAboutBill
from services.rehab.domain.bill import BillState, Treatment
from services.rehab.domain.errors import BillWithdrawn
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.money import Sen


@dataclass(frozen=True)
class CorrectBill:
    """The bill, and what the provider says in place of what it said before."""

    bill: UUID
    treatment: Treatment
    treated_on: date
    amount_sen: Sen


async def correct_bill(command: CorrectBill, uow: RehabUnitOfWork) -> None:
    """Keep what the provider says; what was approved before is owed until officers have decided it.

    Raises BillUnknown, BillWithdrawn, TreatmentInFuture, AmountZero.
    """
    # Before the bill is held, as whoever asks about it has both.
    await uow.due.at(AskAboutBill(command.bill), now())
    bill = await uow.bills.lock(command.bill)
    if bill.state is BillState.WITHDRAWN:
        raise BillWithdrawn()
    said = bill.stating(command.treatment, command.treated_on, command.amount_sen, now(), today())
    await uow.bills.state(bill, said)
    uow.decided("bill_corrected", bill=str(bill.id), amount_sen=said.amount_sen)
