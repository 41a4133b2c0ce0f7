"""A housewife's morbid allowance and the monthly allowances beside it (Act 838 ss.31 to 37, Schedules)."""

from shared.kernel.periods import Days, Month
from shared.law.act838.cover.asked import (
    COVERAGE_TESTS,
    HOUSEWIFE_FACTS,
    INJURY_TESTS,
    injury_is_covered,
    invalidity_is_covered,
)
from shared.law.act838.morbid_allowance.rules import allowance, monthly, paid_at_age, part_of_month, rehabilitation
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import Given, percent, sen, working

CERTIFIED = "certified invalid"
IN_AGE = "under the age to which it is paid"
ALLOWANCES = ("attendance", "renal", "dialysis")


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests coverage, the certificate and age; then the month's allowance, and that of the first month."""
    invalidity_is_covered(facts, law, steps)
    steps.test(CERTIFIED, facts.says("certified"), "Act 838, s.31")
    first = facts.instant("happened at").date()
    steps.test(IN_AGE, paid_at_age(facts.day("born"), first, law))
    if steps.refused:
        return
    income = law.sen("act838.contributions.presumed_income")
    amount = monthly(law)
    share = law.share("act838.morbid_allowance.share")
    steps.amount("monthly allowance", amount, working("{} × {}", sen(income), percent(share)))
    month = Month.of(first)
    days = Days(first, month.last_day)
    of_month = working("{} × {} / {}", sen(amount), len(days), len(month.days))
    steps.amount("first month", part_of_month(amount, days, law), of_month)


def decide_allowance(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the age; then the month's allowance."""
    facts.in_order("born", "paid for")
    steps.test(IN_AGE, paid_at_age(facts.day("born"), facts.day("paid for"), law))
    if not steps.refused:
        kind, cost = facts.text("kind"), facts.sen("cost")
        amount = allowance(kind, cost, law)
        highest = law.sen("act838.allowances.dialysis_highest") if kind == "dialysis" else amount
        of_cost: Given = working("min({}, {})", sen(cost), sen(highest)) if kind == "dialysis" else sen(amount)
        steps.amount("monthly allowance", amount, of_cost)


def decide_rehabilitation(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the injury's cover; then what is borne within the period's limit."""
    injury_is_covered(facts, law, steps)
    if not steps.refused:
        cost, paid = facts.sen("cost"), facts.sen("paid in the contribution period")
        highest = law.sen("act838.allowances.rehabilitation_highest")
        of_cost = working("min({}, {} - {})", sen(cost), sen(highest), sen(paid))
        steps.amount("borne", rehabilitation(cost, paid, law), of_cost)


DETERMINATIONS = (
    Determination(
        name="act838 morbid allowance",
        title="Morbid allowance of a housewife",
        title_ms="Elaun keilatan suri rumah",
        law="Act 838, ss.31 to 35",
        law_day="happened at",
        facts=(*HOUSEWIFE_FACTS, Fact("certified", "yes_no", "whether invalidity was certified", default="yes")),
        tests=(
            *COVERAGE_TESTS,
            Test(CERTIFIED, "diperakui ilat", "Act 838, s.31"),
            Test(IN_AGE, "di bawah umur elaun dibayar", "Act 838, ss.31 to 35"),
        ),
        results=(
            Result("monthly allowance", "elaun bulanan", "sen", "half of the presumed monthly income"),
            Result("first month", "bulan pertama", "sen", "from the notice to the end of that month, by its days"),
        ),
        decide=decide,
    ),
    Determination(
        name="act838 allowance",
        title="Constant attendance, renal assistance or dialysis of a housewife",
        title_ms="Elaun layanan sentiasa, bantuan buah pinggang atau dialisis suri rumah",
        law="Act 838, Fifth, Seventh and Eighth Schedules",
        law_day="paid for",
        facts=(
            Fact("born", "date", "date of birth of the housewife"),
            Fact("paid for", "date", "the first day of the month that is paid for"),
            Fact("kind", "choice", "which allowance", choices=ALLOWANCES),
            Fact("cost", "ringgit", "of dialysis in the month, by the Fees Act 1951", default="0.00"),
        ),
        tests=(Test(IN_AGE, "di bawah umur elaun dibayar", "Act 838, ss.31 to 35"),),
        results=(Result("monthly allowance", "elaun bulanan", "sen", "as scheduled"),),
        decide=decide_allowance,
    ),
    Determination(
        name="act838 rehabilitation",
        title="Rehabilitation of a housewife",
        title_ms="Pemulihan suri rumah",
        law="Act 838, s.37; Eighth Schedule",
        law_day="happened at",
        facts=(
            *HOUSEWIFE_FACTS,
            Fact("cost", "ringgit", "of the rehabilitation"),
            Fact("paid in the contribution period", "ringgit", "for rehabilitation so far", default="0.00"),
        ),
        tests=INJURY_TESTS,
        results=(Result("borne", "ditanggung", "sen", "what the organisation bears"),),
        decide=decide_rehabilitation,
    ),
)
