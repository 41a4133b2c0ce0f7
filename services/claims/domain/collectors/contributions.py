"""Contributions and wages that a pension is owed and rated by (Act 4 ss.17, 20)."""

from datetime import date

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import (
    CONTRIBUTIONS,
    REGISTRATION,
    Asked,
    Collected,
    Collector,
    Missing,
    Open,
    silence_of,
)
from services.claims.domain.collectors.cover import ACT4
from services.claims.domain.collectors.employments import by_month
from services.claims.domain.collectors.event import nothing
from services.claims.domain.facts import Known, WageMonth
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.decision import Source

INVALIDITY = "invalidity"
# Of the first category only is invalidity insured (s.6(2)).
_INSURED = "first"
_NO_LINE = (Missing(CONTRIBUTIONS),)
# The 40 months before the event: the longest window of the Act.
WINDOW = 40


def _first_liable(asked: Asked) -> Collected:
    known = asked.known
    first = min((each.first for each in known.memberships if each.scheme == ACT4), default=None)
    if first is None:
        return Collected("", silence_of(REGISTRATION, known), (Missing(REGISTRATION),))
    stated = tuple(
        Source("membership", each.scheme, each.revision) for each in known.memberships if each.scheme == ACT4
    )
    return Collected(first.isoformat(), stated[:1])


def _wages(asked: Asked) -> Collected:
    """Of the months in which the person was insured for invalidity: they are those contributed for, too."""
    lines = _lines(asked.known)
    sources = {each.id: Source("wage", each.id, each.revision) for each in lines}
    return Collected(by_month(lines), tuple(sources.values()), _NO_LINE)


def _lines(known: Known) -> list[WageMonth]:
    return [each for each in known.wages if each.wage > 0 and _is_insured(each.month, known)]


def _is_insured(month: Month, known: Known) -> bool:
    return any(
        each.scheme == ACT4
        and each.category == _INSURED
        and each.first <= month.last_day
        and (each.last is None or month.first_day <= each.last)
        for each in known.memberships
    )


def _all_months(asked: Asked) -> list[Subject]:
    """Those of the longest window one by one, and all before together: they count in all (s.17(2), s.20(2))."""
    month, person = Month.of(asked.day), asked.known.person
    window = (subjects.wage(person, str(each)) for each in month.window_before(WINDOW))
    return [subjects.memberships(person), subjects.older_wages(person), *window]


def is_before_every_window(month: Month, today: date) -> bool:
    """Whether a month lies before the window of whatever has happened by a day."""
    return month + WINDOW < Month.of(today)


def _of_board(member: str) -> Collector:
    def supply(asked: Asked) -> Collected | Open:
        stated = asked.known.statements.get(INVALIDITY)
        if not stated:
            return Open("medical_board_to_certify")
        return Collected(str(stated[-1].stated[member]), (stated[-1].source,))

    return Collector(member.replace("_", " "), supply)


def _received(asked: Asked) -> Collected:
    return Collected(asked.known.received_on.isoformat())


FIRST_LIABLE = Collector("first liable", _first_liable)
CONTRIBUTED = nothing("contributed")
WAGES = Collector("wages", _wages, _all_months)
CERTIFIED = _of_board("certified")
EARNING_CAPACITY = _of_board("earning_capacity")
RECEIVED = Collector("notice received", _received)
