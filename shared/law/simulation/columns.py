"""What a month's wage means to a person under one law: what is paid in, and what would be paid out.

Everything hangs on the wage class, so it is asked once for each class that people are in, of the rules themselves.
There is a column for all that has a twin for whole populations (`bulk.py`): contributions of Acts 4, 800, 789 and 838,
daily benefits of Act 4 and SKBBK, and job search allowance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act4.contributions import rules as act4
from shared.law.act4.contributions.rules import Act4Contribution
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.act4.daily_rate.rules import monthly_amount
from shared.law.act4.dependants.rules import Relation, daily_share, exact_rate, shares
from shared.law.act4.permanent_disablement.rules import daily_rate as permanent_daily_rate
from shared.law.act4.skbbk_benefits import rules as skbbk
from shared.law.act4.temporary_disablement.rules import daily_rate as temporary_daily_rate
from shared.law.act789.contributions.rules import class_of, earning_of_plan
from shared.law.act800.contributions import rules as act800
from shared.law.act800.contributions.rules import Act800Contribution
from shared.law.act800.job_search import rules as job_search
from shared.law.act838.contributions import rules as act838
from shared.law.book import LawOn

EMPLOYER, EMPLOYEE, SELF_EMPLOYED, HOUSEWIFE = "employer", "employee", "self-employed", "housewife"
MONTH, DAY, PERIOD = "month", "day", "twelve months"
LOSS = Fraction(20, 100)


@dataclass(frozen=True, slots=True)
class Person:
    """A wage in sen and what decides contributions: Act 4's category, insured under Act 800, takes part in SKBBK.

    ``plan`` is that of a self-employed person under Act 789 ("" for none), ``housewife`` one who contributes under
    Act 838; neither needs a wage.
    """

    wage: Sen
    category: Category
    insured: bool
    takes_part: bool
    plan: str = ""
    housewife: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """An amount in sen that a law gives a person: its scheme, who pays it ("" for a benefit), and for how long.

    Without a wage there is none, unless ``of_wage`` is false.
    """

    name: str
    scheme: str
    paid_by: str
    per: str
    amount: Callable[[Person, LawOn], Sen]
    of_wage: bool = True

    @property
    def paid_by_the_person(self) -> bool:
        """Whether it is a contribution of the person's own."""
        return self.paid_by not in ("", EMPLOYER)


def _assumed(person: Person, law: LawOn) -> Sen:
    return act4.wage_class(person.wage, law).assumed


# Daily benefits are those of who earned the same in each month of the window.
def _temporary(person: Person, law: LawOn) -> Sen:
    return temporary_daily_rate(Fraction(_assumed(person, law)), law)


def _permanent(person: Person, law: LawOn) -> Sen:
    return permanent_daily_rate(Fraction(_assumed(person, law)), Fraction(1), law)


def _permanent_of_a_fifth(person: Person, law: LawOn) -> Sen:
    return permanent_daily_rate(Fraction(_assumed(person, law)), LOSS, law)


def _permanent_month(person: Person, law: LawOn) -> Sen:
    return monthly_amount(_permanent(person, law), law)


def _of_a_death(family: Mapping[str, Relation], whose: str) -> Callable[[Person, LawOn], Sen]:
    """The daily share of one of a family in the benefit of a death."""

    def amount(person: Person, law: LawOn) -> Sen:
        return daily_share(exact_rate(Fraction(_assumed(person, law)), law), shares(family, law)[whose], law)

    return amount


def _is_in_skbbk(person: Person, law: LawOn) -> bool:
    return person.takes_part and "non_employment_injury" in contingencies(person.category, law)


def _skbbk_temporary(person: Person, law: LawOn) -> Sen:
    return skbbk.temporary_daily_rate(Fraction(_assumed(person, law)), law) if _is_in_skbbk(person, law) else 0


def _skbbk_permanent(person: Person, law: LawOn) -> Sen:
    if not _is_in_skbbk(person, law):
        return 0
    return half_up(skbbk.exact_permanent_rate(Fraction(_assumed(person, law)), Fraction(1), law))


