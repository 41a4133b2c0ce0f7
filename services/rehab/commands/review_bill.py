"""An officer asks for another look at a bill that was decided: two officers approve less, or refuse it."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.domain import subjects
from services.rehab.domain.bill import BillState
from services.rehab.domain.errors import BillWithdrawn
from services.rehab.domain.queues import BILL, TO_BE_REVIEWED, facts_of_bill
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class ReviewBill:
    """A bill that was approved or refused."""

    bill: UUID


async def review_bill(command: ReviewBill, uow: RehabUnitOfWork) -> None:
    """Open a task about it, and change nothing by that; one that waits already is none. Raises BillUnknown,
    BillWithdrawn."""
    bill = await uow.bills.lock(command.bill)
    if bill.state is BillState.WITHDRAWN:
        raise BillWithdrawn()
    if bill.state is not BillState.STATED:
        facts = facts_of_bill(bill, await uow.bills.beside(bill))
        await open_task(OpenTask(BILL, subjects.bill(bill.id), TO_BE_REVIEWED, bill.revision, facts), uow)
