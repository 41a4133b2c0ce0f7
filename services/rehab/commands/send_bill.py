"""A provider sends a bill for a person's treatment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.rehab.commands.ask_about_bill import AskAboutBill
from services.rehab.domain.bill import Bill, Treatment, bill_id
from services.rehab.domain.errors import BillKnown
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.money import Sen


@dataclass(frozen=True)
class SendBill:
    """Who sends it under which number of its own, about whom, and what it asks for."""

    provider: str
    number: str
    person: int
    claim: UUID | None
    treatment: Treatment
    treated_on: date
    amount_sen: Sen


async def send_bill(command: SendBill, uow: RehabUnitOfWork) -> UUID:
    """Keep the bill and have officers asked about it; its id. Raises BillKnown, TreatmentInFuture, AmountZero.

    Whether the person exists, or was ever referred, is for officers to see: no provider learns it from an answer.
    """
    about = (command.provider, command.number, command.person, command.claim, now())
    bill = Bill(bill_id(command.provider, command.number), *about)
    said = bill.stating(command.treatment, command.treated_on, command.amount_sen, bill.sent_at, today())
    if not await uow.bills.add(bill):
        raise BillKnown(facts={"bill": str(bill.id)})
    await uow.bills.state(bill, said)
    await uow.due.at(AskAboutBill(bill.id), now())
    uow.decided("bill_sent", bill=str(bill.id), amount_sen=said.amount_sen)
    return bill.id
