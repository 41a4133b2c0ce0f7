"""On which days the monthly benefits are paid, so that a month falls due on its payment day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from shared.kernel.periods import Month
from shared.law.act4.calendar.rules import monthly_benefit_paid_on
from shared.law.book import Book, book

_DAY = timedelta(days=1)
_LAST = Month(date.max.year, date.max.month)


class PaymentCalendar(Protocol):
    """The payment day of every month; a later month has a later one."""

    def paid_on(self, month: Month) -> date:
        """The day on which the monthly benefits of a month are paid: near its end, in it or just after it."""
        ...


@dataclass(frozen=True, slots=True)
class Reached:
    """Until when an entitlement has fallen due; both only move forward, so that nothing that fell due is taken back.

    The days before ``days`` are due, and the months that begin before ``months``; None where none was owed yet.
    """

    days: date | None = None
    months: date | None = None


def months_paid_until(day: date, calendar: PaymentCalendar) -> date:
    """The first day of the first month whose payment day has not come when this day begins."""
    month = Month.of(day)
    if month < _LAST and calendar.paid_on(month + 1) <= day:
        month += 1
    while calendar.paid_on(month) > day:
        month -= 1
    return date.max if month == _LAST else (month + 1).first_day


@dataclass(frozen=True, slots=True)
class BookCalendar:
    """The payment calendar of the statute book as it is known on a day; a month follows the law in force in it."""

    known: date

    def paid_on(self, month: Month) -> date:
        """The day that the calendar names, or by which a month without one is paid (Act 4, s.15)."""
        return _paid_on(book(), month, self.known)


@lru_cache(maxsize=1_000)
def _paid_on(law: Book, month: Month, known: date) -> date:
    return monthly_benefit_paid_on(month, law.on(month.first_day, known))
