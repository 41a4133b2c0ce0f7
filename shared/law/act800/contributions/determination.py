"""Contributions of one month under Act 800 (s.18, First to Third Schedules)."""

from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import due_on
from shared.law.act800.contributions.rules import contribution, wage_class
from shared.law.act800.cover.asked import COVER_TESTS, PERSON_FACTS, make_tests
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

PAID = "wages were paid for the month"
SCHEDULES = "Act 800, Second and Third Schedules"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the First Schedule and looks up what each side owes, by the law of the first day of the month."""
    month = Month.of(law.in_force)
    then = law.on(month.first_day)
    then.require("act800.contributions.classes")
    make_tests(facts, month, then, steps)
    wages = facts.sen("wages")
    steps.test(PAID, wages > 0, "Act 800, s.18")
    if steps.refused:
        return
    found = wage_class(wages, then)
    steps.amount("class", found.number, sen(wages))
    steps.amount("assumed wage", found.assumed, working("{} → {}", sen(wages), found.number), SCHEDULES)
    due = contribution(wages, True, then)
    steps.amount("employer", due.employer, found.number)
    steps.amount("employee", due.employee, found.number, SCHEDULES)
    of_both = working("{} + {}", sen(due.employer), sen(due.employee))
    steps.amount("total", due.employer + due.employee, of_both, SCHEDULES)
    steps.amount("due", due_on(month, then), month)


DETERMINATIONS = (
    Determination(
        name="act800 contributions",
        title="Contributions for a month's wages under Act 800",
        title_ms="Caruman bagi gaji sebulan di bawah Akta 800",
        law="Act 800, s.18; First to Third Schedules",
        law_day="day of the month",
        facts=(
            Fact("day of the month", "date", "a day of the month that the wages are for"),
            Fact("wages", "ringgit", "wages of the month from one employer"),
            *PERSON_FACTS,
        ),
        tests=(
            *COVER_TESTS,
            Test(PAID, "gaji dibayar bagi bulan itu", "Act 800, s.18"),
        ),
        results=(
            Result("class", "kelas", "count", "number of the wage class, from 1"),
            Result("assumed wage", "gaji andaian", "sen", "assumed monthly wage of the class"),
            Result("employer", "majikan", "sen", "the employer's contribution"),
            Result("employee", "pekerja", "sen", "the employee's contribution"),
            Result("total", "jumlah", "sen", "both sides"),
            Result("due", "perlu dibayar pada", "date", "the last day on which it is paid in time"),
        ),
        decide=decide,
        granted="due",
    ),
)
