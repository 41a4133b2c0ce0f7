"""Splits what is owed by the month into terms: whole months, and what the law gives for broken ones."""

from collections.abc import Callable
from datetime import date, timedelta

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.decision import Per
from shared.law.determination import Steps

_DAY = timedelta(days=1)


def owe_by_month(
    steps: Steps, party: str, monthly: Sen, of_days: Callable[[Days], Sen], first: date, last: date | None
) -> None:
    """Record the terms of a monthly amount from a first to a last day, which may be open.

    `of_days` gives the amount in sen for some days of one month; benefits dates and adds terms, and divides nothing.
    Zero is owed to nobody.
    """
    if monthly == 0 or (last is not None and last < first):
        return
    month = Month.of(first)
    if first != month.first_day or (last is not None and last < month.last_day):
        days = Days(first, month.last_day if last is None else min(last, month.last_day))
        steps.term(party, Per.ONCE, of_days(days), days.first, days.last)
        first = month.next.first_day
        if last is not None and last < first:
            return
    if last is None:
        steps.term(party, Per.MONTH, monthly, first)
        return
    end = Month.of(last)
    whole = last if last == end.last_day else end.first_day - _DAY
    if whole >= first:
        steps.term(party, Per.MONTH, monthly, first, whole)
    if last != end.last_day:
        days = Days(end.first_day, last)
        steps.term(party, Per.ONCE, of_days(days), days.first, days.last)
