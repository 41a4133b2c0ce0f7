"""States again what is owed for providers' bills (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 200


@dataclass(frozen=True)
class RepublishMedicalBills:
    """One run, from the payable after ``after`` on."""

    run: str
    after: UUID | None = None


async def republish_medical_bills(command: RepublishMedicalBills, uow: ClaimsUnitOfWork) -> None:
    """Republish a page as it was published last, and leave the rest of the run for later."""
    page = await uow.medical_bills.list_published(command.after, PAGE_SIZE)
    uow.republish(command.run, page)
    if len(page) == PAGE_SIZE:
        await uow.due.at(RepublishMedicalBills(command.run, page[-1].payable), now())
