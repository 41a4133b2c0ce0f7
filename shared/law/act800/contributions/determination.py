"""Contributions of one month under Act 800 (s.18, First to Third Schedules)."""

from shared.kernel.periods import Month, age_on
from shared.law.act4.contributions.rules import due_on
from shared.law.act800.contributions.rules import contribution, wage_class
from shared.law.act800.cover.rules import age_in, spouse_is_insured, work_is_insured
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

NATIONAL = "citizen or permanent resident"
KIND = "kind of work is not excluded"
SPOUSE = "not the employer's spouse"
OLD_ENOUGH = "has reached the minimum age"
YOUNG_ENOUGH = "is under the maximum age"
EARLY_ENOUGH = "was first liable before the age limit"
PAID = "wages were paid for the month"
KINDS = (
    "employed",
    "casual_outside_trade",
    "domestic_servant",
    "federal_or_state_public_service",
    "local_authority",
    "statutory_body",
    "detainee",
    "mineral_winner",
)
SCHEDULES = "Act 800, Second and Third Schedules"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the First Schedule and looks up what each side owes, by the law of the first day of the month."""
    month = Month.of(law.in_force)
    then = law.on(month.first_day)
    then.require("act800.contributions.classes")
    _test_cover(facts, month, then, steps)
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


def _test_cover(facts: Facts, month: Month, law: LawOn, steps: Steps) -> None:
    steps.test(NATIONAL, not facts.says("foreign") or law.says("act800.cover.foreigners_insured"), "Act 800, s.2")
    steps.test(KIND, work_is_insured(facts.text("kind of work"), law))
    steps.test(SPOUSE, not facts.says("spouse of the employer") or spouse_is_insured(law), "Act 800, First Schedule")
    if not facts.has("born"):
        return
    born_on = facts.day("born")
    facts.in_order("born", "first liable")
    age = age_in(born_on, month, law)
    steps.test(OLD_ENOUGH, age >= law.age("act800.cover.minimum_age"))
    steps.test(YOUNG_ENOUGH, age < law.age("act800.cover.maximum_age"))
    if facts.has("first liable"):
        first = age_on(born_on, facts.day("first liable"))
        steps.test(EARLY_ENOUGH, first < law.age("act800.cover.first_liable_age"))


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
            Fact("born", "date", "day of birth; without it the ages are taken to be met", default=""),
            Fact("first liable", "date", "first day on which contributions were due, with any employer", default=""),
            Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
            Fact(
                "kind of work",
                "choice",
                "employed, or a kind of work that the First Schedule names",
                default="employed",
                choices=KINDS,
            ),
            Fact("spouse of the employer", "yes_no", "whether the person is married to the employer", default="no"),
        ),
        tests=(
            Test(NATIONAL, "warganegara atau pemastautin tetap", "Act 800, s.2"),
            Test(KIND, "jenis kerja tidak dikecualikan", "Act 800, First Schedule"),
            Test(SPOUSE, "bukan suami atau isteri majikan", "Act 800, First Schedule"),
            Test(OLD_ENOUGH, "telah mencapai umur minimum", "Act 800, First Schedule"),
            Test(YOUNG_ENOUGH, "di bawah umur maksimum", "Act 800, First Schedule"),
            Test(EARLY_ENOUGH, "mula bertanggungan sebelum had umur", "Act 800, First Schedule"),
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
