"""The wages of a question about a daily benefit, averaged step by step (Act 4, Fourth Schedule)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.wage_base.employments import (
    Spell,
    WithEmployer,
    employments_of,
    months_outside,
    months_stated_late,
)
from shared.law.act4.wage_base.rules import (
    WageBase,
    assumed_wage_of_month,
    assumed_wages_together,
    average_assumed_monthly_wage,
    similar_work_average,
    wage_base,
    wage_base_of_all,
    wage_window,
)
from shared.law.book import LawOn
from shared.law.determination import Result, Steps
from shared.law.errors import NoWageMonth
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import Working, sen, working

SCHEDULE = "Act 4, Fourth Schedule"
# Why a person looks at wages that rate nothing.
WAGES_OUTSIDE, STATED_LATE = "wages_outside_employment", "employment_stated_late"
WAGE_FACTS = (
    Fact(
        "wages",
        "by_month",
        "wages declared, 0.00 for a month without any; a list of amounts for several employers",
        default={},
        by_hand_for="employments",
    ),
    Fact(
        "assumed wages",
        "by_month",
        "assumed wages of the class, in place of wages; a list for several employers",
        default={},
        by_hand_for="employments",
    ),
    Fact(
        "employed without contribution yet",
        "months",
        "months of an employment that goes on whose contribution is not known yet: rated provisionally",
        default=[],
        by_hand_for="employments",
    ),
    Fact(
        "employments",
        "records",
        "the employments one by one, in place of wages and of months without contribution yet",
        default=[],
        of=(
            Fact("employer", "text", "the employer"),
            Fact(
                "spells",
                "records",
                "the spells of employment with it",
                of=(
                    Fact("from", "date", "the first day"),
                    Fact("to", "date", "the last day; absent while it goes on", default=""),
                    Fact("counts", "yes_no", "no: stated after the event, and verified by nobody", default="yes"),
                ),
            ),
            Fact("wages", "by_month", "wages that it declared; a list for several lines of one month", default={}),
        ),
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
    working: Working


def average_wage(facts: Facts, happened_on: date, law: LawOn, steps: Steps) -> Average:
    """Record the assumed wages of the window and their average; `NoWageMonth` if similar work is unknown too."""
    try:
        base = _base(facts, happened_on, law, steps)
    except NoWageMonth:
        return _of_similar_work(facts, wage_window(happened_on, law)[-1], law, steps)
    return _of_months(base, law, steps)


def _base(facts: Facts, happened_on: date, law: LawOn, steps: Steps) -> WageBase:
    employers = [_with_employer(each) for each in facts.people("employments").values()]
    if not employers:
        return wage_base(happened_on, _assumed(facts, happened_on, law), facts.months(WAGE_FACTS[2].name), law)
    if months_outside(employers, happened_on, law):
        steps.look(WAGES_OUTSIDE, (), SCHEDULE)
    if months_stated_late(employers, happened_on, law):
        steps.look(STATED_LATE, (), SCHEDULE)
    return wage_base_of_all(happened_on, employments_of(employers, happened_on, law), law)


def _with_employer(one: Facts) -> WithEmployer:
    spells = [
        Spell(each.day("from"), each.day_if_given("to"), each.says("counts")) for each in one.people("spells").values()
    ]
    return WithEmployer(spells, one.by_month("wages"))


def _of_months(base: WageBase, law: LawOn, steps: Steps) -> Average:
    for month, assumed in base.assumed.items():
        taken_from = "last known class" if month in base.provisional else "class of the wage"
        steps.amount(f"assumed wage of {month}", assumed, taken_from, SCHEDULE)
    if base.provisional:
        steps.is_provisional()
    average = average_assumed_monthly_wage(base.assumed, law)
    of_months = working("{} / {}", sen(sum(base.assumed.values())), len(base.assumed))
    steps.amount("average assumed monthly wage", average, of_months, SCHEDULE)
    return Average(average, of_months)


def _of_similar_work(facts: Facts, last: Month, law: LawOn, steps: Steps) -> Average:
    """The average as given, not above the highest class of the last month of the window."""
    given = facts.sen_if_given("average of similar work")
    capped = None if given is None else assumed_wages_together((given,), last, law)
    average = similar_work_average(capped, law)
    as_given = working("{}", sen(average)) if given == capped else working("min({}, {})", sen(given or 0), sen(average))
    steps.amount("average assumed monthly wage", average, as_given, f"{SCHEDULE}, para 4A")
    return Average(average, as_given)


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
