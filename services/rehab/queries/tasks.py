"""What waits for people, as it stands now."""

from services.rehab.domain import subjects
from services.rehab.domain.queues import facts_of_bill
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_state_of_bill(subject: Subject, uow: RehabUnitOfWork) -> SubjectState:
    """Of a bill, which is locked: its revision rises with all that is stated and decided of it."""
    bill = await uow.bills.lock(subjects.bill_of(subject))
    return SubjectState(bill.revision, facts_of_bill(bill, await uow.bills.beside(bill)))
