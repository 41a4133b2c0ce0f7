"""Mobility assistance (Act 800 s.37A); until the amendment commences, the answer is that it is not yet law."""

from shared.law.act800.mobility.rules import far_enough, reported_in_time
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen

NOT_REDUCED = "reduced income allowance is not paid for the loss"
FAR = "the new workplace is over the distance"
IN_TIME = "reported for duty within the limit"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the distance and the day, and gives the lump sum."""
    amount = law.sen("act800.mobility.amount")
    excluded = law.says("act800.mobility.excluded_by_reduced_income")
    steps.test(NOT_REDUCED, not (excluded and facts.says("reduced income allowance")))
    steps.test(FAR, far_enough(facts.count("distance"), law))
    steps.test(IN_TIME, reported_in_time(facts.day("reported for duty"), facts.day("last allowance"), law))
    if not steps.refused:
        steps.amount("amount", amount, sen(amount), "act800.mobility.amount")


DETERMINATIONS = (
    Determination(
        name="act800 mobility assistance",
        title="Mobility assistance",
        title_ms="Bantuan mobiliti",
        law="Act 800, s.37A (Bill passed on 2026-03-12, not commenced)",
        law_day="reported for duty",
        facts=(
            Fact("distance", "count", "kilometres to the new workplace, a begun kilometre counted as one"),
            Fact("reported for duty", "date", "the day on which the new work was taken up"),
            Fact("last allowance", "date", "the day of the last job search or early re-employment allowance"),
            Fact("reduced income allowance", "yes_no", "whether that allowance is paid for the loss", default="no"),
        ),
        tests=(
            Test(NOT_REDUCED, "elaun pendapatan berkurangan tidak dibayar bagi kehilangan itu", "Act 800, s.37A"),
            Test(FAR, "tempat kerja baharu melebihi jarak yang ditetapkan", "Act 800, s.37A"),
            Test(IN_TIME, "melapor diri dalam had masa", "Act 800, s.37A"),
        ),
        results=(Result("amount", "amaun", "sen", "the lump sum"),),
        decide=decide,
    ),
)
