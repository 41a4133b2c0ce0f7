"""Working days of a promise: counted from a day, less those on which its clock stood.

The first day does not count. A day on which the clock ran at all, be it for an hour, is a day of the organisation's:
only whole days between a stop and the going on are taken out, so that nobody gains a day by stopping the clock for a
moment. A day that was missed before a stop stays missed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
