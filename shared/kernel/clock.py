"""What time it is: the business clock, which decides, and the machine's clock, which measures (decision 20).

Instants are UTC; business days are days in Kuala Lumpur (docs/architecture.md, "Time"). Business time is the machine's
time plus an offset. In production there is none and none can be set; in a test, a demo world or a sandbox it comes
from a source that is asked at every call, so that the clock can be moved while processes run.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Kuala_Lumpur")
# The clocks of two services may differ by this much (rules M5).
CLOCK_DIFFERENCE = timedelta(seconds=2)

OffsetSource = Callable[[], timedelta]


class ClockRefused(RuntimeError):
    """The business clock was to be moved where it may not be, or backwards."""


_offset: OffsetSource | None = None
_fixed = False


def now() -> datetime:
    """The present instant of the business, in UTC: what decides takes its instants and its days from here."""
    machine = system_now()
    return machine if _offset is None else machine + _offset()


def today() -> date:
    """The present business day."""
    return business_day(now())


def business_day(instant: datetime) -> date:
    """The business day on which an instant falls."""
    return instant.astimezone(BUSINESS_ZONE).date()


def start_of_day(day: date) -> datetime:
    """The instant at which a business day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE)


def system_now() -> datetime:
    """The machine's instant, in UTC: for what no business rule knows of, such as the end of a token."""
    return datetime.now(UTC)


def take_offset_from(source: OffsetSource | None, environment: str) -> None:
    """Ask ``source`` at every call how far the business clock is ahead of the machine's; None: not at all.

    Raises:
        ClockRefused: a source in production; also later, in a process that was once told that it is production.
    """
    global _offset, _fixed
    _fixed = _fixed or environment == "production"
    if source is not None and _fixed:
        raise ClockRefused("production keeps the machine's time: its business clock cannot be moved")
    _offset = source
