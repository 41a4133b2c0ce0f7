"""Job search allowance month by month, and the report of work accepted (Act 800 s.34)."""

from fractions import Fraction

from shared.kernel.money import Sen
from shared.law.act800.job_search.rules import SHARES, monthly_amounts, report_due_on
from shared.law.act800.wage_base.questions import (
    LOSS_FOR_WAGES,
    MONTHS_OF_BENEFIT,
    WAGE_FACTS,
    WAGE_RESULTS,
    average_of,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import Given, joined, percent, sen, working

HAS_MONTHS = "the claim gives months of benefit"
NOT_EMPLOYED = "not employed"
NO_REFUSAL = "no suitable offer was unreasonably refused"
REPORTED = "reported within the limit"
MONTH_RESULT = Result("month <number>", "bulan <number>", "sen", "the allowance of that month, from month 1")


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Averages the assumed wages and takes each month's share."""
    bars = law.says("act800.job_search.employment_ends_payment") and facts.says("employed")
    steps.test(NOT_EMPLOYED, not bars)
    forfeits = law.says("act800.job_search.refused_offer_forfeits") and facts.says("suitable offer refused")
    steps.test(NO_REFUSAL, not forfeits)
    steps.test(HAS_MONTHS, facts.count("months of benefit") > 0, "Act 800, Fourth Schedule")
    if not steps.refused:
        amounts = record_months(average_of(facts, law, steps), facts.count("months of benefit"), law, steps)
        steps.amount("amount", sum(amounts), joined(" + ", *map(sen, amounts)), "Act 800, s.34")


def record_months(average: Fraction, months: int, law: LawOn, steps: Steps) -> tuple[Sen, ...]:
    """The allowance month by month, each recorded with its arithmetic."""
    amounts = monthly_amounts(average, months, law)
    table = law.table(SHARES)
    for row, amount in enumerate(amounts):
        share = table.share(row, "share")
        steps.amount(f"month {row + 1}", amount, working("{} × {}", _shown(average), percent(share)), SHARES)
    return amounts


def decide_report(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Counts the days from the acceptance of work to its report."""
    accepted, reported = facts.day("accepted"), facts.day("reported")
    steps.test(REPORTED, reported <= report_due_on(accepted, law))
    days = working("{}/{}", accepted, reported)
    steps.amount("days to report", max((reported - accepted).days, 0), days, "Act 800, s.34")
    if steps.refused:
        fine, prison = law.sen("act800.job_search.report_fine"), law.months("act800.job_search.report_imprisonment")
        steps.amount("highest fine", fine, sen(fine))
        steps.amount("longest imprisonment", prison, prison, "Act 800, s.34")


def _shown(average: Fraction) -> Given:
    if average.denominator == 1:
        return sen(int(average))
    return working("{} / {}", sen(average.numerator), average.denominator)


DETERMINATIONS = (
    Determination(
        name="act800 job search allowance",
        title="Job search allowance",
        title_ms="Elaun mencari pekerjaan",
        law="Act 800, s.34; Third Schedule paras 6-8",
        law_day="loss",
        facts=(
            LOSS_FOR_WAGES,
            *WAGE_FACTS,
            MONTHS_OF_BENEFIT,
            Fact(
                "employed", "yes_no", "whether the claimant is employed while the allowance would be paid", default="no"
            ),
            Fact(
                "suitable offer refused",
                "yes_no",
                "whether a suitable offer was refused without good reason",
                default="no",
            ),
        ),
        tests=(
            Test(NOT_EMPLOYED, "tidak bekerja", "Act 800, s.34"),
            Test(NO_REFUSAL, "tiada tawaran yang sesuai ditolak tanpa sebab munasabah", "Act 800, s.44(7)"),
            Test(HAS_MONTHS, "tuntutan itu memberi bulan faedah", "Act 800, Fourth Schedule"),
        ),
        results=(
            *WAGE_RESULTS,
            MONTH_RESULT,
            Result("amount", "amaun", "sen", "the sum of all months"),
        ),
        decide=decide,
    ),
    Determination(
        name="act800 report of work",
        title="Report that work was accepted",
        title_ms="Laporan penerimaan kerja",
        law="Act 800, s.34",
        law_day="accepted",
        facts=(
            Fact("accepted", "date", "the day on which work was accepted"),
            Fact("reported", "date", "the day of the report"),
        ),
        tests=(Test(REPORTED, "dilaporkan dalam had masa", "Act 800, s.34"),),
        results=(
            Result("days to report", "hari sehingga laporan", "days", "days from the acceptance to the report"),
            Result("highest fine", "denda paling tinggi", "sen", "of the offence; only if reported late"),
            Result("longest imprisonment", "penjara paling lama", "months", "of the offence; only if reported late"),
        ),
        decide=decide_report,
        granted="in time",
    ),
)
