"""Who is insured under Act 800 and what is contributed: a look-up by wage class, the same for both sides.

`law` is the law in force on the first day of the wage month.
"""

from dataclasses import dataclass
from datetime import date

from shared.kernel.money import Sen
from shared.kernel.periods import Month, age_on
from shared.law.act800.cover.rules import age_in
from shared.law.book import LawOn
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Act800Contribution:
    """What is due for one month, in sen."""

    employer: Sen
    employee: Sen


@dataclass(frozen=True, slots=True)
class Act800Class:
    """A class of the Second and Third Schedules: its number from 1 and the assumed monthly wage in sen."""

    number: int
    assumed: Sen


@rule("2018-01-01")
def insured(born_on: date, first_liable_on: date, foreign: bool, month: Month, law: LawOn) -> bool:
    """Whether a person is insured in a month, by the law of that month (Act 800 s.2, First Schedule).

    Not insured is who is foreign, under 18 or 60 and over in the month, or was first liable at 57 or later. The
    exclusions by kind of work are for the caller to know.
    """
    then = law.on(month.first_day)
    if foreign and not then.says("act800.cover.foreigners_insured"):
        return False
    age = age_in(born_on, month, then)
    if not then.age("act800.cover.minimum_age") <= age < then.age("act800.cover.maximum_age"):
        return False
    return age_on(born_on, first_liable_on) < then.age("act800.cover.first_liable_age")


@rule("2018-01-01")
def wage_class(wage: Sen, law: LawOn) -> Act800Class:
    """The class with lower edge < wage <= upper edge; `OutsideTable` for a wage of zero or less."""
    table = law.table("act800.contributions.classes")
    row = table.place(wage)
    return Act800Class(number=row + 1, assumed=table.column("assumed")[row])


@rule("2018-01-01")
def refunded(law: LawOn) -> bool:
    """Whether contributions of a wage month that were paid and not due by the Schedules are refunded."""
    return law.says("act800.contributions.refunded")


@rule("2018-01-01")
def contribution(wage: Sen, is_insured: bool, law: LawOn) -> Act800Contribution:
    """The contributions of both sides for a wage (Second and Third Schedules); none if not insured or without wages."""
    if wage == 0 or not is_insured:
        return Act800Contribution(0, 0)
    table = law.table("act800.contributions.classes")
    row = table.place(wage)
    return Act800Contribution(table.column("employer")[row], table.column("employee")[row])
