"""Settles again what is owed by the month, page by page: every pension there is listens to the payment calendar."""

from dataclasses import dataclass

from services.benefits.domain.subjects import payment_calendar
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now

# One page is locked and written again in one transaction.
_PAGE = 1_000


@dataclass(frozen=True)
class WakeMonthly:
    """Those from after this id of due work on: a payment day moved."""

    after: int = 0


async def wake_monthly(command: WakeMonthly, uow: BenefitsUnitOfWork) -> None:
    """Wake a page, and leave the next."""
    last = await uow.due.wake_some(payment_calendar(), command.after, _PAGE)
    if last is not None:
        await uow.due.at(WakeMonthly(last), now())
