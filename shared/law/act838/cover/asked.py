"""What every question about a housewife states: who she is, what was paid, what happened where (Act 838)."""

from datetime import datetime

from shared.law.act838.cover.rules import (
    claimed_in_time,
    in_contribution_period,
    in_coverage_period,
    may_be_covered,
    within_territory,
)  # fmt: skip
from shared.law.book import LawOn
from shared.law.determination import Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

WITHIN = "within the age and nationality of the Act"
IN_PERIOD = "injured within a contribution period"
IN_COVERAGE = "within the coverage period"
IN_MALAYSIA = "happened in Malaysia"
IN_TIME = "claimed in time"
LAWFUL = "no illegal act of the claimant"
HOUSEWIFE_FACTS = (
    Fact("born", "date", "date of birth of the housewife"),
    Fact("national", "yes_no", "whether a citizen or permanent resident", default="yes"),
    Fact(
        "payments",
        "records",
        "contributions of RM120 for twelve months each",
        of=(Fact("paid at", "instant", "the time and date of payment"),),
    ),
    Fact("happened at", "instant", "the moment of the injury, of the notice of invalidity, or of the death"),
    Fact("in Malaysia", "yes_no", "whether it happened in Malaysia", default="yes"),
    Fact("illegal act", "yes_no", "whether an illegal act of the claimant led to it", default="no"),
    Fact("claimed on", "date", "the day of the claim; absent: not tested", default=""),
    Fact("reasonable grounds", "yes_no", "whether a late claim is accepted on reasonable grounds", default="no"),
)
COMMON_TESTS = (
    Test(WITHIN, "dalam had umur dan kerakyatan Akta", "Act 838, ss.2 and 3; First Schedule"),
    Test(IN_MALAYSIA, "berlaku di Malaysia", "Act 838, s.20(3)"),
    Test(LAWFUL, "tiada perbuatan menyalahi undang-undang", "Act 838, s.28"),
    Test(IN_TIME, "tuntutan dibuat dalam masa", "Act 838, ss.20 and 21"),
)
INJURY_TESTS = (Test(IN_PERIOD, "kecederaan dalam tempoh caruman", "Act 838, s.18(2)"), *COMMON_TESTS)
COVERAGE_TESTS = (Test(IN_COVERAGE, "dalam tempoh perlindungan", "Act 838, s.3"), *COMMON_TESTS)


def payments(facts: Facts) -> list[datetime]:
    """The times of all payments, oldest first."""
    return sorted(each.instant("paid at") for each in facts.people("payments").values())


def injury_is_covered(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Test what a domestic injury needs: a contribution period that holds it."""
    steps.test(IN_PERIOD, in_contribution_period(payments(facts), facts.instant("happened at"), law))
    _common(facts, "injury", law, steps)


def invalidity_is_covered(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Test what invalidity and survivors need: the longer coverage period."""
    steps.test(IN_COVERAGE, in_coverage_period(payments(facts), facts.instant("happened at"), law), "Act 838, s.3")
    _common(facts, "invalidity", law, steps)


def _common(facts: Facts, kind: str, law: LawOn, steps: Steps) -> None:
    facts.in_order("born", "happened at", "claimed on")
    day = facts.instant("happened at").date()
    paid = payments(facts)
    first = paid[0].date() if paid else day
    within = may_be_covered(facts.day("born"), first, facts.says("national"), day, law)
    steps.test(WITHIN, within)
    steps.test(IN_MALAYSIA, within_territory(facts.says("in Malaysia"), law), "Act 838, s.20(3)")
    steps.test(LAWFUL, not facts.says("illegal act"), "Act 838, s.28")
    if facts.has("claimed on"):
        in_time = claimed_in_time(day, facts.day("claimed on"), kind, facts.says("reasonable grounds"), law)
        steps.test(IN_TIME, in_time)
