"""Splits what is owed by the month into terms: whole months, and what the law gives for broken ones."""

from collections.abc import Callable
from datetime import date

from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.by_month import by_month
from shared.law.determination import Steps


def owe_by_month(
    steps: Steps, party: str, monthly: Sen, of_days: Callable[[Days], Sen], first: date, last: date | None
) -> None:
    """Record the terms of a monthly amount from a first to a last day, which may be open.

    `of_days` gives the amount in sen for some days of one month; benefits dates and adds terms, and divides nothing.
    Zero is owed to nobody.
    """
    if monthly == 0 or (last is not None and last < first):
        return
    for each in by_month(monthly, of_days, first, last):
        steps.term(party, *each)
