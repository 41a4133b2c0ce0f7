"""What is owed, in a few lines that share nothing with the platform: the standard library, and two dated tables.

A sum is owed on its day, a month on its payday, also before it ends. Days are owed as they pass and due at the latest
when their month or their term has: all that had passed when they were first stated, and none of that is taken back. So
there is a least that is due and a most that is earned; for months and sums, and on the first of every month for days
too, they are the same. A loan is lent like that, and paid back when a day has passed, a month has ended, or on the day
of a sum: nobody is asked for more of it than it was lent, and what was paid back early stays so. All money is in sen.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

DAY, MONTH, ONCE = "day", "month", "once"
_TABLES = Path(__file__).resolve().parents[2] / "shared/law/act4/calendar"
_SEAT = "kuala_lumpur"
_ONE = timedelta(days=1)
_NEVER = date.min + _ONE

Range = tuple[date, date]
"""A first and a last day, both included."""


class Term(NamedTuple):
    """So much for each day or month from a first to a last one, which may be open, or once on its first day."""

    per: str
    sen: int
    first: date
    last: date | None = None


@dataclass
class Debt:
    """What its owner states at last that a party is owed from a fund, and before which day all its days are due.

    ``repayment`` is what the party pays back of a loan.
    """

    party: str
    fund: str
    terms: tuple[Term, ...] = ()
    before: date | None = None
    repayment: tuple[Term, ...] = ()

    def look(self, day: date) -> None:
        """The day has come: what is due now stays due."""
        ends = [term.last for term in self.terms if term.per == DAY]
        passed = [last + _ONE for last in ends if last is not None and last < day]
        self.before = max(self.before or day, day.replace(day=1), *passed) if ends else None

    def least(self, day: date, taken: Sequence[Range] = ()) -> int:
        """What is due on the day; ``taken`` are days that other debts of the party have, none of them twice."""
        return sum(term.sen * times(term, day, self.before or _NEVER, taken) for term in self.terms)

    def most(self, day: date, taken: Sequence[Range] = ()) -> int:
        """What is earned when the day begins."""
        return sum(term.sen * times(term, day, day, taken) for term in self.terms)

    def asked(self, day: date, lent: int, on_its_way: int, back: int) -> int:
        """What of a loan is asked for by a day: ``lent`` reached the party or is ``on_its_way``, ``back`` came of it.

        Nobody is asked for what has not reached him. What was lent beyond the loan is to come back anyway, and what
        came back is of that where it is above what is asked for.
        """
        stands = self.most(day)
        due = sum(term.sen * _times_ended(term, day) for term in self.repayment)
        return max(min(due, max(0, min(lent, stands) - on_its_way)), back - max(0, lent - stands))


def times(term: Term, day: date, before: date, taken: Sequence[Range] = ()) -> int:
    """How often a term is owed on a day: once, for each month whose payday has come, for each day before another."""
    if term.per == ONCE:
        return int(term.first <= day)
    if term.per == MONTH:
        return sum(payday(month) <= day for month in _months(term.first, min(term.last or day, day)))
    own = (term.first, min(term.last or date.max, before - _ONE))
    return _shared(own, own) - sum(_shared(own, other) for other in taken)


def _times_ended(term: Term, day: date) -> int:
    """How often a term of what is paid back has come when a day begins: its days that passed, its months that ended."""
    if term.per == ONCE:
        return int(term.first <= day)
    last = min(term.last or day, day - _ONE)
    if term.per == MONTH:
        return sum(_next(month) <= day for month in _months(term.first, last))
    return max(0, (last - term.first).days + 1)


def _shared(own: Range, other: Range) -> int:
    """How many days two ranges have in common."""
    return max(0, (min(own[1], other[1]) - max(own[0], other[0])).days + 1)


@cache
def payday(month: date) -> date:
    """On which day the month that begins on this one is paid: as the calendar says, else its last banking day."""
    named = _table("payment_days").get(f"{month:%Y-%m}")
    if named is not None:
        return date.fromisoformat(named)
    day = _next(month) - _ONE
    while day.weekday() > 4 or _is_holiday(day.isoformat()):
        day -= _ONE
    return day


def _is_holiday(day: str) -> bool:
    """Nationwide, or where the organisation's bank has its seat."""
    return day in _table("public_holidays") or _SEAT in _table("state_holidays").get(day, "").split()


@cache
def _table(name: str) -> dict[str, str]:
    """The first two columns of a dated table; a later file has the last word."""
    found: dict[str, str] = {}
    for path in sorted(_TABLES.glob(f"{name}_????_??_??.csv")):
        _, *rows = csv.reader(path.read_text().splitlines())
        found |= {row[0]: row[1] for row in rows}
    return found


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
