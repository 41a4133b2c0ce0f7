"""Whoever sent a medical bill says something else in its place, or takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.settle_medical_bill import SettleMedicalBill
from services.claims.domain.errors import MedicalBillOfAnother
from services.claims.domain.medical_bill import Line
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class CorrectMedicalBill:
    """The bill, who says it, and its lines now; none where it is taken back."""

    tenant: str
    by: str
    bill: UUID
    lines: Sequence[Line] = ()


async def correct_medical_bill(command: CorrectMedicalBill, uow: ClaimsUnitOfWork) -> None:
    """What was paid stays owed until this is settled: the difference is owed, or comes back.

    Raises MedicalBillUnknown, MedicalBillOfAnother, MedicalBillWithdrawn, TreatmentImpossible.
    """
    # Before it is locked: its runner holds both so.
    await uow.due.at(SettleMedicalBill(command.bill), now())
    bill = await uow.medical_bills.lock(command.bill)
    if bill.tenant not in await uow.known_persons.parties_of(command.tenant):
        raise MedicalBillOfAnother()
    said = bill.stating(command.lines, now(), today())
    await uow.medical_bills.state(bill.id, said, command.by)
    uow.decided("medical_bill_corrected", bill=str(bill.id), lines=len(said.lines))
