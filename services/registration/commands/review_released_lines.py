"""Look at the months for which a person's SKBBK stands who was released from it, or came back."""

from dataclasses import dataclass

from services.registration.commands.review_refund import ReviewRefund
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReviewReleasedLines:
    """The person, by any number."""

    person: int


async def review_released_lines(command: ReviewReleasedLines, uow: RegistrationUnitOfWork) -> None:
    """Have each employer's month looked at: what is paid for a month that is out is not due, whoever deducted it."""
    for employer, month in await uow.contribution_lines.list_months_with_skbbk(command.person):
        await uow.due.at(ReviewRefund(employer, str(month)), now())
