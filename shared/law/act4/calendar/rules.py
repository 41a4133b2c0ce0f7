"""The days on which periodic benefits are paid."""

from datetime import date

from shared.kernel.periods import Month
from shared.law.act4.calendar.errors import PaymentDayUnknown
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_PAYMENT_DAYS = "act4.calendar.payment_days"


@rule("2013-01-01")
def payment_day(month: Month, law: LawOn) -> date:
    """The day on which the periodic benefits of a month are paid; `PaymentDayUnknown` for one without a calendar."""
    table = law.table(_PAYMENT_DAYS)
    try:
        return table.day(table.find(str(month)), "paid_on")
    except OutsideTable as fault:
        text = f"No calendar names the payment day of {month}."
        raise PaymentDayUnknown(text, facts={"figure": _PAYMENT_DAYS, "month": str(month)}) from fault
