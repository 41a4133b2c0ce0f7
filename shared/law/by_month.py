"""A monthly amount from a day to another: whole months, and what the law gives for broken ones."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.decision import Per

_DAY = timedelta(days=1)


class OfMonths(NamedTuple):
    """An amount in sen for each month from a first to a last day, which may be open, or once for a broken one."""

    per: Per
    sen: Sen
    first: date
    last: date | None


def by_month(monthly: Sen, of_days: Callable[[Days], Sen], first: date, last: date | None) -> Iterator[OfMonths]:
    """The parts of a monthly amount from a first to a last day, in order; `of_days` gives that of days of one month."""
    month = Month.of(first)
    if first != month.first_day or (last is not None and last < month.last_day):
        days = Days(first, month.last_day if last is None else min(last, month.last_day))
        yield OfMonths(Per.ONCE, of_days(days), days.first, days.last)
        first = month.next.first_day
        if last is not None and last < first:
            return
    if last is None:
        yield OfMonths(Per.MONTH, monthly, first, None)
        return
    end = Month.of(last)
    whole = last if last == end.last_day else end.first_day - _DAY
    if whole >= first:
        yield OfMonths(Per.MONTH, monthly, first, whole)
    if last != end.last_day:
        days = Days(end.first_day, last)
        yield OfMonths(Per.ONCE, of_days(days), days.first, days.last)
