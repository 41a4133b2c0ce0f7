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


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """A spell of employment under a contract of service; `last` is None while it goes on.

    One that does not count was stated after the event, and nobody has verified it: its wages rate nothing.
    """

    first: date
    last: date | None = None
    counts: bool = True

    def touches(self, month: Month) -> bool:
        """Whether the person was employed on a day of the month."""
        return self.first <= month.last_day and (self.last is None or month.first_day <= self.last)


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
        for month, paid in sorted(each.wages.items()):
            # A month in which the person left and came back is one month of the later employment.
            at = max((at for at, run in enumerate(runs) if _touches(run, month)), default=None)
            if at is not None and month <= window[-1] and any(paid):
                contributed[at][month] = assumed_wage_of_month([wage for wage in paid if wage], month, law)
        # A month that was declared without wages has no contribution due (s.6).
        without = {month for month, paid in each.wages.items() if not any(paid)}
        for run, months in zip(runs, contributed, strict=True):
            went_on = [month for month in window if _touches(run, month) and month not in without]
            found.append(Employment(months, went_on))
    return found


@rule("2013-01-01")
def months_outside(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months of the window for which an employer declared wages while the person had no day with it."""
    window = wage_window(happened_on, law)
    outside = {
        month
        for each in employers
        for month in window
        if any(each.wages.get(month, ())) and not _touches(each.spells, month)
    }
    return tuple(sorted(outside))


@rule("2013-01-01")
def months_stated_late(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months of the window whose wages only a spell would carry that was stated after the event."""
    window = wage_window(happened_on, law)
    late = {
        month
        for each in employers
        for month in window
        if any(each.wages.get(month, ())) and _touches(each.spells, month) and not _touches(_counting(each), month)
    }
    return tuple(sorted(late))


@rule("2013-01-01")
def months_read(employers: Collection[WithEmployer], happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first.

    For a month of the window that an employer has not declared the last known class may stand in, which any month of
    the months before would be that are near enough.
    """
    window = wage_window(happened_on, law)
    has_all = [month in each.wages for each in employers for month in window if _touches(_counting(each), month)]
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


def _touches(spells: Sequence[Spell], month: Month) -> bool:
    return any(spell.touches(month) for spell in spells)
