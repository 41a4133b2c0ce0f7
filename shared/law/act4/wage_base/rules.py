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


@dataclass(frozen=True, slots=True)
class Employment:
    """An employment without a gap: assumed wages in sen by month, also before the window, and months it went on in."""

    contributed: Mapping[Month, Sen]
    went_on: Collection[Month]


@rule("2013-01-01")
def wage_window(happened_on: date, law: LawOn) -> tuple[Month, ...]:
    """The six months before the month of the injury, oldest first (Fourth Schedule)."""
    return Month.window_before_day(happened_on, law.months("act4.wage_base.window"))


@rule("2013-01-01", correction=1)
def wage_base(
    happened_on: date, contributed: Mapping[Month, Sen], open_spell: Collection[Month], law: LawOn
) -> WageBase:
    """The months of the window with a contribution paid or payable, of one employment (Fourth Schedule).

    `contributed` holds the assumed wages in sen of the months whose contribution is known, also of months before the
    window; `open_spell` the months of an employment that goes on. Such a month without a known contribution is rated
    provisionally by the last known wage class before the injury (`assumed`). `NoWageMonth` if no month is left.
    """
    return wage_base_of_all(happened_on, (Employment(contributed, open_spell),), law)


@rule("2013-01-01", correction=1)
def wage_base_of_all(happened_on: date, employments: Collection[Employment], law: LawOn) -> WageBase:
    """The months of the window with a contribution paid or payable, of all employments together (Fourth Schedule).

    For a month whose contribution an employer has not declared the last known class of that employment stands in, also
    beside what another employer declared: assumed wages are added up (s.6(10) proviso). `NoWageMonth` if no month is
    paid or payable: then para 4A asks for a person in similar work.
    """
    months = wage_window(happened_on, law)
    assumed: dict[Month, Sen] = {}
    provisional: list[Month] = []
    known = [(each, _up_to(months[-1], each.contributed)) for each in employments]
    for month in months:
        wages, stands_in = [], False
        for each, of_month in known:
            wage = of_month.get(month)
            if wage is None and month in each.went_on:
                wage = last_known_class(month, of_month, law)
                stands_in |= wage is not None
            if wage is not None:
                wages.append(wage)
        if wages:
            assumed[month] = wages[0] if len(wages) == 1 else assumed_wages_together(wages, month, law)
            provisional += [month] if stands_in else []
    if not assumed:
        raise NoWageMonth
    return WageBase(assumed, tuple(provisional))


@rule("2013-01-01")
def last_known_class(month: Month, known: Mapping[Month, Sen], law: LawOn) -> Sen | None:
    """The assumed wage in sen that stands in for a month: the newest known of that employment, if it is not too old.

    None where no class is near enough, or where none may stand in (`assumed`, with the age).
    """
    if not known or not _rated_provisionally(law):
        return None
    oldest, newest = month - law.months("act4.wage_base.last_known_class_age"), max(known)
    return known[newest] if newest >= oldest else None


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
        raise NoWageMonth(facts={"law": "Act 4, Fourth Schedule, para 4A"})
    return Fraction(average)


def _up_to(last: Month, contributed: Mapping[Month, Sen]) -> Mapping[Month, Sen]:
    return {month: wage for month, wage in contributed.items() if month <= last}


def _rated_provisionally(law: LawOn) -> bool:
    payable = law.says("act4.wage_base.open_spell_makes_payable")
    return law.says("act4.wage_base.last_known_class_rates") and payable