def _skbbk_permanent_of_a_fifth(person: Person, law: LawOn) -> Sen:
    if not _is_in_skbbk(person, law):
        return 0
    return half_up(skbbk.exact_permanent_rate(Fraction(_assumed(person, law)), LOSS, law))


def _job_search(months: int) -> Callable[[Person, LawOn], Sen]:
    """Job search allowance for so many months of benefit, together."""

    def amount(person: Person, law: LawOn) -> Sen:
        if not person.insured:
            return 0
        assumed = act800.wage_class(person.wage, law).assumed
        return sum(job_search.monthly_amounts(Fraction(assumed), months, law))

    return amount


def _act789(person: Person, law: LawOn) -> Sen:
    return class_of(earning_of_plan(person.plan, law), law).monthly if person.plan else 0


def _act838(person: Person, law: LawOn) -> Sen:
    return act838.contribution(law.months("act838.contributions.months"), law) if person.housewife else 0


def _act4(person: Person, law: LawOn) -> Act4Contribution:
    return act4.contribution(person.wage, person.category, law)


def _skbbk(person: Person, law: LawOn) -> Sen:
    return act4.skbbk_contribution(person.wage, person.category, law) if person.takes_part else 0


def _act800(person: Person, law: LawOn) -> Act800Contribution:
    return act800.contribution(person.wage, person.insured, law)


WIDOW_AND_CHILD = {"widow": Relation.WIDOW, "child": Relation.CHILD}
WIDOW_ALONE = {"widow": Relation.WIDOW}
COLUMNS: tuple[Column, ...] = (
    Column("Act 4, employer", "Act 4", EMPLOYER, MONTH, lambda person, law: _act4(person, law).employer),
    Column("Act 4, employee", "Act 4", EMPLOYEE, MONTH, lambda person, law: _act4(person, law).employee),
    Column("SKBBK, employee", "SKBBK", EMPLOYEE, MONTH, _skbbk),
    Column("Act 800, employer", "Act 800", EMPLOYER, MONTH, lambda person, law: _act800(person, law).employer),
    Column("Act 800, employee", "Act 800", EMPLOYEE, MONTH, lambda person, law: _act800(person, law).employee),
    Column("Act 789, self-employed", "Act 789", SELF_EMPLOYED, MONTH, _act789, of_wage=False),
    Column("Act 838, housewife, twelve months", "Act 838", HOUSEWIFE, PERIOD, _act838, of_wage=False),
    Column("Assumed monthly wage (base of Act 4 cash benefits)", "Act 4", "", MONTH, _assumed),
    Column("Temporary disablement benefit", "Act 4", "", DAY, _temporary),
    Column("Permanent total disablement benefit", "Act 4", "", DAY, _permanent),
    Column("Permanent total disablement benefit, a month", "Act 4", "", MONTH, _permanent_month),
    Column("Permanent disablement benefit, loss of 20 %", "Act 4", "", DAY, _permanent_of_a_fifth),
    Column("Dependants' benefit, a widow beside a child", "Act 4", "", DAY, _of_a_death(WIDOW_AND_CHILD, "widow")),
    Column("Dependants' benefit, a child beside a widow", "Act 4", "", DAY, _of_a_death(WIDOW_AND_CHILD, "child")),
    Column("Dependants' benefit, a widow alone", "Act 4", "", DAY, _of_a_death(WIDOW_ALONE, "widow")),
    Column("SKBBK, temporary disablement", "SKBBK", "", DAY, _skbbk_temporary),
    Column("SKBBK, permanent total disablement", "SKBBK", "", DAY, _skbbk_permanent),
    Column("SKBBK, permanent disablement, loss of 20 %", "SKBBK", "", DAY, _skbbk_permanent_of_a_fifth),
    Column("Job search allowance, first month", "Act 800", "", MONTH, _job_search(1)),
    Column("Job search allowance, six months together", "Act 800", "", "six months", _job_search(6)),
)


def amounts(person: Person, law: LawOn) -> Mapping[str, Sen]:
    """Every column for a person under a law, in sen; nothing that hangs on a wage is due or covered without one."""
    return {column.name: column.amount(person, law) if person.wage or not column.of_wage else 0 for column in COLUMNS}
