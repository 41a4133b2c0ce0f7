"""Dependants' benefit and funeral benefit of the self-employed (Act 789 ss.19, 20)."""

from fractions import Fraction

from shared.kernel.periods import months_after
from shared.law.act4.dependants.asked import DEATH_FACTS, parts_of
from shared.law.act789.cover.asked import EARNING_RESULT, INJURY_FACTS, INJURY_TESTS, insured, make_tests
from shared.law.act789.daily_rate.rules import by_the_month, permanent_exact, rounded
from shared.law.act789.dependants.rules import beside_another, daily_share, shares
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

SCHEDULE = "Act 789, s.19; Second Schedule"
DIED = "died of the injury"
SOMEBODY = "somebody shares in the benefit on the day asked about"
FUNERAL_DUE = "died of the injury or while receiving a disablement benefit"
FUNERAL_IN_TIME = "funeral benefit claimed in time"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, the death and who shares; then each one's part of the rate of a total loss."""
    facts.in_order("injured at", "death", "asked for")
    make_tests(facts, law, steps)
    steps.test(DIED, facts.says("died of the injury"), SCHEDULE)
    people = facts.people("dependants")
    day = facts.day_if_given("asked for") or facts.day("death")
    parts = parts_of(people, day, shares, law)
    steps.test(SOMEBODY, any(parts.values()), SCHEDULE)
    if steps.refused:
        return
    monthly = insured(facts, law, steps)
    exact = permanent_exact(monthly, Fraction(1), law)
    share, month = law.share("act789.permanent_disablement.share"), law.days("act789.daily_rate.days_in_a_month")
    whole = working("{} / {} × {}", sen(monthly), month, percent(share))
    steps.amount("daily rate", rounded(exact, law), whole)
    daily_total = monthly_total = 0
    for name, part in parts.items():
        steps.amount(f"share of {name}", part, people[name].text("relation"), SCHEDULE)
        other = people[name].sen("other benefit a day")
        daily = beside_another(daily_share(exact, part, law), other, law)
        of_part = working("{} × {}", whole, part)
        if part and not daily:
            of_part = working("{} < {}", of_part, sen(other))
        steps.amount(f"daily share of {name}", daily, of_part, SCHEDULE)
        by_month, days = by_the_month(daily, law), law.days("act789.daily_rate.benefit_month")
        steps.amount(f"monthly share of {name}", by_month, working("{} × {}", sen(daily), days), SCHEDULE)
        daily_total, monthly_total = daily_total + daily, monthly_total + by_month
    steps.amount("daily total", daily_total, working("Σ"), SCHEDULE)
    steps.amount("monthly total", monthly_total, working("Σ"), SCHEDULE)


def decide_funeral(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the cause of death and the time of the claim; the amount is prescribed."""
    facts.in_order("death", "claimed on")
    due = facts.says("died of the injury") or facts.says("receiving a disablement benefit")
    steps.test(FUNERAL_DUE, due, "Act 789, s.20")
    limit = months_after(facts.day("death"), law.months("act789.funeral.claim_months"))
    steps.test(FUNERAL_IN_TIME, facts.day("claimed on") <= limit)
    if not steps.refused:
        amount = law.sen("act789.funeral.amount")
        steps.amount("amount", amount, sen(amount))


DETERMINATIONS = (
    Determination(
        name="act789 dependants benefit",
        title="Dependants' benefit of the self-employed",
        title_ms="Faedah orang tanggungan orang bekerja sendiri",
        law=SCHEDULE,
        law_day="injured at",
        facts=(*INJURY_FACTS, *(fact for fact in DEATH_FACTS if fact.name != "accident")),
        tests=(
            *INJURY_TESTS,
            Test(DIED, "meninggal dunia akibat kecederaan itu", SCHEDULE),
            Test(SOMEBODY, "ada orang tanggungan yang layak pada hari itu", SCHEDULE),
        ),
        results=(
            EARNING_RESULT,
            Result("daily rate", "kadar harian", "sen", "of permanent total disablement"),
            Result("share of <person>", "bahagian <person>", "fraction", "of the daily rate; 0 if none"),
            Result("daily share of <person>", "bahagian harian <person>", "sen", "of the exact rate, rounded once"),
            Result("monthly share of <person>", "bahagian bulanan <person>", "sen", "30 days of the daily share"),
            Result("daily total", "jumlah harian", "sen", "of all daily shares that are paid"),
            Result("monthly total", "jumlah bulanan", "sen", "of all monthly shares that are paid"),
        ),
        decide=decide,
    ),
    Determination(
        name="act789 funeral benefit",
        title="Funeral benefit of the self-employed",
        title_ms="Faedah pengurusan mayat orang bekerja sendiri",
        law="Act 789, s.20",
        law_day="death",
        facts=(
            Fact("death", "date", "the day of the death"),
            Fact("claimed on", "date", "the day of the claim"),
            Fact("died of the injury", "yes_no", "whether a self-employment injury caused the death", default="yes"),
            Fact(
                "receiving a disablement benefit",
                "yes_no",
                "whether temporary or permanent disablement benefit was being paid",
                default="no",
            ),
        ),
        tests=(
            Test(FUNERAL_DUE, "meninggal akibat kecederaan atau semasa menerima faedah hilang upaya", "Act 789, s.20"),
            Test(FUNERAL_IN_TIME, "faedah pengurusan mayat dituntut dalam masa", "Act 789, s.20"),
        ),
        results=(Result("amount", "amaun", "sen", "as prescribed"),),
        decide=decide_funeral,
    ),
)
