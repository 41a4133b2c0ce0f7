"""A person's membership of Act 4, derived from birth and spells: in which category, on which days (s.6(2))."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category, as_first_liable, category, first_day_of_foreign_workers
from shared.law.book import Book, LawOn

SCHEME = "act4"
FOREIGN = "foreign_worker"
# The statute book starts here for Act 4; the categories of earlier days are not in it.
BOOK_BEGINS = date(2013, 1, 1)
_DAY = timedelta(days=1)
_LONGEST_LIFE_MONTHS = 150 * 12
# Where the search begins; what it finds is what the law says.
_USUALLY_MONTHS = 60 * 12


@dataclass(frozen=True, slots=True)
class CategoryPeriod:
    """Days in one category of a scheme, as it is published; `last` is None while the membership goes on."""

    category: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Employed:
    """Days of employment with any employer; `last` is None while it goes on."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Residing:
    """A residence by its days; None for a first or a last day that is open."""

    residence: str
    first: date | None
    last: date | None


def membership(
    born_on: date, spells: Iterable[Employed], law: LawOn, residences: Iterable[Residing] = ()
) -> tuple[CategoryPeriod, ...]:
    """The periods of membership, in order, from the first day in the statute book on.

    The spells are those of work that the Act has. Days on which it is not open to foreign workers are in no period of
    one. The change to the second category at 60 is published in advance: it depends on the day of birth alone.
    """
    employed = sorted(spells, key=lambda spell: spell.first)
    if not employed:
        return ()
    first_liable_on = employed[0].first
    begin = Month.of(max(first_liable_on, BOOK_BEGINS))
    second_from = _second_from(born_on, first_liable_on, begin, law).first_day
    parts = [part for days in joined(employed, BOOK_BEGINS) for part in _split(days, second_from)]
    for each in residences:
        if each.residence == FOREIGN:
            parts = [left for part in parts for left in _without(part, each, law)]
    return tuple(parts)


def _without(part: CategoryPeriod, residing: Residing, law: LawOn) -> list[CategoryPeriod]:
    """A period without the days of a foreign worker's before the Act was open to them."""
    opened = first_day_of_foreign_workers(law)
    first = max(part.first, residing.first or part.first)
    last = min(day for day in (part.last, residing.last, opened - _DAY) if day is not None)
    if last < first:
        return [part]
    before = [replace(part, last=first - _DAY)] if part.first < first else []
    after = [replace(part, first=last + _DAY)] if part.last is None or part.last > last else []
    return [*before, *after]


def _second_from(born_on: date, first_liable_on: date, begin: Month, law: LawOn) -> Month:
    """The first month in the second category, from a month on: who is in it stays in it."""
    liable_on = as_first_liable(born_on, first_liable_on, law)
    return max(begin, _second_since(born_on, liable_on, law.book, law.in_force, law.known))


# Of a nation many are born on a day, and nearly all were first liable before any age that counts.
@lru_cache(maxsize=100_000)
def _second_since(born_on: date, first_liable_on: date, law_book: Book, in_force: date, known: date) -> Month:
    """The first month in the second category since the book begins, searched for by halves."""
    law, begin = law_book.on(in_force, known), Month.of(BOOK_BEGINS)

    def is_second(months: int) -> bool:
        return category(born_on, first_liable_on, begin + months, law) is Category.SECOND

    # Nearly everybody's lies at an age: looked at first, it is found by two questions in place of eleven.
    usual = max(0, Month.of(born_on) + _USUALLY_MONTHS - begin)
    for months in (usual, usual + 1):
        if is_second(months) and (months == 0 or not is_second(months - 1)):
            return begin + months
    return begin + bisect_left(range(_LONGEST_LIFE_MONTHS), True, key=is_second)


def joined(spells: Iterable[Employed], begins: date) -> list[Employed]:
    """The spells of all employers together, from a day on; what overlaps or adjoins becomes one."""
    found: list[Employed] = []
    for days in sorted(spells, key=lambda spell: spell.first):
        if days.last is not None and days.last < begins:
            continue
        before = found[-1] if found else None
        if before is not None and (before.last is None or before.last + _DAY >= days.first):
            last = None if before.last is None or days.last is None else max(before.last, days.last)
            found[-1] = Employed(before.first, last)
        else:
            found.append(Employed(max(days.first, begins), days.last))
    return found


def _split(days: Employed, second_from: date) -> list[CategoryPeriod]:
    if days.first >= second_from:
        return [CategoryPeriod(Category.SECOND, days.first, days.last)]
    if days.last is not None and days.last < second_from:
        return [CategoryPeriod(Category.FIRST, days.first, days.last)]
    return [
        CategoryPeriod(Category.FIRST, days.first, second_from - _DAY),
        CategoryPeriod(Category.SECOND, second_from, days.last),
    ]
