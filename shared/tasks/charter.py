"""The charter clock of a task: working days from the day on which a person was asked, less those on which it stood."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from shared.kernel.clock import BUSINESS_ZONE, business_day, today
from shared.kernel.working_days import Stop, due_day
from shared.law.act4.charter.rules import is_working_day, promised_days
from shared.law.book import book

_DAY = timedelta(days=1)


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
