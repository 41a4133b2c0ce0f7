"""Claim what was paid for a month and is not due: the employer does, or an officer for it."""

from dataclasses import dataclass

from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.errors import NothingToRefund
from services.registration.domain.refund import Refund
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.periods import Month


@dataclass(frozen=True)
class ClaimRefund:
    """Whose month, the party that claims it, and the officer where one does."""

    employer: int
    month: Month
    source: str
    officer: str | None = None


async def claim_refund(command: ClaimRefund, uow: RegistrationUnitOfWork) -> Refund:
    """Keep the claim, and have two officers asked; one that waits already is left as it is. Raises NothingToRefund."""
    employer, month = command.employer, command.month
    refund = await uow.refunds.find(employer, month)
    if refund is None or not refund.may_be_claimed(by_officer=command.officer is not None):
        raise NothingToRefund()
    if refund.claim is None:
        await uow.refunds.claim(employer, month, command.source, command.officer, now())
        # A partner's request sees no tasks: the worker opens it.
        await uow.due.at(ReviewRefund(employer, str(month)), now())
    return await uow.refunds.find(employer, month) or refund
