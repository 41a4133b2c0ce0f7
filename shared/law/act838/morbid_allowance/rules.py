"""Monthly benefits of a housewife: morbid allowance and the others (Act 838 ss.31 to 35, Schedules)."""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month, age_on
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2022-12-01")
def monthly(law: LawOn) -> Sen:
    """The allowance of a month in sen: 50 % of the presumed income."""
    return half_up(law.sen("act838.contributions.presumed_income") * law.share("act838.morbid_allowance.share"))


@rule("2022-12-01")
def part_of_month(allowance: Sen, days: Days, law: LawOn) -> Sen:
    """The allowance for some days of a month in sen, half up: by the days of that month (s.34)."""
    month = Month.of(days.first)
    if not law.says("act838.morbid_allowance.broken_month_by_its_days") or days == month.days:
        return allowance
    return half_up(Fraction(allowance * len(days), len(month.days)))


@rule("2022-12-01")
def paid_at_age(born_on: date, day: date, law: LawOn) -> bool:
    """Whether the allowance is paid on a day: to the age of 55."""
    return age_on(born_on, day) < law.age("act838.morbid_allowance.until_age")


@rule("2022-12-01")
def allowance(kind: str, cost: Sen, law: LawOn) -> Sen:
    """A monthly allowance in sen: "attendance", "renal", or "dialysis", which is the lower of limit and cost.

    Source: Act 838, Fifth, Seventh and Eighth Schedules.
    """
    if kind == "dialysis":
        return min(cost, law.sen("act838.allowances.dialysis_highest"))
    return law.sen(f"act838.allowances.{kind}")


@rule("2022-12-01")
def rehabilitation(cost: Sen, paid_in_period: Sen, law: LawOn) -> Sen:
    """What is borne of the cost of rehabilitation in a contribution period, in sen (s.37, Eighth Schedule)."""
    return max(0, min(cost, law.sen("act838.allowances.rehabilitation_highest") - paid_in_period))
