"""What a month's wage means to a person under one law: what is paid in, and what would be paid out.

Everything hangs on the wage class, so it is asked once for each class that people are in, of the rules themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from shared.kernel.money import Sen
from shared.law.act4.contributions import rules as act4
from shared.law.act4.contributions.rules import Act4Contribution
from shared.law.act4.cover.rules import Category
from shared.law.act4.temporary_disablement.rules import daily_rate
from shared.law.act800.contributions import rules as act800
from shared.law.act800.contributions.rules import Act800Contribution
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


def _temporary(person: Person, law: LawOn) -> Sen:
    """Of who earned the same in each month of the window."""
    return daily_rate(Fraction(_assumed(person, law)), law)


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
)


def amounts(person: Person, law: LawOn) -> Mapping[str, Sen]:
    """Every column for a person under a law, in sen; nothing is due and nothing is covered without wages."""
    if person.wage == 0:
        return {column.name: 0 for column in COLUMNS}
    return {column.name: column.amount(person, law) for column in COLUMNS}
