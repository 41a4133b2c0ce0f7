"""Early re-employment allowance, from job search allowance and the day on which work is taken up (Act 800 s.35)."""

from shared.law.act800.claims.rules import benefit_month
from shared.law.act800.early_reemployment.rules import allowance, paid_months, unpaid_balance
from shared.law.act800.job_search.determination import HAS_MONTHS, MONTH_RESULT, record_months
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
from shared.law.working import Given, joined, percent, sen, working

NOT_REDUCED = "reduced income allowance is not paid for the loss"
NOT_DECLINED = "the allowance was not declined"
NOT_ENDED = "work was taken up before job search allowance ended"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Finds the month in which work is taken up, and takes a share of what is left unpaid after it."""
    excluded = "early_reemployment_allowance" in law.names("act800.reduced_income.excludes")
    steps.test(NOT_REDUCED, not (excluded and facts.says("reduced income allowance")))
    undone = law.says("act800.early_reemployment.declining_undoes_claim") and facts.says("declined")
    steps.test(NOT_DECLINED, not undone)
    months = facts.count("months of benefit")
    steps.test(HAS_MONTHS, months > 0, "Act 800, Fourth Schedule")
    reported_in = _reported_in(facts, law)
    steps.amount("month of reporting", reported_in, reported_in, "Act 800, ss.3, 35")
    steps.test(NOT_ENDED, reported_in <= months, "Act 800, s.35")
    if steps.refused:
        return
    amounts = record_months(average_of(facts, law, steps), months, law, steps)
    steps.amount("job search allowance", sum(amounts), joined(" + ", *map(sen, amounts)), "Act 800, s.34")
    kept = amounts[: paid_months(reported_in, law)]
    of_kept: Given = joined(" + ", *map(sen, kept)) if kept else sen(0)
    steps.amount("job search allowance paid", sum(kept), of_kept, "Act 800, s.35")
    balance = unpaid_balance(amounts, reported_in, law)
    steps.amount("unpaid balance", balance, working("{} − {}", sen(sum(amounts)), sen(sum(kept))), "Act 800, s.35")
    share = law.share("act800.early_reemployment.share")
    steps.amount("amount", allowance(balance, law), working("{} × {}", sen(balance), percent(share)))
    if reported_in > 0:
        later = law.months("act800.early_reemployment.months_until_paid")
        steps.amount("month of payment", reported_in + later, working("{} + {}", reported_in, later))


def _reported_in(facts: Facts, law: LawOn) -> int:
    dated = facts.has("approved") or facts.has("reported for duty")
    if facts.has("month of reporting"):
        if dated:
            raise MalformedFact("month of reporting", "given beside the days that make it")
        return facts.count("month of reporting")
    return benefit_month(facts.day("approved"), facts.day("reported for duty"), law)


DETERMINATIONS = (
    Determination(
        name="act800 early reemployment allowance",
        title="Early re-employment allowance",
        title_ms="Elaun bekerja semula awal",
        law="Act 800, s.35",
        law_day="loss",
        facts=(
            Fact("approved", "date", "the day on which the claim was approved", default=""),
            Fact("reported for duty", "date", "the day on which the new work was taken up", default=""),
            Fact(
                "month of reporting",
                "count",
                "in place of both days: 0 in the waiting period, else the month of benefit, from 1",
                default="",
            ),
            Fact("declined", "yes_no", "whether the allowance was declined in the waiting period", default="no"),
            Fact("reduced income allowance", "yes_no", "whether that allowance is paid for the loss", default="no"),
            LOSS_FOR_WAGES,
            *WAGE_FACTS,
            MONTHS_OF_BENEFIT,
        ),
        tests=(
            Test(NOT_REDUCED, "elaun pendapatan berkurangan tidak dibayar bagi kehilangan itu", "Act 800, s.36"),
            Test(NOT_DECLINED, "elaun itu tidak ditolak", "Act 800, s.35"),
            Test(HAS_MONTHS, "tuntutan itu memberi bulan faedah", "Act 800, Fourth Schedule"),
            Test(NOT_ENDED, "kerja dimulakan sebelum elaun mencari pekerjaan tamat", "Act 800, s.35"),
        ),
        results=(
            *WAGE_RESULTS,
            Result(
                "month of reporting", "bulan lapor diri", "count", "0 in the waiting period, else the month of benefit"
            ),
            Result(
                "month of payment", "bulan bayaran", "count", "the month after; only if reported in a month of benefit"
            ),
            MONTH_RESULT,
            Result("job search allowance", "elaun mencari pekerjaan", "sen", "the sum of all months"),
            Result(
                "job search allowance paid",
                "elaun mencari pekerjaan dibayar",
                "sen",
                "the months up to and with the month of reporting, none in the waiting period",
            ),
            Result("unpaid balance", "baki belum dibayar", "sen", "what of job search allowance is not paid any more"),
            Result("amount", "amaun", "sen", "the allowance: a share of the unpaid balance"),
        ),
        decide=decide,
    ),
)
