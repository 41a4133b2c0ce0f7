"""Time limits in months, and the days on which periodic benefits are paid."""

from calendar import monthrange
from datetime import date

from shared.kernel.periods import Month
from shared.law.act4.calendar.errors import PaymentDayUnknown
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_PAYMENT_DAYS = "act4.calendar.payment_days"


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last day of that month where it has none.

    A limit of months runs to the end of that day.
    """
    month = Month.of(day) + months
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))


def completed_months(since: date, until: date) -> int:
    """How many whole months lie between two days; nought where the second one is the earlier."""
    months = Month.of(until) - Month.of(since)
    return max(0, months - (months_after(since, months) > until))


@rule("2013-01-01")
def payment_day(month: Month, law: LawOn) -> date:
    """The day on which the periodic benefits of a month are paid; `PaymentDayUnknown` for one without a calendar."""
    table = law.table(_PAYMENT_DAYS)
    try:
        return table.day(table.find(str(month)), "paid_on")
    except OutsideTable as fault:
        text = f"No calendar names the payment day of {month}."
        raise PaymentDayUnknown(text, facts={"figure": _PAYMENT_DAYS, "month": str(month)}) from fault
