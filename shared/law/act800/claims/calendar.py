"""Days counted in whole months, as a period of months runs."""

from datetime import date, timedelta

from shared.kernel.periods import Month


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    month = Month.of(day) + months
    return min(month.last_day, month.first_day + timedelta(days=day.day - 1))
