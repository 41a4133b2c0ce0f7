"""Permanent disablement of the self-employed, and constant attendance (Act 789 ss.18, 21, 29)."""

from fractions import Fraction

from shared.law.act789.cover.asked import EARNING_RESULT, INJURY_FACTS, INJURY_TESTS, insured, make_tests
from shared.law.act789.daily_rate.rules import (
    by_the_month,
    commutable,
    permanent_exact,
    permanent_rate,
    rounded,
)  # fmt: skip
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

ASSESSED = "a permanent loss is assessed"
TOTAL = "the loss is total and constant attendance is needed"
WHOLE = Fraction(1)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, then the daily rates, the months and what may be commuted."""
    make_tests(facts, law, steps)
    loss = facts.share("loss")
    steps.test(ASSESSED, 0 < loss <= WHOLE, "Act 789, s.18")
    if steps.refused:
        return
    monthly = insured(facts, law, steps)
    share, month = law.share("act789.permanent_disablement.share"), law.days("act789.daily_rate.days_in_a_month")
    whole = working("{} / {} × {}", sen(monthly), month, percent(share))
    steps.amount("daily rate at full loss", rounded(permanent_exact(monthly, WHOLE, law), law), whole)
    earlier = facts.sen("daily rates of earlier injuries")
    rate = permanent_rate(monthly, loss, earlier, law)
    of_loss = working("{} × {}", whole, percent(loss))
    if earlier:
        full = rounded(permanent_exact(monthly, WHOLE, law), law)
        of_loss = working("min({}, {} - {})", of_loss, sen(full), sen(earlier))
    steps.amount("daily rate for the loss", rate, of_loss, "Act 789, s.18")
    days = law.days("act789.daily_rate.benefit_month")
    steps.amount("monthly amount", by_the_month(rate, law), working("{} × {}", sen(rate), days))
    before = facts.share("earlier losses")
    part = commutable(loss, before, law)
    steps.amount("commutable part", part, working("{} + {}", percent(loss), percent(before)))
    if facts.says("needs constant attendance") and steps.test(TOTAL, loss == WHOLE, "Act 789, s.21"):
        allowance = law.sen("act789.attendance.monthly")
        steps.amount("constant attendance a month", allowance, sen(allowance))


DETERMINATIONS = (
    Determination(
        name="act789 permanent disablement",
        title="Permanent disablement benefit of the self-employed",
        title_ms="Faedah hilang upaya kekal orang bekerja sendiri",
        law="Act 789, ss.18, 21 and 29; Second Schedule",
        law_day="injured at",
        facts=(
            *INJURY_FACTS,
            Fact("loss", "percent", "the loss assessed, such as 20; 100 is total"),
            Fact("earlier losses", "percent", "losses of earlier accidents, added up", default="0"),
            Fact("daily rates of earlier injuries", "ringgit", "their daily rates, added up", default="0.00"),
            Fact("needs constant attendance", "yes_no", "as certified for a total loss", default="no"),
        ),
        tests=(
            *INJURY_TESTS,
            Test(ASSESSED, "hilang upaya kekal telah ditaksir", "Act 789, s.18"),
            Test(TOTAL, "hilang upaya penuh dan memerlukan layanan sentiasa", "Act 789, s.21"),
        ),
        results=(
            EARNING_RESULT,
            Result("daily rate at full loss", "kadar harian hilang upaya penuh", "sen", "90 % of the daily earning"),
            Result("daily rate for the loss", "kadar harian bagi hilang upaya itu", "sen", "rounded once, and capped"),
            Result("monthly amount", "amaun bulanan", "sen", "30 days of the daily rate for the loss"),
            Result("commutable part", "bahagian yang boleh ditukar", "fraction", "of the daily rate: 1 or 1/5"),
            Result("constant attendance a month", "elaun layanan sentiasa sebulan", "sen", "beside the benefit"),
        ),
        decide=decide,
    ),
)
