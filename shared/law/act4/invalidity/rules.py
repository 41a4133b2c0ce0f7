"""Invalidity pension: who qualifies, which share of which average, and how much (Act 4 ss.16, 17, 19, 20, 49)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month, age_on, completed_months
from shared.law.act4.contributions.rules import contribution, employer_for_invalidity
from shared.law.act4.cover.rules import Category
from shared.law.book import LawOn
from shared.law.errors import NotYetLaw, NoWageMonth
from shared.law.rule import rule

# The lines of contributions begin with the book; what was contributed before is known to nobody but officers.
LINES_BEGIN = Month(2013, 1)


class Qualifying(StrEnum):
    """The qualifying period that a person has completed (s.17(2), s.17(3))."""

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Contributed:
    """Contributions counted up to the month before the notice, and the complete months since first liability."""

    in_window: int
    in_all: int
    complete_months: int


@rule("2013-01-01")
def cannot_earn(capacity: Fraction, law: LawOn) -> bool:
    """Whether somebody cannot earn a third of a sound person's customary earnings (s.16)."""
    return capacity < law.share("act4.invalidity.earning_limit")


@rule("2013-01-01")
def in_age(born_on: date, noticed_on: date, invalid_before_age_without_work: bool, law: LawOn) -> bool:
    """Whether notice came before 60, or later of a condition from before 60 with no gainful work since (s.17)."""
    if age_on(born_on, noticed_on) < law.age("act4.invalidity.age_limit"):
        return True
    return invalid_before_age_without_work and law.says("act4.invalidity.invalid_before_age_suffices")


@rule("2013-01-01")
def paid_or_payable(declared: Collection[Month], payable: Collection[Month], law: LawOn) -> set[Month]:
    """The months that count: an employee stays protected where the employer declared nothing (s.17(2)).

    `payable` are months of an employment that counts whose contribution is not declared.
    """
    protected = law.says("act4.arrears.employee_stays_protected")
    return {*declared, *payable} if protected and law.says("act4.wage_base.open_spell_makes_payable") else {*declared}


@rule("2013-01-01")
def contributed(
    months: Collection[Month], credited: Collection[Month], first_liable_on: date, noticed_on: date, law: LawOn
) -> Contributed:
    """Count the months with a contribution before the month of notice, or death, each once (s.17(2), s.17(3)).

    `credited` are months credited at discretion (s.17(3C), s.17(3D)), counted alike (`assumed`).
    """
    counted = set(months)
    if law.says("act4.invalidity.credits_count"):
        counted |= set(credited)
    end = Month.of(noticed_on)
    window = set(end.window_before(law.months("act4.invalidity.window")))
    in_all = sum([month < end for month in counted])
    return Contributed(len(counted & window), in_all, completed_months(first_liable_on, noticed_on))


@rule("2013-01-01")
def contributed_before(found: Contributed, earlier: int, law: LawOn) -> Contributed:  # noqa: ARG001
    """With contributions of months before the lines begin: they count in all, and lie before every window (s.17)."""
    return replace(found, in_all=found.in_all + earlier)


@rule("2013-01-01")
def is_highest(period: Qualifying, part: Fraction, law: LawOn) -> bool:
    """Whether no further contribution would raise the share (s.20(1))."""
    return period is Qualifying.FULL and part >= law.share("act4.invalidity.highest_share")


@rule("2013-01-01")
def qualifying(found: Contributed, law: LawOn) -> Qualifying:
    """The period completed: 24 contributions in the last 40 months or in two thirds of all months; or in a third."""
    least = law.count("act4.invalidity.least_contributions")
    if found.in_window >= least:
        return Qualifying.FULL
    if found.in_all < least:
        return Qualifying.NONE
    if found.in_all >= found.complete_months * law.share("act4.invalidity.full_part"):
        return Qualifying.FULL
    enough = found.in_all >= found.complete_months * law.share("act4.invalidity.reduced_part")
    return Qualifying.REDUCED if enough else Qualifying.NONE


@rule("2013-01-01")
def share(period: Qualifying, contributions: int, law: LawOn) -> Fraction:
    """The share of the average wage: 50 %, for a full period 1 % more for each 12 beyond 24, up to 65 % (s.20(1))."""
    base = law.share("act4.invalidity.base_share")
    if period is not Qualifying.FULL:
        return base
    beyond = max(0, contributions - law.count("act4.invalidity.least_contributions"))
    steps = beyond // law.count("act4.invalidity.step_contributions")
    return min(law.share("act4.invalidity.highest_share"), base + steps * law.share("act4.invalidity.step_share"))


