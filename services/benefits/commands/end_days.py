"""Leaves the days that are over to be added up, when all that may still book on them has ended (decision 47)."""

from dataclasses import dataclass
from datetime import timedelta

from services.benefits.commands.close_books import CloseBooks
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import business_day, now

# What is booked bears an instant of just before it is written. Clocks of two machines differ by seconds.
_LONG_OVER = timedelta(hours=1)


@dataclass(frozen=True)
class EndDays:
    """Look whether a day is over on which something was booked."""


async def end_days(_: EndDays, uow: BenefitsUnitOfWork) -> None:
    """Leave it until every transaction that is open now has ended: whoever comes later books on a later day."""
    before = business_day(now() - _LONG_OVER)
    if await uow.ledger.is_open_before(before):
        await uow.due.after_concurrent(CloseBooks(before))
