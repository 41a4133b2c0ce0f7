"""Contributions and wages of a question about a pension, of an invalid person or of survivors (Act 4 ss.17, 20)."""

from collections.abc import Collection
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.invalidity.rules import (
    LINES_BEGIN,
    Contributed,
    Qualifying,
    average,
    contributed,
    contributed_before,
    counted_average,
    highest_unknown_minimum,
    is_highest,
    known_minimum,
    monthly_pension,
    paid_or_payable,
    qualifying,
    share,
    wage_window,
)  # fmt: skip
from shared.law.act4.wage_base.asked import amounts_of
from shared.law.act4.wage_base.rules import assumed_wage_of_month, assumed_wages_together
from shared.law.book import LawOn
from shared.law.determination import Result, Steps, Test
from shared.law.errors import NotYetLaw
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

QUALIFIES = "a full or reduced qualifying period is completed"
HAS_WAGES = "a month of the wage window has a contribution"
EARLIER_KNOWN = "contributions of before 2013 are known or do not matter"
EARLIER, EARLIER_UNKNOWN = "contributions before 2013", "contributions before 2013 unknown"
COUNTED = ("contributions in the window", "contributions", "complete months")
MINIMUM_SETTLED = "the minimum average of the day is known or does not matter"
QUALIFYING_TEST = Test(
    QUALIFIES, "tempoh kelayakan penuh atau dikurangkan telah dipenuhi", "Act 4, s.17(2) and s.17(3)"
)
EARLIER_TEST = Test(
    EARLIER_KNOWN, "caruman sebelum 2013 diketahui atau tidak menjejaskan", "Act 4, s.17 and s.20(1)", officer=True
)
PENSION_TESTS = (
    QUALIFYING_TEST,
    EARLIER_TEST,
    Test(HAS_WAGES, "ada bulan dengan caruman dalam tempoh gaji", "Act 4, s.20(2)", officer=True),
    Test(MINIMUM_SETTLED, "purata minimum pada hari itu diketahui atau tidak menjejaskan", "Act 4, s.20(2)",
         officer=True),
)  # fmt: skip
CONTRIBUTION_FACTS = (
    Fact("first liable", "date", "the day on which the person first became liable to contribute"),
    Fact(
        "contributed",
        "months",
        "months with an invalidity contribution paid or payable; absent: the months of wages and assumed wages",
        default="",
    ),
    Fact(
        "payable", "months", "months of an employment whose contribution is payable and not declared yet", default=[]
    ),
    Fact(EARLIER, "count", "contributions for invalidity of months before January 2013, of which no line is kept",
         default="0"),
    Fact(EARLIER_UNKNOWN, "yes_no", "whether the person was liable before 2013 and nobody knows what was contributed",
         default="no"),
    Fact("credited", "months", "months credited at discretion (s.17(3C), s.17(3D))", default=[]),
    Fact("treated as met", "yes_no", "no fault of the person, so that it is treated as met (s.17(3A))", default="no"),
    Fact(
        "wages",
        "by_month",
        "wages declared, 0.00 for a month without any; a list of amounts for several employers",
        default={},
    ),
    Fact(
        "assumed wages", "by_month", "assumed wages of the class, in place of wages", default={}, by_hand_for="wages"
    ),
)  # fmt: skip
PENSION_RESULTS = (
    Result("contributions in the window", "caruman dalam tempoh", "count", "in the 40 months before that of notice"),
    Result("contributions", "caruman", "count", "in all, before the month of notice"),
    Result("complete months", "bulan genap", "count", "since the person first became liable"),
    Result("average assumed monthly wage", "purata gaji bulanan anggapan", "sen",
           "the exact average over the contribution months of the 24 months before the month of notice"),
    Result("counted average", "purata yang dikira", "sen", "the average, not under the minimum"),
    Result("share", "bahagian", "percent", "of the counted average: 50 to 65"),
    Result("monthly pension", "pencen bulanan", "sen", "counted average × share, rounded once"),
    Result("monthly pension by the minimum", "pencen bulanan mengikut minimum", "sen",
           "left to an officer: what the minimum average would give"),
    Result("monthly pension by the last contributions", "pencen bulanan mengikut caruman terakhir", "sen",
           "left to an officer: what the last 24 months with a contribution would give, where their wages are stated"),
    Result("monthly pension without a minimum", "pencen bulanan tanpa minimum", "sen",
           "left to an officer: what the average itself would give"),
)  # fmt: skip


def qualify(facts: Facts, noticed_on: date, law: LawOn, steps: Steps) -> tuple[Contributed, Qualifying]:
    """Record the contributions and test the qualifying period."""
    found = count(facts, noticed_on, law, steps)
    period = qualifying(found, law)
    if period is Qualifying.NONE and facts.says("treated as met"):
        steps.test(QUALIFIES, True, "Act 4, s.17(3A)")
        return found, Qualifying.REDUCED
    if period is Qualifying.NONE and facts.says(EARLIER_UNKNOWN):
        steps.test(EARLIER_KNOWN, False, "Act 4, s.17")
        return found, period
    steps.test(QUALIFIES, period is not Qualifying.NONE)
    return found, period


