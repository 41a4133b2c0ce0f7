"""The charter clock of a task: working days from the day on which a person was asked, less those on which it stood."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from shared.kernel.clock import BUSINESS_ZONE, business_day, today
from shared.kernel.working_days import Stop, due_day
from shared.law.act4.charter.rules import days_of_a_stop, is_working_day, promised_days
from shared.law.book import book
from shared.tasks.task import StoppedFor, TaskEventKind

_DAY = timedelta(days=1)
# A colleague's question is answered as soon as a complaint is (assumed: the charter promises nothing for it).
OF_QUERIES = "complaint"


def due_at(opened_at: datetime, days: int, stops: Sequence[Stop] = ()) -> datetime | None:
    """The instant at which the charter's time is over: the end of its last day, by the calendar known today."""
    law = book().on(today(), today())
    last = due_day(business_day(opened_at), days, stops, lambda day: is_working_day(day, law))
    return None if last is None else datetime.combine(last + _DAY, time(), BUSINESS_ZONE).astimezone(UTC)


def runs_again_on(stopped_on: date, stopped_for: str | None) -> date:
    """The day on which a clock that was stopped runs again by itself: nobody alone stops it without end."""
    law = book().on(today(), today())
    days = charter_days(OF_QUERIES) if stopped_for == StoppedFor.QUERY else days_of_a_stop(law)
    last = due_day(stopped_on, days, (), lambda day: is_working_day(day, law))
    return last or stopped_on


def stops_of(happened: Iterable[tuple[str, datetime, str | None]]) -> list[Stop]:
    """The spans in which a clock stood, of what happened to its task in order (what, when, why): each until it was
    let run again, and until it runs again by itself at the latest."""
    stops: list[Stop] = []
    for what, at, reason in happened:
        day = business_day(at)
        if what == TaskEventKind.STOPPED:
            stops.append(Stop(day, runs_again_on(day, reason)))
        elif stops:
            last = stops[-1]
            stops[-1] = Stop(last.stopped_on, min(day, last.resumed_on or day))
    return stops


def is_promised(promise: str) -> bool:
    """Whether the client charter promises anything under this name today."""
    return promise in book().on(today(), today()).table("act4.charter.days").keys


def charter_days(promise: str) -> int:
    """The working days that the client charter promises today; raises OutsideTable for what it does not promise."""
    return promised_days(promise, book().on(today(), today()))
