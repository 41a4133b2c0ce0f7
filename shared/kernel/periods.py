"""Months and ranges of days of the business calendar: pure values without a clock."""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar, overload

from shared.kernel.errors import JaringError, Kind

D = TypeVar("D", date, datetime)

_DAY = timedelta(days=1)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class MalformedPeriod(JaringError):
    """A month is not written as one, or a range of days ends before it begins."""

    code = "malformed_period"
    title = "A period is malformed"
    title_ms = "Tempoh tidak betul bentuknya"
    kind = Kind.MALFORMED
    hint = "Write a month as 2026-06, and a range of days with its first day first."


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """A calendar month, written "2026-06"; `month + 1` is the next one and `later - earlier` a number of months."""

    year: int
    month: int
    # Worked out once, since every decision asks them by the dozen; a month is nearly always one of the remembered.
    first_day: date = field(init=False, repr=False)
    last_day: date = field(init=False, repr=False)
    # Counted since the year 0: months are compared and looked up by the hundred in every decision.
    _number: int = field(init=False, repr=False)
    _text: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise MalformedPeriod("A month has a year from 1 to 9999 and a number from 1 to 12.")
        object.__setattr__(self, "first_day", date(self.year, self.month, 1))
        object.__setattr__(self, "last_day", date(self.year, self.month, monthrange(self.year, self.month)[1]))
        object.__setattr__(self, "_number", self.year * 12 + self.month - 1)
        object.__setattr__(self, "_text", f"{self.year:04d}-{self.month:02d}")

    @classmethod
    def of(cls, value: "str | date") -> "Month":
        """The month that a text such as "2026-06" names, or the month in which a day lies."""
        return _numbered(value.year * 12 + value.month - 1) if isinstance(value, date) else _month_named(value)

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Month) and self._number == other._number

    def __hash__(self) -> int:
        return self._number

    def __lt__(self, other: "Month") -> bool:
        return self._number < other._number

    def __le__(self, other: "Month") -> bool:
        return self._number <= other._number

    def __gt__(self, other: "Month") -> bool:
        return self._number > other._number

    def __ge__(self, other: "Month") -> bool:
        return self._number >= other._number

    def __add__(self, months: int) -> "Month":
        return _numbered(self._number + months)

    @overload
    def __sub__(self, other: int) -> "Month": ...
    @overload
    def __sub__(self, other: "Month") -> int: ...
    def __sub__(self, other: "int | Month") -> "Month | int":
        if isinstance(other, Month):
            return self._number - other._number
        return _numbered(self._number - other)

    @property
    def next(self) -> "Month":
        return self + 1

    @property
    def previous(self) -> "Month":
        return self - 1

    @property
    def days(self) -> "Days":
        return Days(self.first_day, self.last_day)

    def window_before(self, months: int) -> "tuple[Month, ...]":
        """The given number of months that end just before this one, oldest first."""
        return _window(self._number, months)

    @staticmethod
    def window_before_day(day: date, months: int) -> "tuple[Month, ...]":
        """The given number of months that end just before the one in which a day lies, oldest first."""
        return _window(day.year * 12 + day.month - 1, months)


@lru_cache(maxsize=4096)
def _numbered(number: int) -> Month:
    year, index = divmod(number, 12)
    return Month(year, index + 1)


@lru_cache(maxsize=4096)
def _month_named(text: str) -> Month:
    match = _MONTH.fullmatch(text)
    if match is None:
        raise MalformedPeriod("A month is written as year and month, for example 2026-06.")
    year, number = int(match[1]), int(match[2])
    # The same object as of a day in it, so that a look-up by month compares no numbers.
    return _numbered(year * 12 + number - 1)


@lru_cache(maxsize=4096)
def _window(before: int, months: int) -> tuple[Month, ...]:
    return tuple(_numbered(before - back) for back in range(months, 0, -1))


