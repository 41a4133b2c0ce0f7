"""The charter clock of a task: working days from the day on which a person was asked, less those on which it stood.

The day of the opening does not count. A day on which the clock ran at all, be it for an hour, is a day of the
organisation's: only whole days between a stop and the going on are taken out, so that nobody gains a day by stopping
the clock for a moment. A day that was missed before a stop stays missed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.kernel.clock import BUSINESS_ZONE, business_day, today
from shared.law.act4.charter.rules import is_working_day, promised_days
from shared.law.book import book

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stood from one day to another; None: it stands still."""

    stopped_on: date
    resumed_on: date | None

    def holds(self, day: date) -> bool:
        """Whether the clock stood for the whole of this day."""
        return self.stopped_on < day and (self.resumed_on is None or day < self.resumed_on)


def due_day(opened_on: date, days: int, stops: Sequence[Stop], works_on: Callable[[date], bool]) -> date | None:
    """The last of so many working days on which the clock ran; None: it stands, and they are not over."""
    standing = next((stop for stop in stops if stop.resumed_on is None), None)
    day = opened_on
    while days > 0:
        day += _DAY
        if standing is not None and day > standing.stopped_on:
            return None
        if works_on(day) and not any(stop.holds(day) for stop in stops):
            days -= 1
    return day


def due_at(opened_at: datetime, days: int, stops: Sequence[Stop] = ()) -> datetime | None:
    """The instant at which the charter's time is over: the end of its last day, by the calendar known today."""
    law = book().on(today(), today())
    last = due_day(business_day(opened_at), days, stops, lambda day: is_working_day(day, law))
    return None if last is None else datetime.combine(last + _DAY, time(), BUSINESS_ZONE).astimezone(UTC)


def is_promised(promise: str) -> bool:
    """Whether the client charter promises anything under this name today."""
    return promise in book().on(today(), today()).table("act4.charter.days").keys


def charter_days(promise: str) -> int:
    """The working days that the client charter promises today; raises OutsideTable for what it does not promise."""
    return promised_days(promise, book().on(today(), today()))
