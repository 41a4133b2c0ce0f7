"""The facts that every question about an Act 800 allowance asks for its wage base, and how they are read."""

from collections.abc import Mapping
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act800.wage_base.rules import (
    KnownWages,
    assumed_wages,
    average_assumed_monthly_wage,
    wage_window,
    within_classes,
)
from shared.law.book import LawOn
from shared.law.determination import Result, Steps
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import Given, joined, sen, working

AVERAGE = "average assumed monthly wage"
_BY_MONTH = ("wages", "assumed wages")
_MONTHS = ("months without wages", "temporary disablement months")

LOSS = Fact("loss", "date", "the day of the loss of employment, as determined by the organisation")
LOSS_FOR_WAGES = Fact("loss", "date", "the day of the loss of employment; needed with wages by month", default="")
WAGE_FACTS = (
    Fact("wages", "by_month", "wages of the employment that was lost, by month", default={}),
    Fact("assumed wages", "by_month", "assumed wages of the class, in place of wages", default={}),
    Fact("months without wages", "months", "unpaid months with a contribution payable: minimum wage", default=[]),
    Fact(
        "temporary disablement months",
        "months",
        "months of temporary disablement benefit without wages: the last wage before them",
        default=[],
    ),
    Fact(AVERAGE, "ringgit", "the average itself, in place of all wages by month", default=""),
)
MONTHS_OF_BENEFIT = Fact(
    "months of benefit", "count", "months of job search allowance by the contributions qualifying condition: 3 to 6"
)
WAGE_RESULTS = (
    Result(
        "months averaged", "bulan dipuratakan", "months", "months of the window with a contribution paid or payable"
    ),
    Result(
        AVERAGE,
        "purata gaji bulanan andaian",
        "sen",
        "the exact average over the contribution months of the six months before the month of the loss",
    ),
)


def average_of(facts: Facts, law: LawOn, steps: Steps) -> Fraction:
    """The average assumed monthly wage, given or averaged, recorded with its arithmetic."""
    if facts.has(AVERAGE):
        _refuse_two_truths(facts)
        given = facts.sen(AVERAGE)
        counted = within_classes(given, wage_window(facts.day_if_given("loss") or law.in_force, law)[-1], law)
        of_given: Given = sen(given) if given == counted else working("min({}, {})", sen(given), sen(counted))
        steps.amount(AVERAGE, Fraction(counted), of_given, "Act 800, Third Schedule paras 6-8")
        return Fraction(counted)
    assumed = assumed_wages(facts.day("loss"), _known(facts), law)
    average = average_assumed_monthly_wage(assumed, law)
    steps.amount("months averaged", len(assumed), joined(", ", *assumed))
    of_months = working("{} / {}", sen(sum(assumed.values())), len(assumed))
    steps.amount(AVERAGE, average, of_months, "Act 800, Third Schedule paras 6-8")
    return average


def _known(facts: Facts) -> KnownWages:
    wages, assumed = (_one_a_month(facts, name) for name in _BY_MONTH)
    unpaid, disabled = (facts.months(name) for name in _MONTHS)
    for name, months in zip(_MONTHS, (unpaid, disabled), strict=True):
        if set(months) & {*wages, *assumed}:
            raise MalformedFact(name, "a month is also given with wages")
    if set(unpaid) & set(disabled):
        raise MalformedFact(_MONTHS[0], "a month is also given as one of temporary disablement")
    return KnownWages({month: wage for month, wage in wages.items() if month not in assumed}, assumed, unpaid, disabled)


def _one_a_month(facts: Facts, name: str) -> Mapping[Month, Sen]:
    by_month = facts.by_month(name)
    if any(len(amounts) != 1 for amounts in by_month.values()):
        raise MalformedFact(name, "one amount a month: Act 800 takes each employment for itself")
    if not all(amounts[0] for amounts in by_month.values()):
        raise MalformedFact(name, f"a month without wages is given under {_MONTHS[0]}, not as 0.00")
    return {month: amounts[0] for month, amounts in by_month.items()}


def _refuse_two_truths(facts: Facts) -> None:
    for name in (*_BY_MONTH, *_MONTHS):
        if facts.by_month(name) if name in _BY_MONTH else facts.months(name):
            raise MalformedFact(AVERAGE, f"given beside {name}")
