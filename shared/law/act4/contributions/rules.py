"""Contributions under Act 4: a look-up in the Third Schedule by wage class, never wage × rate.

`law` is the law in force on the first day of the wage month: a table applies from the wages of its first month on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.calendar.rules import moved_from_holiday
from shared.law.act4.contributions.errors import UnknownPay
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.book import LawOn
from shared.law.rule import rule


class WageClass(NamedTuple):
    """A class of the Third Schedule: its number from 1 and the assumed monthly wage in sen."""

    number: int
    assumed: Sen


@dataclass(frozen=True, slots=True)
class Act4Contribution:
    """What is due for one month, in sen, without the contribution for non-employment injury."""

    employer: Sen
    employee: Sen


@rule("2013-01-01")
def wage_class(wage: Sen, law: LawOn) -> WageClass:
    """The class with lower edge < wage <= upper edge (Third Schedule); `OutsideTable` for a wage of zero or less."""
    table = law.table("act4.contributions.classes")
    row = table.place(wage)
    return WageClass(row + 1, table.column("assumed")[row])


@rule("2013-01-01")
def contribution(wage: Sen, category: Category, law: LawOn) -> Act4Contribution:
    """The contributions for a wage and a category (Third Schedule); none for a month without wages."""
    if wage == 0:
        return Act4Contribution(0, 0)
    table = law.table("act4.contributions.classes")
    row = table.place(wage)
    if category is Category.SECOND:
        return Act4Contribution(table.column("employer_second")[row], 0)
    return Act4Contribution(table.column("employer_first")[row], table.column("employee_first")[row])


@rule("2013-01-01")
def employer_for_invalidity(employee: Sen, law: LawOn) -> Sen:
    """What an employer pays for invalidity where the employee pays this, in sen; all else it pays is for injury.

    The employee pays for invalidity alone, one of the second category nothing. It holds of sums and of differences too.
    """
    return employee * law.count("act4.contributions.employer_invalidity_times")


@rule("2013-01-01")
def refunded(law: LawOn) -> bool:
    """Whether contributions of a wage month that were paid and not due by the Third Schedule are refunded."""
    return law.says("act4.contributions.refunded")


@rule("2013-01-01")
def skbbk_contribution(wage: Sen, category: Category, law: LawOn) -> Sen:
    """The employee's contribution for non-employment injury (Third Schedule, Act A1788), for one who takes part.

    Zero before 1 June 2026, when no category covered it, and for a month without wages.
    """
    if "non_employment_injury" not in contingencies(category, law) or wage == 0:
        return 0
    table = law.table("act4.contributions.skbbk")
    return table.column("employee")[table.place(wage)]


@rule("2013-01-01", correction=1)
def due_on(month: Month, law: LawOn) -> date:
    """The day on which the contributions of a wage month fall due: the 15th of the next (General Regulations 1971).

    On a weekly or public holiday it is the next day that is none (`assumed`).
    """
    return moved_from_holiday(month.last_day + timedelta(days=law.days("act4.contributions.due_days")), law)


@rule("2013-01-01")
def counted_wages(pay: Collection[tuple[str, Sen]], law: LawOn) -> Sen:
    """The wages in sen of a month from the parts of pay, by name (Act 4 s.2(24)); `UnknownPay` for another name."""
    included, excluded = (law.names(f"act4.contributions.wages_{which}") for which in ("included", "excluded"))
    for item, _ in pay:
        if item not in included and item not in excluded:
            raise UnknownPay(item, (*included, *excluded))
    return sum(amount for item, amount in pay if item in included)
