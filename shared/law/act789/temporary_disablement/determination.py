"""Temporary disablement of the self-employed (Act 789 s.17)."""

from shared.kernel.periods import collapse, count_days, days_without
from shared.law.act789.cover.asked import (
    EARNING_RESULT,
    INJURY_FACTS,
    INJURY_TESTS,
    injured_on,
    insured,
    make_tests,
)  # fmt: skip
from shared.law.act789.daily_rate.rules import daily_earning, temporary_rate
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import joined, percent, sen, working

LONG_ENOUGH = "disabled long enough"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover and duration, then multiplies the daily rate by the days not worked."""
    make_tests(facts, law, steps)
    first = injured_on(facts)
    disabled = collapse(day for days in facts.periods("certified") for day in days if day >= first)
    enough = count_days(disabled) >= law.days("act789.temporary_disablement.minimum_days")
    steps.test(LONG_ENOUGH, enough)
    if steps.refused:
        return
    monthly = insured(facts, law, steps)
    earning = working("{} / {}", sen(monthly), law.days("act789.daily_rate.days_in_a_month"))
    steps.amount("daily earning", daily_earning(monthly, law), earning)
    rate = temporary_rate(monthly, law)
    share = law.share("act789.temporary_disablement.share")
    steps.amount("daily rate", rate, working("{} × {}", earning, percent(share)))
    days = count_days(days_without(disabled, facts.days("worked")))
    steps.amount("days", days, joined(", ", *disabled), "Act 789, s.17")
    steps.amount("amount", days * rate, working("{} × {}", days, sen(rate)), "Act 789, s.17")


DETERMINATIONS = (
    Determination(
        name="act789 temporary disablement",
        title="Temporary disablement benefit of the self-employed",
        title_ms="Faedah hilang upaya sementara orang bekerja sendiri",
        law="Act 789, s.17; Second Schedule, para 3",
        law_day="injured at",
        facts=(
            *INJURY_FACTS,
            Fact("certified", "periods", "the days certified unfit, first and last"),
            Fact("worked", "dates", "days worked, for which nothing is paid", default=[]),
        ),
        tests=(*INJURY_TESTS, Test(LONG_ENOUGH, "hilang upaya cukup lama", "Act 789, s.17")),
        results=(
            EARNING_RESULT,
            Result("daily earning", "pendapatan harian", "sen", "exact: monthly earning by 30"),
            Result("daily rate", "kadar harian", "sen", "80 % of the daily earning, rounded once"),
            Result("days", "hari", "days", "days that are paid"),
            Result("amount", "amaun", "sen", "days × daily rate"),
        ),
        decide=decide,
    ),
)
