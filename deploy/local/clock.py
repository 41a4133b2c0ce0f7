"""Shows and moves the business clock of the local platform, whether it runs or not (decision 20)."""

import re
from datetime import date, datetime, timedelta

from deploy.local.errors import LauncherError
from deploy.local.state import State
from shared.kernel.clock import BUSINESS_ZONE, ClockRefused, system_now
from shared.process import clock_file

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[wdhms])")


def move(state: State, instant: str, span: str) -> str:
    """Move the clock to an instant or by a span, where one is given; a sentence that says what it shows then.

    Raises:
        LauncherError: both are given, one of them cannot be read, or the clock would go back.
    """
    clock_file.make_clock_file(state.clock_file)
    try:
        if instant and span:
            raise LauncherError("Set the clock or advance it, not both at once")
        if instant:
            clock_file.set_to(state.clock_file, _instant(instant))
        if span:
            clock_file.advance(state.clock_file, _span(span))
        return _said(clock_file.show(state.clock_file))
    except ClockRefused as refused:
        raise LauncherError(f"The clock stays as it is: {refused}") from None


def _instant(text: str) -> datetime:
    """The beginning of a business day (2026-12-01), or an instant, in Kuala Lumpur unless it names its own offset."""
    try:
        if len(text) == len("2026-12-01"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), BUSINESS_ZONE)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise LauncherError(f"{text} is no day such as 2026-12-01 and no instant such as 2026-12-01T09:30") from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=BUSINESS_ZONE)


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise LauncherError(f"{text} is no span such as 30d, 2w, 12h, 90m or 45s")
    return timedelta(**{_UNITS[found["unit"]]: int(found["number"])})


def _said(shows: datetime) -> str:
    shown, ahead = shows.astimezone(BUSINESS_ZONE), round((shows - system_now()).total_seconds())
    days, seconds = divmod(max(0, ahead), 86_400)
    return f"{shown:%A, %Y-%m-%d %H:%M:%S} in Kuala Lumpur, {days} d {timedelta(seconds=seconds)} ahead of this machine"
