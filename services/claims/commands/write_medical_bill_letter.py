"""Write to whoever sent a medical bill, once nothing of it waits: line by line what is paid, and what not and why."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.files.medical_bill_letter import BillToTell, medical_bill_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WriteMedicalBillLetter:
    """A bill that stands otherwise than before."""

    bill: UUID


async def write_medical_bill_letter(command: WriteMedicalBillLetter, uow: ClaimsUnitOfWork) -> None:
    """Owe the letter where it says something new; a provider reads it here, a person is sent it.

    The bill is not locked: who settles it holds it while it leaves this very work, and waits for whoever runs it.
    """
    bill = await uow.medical_bills.find(command.bill)
    before = (await uow.letters.newest_about(subjects.medical_bill(bill.id))).get(bill.tenant)
    asked = {each.asked for each in bill.lines if each.asked is not None}
    records = await uow.medical_bills.records(bill.id, asked)
    letter = medical_bill_letter(BillToTell(bill, records, today(), None if before is None else before.letter))
    if letter is not None:
        await owe_letter(OweLetter(letter), uow)
