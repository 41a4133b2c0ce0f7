"""Training allowance for the days attended, and the training fee (Act 800 s.37)."""

from shared.kernel.periods import Days
from shared.law.act800.training.rules import begins_in_time, daily_allowance, fee, share_of_a_day, short_enough
from shared.law.act800.wage_base.questions import (
    LOSS_FOR_WAGES,
    MONTHS_OF_BENEFIT,
    WAGE_FACTS,
    WAGE_RESULTS,
    average_of,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

NOT_REDUCED = "reduced income allowance is not paid for the loss"
APPROVED = "the provider is approved"
IN_TIME = "the course begins in time"
SHORT = "the course is not longer than allowed"
_DIVISOR = "act800.training.days_in_a_month"

COURSE_FACTS = (
    Fact("course", "periods", "first and last day of the course"),
    Fact("job search allowance", "periods", "first and last day of the months for which that allowance is paid"),
    Fact("new employment", "date", "first day of a new employment", default=""),
    Fact("approved provider", "yes_no", "whether the provider is approved", default="yes"),
    Fact("reduced income allowance", "yes_no", "whether that allowance is paid for the loss", default="no"),
)
COURSE_TESTS = (
    Test(NOT_REDUCED, "elaun pendapatan berkurangan tidak dibayar bagi kehilangan itu", "Act 800, s.36"),
    Test(APPROVED, "penyedia latihan diluluskan", "Act 800, s.37"),
    Test(IN_TIME, "kursus bermula dalam masanya", "Act 800, s.37"),
    Test(SHORT, "kursus tidak lebih lama daripada yang dibenarkan", "Act 800, s.37"),
)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the course, and multiplies the daily allowance by the days attended."""
    excluded = "training_allowance" in law.names("act800.reduced_income.excludes")
    course = _test_course(facts, excluded, law, steps)
    days = facts.count("days attended")
    if days > len(course):
        raise MalformedFact("days attended", "more days than the course has")
    if steps.refused:
        return
    average = average_of(facts, law, steps)
    share, month = percent(law.share("act800.training.share")), law.days(_DIVISOR)
    of_a_day = working("{} / {} × {} / {}", sen(average.numerator), average.denominator, share, month)
    steps.amount("share of a day", share_of_a_day(average, law), of_a_day)
    rate = daily_allowance(average, law)
    floor, cap = (sen(law.sen(f"act800.training.{name}")) for name in ("floor", "cap"))
    exact = sen(share_of_a_day(average, law))
    steps.amount("daily allowance", rate, working("min(max({}, {}), {})", exact, floor, cap))
    steps.amount("days", days, days, "Act 800, s.37")
    steps.amount("amount", days * rate, working("{} × {}", days, sen(rate)), "Act 800, s.37")


def decide_fee(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the course, and limits the fee."""
    _test_course(facts, law.says("act800.reduced_income.excludes_training_fee"), law, steps)
    if steps.refused:
        return
    charged = facts.sen("fee")
    paid = fee(charged, law)
    cap = law.sen("act800.training.fee_cap")
    steps.amount("amount", paid, working("min({}, {})", sen(charged), sen(cap)))
    steps.amount("not paid", charged - paid, working("{} − {}", sen(charged), sen(paid)), "Act 800, s.37")


def _test_course(facts: Facts, excluded: bool, law: LawOn, steps: Steps) -> Days:
    """The course, after its tests; `excluded` says whether reduced income allowance leaves no room for the benefit."""
    steps.test(NOT_REDUCED, not (excluded and facts.says("reduced income allowance")))
    needed = law.says("act800.training.provider_is_approved")
    steps.test(APPROVED, facts.says("approved provider") or not needed)
    course, allowance = _one_period(facts, "course"), _one_period(facts, "job search allowance")
    employed_from = facts.day_if_given("new employment")
    steps.test(IN_TIME, begins_in_time(course.first, allowance, employed_from, law), "Act 800, s.37")
    steps.test(SHORT, short_enough(course, facts.count("months of benefit"), law))
    return course


def _one_period(facts: Facts, name: str) -> Days:
    periods = facts.periods(name)
    if len(periods) != 1:
        raise MalformedFact(name, "one period, its first and its last day")
    return periods[0]


DETERMINATIONS = (
    Determination(
        name="act800 training allowance",
        title="Training allowance",
        title_ms="Elaun latihan",
        law="Act 800, s.37",
        law_day="first day of the course",
        facts=(
            Fact("first day of the course", "date", "the first day of the course"),
            Fact("days attended", "count", "days of the course that were attended"),
            *COURSE_FACTS,
            MONTHS_OF_BENEFIT,
            LOSS_FOR_WAGES,
            *WAGE_FACTS,
        ),
        tests=COURSE_TESTS,
        results=(
            *WAGE_RESULTS,
            Result("share of a day", "bahagian sehari", "sen", "the share for one day, before floor and cap"),
            Result("daily allowance", "elaun harian", "sen", "the allowance for a day attended"),
            Result("days", "hari", "days", "days paid"),
            Result("amount", "amaun", "sen", "days × daily allowance"),
        ),
        decide=decide,
    ),
    Determination(
        name="act800 training fee",
        title="Training fee paid to the provider",
        title_ms="Yuran latihan dibayar kepada penyedia latihan",
        law="Act 800, s.37",
        law_day="first day of the course",
        facts=(
            Fact("first day of the course", "date", "the first day of the course"),
            Fact("fee", "ringgit", "the fee of the course, with meals and materials"),
            *COURSE_FACTS,
            MONTHS_OF_BENEFIT,
        ),
        tests=COURSE_TESTS,
        results=(
            Result("amount", "amaun", "sen", "what is paid to the provider"),
            Result("not paid", "tidak dibayar", "sen", "the part of the fee above the limit"),
        ),
        decide=decide_fee,
    ),
)
