"""States again how every payment ended, and then what came back (rules M8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from services.benefits.events.benefit_paid import money_came_back, payment_answered, repayment_countered
from services.benefits.storage.repayments import Repaid
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Event
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishBenefits:
    """The run, and the last payment that it has stated; or, when all are stated, the last repayment."""

    run: str
    after: UUID | None = None
    repayments: bool = False


async def republish_benefits(command: RepublishBenefits, uow: BenefitsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    if command.repayments:
        repaid = await uow.repayments.list_repaid(command.after, PAGE_SIZE)
        uow.republish(command.run, [event for each in repaid for event in _told(each)])
        is_last = len(repaid) < PAGE_SIZE
        after = None if is_last else RepublishBenefits(command.run, repaid[-1].repayment.id, repayments=True)
    else:
        answered = await uow.payments.list_published(command.after, PAGE_SIZE)
        uow.republish(command.run, [payment_answered(*each) for each in answered])
        is_last = len(answered) < PAGE_SIZE
        after = RepublishBenefits(command.run, None if is_last else answered[-1][0].id, repayments=is_last)
    if after is not None:
        await uow.due.at(after, now())


def _told(repaid: Repaid) -> Iterator[Event]:
    """What came in, and that it did not after all."""
    yield money_came_back(repaid)
    if repaid.is_countered:
        yield repayment_countered(repaid)
