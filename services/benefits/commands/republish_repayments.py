"""States again what came back (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.events.benefit_paid import money_came_back
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishRepayments:
    """One run, from the repayment after ``after`` on."""

    run: str
    after: UUID | None = None


async def republish_repayments(command: RepublishRepayments, uow: BenefitsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    repaid = await uow.repayments.list_repaid(command.after, PAGE_SIZE)
    uow.republish(command.run, [money_came_back(each) for each in repaid])
    if len(repaid) == PAGE_SIZE:
        await uow.due.at(RepublishRepayments(command.run, repaid[-1].repayment.id), now())
