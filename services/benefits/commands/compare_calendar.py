"""Compares the payment days of the months to come with what was known of them, and settles again where one moved.

A month that was paid stays paid. One that is paid earlier now would otherwise wait for the day that it had before.
"""

from dataclasses import dataclass

from services.benefits.commands.wake_monthly import WakeMonthly
from services.benefits.domain.calendar import BookCalendar
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.periods import Month

# Nothing waits for a month further on than the next one; that one's day is kept before anything waits for it.
_AHEAD = 3


@dataclass(frozen=True)
class CompareCalendar:
    """Look whether the statute book of this release, or of this day, has another payment calendar."""


async def compare_calendar(_: CompareCalendar, uow: BenefitsUnitOfWork) -> None:
    """Keep the days of the month and of those to come; wake what is owed by the month when one moved."""
    await uow.law_entries.lay()
    day = today()
    calendar, month = BookCalendar(day), Month.of(day)
    months = [month + ahead for ahead in range(_AHEAD)]
    moved = await uow.payment_days.keep({each: calendar.paid_on(each) for each in months})
    if moved:
        uow.decided("payment_days_moved", months=", ".join(map(str, moved)))
        await uow.due.at(WakeMonthly(), now())
