"""What a month's wage means to a person under one law: what is paid in, and what would be paid out.

Everything hangs on the wage class, so it is asked once for each class that people are in, of the rules themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act4.contributions import rules as act4
from shared.law.act4.contributions.rules import Act4Contribution
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.act4.permanent_disablement.rules import daily_rate as permanent_daily_rate
from shared.law.act4.skbbk_benefits import rules as skbbk
from shared.law.act4.temporary_disablement.rules import daily_rate as temporary_daily_rate
from shared.law.act800.contributions import rules as act800
from shared.law.act800.contributions.rules import Act800Contribution
from shared.law.act800.job_search import rules as job_search
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Person:
    """A wage in sen and what decides contributions: Act 4's category, insured under Act 800, takes part in SKBBK."""

    wage: Sen
    category: Category
    insured: bool
    takes_part: bool


@dataclass(frozen=True, slots=True)
class Column:
    """An amount in sen that a law gives a person: its scheme, who pays it ("" for a benefit), and for how long."""

    name: str
    scheme: str
    paid_by: str
    per: str
    amount: Callable[[Person, LawOn], Sen]


def _assumed(person: Person, law: LawOn) -> Sen:
    return act4.wage_class(person.wage, law).assumed


# Daily benefits are those of who earned the same in each month of the window.
def _temporary(person: Person, law: LawOn) -> Sen:
    return temporary_daily_rate(Fraction(_assumed(person, law)), law)


def _permanent(person: Person, law: LawOn) -> Sen:
    return permanent_daily_rate(Fraction(_assumed(person, law)), Fraction(1), law)


def _is_in_skbbk(person: Person, law: LawOn) -> bool:
    return person.takes_part and "non_employment_injury" in contingencies(person.category, law)


def _skbbk_temporary(person: Person, law: LawOn) -> Sen:
    return skbbk.temporary_daily_rate(Fraction(_assumed(person, law)), law) if _is_in_skbbk(person, law) else 0


def _skbbk_permanent(person: Person, law: LawOn) -> Sen:
    if not _is_in_skbbk(person, law):
        return 0
    return half_up(skbbk.exact_permanent_rate(Fraction(_assumed(person, law)), Fraction(1), law))


def _job_search(person: Person, law: LawOn) -> Sen:
    if not person.insured:
        return 0
    table = law.table("act800.contributions.classes")
    assumed = table.column("assumed")[table.place(person.wage)]
    return job_search.monthly_amounts(Fraction(assumed), 1, law)[0]


def _act4(person: Person, law: LawOn) -> Act4Contribution:
    return act4.contribution(person.wage, person.category, law)


def _skbbk(person: Person, law: LawOn) -> Sen:
    return act4.skbbk_contribution(person.wage, person.category, law) if person.takes_part else 0


def _act800(person: Person, law: LawOn) -> Act800Contribution:
    return act800.contribution(person.wage, person.insured, law)


EMPLOYER, EMPLOYEE = "employer", "employee"
COLUMNS: tuple[Column, ...] = (
    Column("Act 4, employer", "Act 4", EMPLOYER, "month", lambda person, law: _act4(person, law).employer),
    Column("Act 4, employee", "Act 4", EMPLOYEE, "month", lambda person, law: _act4(person, law).employee),
    Column("SKBBK, employee", "SKBBK", EMPLOYEE, "month", _skbbk),
    Column("Act 800, employer", "Act 800", EMPLOYER, "month", lambda person, law: _act800(person, law).employer),
    Column("Act 800, employee", "Act 800", EMPLOYEE, "month", lambda person, law: _act800(person, law).employee),
    Column("Assumed monthly wage (base of Act 4 cash benefits)", "Act 4", "", "month", _assumed),
    Column("Temporary disablement benefit", "Act 4", "", "day", _temporary),
    Column("Permanent total disablement benefit", "Act 4", "", "day", _permanent),
    Column("SKBBK, temporary disablement", "SKBBK", "", "day", _skbbk_temporary),
    Column("SKBBK, permanent total disablement", "SKBBK", "", "day", _skbbk_permanent),
    Column("Job search allowance, first month", "Act 800", "", "month", _job_search),
)


def amounts(person: Person, law: LawOn) -> Mapping[str, Sen]:
    """Every column for a person under a law, in sen; nothing is due and nothing is covered without wages."""
    if person.wage == 0:
        return {column.name: 0 for column in COLUMNS}
    return {column.name: column.amount(person, law) for column in COLUMNS}
