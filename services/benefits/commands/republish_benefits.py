"""States again how every payment ended, and what came back (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.republish_repayments import RepublishRepayments
from services.benefits.events.benefit_paid import payment_answered
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishBenefits:
    """One run, from the payment after ``after`` on."""

    run: str
    after: UUID | None = None


async def republish_benefits(command: RepublishBenefits, uow: BenefitsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    answered = await uow.payments.list_published(command.after, PAGE_SIZE)
    uow.republish(command.run, [payment_answered(*each) for each in answered])
    if len(answered) == PAGE_SIZE:
        await uow.due.at(RepublishBenefits(command.run, answered[-1][0].id), now())
    else:
        await uow.due.at(RepublishRepayments(command.run), now())
