"""The days on which periodic benefits are paid, those on which banks work, and what a holiday does to a last day."""

from collections.abc import Collection
from datetime import date, timedelta

from shared.kernel.periods import Month
from shared.law.act4.calendar.errors import PaymentDayUnknown
from shared.law.book import LawOn
from shared.law.errors import NoLongerLaw, NotYetLaw, OutsideTable
from shared.law.rule import rule

_PAYMENT_DAYS = "act4.calendar.payment_days"
_BANKING_WEEK, _PUBLIC_HOLIDAYS = "act4.calendar.banking_week", "act4.calendar.public_holidays"
_BANKING_STATE, _STATE_HOLIDAYS = "act4.calendar.banking_state", "act4.calendar.state_holidays"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)


@rule("2013-01-01")
def payment_day(month: Month, law: LawOn) -> date:
    """The day on which the periodic benefits of a month are paid; `PaymentDayUnknown` for one without a calendar."""
    table = law.table(_PAYMENT_DAYS)
    try:
        return table.day(table.find(str(month)), "paid_on")
    except OutsideTable as fault:
        text = f"No calendar names the payment day of {month}."
        raise PaymentDayUnknown(text, facts={"figure": _PAYMENT_DAYS, "month": str(month)}) from fault


@rule("2013-01-01")
def monthly_benefit_paid_on(month: Month, law: LawOn) -> date:
    """The day on which the monthly benefits of a month are paid, whether a calendar names it or not.

    By the payment calendar (Act 4, s.15); of a month without one the last banking day, or the first after the month
    (`assumed`).
    """
    try:
        return payment_day(month, law)
    except (PaymentDayUnknown, NotYetLaw, NoLongerLaw):
        if law.says("act4.calendar.paid_on_last_banking_day"):
            return last_banking_day(month, law)
        return next_banking_day(month.last_day + _DAY, law)


@rule("2013-01-01")
def moved_from_holiday(day: date, law: LawOn) -> date:
    """A last day, or a day fixed, on a weekly or public holiday is the next that is none (`assumed`).

    Interpretation Acts 1948 and 1967, s.54(1); of periods in days, and of a day that is fixed.
    """
    if not law.says("act4.calendar.last_day_moves"):
        return day
    weekly = law.names("act4.calendar.weekly_holidays")
    public = public_holidays(law)
    while _WEEK[day.weekday()] in weekly or str(day) in public:
        day += _DAY
    return day


@rule("2013-01-01")
def next_banking_day(day: date, law: LawOn) -> date:
    """The day itself where banks work on it, else the next one on which they do."""
    while not _is_banking_day(day, law):
        day += _DAY
    return day


@rule("2013-01-01")
def last_banking_day(month: Month, law: LawOn) -> date:
    """The last day of a month on which banks work."""
    day = month.last_day
    while not _is_banking_day(day, law):
        day -= _DAY
    return day


@rule("2013-01-01")
def banking_days_after(day: date, number: int, law: LawOn) -> date:
    """The last of so many banking days that follow a day."""
    for _ in range(number):
        day = next_banking_day(day + _DAY, law)
    return day


def public_holidays(law: LawOn) -> Collection[str]:
    """The days that are kept nationwide; none where the law has no calendar: days go on being counted without one."""
    try:
        return law.table(_PUBLIC_HOLIDAYS).keys
    except (NotYetLaw, NoLongerLaw):
        return ()


def _is_banking_day(day: date, law: LawOn) -> bool:
    """A day of the banks' week that is no public holiday, nationwide or of their State (`assumed`)."""
    if _WEEK[day.weekday()] not in law.names(_BANKING_WEEK) or str(day) in public_holidays(law):
        return False
    return not _keeps_holiday(day, law)


def _keeps_holiday(day: date, law: LawOn) -> bool:
    try:
        table = law.table(_STATE_HOLIDAYS)
        states = table.text(table.find(str(day)), "states").split()
    except (NotYetLaw, NoLongerLaw, OutsideTable):
        return False
    return any(state in states for state in law.names(_BANKING_STATE))
