"""Asks officers about a bill that waits for them, and no more about one that its provider took back: due work."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.domain import subjects
from services.rehab.domain.bill import BillState
from services.rehab.domain.queues import BILL, CORRECTED, SENT, facts_of_bill
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskAboutBill:
    """A bill of which its provider has said something."""

    bill: UUID


async def ask_about_bill(command: AskAboutBill, uow: RehabUnitOfWork) -> None:
    """Open the task of the bill, state it again, or close it."""
    bill, subject = await uow.bills.lock(command.bill), subjects.bill(command.bill)
    if bill.state is BillState.WITHDRAWN:
        await close_task(CloseTask(BILL, subject, "withdrawn"), uow)
    elif bill.state is BillState.STATED:
        reason = SENT if len(bill.statements) == 1 else CORRECTED
        facts = facts_of_bill(bill, await uow.bills.beside(bill))
        await open_task(OpenTask(BILL, subject, reason, bill.revision, facts), uow)
