"""The wages of a question about a daily benefit, averaged step by step (Act 4, Fourth Schedule)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.law.act4.wage_base.rules import (
    WageBase,
    assumed_wage_of_month,
    assumed_wages_together,
    average_assumed_monthly_wage,
    similar_work_average,
    wage_base,
    wage_window,
)
from shared.law.book import LawOn
from shared.law.determination import Result, Steps
from shared.law.errors import NoWageMonth
from shared.law.fact_types import Fact
from shared.law.facts import Facts

SCHEDULE = "Act 4, Fourth Schedule"
WAGE_FACTS = (
    Fact(
        "wages",
        "by_month",
        "wages declared, 0.00 for a month without any; a list of amounts for several employers",
        default={},
    ),
    Fact(
        "assumed wages",
        "by_month",
        "assumed wages of the class, in place of wages; a list for several employers",
        default={},
    ),
    Fact(
        "employed without contribution yet",
        "months",
        "months of an employment that goes on whose contribution is not known yet: rated provisionally",
        default=[],
    ),
    Fact(
        "average of similar work",
        "ringgit",
        "average assumed monthly wage of a person in similar work, with the same employer or else another in the "
        "locality; read only where no month of the window has a contribution (Fourth Schedule para 4A)",
        default="",
    ),
)
WAGE_RESULTS = (
    Result(
        "assumed wage of <month>",
        "gaji anggapan <month>",
        "sen",
        "of each contribution month in the six months before the month of the accident",
    ),
    Result(
        "average assumed monthly wage",
        "purata gaji bulanan anggapan",
        "sen",
        "the exact average over the contribution months of the six months before the month of the accident",
    ),
)


@dataclass(frozen=True, slots=True)
class Average:
    """The exact average assumed monthly wage in sen, and its arithmetic."""

    exact: Fraction
    working: str


def average_wage(facts: Facts, happened_on: date, law: LawOn, steps: Steps) -> Average:
    """Record the assumed wages of the window and their average; `NoWageMonth` if similar work is unknown too."""
    try:
        base = wage_base(happened_on, _assumed(facts, happened_on, law), facts.months(WAGE_FACTS[2].name), law)
    except NoWageMonth:
        return _of_similar_work(facts, wage_window(happened_on, law)[-1], law, steps)
    return _of_months(base, law, steps)


def _of_months(base: WageBase, law: LawOn, steps: Steps) -> Average:
    for month, assumed in base.assumed.items():
        working = "last known class" if month in base.provisional else "class of the wage"
        steps.amount(f"assumed wage of {month}", assumed, working, SCHEDULE)
    average = average_assumed_monthly_wage(base.assumed, law)
    working = f"{ringgit(sum(base.assumed.values()))} / {len(base.assumed)}"
    steps.amount("average assumed monthly wage", average, working, SCHEDULE)
    return Average(average, working)


def _of_similar_work(facts: Facts, last: Month, law: LawOn, steps: Steps) -> Average:
    """The average as given, not above the highest class of the last month of the window."""
    given = facts.sen_if_given("average of similar work")
    capped = None if given is None else assumed_wages_together((given,), last, law)
    average = similar_work_average(capped, law)
    working = ringgit(int(average)) if given == capped else f"min({ringgit(given or 0)}, {ringgit(int(average))})"
    steps.amount("average assumed monthly wage", average, working, f"{SCHEDULE}, para 4A")
    return Average(average, working)


def amounts_of(facts: Facts, name: str) -> dict[Month, tuple[Sen, ...]]:
    """What employers paid in each month; one who paid nothing, and a month in which nobody did, contributed nothing."""
    found = {month: tuple(filter(None, amounts)) for month, amounts in facts.by_month(name).items()}
    return {month: amounts for month, amounts in found.items() if amounts}


def _assumed(facts: Facts, happened_on: date, law: LawOn) -> dict[Month, Sen]:
    """Assumed wages as given, not above the month's highest class, or looked up from its wages.

    A month given both ways is as assumed. Only the window can rate a benefit, and where a month of it is missing also
    the newest month before.
    """
    given, wages = amounts_of(facts, "assumed wages"), amounts_of(facts, "wages")
    months = wage_window(happened_on, law)
    if facts.months("employed without contribution yet"):
        before = sorted(month for month in given.keys() | wages.keys() if month < months[0])
        months = (*before[-1:], *months)
    found = {month: assumed_wages_together(given[month], month, law) for month in months if month in given}
    return found | {
        month: assumed_wage_of_month(wages[month], month, law)
        for month in months
        if month in wages and month not in given
    }
