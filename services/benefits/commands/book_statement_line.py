"""Finds the recovery that a line of the bank's statement pays back, as due work: the bank's own line counts at once."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.book_repayment import BookRepayment
from services.benefits.domain.recoveries import Repayment, Route
from services.benefits.events.benefit_paid import money_unallocated
from services.benefits.storage.repayments import StatementLine
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class BookStatementLine:
    """A line that the bank sent."""

    line: UUID


async def book_statement_line(command: BookStatementLine, uow: BenefitsUnitOfWork) -> None:
    """Leave it to be booked on its recovery; money of which nobody knows whose it is is kept and shown.

    A repayment that is known already, also from what was told of before a restore, is none again.
    """
    line = await uow.repayments.find_line(command.line)
    if line is None:
        return
    recovery = None if line.reference is None else await uow.recoveries.find_by_reference(line.reference)
    repayment = _repayment(line, None if recovery is None else recovery.id)
    if not await uow.repayments.add(repayment):
        return
    if recovery is None:
        await uow.repayments.wait_no_longer(repayment.id)
        await uow.ledger.post_beyond(repayment, repayment.amount_sen)
        uow.publish(money_unallocated(repayment, countered=False))
        uow.decided("repayment_unknown_reference", repayment=str(repayment.id), amount_sen=repayment.amount_sen)
    else:
        await uow.due.at(BookRepayment(repayment.id, recovery.key.party), now())


def _repayment(line: StatementLine, recovery: UUID | None) -> Repayment:
    # What the payer wrote beside the reference stays with the line.
    came_in = (line.amount_sen, line.value_on, Route.BANK_LINE, f"{line.statement}/{line.line}")
    return Repayment(line.repayment, recovery, *came_in, line.tenant, line.id)
