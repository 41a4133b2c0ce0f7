"""Two officers find of a bill that waits which scheme bears it, or that it still says what its sender asks."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.medical_bill import BillFinding, BillFound
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideMedicalBill:
    """The bill, what is found of it, and both officers; ``cause`` is the same each time it is approved."""

    cause: UUID
    bill: UUID
    found: BillFound
    officers: Officers


async def decide_medical_bill(command: DecideMedicalBill, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left the bill to be settled. Raises MedicalBillNotInDoubt."""
    bill = await uow.medical_bills.lock(command.bill)
    bill.must_wait_for(command.found)
    found = BillFinding(command.found, command.officers)
    await uow.medical_bills.find_of_bill(derived_id("medical_bill_finding", command.cause), bill, found)
    uow.decided("medical_bill_found", bill=str(bill.id), found=command.found.value)
