"""Reduced income allowance: job search allowance's shares as a lump sum, a claim an employment (Act 800 s.36)."""

from shared.law.act800.job_search.determination import HAS_MONTHS, MONTH_RESULT, record_months
from shared.law.act800.reduced_income.rules import held_enough, lost_beside_another, lump_sum
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
from shared.law.working import joined, sen

HELD = "enough employments were held"
BESIDE = "another employment is kept or is the one elected for job search allowance"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests that the loss leaves another employment or claim, and adds up the months."""
    held, lost = facts.count("employments held"), facts.count("employments lost")
    if not 1 <= lost <= held:
        raise MalformedFact("employments lost", "at least one, and not more than were held")
    steps.test(HELD, held_enough(held, law))
    elected = facts.says("elected for job search allowance")
    steps.test(BESIDE, lost_beside_another(held, lost, elected, law), "Act 800, s.36")
    steps.test(HAS_MONTHS, facts.count("months of benefit") > 0, "Act 800, Fourth Schedule")
    if steps.refused:
        return
    average = average_of(facts, law, steps)
    amounts = record_months(average, facts.count("months of benefit"), law, steps)
    total = lump_sum(average, len(amounts), law)
    steps.amount("amount", total, joined(" + ", *map(sen, amounts)), "Act 800, s.36")


DETERMINATIONS = (
    Determination(
        name="act800 reduced income allowance",
        title="Reduced income allowance for one of several employments",
        title_ms="Elaun pendapatan berkurangan bagi satu daripada beberapa pekerjaan",
        law="Act 800, s.36; Third Schedule paras 6-8",
        law_day="loss",
        facts=(
            LOSS_FOR_WAGES,
            Fact("employments held", "count", "employments held just before the loss, this one included"),
            Fact("employments lost", "count", "employments lost on the same day, this one included", default="1"),
            Fact(
                "elected for job search allowance",
                "yes_no",
                "whether this is the employment elected for job search allowance when all are lost on one day",
                default="no",
            ),
            *WAGE_FACTS,
            MONTHS_OF_BENEFIT,
        ),
        tests=(
            Test(HELD, "cukup bilangan pekerjaan yang dipegang", "Act 800, s.36"),
            Test(BESIDE, "pekerjaan lain masih dipegang atau dipilih bagi elaun mencari pekerjaan", "Act 800, s.36"),
            Test(HAS_MONTHS, "tuntutan itu memberi bulan faedah", "Act 800, Fourth Schedule"),
        ),
        results=(
            *WAGE_RESULTS,
            MONTH_RESULT,
            Result("amount", "amaun", "sen", "the lump sum: the sum of the months"),
        ),
        decide=decide,
    ),
)