def count(facts: Facts, noticed_on: date, law: LawOn, steps: Steps) -> Contributed:
    """Record the contributions before the month of a notice, or of a death."""
    months, liable = _paid_or_payable(facts, law), Month.of(facts.day("first liable"))
    if early := [str(month) for month in months if month < liable]:
        raise MalformedFact("first liable", f"contributions are given for earlier months: {', '.join(sorted(early))}")
    found = contributed(months, facts.months("credited"), facts.day("first liable"), noticed_on, law)
    if earlier := _earlier(facts):
        found = contributed_before(found, earlier, law)
    steps.amount("contributions in the window", found.in_window, working("Σ"), "Act 4, s.17(2)(a)")
    steps.amount("contributions", found.in_all, working("Σ"), "Act 4, s.17")
    since = working("{}/{}", facts.day("first liable"), noticed_on)
    steps.amount("complete months", found.complete_months, since, "Act 4, s.17(2)(b)")
    return found


def pension(
    facts: Facts, noticed_on: date, found: Contributed, period: Qualifying, law: LawOn, steps: Steps
) -> Sen | None:
    """Record the average, the share and the monthly pension in sen, which is returned; None if left to an officer."""
    if period is Qualifying.NONE:
        return None
    part = share(period, found.in_all, law)
    steps.amount("share", part, working("{}: {}", period.value, found.in_all))
    window = wage_window(noticed_on, law)
    assumed = _assumed(facts, window, law)
    contributes = bool(assumed) or not set(window).isdisjoint(_contribution_months(facts))
    if not steps.test(HAS_WAGES, contributes, "Act 4, s.20(2)"):
        _readings_without_wages(facts, noticed_on, part, law, steps)
        return None
    exact = average(assumed, noticed_on, law)
    total = sum(assumed.values())
    of_months = working("{} / {}", sen(total), int(total / exact))
    steps.amount("average assumed monthly wage", exact, of_months, "Act 4, s.20(2)")
    counted = counted_average(exact, law)
    if not steps.test(MINIMUM_SETTLED, counted is not None, "Act 4, s.20(2)") or counted is None:
        _of_average("monthly pension without a minimum", exact, part, law, steps)
        _of_average("monthly pension by the minimum", highest_unknown_minimum(law), part, law, steps)
        return None
    minimum = known_minimum(law)
    taken = working("{}", sen(exact)) if minimum is None else working("max({}, {})", sen(exact), sen(minimum))
    steps.amount("counted average", counted, taken, "Act 4, s.20(2)")
    monthly = _of_average("monthly pension", counted, part, law, steps)
    if facts.says(EARLIER_UNKNOWN) and not steps.test(EARLIER_KNOWN, is_highest(period, part, law), "Act 4, s.20(1)"):
        return None
    provisional_by_payable(facts, steps)
    return monthly


def _of_average(name: str, counted: Fraction, part: Fraction, law: LawOn, steps: Steps) -> Sen:
    monthly = monthly_pension(counted, part, law)
    steps.amount(name, monthly, working("{} × {}", sen(counted), percent(part)), "Act 4, s.20(1)")
    return monthly


def _readings_without_wages(facts: Facts, noticed_on: date, part: Fraction, law: LawOn, steps: Steps) -> None:
    """What each reading of s.20(2) would give, for the officer; one whose wages or minimum nobody knows is left out."""
    lowest = known_minimum(law)
    if lowest is not None:
        _of_average("monthly pension by the minimum", lowest, part, law, steps)
    before = [month for month in sorted(_wage_months(facts)) if month < Month.of(noticed_on)]
    try:
        last = _assumed(facts, before[-law.months("act4.invalidity.wage_window") :], law)
    except NotYetLaw:  # the classes of months long past are not in the book
        return
    if last:
        exact = Fraction(sum(last.values()), len(last))
        _of_average("monthly pension by the last contributions", exact, part, law, steps)


def provisional_by_payable(facts: Facts, steps: Steps) -> None:
    """Record that what is granted may change: by the contributions of months that count and are not declared yet."""
    if facts.months("payable"):
        steps.is_provisional()


def _earlier(facts: Facts) -> int:
    """Contributions of months before the lines begin: not more than such months since the person was liable."""
    stated, months = facts.count(EARLIER), LINES_BEGIN - Month.of(facts.day("first liable"))
    if stated > max(0, months):
        raise MalformedFact(EARLIER, f"{stated} are more than the months since the person was liable")
    return stated


def _paid_or_payable(facts: Facts, law: LawOn) -> Collection[Month]:
    declared, payable = _contribution_months(facts), facts.months("payable")
    return paid_or_payable(declared, payable, law) if payable else declared


def _contribution_months(facts: Facts) -> tuple[Month, ...]:
    return facts.months("contributed") if facts.has("contributed") else tuple(_wage_months(facts))


def _wage_months(facts: Facts) -> set[Month]:
    return set(amounts_of(facts, "wages")) | set(amounts_of(facts, "assumed wages"))


def _assumed(facts: Facts, months: Collection[Month], law: LawOn) -> dict[Month, Sen]:
    """Assumed wages of the months as given, or looked up from the wages; a month given both ways is as assumed."""
    given = amounts_of(facts, "assumed wages")
    found = {month: assumed_wages_together(given[month], month, law) for month in months if month in given}
    wages = amounts_of(facts, "wages")
    return found | {
        month: assumed_wage_of_month(wages[month], month, law)
        for month in months
        if month in wages and month not in given
    }