@dataclass(frozen=True, slots=True, order=True, init=False)
class Days:
    """Consecutive days, the first and the last included; it iterates over them and `len` counts them."""

    first: date
    last: date

    # By hand: what a frozen dataclass writes takes twice as long, and every decision makes ranges.
    def __init__(self, first: date, last: date) -> None:
        if last < first:
            raise MalformedPeriod("A range of days ends on its first day or later.")
        _set_first(self, first)
        _set_last(self, last)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    def intersect(self, other: "Days") -> "Days | None":
        """The days that lie in both ranges, or None where no day does."""
        if other.first <= self.first and self.last <= other.last:
            return self
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Days(first, last) if first <= last else None


_set_first, _set_last = (vars(Days)[name].__set__ for name in ("first", "last"))


def collapse(days: Iterable[date]) -> tuple[Days, ...]:
    """The fewest ranges that hold exactly the given days, in order; a repeated day counts once."""
    ranges: list[list[int]] = []
    for day in sorted({day.toordinal() for day in days}):
        if ranges and ranges[-1][1] + 1 == day:
            ranges[-1][1] = day
        else:
            ranges.append([day, day])
    return tuple(Days(date.fromordinal(first), date.fromordinal(last)) for first, last in ranges)


def joined(ranges: Iterable[Days]) -> tuple[Days, ...]:
    """The fewest ranges that hold exactly the days of the given ones, in order."""
    ordered = sorted(ranges)
    if len(ordered) < 2:
        return tuple(ordered)
    found: list[Days] = []
    for each in ordered:
        if found and each.first.toordinal() <= found[-1].last.toordinal() + 1:
            found[-1] = Days(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return tuple(found)


def days_without(ranges: Iterable[Days], without: Iterable[Days | date] = ()) -> tuple[Days, ...]:
    """The days of all ranges together, each once, less the days named in `without`, as ordered ranges.

    It counts no day: what is stated may last for years.
    """
    kept = joined(ranges)
    removed = joined(part if isinstance(part, Days) else Days(part, part) for part in without)
    return tuple(left for part in kept for left in less(part, touching(part, removed))) if removed else kept


def less(days: Days, taken: Iterable[Days]) -> Iterator[Days]:
    """What is left of consecutive days without others, in order; it counts no day, however many there are."""
    first = days.first
    for each in sorted(taken):
        if each.last < first or each.first > days.last:
            continue
        if each.first > first:
            yield Days(first, each.first - _DAY)
        if each.last >= days.last:
            return
        first = each.last + _DAY
    yield Days(first, days.last)


def touching(days: Days, ordered: Sequence[Days]) -> Sequence[Days]:
    """Those of ordered ranges that do not overlap, as `joined` returns them, that have one of these days: found by
    halves, so that two long lists are compared in one walk."""
    start = bisect_left(ordered, days.first, key=_last)
    return ordered[start : bisect_right(ordered, days.last, lo=start, key=_first)]


def _first(days: Days) -> date:
    return days.first


def _last(days: Days) -> date:
    return days.last


def count_days(ranges: Collection[Days]) -> int:
    """How many days lie in ranges that do not overlap, for example those that `days_without` returned."""
    return sum(map(len, ranges))


def months_after(day: D, months: int) -> D:
    """The day of the same number so many months later, or the last day of that month where it has none.

    A limit of months runs to the end of that day; of a moment the time of day stays.
    """
    month = Month(day.year, day.month) + months
    return day.replace(year=month.year, month=month.month, day=min(day.day, month.last_day.day))


def completed_months(since: date, until: date) -> int:
    """How many whole months lie between two days; zero where the second one is the earlier."""
    months = Month.of(until) - Month.of(since)
    return max(0, months - (months_after(since, months) > until))


def birthday(born_on: date, years: int) -> date:
    """The day on which somebody completes so many years: of 29 February, 1 March of a common year."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def age_on(born_on: date, day: date) -> int:
    """Completed years of age on a day; who was born on 29 February completes a year on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def last_reached(born_on: date, day: date, ages: Iterable[object]) -> date:
    """The last birthday up to a day at which one of these ages was completed, or the day of birth: of all days on which
    the same of them were completed the first. What is no age counts for nothing."""
    age = age_on(born_on, day)
    reached = [each for each in ages if isinstance(each, int) and each <= age]
    return birthday(born_on, max(reached)) if reached else born_on
