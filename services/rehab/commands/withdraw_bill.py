"""A provider takes its bill back."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.commands.ask_about_bill import AskAboutBill
from services.rehab.commands.decide_bill import DecideBill, decide_bill
from services.rehab.domain.bill import TAKEN_BACK, BillOutcome, Finding
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class WithdrawBill:
    """The bill."""

    bill: UUID


async def withdraw_bill(command: WithdrawBill, uow: RehabUnitOfWork) -> None:
    """Nothing of it is owed any more, and no officer needs to look; raises BillUnknown, BillWithdrawn."""
    # Before the bill is held, as whoever asks about it has both.
    await uow.due.at(AskAboutBill(command.bill), now())
    await decide_bill(DecideBill(command.bill, Finding(BillOutcome.WITHDRAWN, reason=TAKEN_BACK)), uow)
