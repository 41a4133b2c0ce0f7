"""The employments behind the wages of a benefit: which months rate it, which wages rate nothing (Fourth Schedule)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.wage_base.rules import (
    Employment,
    assumed_wage_of_month,
    average_assumed_monthly_wage,
    wage_base_of_all,
    wage_window,
)
from shared.law.book import LawOn
from shared.law.rule import rule

_DAY = timedelta(days=1)
_NOT_DECLARED = (True,)


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """A spell of employment under a contract of service; `last` is None while it goes on.

    One that does not count was stated after the event, and nobody has verified it: its wages rate nothing.
    """

    first: date
    last: date | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class WithEmployer:
    """All spells with one employer, and the wages in sen that it declared by month."""

    spells: Sequence[Spell]
    wages: Mapping[Month, Sequence[Sen]]


@rule("2013-01-01", correction=1)
def employments_of(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> list[Employment]:
    """Each employment without a gap, with its wages as assumed wages; wages of a month outside it count nowhere."""
    window = wage_window(happened_on, law)
    found = []
    for each in employers:
        runs = _runs(_counting(each))
        contributed: list[dict[Month, Sen]] = [{} for _ in runs]
        months = sorted(month for month, paid in each.wages.items() if month <= window[-1] and any(paid))
        # A month in which the person left and came back is one month of the later employment.
        at = {
            month: months_of_run
            for run, months_of_run in zip(runs, contributed, strict=True)
            for month in _touched(run, months)
        }
        for month in months:
            if month in at:
                at[month][month] = assumed_wage_of_month([wage for wage in each.wages[month] if wage], month, law)
        # A month that was declared without wages has no contribution due (s.6).
        due = [month for month in window if any(each.wages.get(month, _NOT_DECLARED))]
        found += [
            Employment(months, frozenset(_touched(run, due))) for run, months in zip(runs, contributed, strict=True)
        ]
    return found


@rule("2013-01-01")
def months_outside(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months of the window for which an employer declared wages while the person had no day with it."""
    window = wage_window(happened_on, law)
    outside = {month for each in employers for month in _untouched(each.spells, _with_wages(each, window))}
    return tuple(sorted(outside))


@rule("2013-01-01")
def months_stated_late(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months of the window whose wages only a spell would carry that was stated after the event."""
    window = wage_window(happened_on, law)
    late = {
        month
        for each in employers
        if not all(spell.counts for spell in each.spells)
        for month in _untouched(_counting(each), _touched(each.spells, _with_wages(each, window)))
    }
    return tuple(sorted(late))


@rule("2013-01-01")
def months_read(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first.

    For a month of the window that an employer has not declared the last known class may stand in, which any month of
    the months before would be that are near enough.
    """
    window = wage_window(happened_on, law)
    has_all = [month in each.wages for each in employers for month in _touched(_counting(each), window)]
    if has_all and all(has_all):
        return window
    first = window[0] - law.months("act4.wage_base.last_known_class_age")
    return tuple(first + step for step in range(window[-1] - first + 1))


@rule("2013-01-01")
def average_in_similar_work(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> Sen:
    """The average assumed monthly wage in sen of a person in similar work, over the window (Fourth Schedule para 4A).

    Part of a sen is one more (`assumed`): the average is stated as an amount. `NoWageMonth` if that person has none.
    """
    base = wage_base_of_all(happened_on, employments_of(employers, happened_on, law), law)
    return ceil(average_assumed_monthly_wage(base.assumed, law))


def _with_wages(employer: WithEmployer, months: Sequence[Month]) -> list[Month]:
    return [month for month in months if any(employer.wages.get(month, ()))]


def _counting(employer: WithEmployer) -> list[Spell]:
    return [spell for spell in employer.spells if spell.counts]


def _runs(spells: Sequence[Spell]) -> list[list[Spell]]:
    """Spells with one employer that follow each other without a gap."""
    runs: list[list[Spell]] = []
    for spell in sorted(spells, key=lambda each: each.first):
        before = runs[-1][-1] if runs else None
        if before is not None and (before.last is None or spell.first <= before.last + _DAY):
            runs[-1].append(spell)
        else:
            runs.append([spell])
    return runs


def _touched(spells: Sequence[Spell], months: Sequence[Month]) -> list[Month]:
    """The months on a day of which the person was employed, in their order."""
    found = [
        month
        for month in months
        for spell in spells
        if spell.first <= month.last_day and (spell.last is None or month.first_day <= spell.last)
    ]
    return found if len(spells) < 2 else list(dict.fromkeys(found))


def _untouched(spells: Sequence[Spell], months: Sequence[Month]) -> list[Month]:
    """The months on no day of which the person was employed, in their order."""
    touched = _touched(spells, months)
    return [] if len(touched) == len(months) else [month for month in months if month not in touched]
