"""The assumed monthly wage of Act 800: the average before the month of the loss (Third Schedule paras 6 to 8)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act800.wage_base.errors import NoWageBeforeDisablement
from shared.law.book import LawOn
from shared.law.errors import NoWageMonth
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class KnownWages:
    """What is known of one employment, in sen by month: wages, or assumed wages in their place; no month is in two.

    `without_wages` are months in which nothing was paid, `disabled` those of temporary disablement benefit.
    """

    wages: Mapping[Month, Sen] = field(default_factory=dict)
    assumed: Mapping[Month, Sen] = field(default_factory=dict)
    without_wages: Collection[Month] = ()
    disabled: Collection[Month] = ()


@rule("2018-01-01")
def wage_window(lost_on: date, law: LawOn) -> tuple[Month, ...]:
    """The six months before the month of the loss, oldest first (Third Schedule)."""
    return Month.of(lost_on).window_before(law.months("act800.wage_base.window"))


@rule("2018-01-01")
def assumed_wage(wage: Sen, month: Month, law: LawOn) -> Sen:
    """The assumed wage in sen of a wage by the classes of its month; `OutsideTable` for a wage of zero."""
    table = law.on(month.first_day).table("act800.contributions.classes")
    return table.whole(table.place(wage), "assumed")


@rule("2018-01-01")
def within_classes(assumed: Sen, month: Month, law: LawOn) -> Sen:
    """An assumed wage that is stated, in sen: no class of its month has more than the highest (Third Schedule)."""
    return min(assumed, law.on(month.first_day).table("act800.contributions.classes").column("assumed")[-1])


@rule("2018-01-01")
def assumed_wages(lost_on: date, known: KnownWages, law: LawOn) -> Mapping[Month, Sen]:
    """The assumed wages in sen of the months of the window with a contribution paid or payable, oldest first.

    A month without wages takes the minimum wage of that month, a month of temporary disablement the last wage before
    it (Third Schedule paras 6 to 8). Raises `NoWageMonth` if no month is left, and `NoWageBeforeDisablement`.
    """
    found = {month: _assumed_in(month, known, law) for month in wage_window(lost_on, law)}
    assumed = {month: wage for month, wage in found.items() if wage is not None}
    if not assumed:
        raise NoWageMonth
    return assumed


@rule("2018-01-01")
def average_assumed_monthly_wage(assumed: Mapping[Month, Sen], law: LawOn) -> Fraction:
    """The exact average in sen of one to six assumed wages (Third Schedule); `NoWageMonth` for none."""
    if not assumed:
        raise NoWageMonth
    if len(assumed) > law.months("act800.wage_base.window"):
        raise ValueError("more months than the window holds")
    return Fraction(sum(assumed.values()), len(assumed))


def _assumed_in(month: Month, known: KnownWages, law: LawOn) -> Sen | None:
    if month in known.disabled:
        return _before_disablement(month, known, law)
    if month in known.without_wages:
        return _minimum(month, law)
    if month in known.assumed:
        return within_classes(known.assumed[month], month, law)
    return assumed_wage(known.wages[month], month, law) if month in known.wages else None


def _minimum(month: Month, law: LawOn) -> Sen:
    wage = law.on(month.first_day).sen("act800.wage_base.minimum_wage")
    return assumed_wage(wage, month, law) if law.says("act800.wage_base.minimum_wage_has_class") else wage


def _before_disablement(month: Month, known: KnownWages, law: LawOn) -> Sen:
    earlier = [each for each in (*known.wages, *known.assumed) if each < month]
    if not earlier:
        raise NoWageBeforeDisablement(f"No wage is known before the temporary disablement in {month}.")
    last = max(earlier)
    if last in known.assumed:
        return within_classes(known.assumed[last], last, law)
    own = law.says("act800.wage_base.disablement_month_has_own_classes")
    return assumed_wage(known.wages[last], month if own else last, law)
