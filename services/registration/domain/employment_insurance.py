"""A person's membership of Act 800, the employment insurance: the days on which the person is insured (s.2)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from services.registration.domain.membership import CategoryPeriod, Employed, Residing, joined
from services.registration.domain.skbbk import Standing
from shared.kernel.periods import Month
from shared.law.act800.contributions.rules import insured
from shared.law.act800.cover.rules import as_first_liable, may_change_in
from shared.law.book import Book, LawOn
from shared.law.errors import NotYetLaw

SCHEME = "act800"
INSURED = "insured"
_DAY = timedelta(days=1)


def insurance_membership(born_on: date, standing: Standing, law: LawOn) -> tuple[CategoryPeriod, ...]:
    """The insured days of employment, in order: months are insured whole, as far as the employment goes.

    Days on which the Act does not insure, by age, nationality or a late first employment, are in no period.
    """
    spells = standing.spells if standing.of_act800 is None else standing.of_act800
    if not spells:
        return ()
    liable_on = as_first_liable(born_on, min(spell.first for spell in spells), law)
    insured_in = _insured_in(born_on, liable_on, standing.residences, law.book, law.in_force, law.known)
    employed = joined(spells, _first_month(law.book).first_day) if insured_in else ()
    return tuple(period for days in employed for period in _insured_days(days, insured_in))


def is_insured(born_on: date, month: Month, standing: Standing, law: LawOn) -> bool:
    """Whether an employed person is insured in a month; a residence counts that holds at the month's end."""
    first_liable_on = min(spell.first for spell in standing.spells)
    try:
        return insured(born_on, first_liable_on, standing.is_foreign(month.last_day), month, law)
    except NotYetLaw:
        return False


def _insured_days(days: Employed, insured_in: Sequence[Employed]) -> Iterator[CategoryPeriod]:
    """The insured ones of consecutive days of employment."""
    for each in insured_in:
        first = max(days.first, each.first)
        last = min((day for day in (days.last, each.last) if day is not None), default=None)
        if last is None or first <= last:
            yield CategoryPeriod(INSURED, first, last)


# Of a nation many are born on a day, and nearly all were first liable early enough and never moved.
@lru_cache(maxsize=100_000)
def _insured_in(
    born_on: date, liable_on: date, residences: tuple[Residing, ...], law_book: Book, in_force: date, known: date
) -> tuple[Employed, ...]:
    """The days on which somebody would be insured who is employed on all of them, joined where they adjoin."""
    law, standing = law_book.on(in_force, known), Standing((Employed(liable_on, None),), residences)
    found: list[Employed] = []
    since = None
    for month in _turns(born_on, standing, law):
        is_in = is_insured(born_on, month, standing, law)
        if is_in and since is None:
            since = month.first_day
        elif not is_in and since is not None:
            found.append(Employed(since, month.first_day - _DAY))
            since = None
    return tuple(found) if since is None else (*found, Employed(since, None))


def _turns(born_on: date, standing: Standing, law: LawOn) -> list[Month]:
    """The months in which something may change, in order: between them nothing does."""
    months = set(_by_age(born_on, law.book, law.in_force, law.known))
    for each in standing.residences:
        if each.first is not None:
            # Its end decides, so that a move counts in the month in which it lies.
            months.add(Month.of(each.first))
        if each.last is not None:
            months.add(Month.of(each.last + _DAY))
    return sorted(months)


@lru_cache(maxsize=50_000)
def _by_age(born_on: date, law_book: Book, in_force: date, known: date) -> frozenset[Month]:
    return frozenset(may_change_in(born_on, law_book.on(in_force, known)))


@lru_cache(maxsize=64)
def _first_month(law_book: Book) -> Month:
    return min(Month.of(entry.in_force) for entry in law_book.figures["act800.cover.minimum_age"].entries)
