"""Contributions under Act 789: a look-up by insured earnings, paid in advance; and the government's subsidies.

`law` is the law in force on the day of payment.
"""

from dataclasses import dataclass
from fractions import Fraction

from shared.kernel.money import Sen, half_up, ringgit
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

ANY_PLAN = "any"


@dataclass(frozen=True, slots=True)
class EarningsClass:
    """A class of the Second Schedule: its number from 1, insured monthly earnings and monthly contribution in sen."""

    number: int
    earning: Sen
    monthly: Sen


@dataclass(frozen=True, slots=True)
class Shares:
    """Who pays a contribution, in sen."""

    government: Sen
    payer: Sen


@rule("2017-06-01")
def class_of(earning: Sen, law: LawOn) -> EarningsClass:
    """The class of these insured monthly earnings (Act 789, Second Schedule, para 2); `OutsideTable` for others."""
    table = law.table("act789.contributions.classes")
    if earning not in table.column("earning"):
        raise OutsideTable(f"No class insures monthly earnings of RM{ringgit(earning)}.")
    return class_numbered(table.column("earning").index(earning) + 1, law)


@rule("2017-06-01")
def class_numbered(number: int, law: LawOn) -> EarningsClass:
    """The class of this number; `OutsideTable` for one that there is not."""
    table = law.table("act789.contributions.classes")
    row = table.find(number)
    return EarningsClass(number, table.whole(row, "earning"), table.whole(row, "monthly"))


@rule("2017-06-01")
def earning_of_plan(plan: str, law: LawOn) -> Sen:
    """The insured monthly earnings in sen of a marketed plan; `OutsideTable` for one that there is not."""
    table = law.table("act789.contributions.plans")
    return table.whole(table.find(plan), "earning")


@rule("2017-06-01")
def contribution(earning: Sen, months: int, law: LawOn) -> Sen:
    """The contribution in sen for months in advance: months × the monthly contribution of the class (s.11(2))."""
    return class_of(earning, law).monthly * months


@rule("2020-01-01")
def subsidised(full: Sen, programme: str, law: LawOn) -> Shares:
    """Who pays a contribution under a subsidy programme: the government's share to the nearest step, half up.

    `NoLongerLaw` and `NotYetLaw` when no programme is open, `OutsideTable` for one that is not.
    """
    table = law.table("act789.contributions.subsidies.programmes")
    share = table.share(table.find(programme), "government")
    step = law.sen("act789.contributions.subsidies.step")
    government = half_up(Fraction(full) * share / step) * step
    return Shares(government, full - government)


@rule("2020-01-01")
def allows_plan(programme: str, plan: str, law: LawOn) -> bool:
    """Whether a programme subsidises a plan."""
    table = law.table("act789.contributions.subsidies.programmes")
    return table.text(table.find(programme), "plans") in (plan, ANY_PLAN)
