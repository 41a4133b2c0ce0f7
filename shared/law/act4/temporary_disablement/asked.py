"""The days of a temporary disablement as a question states them, whatever the contingency (Act 4 s.22)."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days, count_days
from shared.law.act4.daily_rate.working import rate_working
from shared.law.act4.temporary_disablement.rules import certified_days, days_to_look_at, payable_days
from shared.law.act4.wage_base.asked import WAGE_RESULTS, average_wage
from shared.law.book import LawOn
from shared.law.determination import Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

CERTIFIED = "certified unfit long enough"
CERTIFIED_TEST = Test(CERTIFIED, "disahkan tidak sihat cukup lama", "Act 4, s.22")
DAY_FACTS = (
    Fact("accident", "date", "the day of the accident"),
    Fact(
        "certified",
        "periods",
        "the days certified unfit for work, first and last; certificates may overlap and need not follow each other, "
        "and days before the accident do not count",
    ),
    Fact("worked with wages", "dates", "days on which wages were paid", default=[]),
    Fact("fit from", "date", "first day of fitness by a final certificate", default=""),
)
DAY_RESULTS = (
    *WAGE_RESULTS,
    Result("daily rate", "kadar harian", "sen", "benefit for one payable day, not under the floor"),
    Result("days", "hari", "days", "payable days"),
    Result("amount", "amaun", "sen", "days × daily rate"),
    Result(
        "certified days to look at",
        "hari cuti sakit untuk disemak",
        "days",
        "certified days beyond those after which a claim is looked at again; given only where there are any",
    ),
)


def _fit_from(facts: Facts) -> date | None:
    return facts.day_if_given("fit from")


def certified_of(facts: Facts, law: LawOn) -> tuple[Days, ...]:
    """The certified days from the accident on."""
    return certified_days(facts.periods("certified"), facts.day("accident"), _fit_from(facts), law)


def payable_of(facts: Facts, law: LawOn) -> tuple[Days, ...]:
    """The certified days that are paid."""
    days = (facts.periods("certified"), facts.day("accident"), facts.days("worked with wages"))
    return payable_days(*days, _fit_from(facts), law)


def is_certified(facts: Facts, law: LawOn, steps: Steps, minimum_days: str) -> bool:
    """Test that the certified days reach the minimum, a figure."""
    return steps.test(CERTIFIED, count_days(certified_of(facts, law)) >= law.days(minimum_days))


def pay(
    facts: Facts,
    law: LawOn,
    steps: Steps,
    share: str,
    daily_rate: Callable[[Fraction, LawOn], Sen],
    section: str,
) -> None:
    """Record the payable days, the average, the daily rate by its figure and its rule, and the amount."""
    periods = payable_of(facts, law)
    days = count_days(periods)
    steps.amount("days", days, ", ".join(map(str, periods)) or "0", section)
    average = average_wage(facts, facts.day("accident"), law, steps)
    rate = daily_rate(average.exact, law)
    steps.amount("daily rate", rate, rate_working(average.working, (law.share(share),), rate, law), section)
    steps.amount("amount", days * rate, f"{days} × {ringgit(rate)}", section)
    certified = count_days(certified_of(facts, law))
    beyond = days_to_look_at(certified, law)
    if beyond:
        limit = law.days("act4.temporary_disablement.review_days")
        steps.amount("certified days to look at", beyond, f"{certified} - {limit}")
