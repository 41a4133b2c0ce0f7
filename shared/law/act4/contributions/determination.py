"""Contributions of one month under Act 4, with the SKBBK (Act 4 s.6, Third Schedule)."""

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import (
    contribution,
    counted_wages,
    due_on,
    employer_for_invalidity,
    skbbk_contribution,
    wage_class,
)
from shared.law.act4.cover.asked import refuse_contradicted
from shared.law.act4.cover.rules import Category, category, contributes_as, covered_against
from shared.law.act4.skbbk.rules import may_be_released
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

FOREIGN = "foreign workers are covered"
DOMESTIC = "domestic workers are covered"
PAID = "wages were paid for the month"
SCHEDULE = "Act 4, Third Schedule"

PAY = (
    "basic", "overtime", "commission", "service_charge", "leave_pay", "meal_allowance", "shift_allowance",
    "housing_allowance", "cost_of_living_allowance", "incentive_allowance", "annual_bonus", "gratuity",
    "termination_pay", "retrenchment_pay", "mileage_claims", "travel_claims", "benefits_in_kind",
    "employer_statutory_contributions",
)  # fmt: skip


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Finds category and class and looks up what each side owes, by the law of the first day of the month."""
    month, foreign = Month.of(law.in_force), facts.says("foreign")
    then = law.on(month.first_day)
    then.require("act4.contributions.classes")
    if foreign and not steps.test(FOREIGN, then.says("act4.cover.foreign_workers_covered")):
        return
    if facts.says("domestic worker") and not steps.test(DOMESTIC, then.says("act4.cover.domestic_workers_covered")):
        return
    wages = _wages(facts, then)
    if not steps.test(PAID, wages > 0, "act4.cover.no_wages_no_cover"):
        return
    steps.amount("wages", wages, sen(wages), "Act 4, s.2(24)")
    found = _category(facts, month, law)
    steps.amount("category", found.value, month, "Act 4, s.6(2)")
    in_class = wage_class(wages, then)
    steps.amount("class", in_class.number, sen(wages))
    steps.amount("assumed wage", in_class.assumed, working("{} → {}", sen(wages), in_class.number), SCHEDULE)
    paid_as = contributes_as(found, foreign, then)
    steps.amount("contributes as", paid_as.value, month, "Act 4, s.6(2)")
    due = contribution(wages, paid_as, then)
    looked_up = working("{}, {}", in_class.number, paid_as.value)
    steps.amount("employer", due.employer, looked_up)
    steps.amount("employee", due.employee, looked_up, SCHEDULE)
    total = due.employer + due.employee
    steps.amount("total", total, working("{} + {}", sen(due.employer), sen(due.employee)), SCHEDULE)
    of_employer = employer_for_invalidity(due.employee, then)
    steps.amount(
        "for employment injury", due.employer - of_employer, working("{} − {}", sen(due.employer), sen(of_employer))
    )
    both = working("{} + {}", sen(of_employer), sen(due.employee))
    steps.amount("for invalidity", of_employer + due.employee, both, SCHEDULE)
    skbbk = _skbbk(facts, wages, found, month, law)
    steps.amount("skbbk employee", skbbk, in_class.number, "Act 4, s.6(2); Third Schedule")
    steps.amount("grand total", total + skbbk, working("{} + {}", sen(total), sen(skbbk)), SCHEDULE)
    steps.amount("due", due_on(month, then), month)


def _wages(facts: Facts, law: LawOn) -> Sen:
    """The wages as given, or counted from the parts of pay."""
    pay = [(part.text("item"), part.sen("amount")) for part in facts.people("pay").values()]
    if pay:
        return counted_wages(pay, law)
    return facts.sen("wages")


def _category(facts: Facts, month: Month, law: LawOn) -> Category:
    """The category as given, unless birth or first liability contradicts it, or by both."""
    facts.in_order("born", "first liable")
    if facts.has("category"):
        refuse_contradicted(facts, month, law)
        return Category(facts.text("category"))
    return category(facts.day("born"), facts.day("first liable"), month, law)


def _skbbk(facts: Facts, wages: Sen, found: Category, month: Month, law: LawOn) -> Sen:
    then, foreign = law.on(month.first_day), facts.says("foreign")
    if "non_employment_injury" not in covered_against(found, foreign, then):
        return 0
    if facts.says("domestic worker") and not then.says("act4.skbbk.domestic_workers_take_part"):
        return 0
    if facts.says("another employer deducts skbbk") and then.says("act4.skbbk.one_employer_deducts"):
        return 0
    if facts.says("released from skbbk") and may_be_released(month, foreign, law):
        return 0
    return skbbk_contribution(wages, found, then)


DETERMINATIONS = (
    Determination(
        name="act4 contributions",
        title="Contributions for a month's wages under Act 4",
        title_ms="Caruman bagi gaji sebulan di bawah Akta 4",
        law="Act 4, s.6; Third Schedule",
        law_day="day of the month",
        facts=(
            Fact("day of the month", "date", "a day of the month that the wages are for"),
            Fact("wages", "ringgit", "wages of the month from one employer; or give pay", default=""),
            Fact(
                "pay",
                "records",
                "parts of the month's pay; what is not wages is left out",
                default=[],
                of=(
                    Fact("item", "choice", "what was paid", choices=PAY),
                    Fact("amount", "ringgit", "how much"),
                ),
            ),
            Fact(
                "category",
                "choice",
                "the category; or give born and first liable",
                default="",
                choices=("first", "second"),
            ),
            Fact("born", "date", "day of birth, where no category is given", default=""),
            Fact("first liable", "date", "first day on which contributions were due, with any employer", default=""),
            Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
            Fact("domestic worker", "yes_no", "works in a private household", default="no"),
            Fact(
                "released from skbbk",
                "yes_no",
                "an accepted release; without effect in June 2026 and of a foreign worker",
                default="no",
            ),
            Fact("another employer deducts skbbk", "yes_no", "one of several employers deducts it", default="no"),
        ),
        tests=(
            Test(FOREIGN, "pekerja asing dilindungi", "Act 4, s.2(5)"),
            Test(DOMESTIC, "pekerja domestik dilindungi", "Act 4, s.2(5) (P.U.(A) 247/2021)"),
            Test(PAID, "gaji dibayar bagi bulan itu", "Act 4, s.6"),
        ),
        results=(
            Result("wages", "gaji", "sen", "what counts as wages"),
            Result("category", "kategori", "text", "first or second, by age"),
            Result(
                "contributes as",
                "mencarum sebagai",
                "text",
                "the category whose columns apply: the second for a foreign worker until June 2024",
            ),
            Result("class", "kelas", "count", "number of the wage class, from 1"),
            Result("assumed wage", "gaji andaian", "sen", "assumed monthly wage of the class"),
            Result("employer", "majikan", "sen", "the employer's contribution"),
            Result("employee", "pekerja", "sen", "the employee's contribution without SKBBK"),
            Result("total", "jumlah", "sen", "employer and employee, without SKBBK"),
            Result("for employment injury", "bagi bencana kerja", "sen", "what of the total is for employment injury"),
            Result("for invalidity", "bagi keilatan", "sen", "what of the total is for invalidity"),
            Result("skbbk employee", "pekerja SKBBK", "sen", "the employee's contribution for non-employment injury"),
            Result("grand total", "jumlah besar", "sen", "total with SKBBK"),
            Result("due", "perlu dibayar pada", "date", "the last day on which it is paid in time"),
        ),
        decide=decide,
        granted="due",
    ),
)
