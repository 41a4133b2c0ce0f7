"""An officer has a line of a medical bill looked at that no rule puts in doubt: two decide it."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.settle_medical_bill import SettleMedicalBill
from services.claims.domain.medical_bill import LineReview
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReviewMedicalLine:
    """The line of a bill, and who asks."""

    bill: UUID
    line: int
    by: str


async def review_medical_line(command: ReviewMedicalLine, uow: ClaimsUnitOfWork) -> None:
    """What is paid stays paid until two officers have decided. Raises MedicalBillUnknown, MedicalLineUnknown."""
    # Before it is locked: its runner holds both so.
    await uow.due.at(SettleMedicalBill(command.bill), now())
    bill = await uow.medical_bills.lock(command.bill)
    review = LineReview(bill.line(command.line).key, command.by, now(), bill.newest.revision, command.line)
    await uow.medical_bills.review(bill, review)
    uow.decided("medical_line_to_look_at", bill=str(bill.id), line=command.line)
