"""What is contributed under Act 838 (s.15, Third Schedule)."""

from shared.law.act838.contributions.rules import contribution, is_whole_periods
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

WHOLE = "months are whole contribution periods"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Counts the periods and multiplies."""
    law.require("act838.contributions.amount")
    months = facts.count("months")
    if not steps.test(WHOLE, is_whole_periods(months, law), "Act 838, s.3"):
        return
    periods = months // law.months("act838.contributions.months")
    steps.amount("periods", periods, months, "Act 838, s.3")
    amount = law.sen("act838.contributions.amount")
    steps.amount("contribution", contribution(months, law), working("{} × {}", periods, sen(amount)))
    income = law.sen("act838.contributions.presumed_income")
    steps.amount("presumed monthly income", income, sen(income))


DETERMINATIONS = (
    Determination(
        name="act838 contributions",
        title="Contribution of a housewife",
        title_ms="Caruman suri rumah",
        law="Act 838, s.15; Third Schedule",
        law_day="paid on",
        facts=(
            Fact("paid on", "date", "the day of payment"),
            Fact("months", "count", "months paid for: 12, 24, ...", default="12"),
        ),
        tests=(Test(WHOLE, "bulan ialah tempoh caruman penuh", "Act 838, s.3"),),
        results=(
            Result("periods", "tempoh", "count", "contribution periods paid for"),
            Result("contribution", "caruman", "sen", "what is due in advance"),
            Result("presumed monthly income", "pendapatan bulanan anggapan", "sen", "income that benefits go by"),
        ),
        decide=decide,
        granted="due",
    ),
)