@rule("2013-01-01")
def wage_window(noticed_on: date, law: LawOn) -> tuple[Month, ...]:
    """The 24 months before the month of notice or death, oldest first (s.20(2))."""
    return Month.of(noticed_on).window_before(law.months("act4.invalidity.wage_window"))


@rule("2013-01-01")
def average(assumed_by_month: Mapping[Month, Sen], noticed_on: date, law: LawOn) -> Fraction:
    """The exact average assumed monthly wage in sen over the window (s.20(2)); `NoWageMonth` without a month.

    It is divided by the months that have a contribution (`assumed`).
    """
    window = wage_window(noticed_on, law)
    found = [assumed_by_month[month] for month in window if month in assumed_by_month]
    if not found:
        raise NoWageMonth
    divisor = len(found) if law.says("act4.invalidity.averaged_over_contributions") else len(window)
    return Fraction(sum(found), divisor)


@rule("2013-01-01")
def counted_average(exact: Fraction, law: LawOn) -> Fraction | None:
    """The average on which the pension is reckoned: not under the minimum (s.20(2)).

    None where the minimum of the day is in no source and the average is not above all that it can have been.
    """
    lowest = known_minimum(law)
    if lowest is not None:
        return max(exact, lowest)
    return exact if exact >= highest_unknown_minimum(law) else None


@rule("2013-01-01")
def known_minimum(law: LawOn) -> Fraction | None:
    """The minimum average in sen (s.20(2)); None before 26 December 2017, when it is in no source."""
    try:
        return Fraction(law.sen("act4.invalidity.lowest_average"))
    except NotYetLaw:
        return None


@rule("2013-01-01")
def highest_unknown_minimum(law: LawOn) -> Fraction:
    """What the minimum before 26 December 2017 cannot have been above, in sen (`derived`)."""
    return Fraction(law.sen("act4.invalidity.lowest_average_at_most"))


@rule("2013-01-01")
def monthly_pension(counted: Fraction, part: Fraction, law: LawOn) -> Sen:  # noqa: ARG001  the version is noted in it
    """The monthly pension in sen, rounded half up, once: it is the amount that the Act names (s.20(1))."""
    return half_up(counted * part)


@rule("2013-01-01")
def starts_on(noticed_on: date, resigned_on: date | None, law: LawOn) -> date:  # noqa: ARG001
    """The first day of the pension: that of the notice, or of the resignation where it is later (s.19)."""
    return noticed_on if resigned_on is None else max(noticed_on, resigned_on)


@rule("2013-01-01")
def part_of_month(pension: Sen, days: Days, law: LawOn) -> Sen:
    """A month's pension for some of its days, in sen, half up: by the actual days of that month (s.19(2))."""
    month = Month.of(days.first)
    if days == month.days or not law.says("act4.invalidity.broken_month_by_its_days"):
        return pension
    return half_up(Fraction(pension * len(days), len(month.days)))


@rule("2013-01-01")
def works_too_much(earning: Sen, former_average: Sen, law: LawOn) -> bool:
    """Whether insurable work suspends the pension: more than a third of the former average wage (s.49)."""
    return earning > former_average * law.share("act4.invalidity.work_limit")


@rule("2013-01-01")
def paid_for_invalidity(wages: Collection[Sen], month: Month, law: LawOn) -> Sen:
    """What was contributed for invalidity for the wages of a month, in sen: by each employment's class (s.21).

    The employee pays for invalidity alone; that what the employer pays for it counts too is `assumed`.
    """
    then = law.on(month.first_day)
    employee = sum([contribution(wage, Category.FIRST, then).employee for wage in wages])
    both = law.says("act4.invalidity.grant_of_both_sides")
    return employee + employer_for_invalidity(employee, then) if both else employee


@rule("2013-01-01")
def grant(contributions: Sen, interest: Sen, law: LawOn) -> Sen:
    """The invalidity grant in sen: the invalidity contributions with the interest that the fund states (s.21)."""
    return contributions + interest if law.says("act4.invalidity.grant_with_interest") else contributions
