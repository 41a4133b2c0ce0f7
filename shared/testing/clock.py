"""The business clock in the hands of a test: set to an instant or moved on, for this process and this test only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from shared.kernel.clock import BUSINESS_ZONE, now, system_now, take_offset_from


class BusinessClock:
    """Runs on from wherever it is put. A test may also put it back: nothing of another test stands in its world."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def offset(self) -> timedelta:
        """How far it is ahead of the machine's clock."""
        return self._offset

    def set(self, instant: datetime) -> None:
        """Put it to an instant."""
        self._offset = instant - system_now()

    def set_day(self, year: int, month: int, day: int, hour: int = 12) -> None:
        """Put it to an hour of a business day, noon unless another is named."""
        self.set(datetime(year, month, day, hour, tzinfo=BUSINESS_ZONE))

    def advance(self, **span: float) -> datetime:
        """Move it on by days, hours, minutes or seconds; what it shows then."""
        by = timedelta(**span)
        if by <= timedelta():
            raise ValueError("a clock is moved on, not back")
        self._offset += by
        return now()


@contextmanager
def moved_clock() -> Iterator[BusinessClock]:
    """A business clock that the block may move; afterwards this process has the machine's time again."""
    clock = BusinessClock()
    take_offset_from(clock.offset, "test")
    try:
        yield clock
    finally:
        take_offset_from(None, "test")
