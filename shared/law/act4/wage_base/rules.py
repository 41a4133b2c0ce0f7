"""The wage base of daily benefits: assumed wages of the months before the injury (Act 4, Fourth Schedule)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import wage_class
from shared.law.book import LawOn
from shared.law.errors import NoWageMonth
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class WageBase:
    """The assumed monthly wages in sen that are averaged, oldest first, and which months are rated provisionally."""

    assumed: Mapping[Month, Sen]
    provisional: tuple[Month, ...]


@rule("2013-01-01")
def wage_window(happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The six months before the month of the injury, oldest first (Fourth Schedule)."""
    return Month.of(happened_on).window_before(law.months("act4.wage_base.window"))


@rule("2013-01-01")
def wage_base(
    happened_on: date, contributed: Mapping[Month, Sen], open_spell: Collection[Month], law: LawOn
) -> WageBase:
    """The months of the window with a contribution paid or payable (Fourth Schedule).

    `contributed` holds the assumed wages in sen of the months whose contribution is known, also of months before the
    window; `open_spell` the months of an employment that goes on. Such a month without a known contribution is rated
    provisionally by the last known class before the injury (`assumed`). `NoWageMonth` if no month is left.
    """
    months = wage_window(happened_on, law)
    known = [month for month in contributed if month <= months[-1]]
    missing = tuple(month for month in months if month in open_spell and month not in contributed)
    provisional = missing if missing and known and _rated_provisionally(law) else ()
    assumed = {month: contributed[month] for month in months if month in contributed}
    assumed |= {month: contributed[max(known)] for month in provisional}
    if not assumed:
        raise NoWageMonth
    return WageBase({month: assumed[month] for month in sorted(assumed)}, provisional)


@rule("2013-01-01")
def assumed_wage_of_month(wages: Collection[Sen], month: Month, law: LawOn) -> Sen:
    """The assumed wage in sen of a month with a wage from one employer or several (Act 4 s.6(10) proviso).

    The assumed wages of several employers are added, up to the one of the highest class of that month's table.
    """
    then = law.on(month.first_day)
    return assumed_wages_together([wage_class(wage, then).assumed for wage in wages], month, law)


@rule("2013-01-01")
def assumed_wages_together(assumed: Collection[Sen], month: Month, law: LawOn) -> Sen:
    """The assumed wages of several employers added, up to the highest class of that month (Act 4 s.6(10) proviso)."""
    highest = law.on(month.first_day).table("act4.contributions.classes").column("assumed")[-1]
    return min(sum(assumed), highest)


@rule("2013-01-01")
def average_assumed_monthly_wage(assumed_by_month: Mapping[Month, Sen], law: LawOn) -> Fraction:
    """The exact average in sen of one to six assumed monthly wages (Fourth Schedule); `NoWageMonth` for none."""
    if not assumed_by_month:
        raise NoWageMonth
    if len(assumed_by_month) > law.months("act4.wage_base.window"):
        raise ValueError("more months than the window holds")
    return Fraction(sum(assumed_by_month.values()), len(assumed_by_month))


@rule("2013-01-01")
def similar_work_average(average: Sen | None, law: LawOn) -> Fraction:
    """What stands in where no month of the window has a contribution (Fourth Schedule para 4A).

    `average` is the average assumed monthly wage in sen of a person in similar work with the same employer, or else
    with another in the locality; `NoWageMonth` where none is known.
    """
    if average is None or not law.says("act4.wage_base.similar_work_stands_in"):
        raise NoWageMonth
    return Fraction(average)


def _rated_provisionally(law: LawOn) -> bool:
    payable = law.says("act4.wage_base.open_spell_makes_payable")
    return law.says("act4.wage_base.last_known_class_rates") and payable
