"""Permanent disablement benefit: daily rate for a loss, lump sum and commutation (Act 4 s.22, Fourth Schedule)."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, months_after
from shared.law.act4.daily_rate.rules import WHOLE, exact_daily_rate
from shared.law.act4.permanent_disablement.errors import LumpSumFactorUnknown
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_FACTOR = "act4.permanent_disablement.lump_sum_factor"


class Option(StrEnum):
    """How the benefit is taken."""

    PERIODIC = "periodic"
    LUMP_SUM = "lump sum"
    COMMUTE = "commute one fifth"


@rule("2013-01-01")
def exact_rate(average: Fraction, loss: Fraction, law: LawOn) -> Fraction:
    """90 % of the assumed average daily wage for a loss, in sen, not yet rounded (Act 4 s.22, Fourth Schedule)."""
    return exact_daily_rate(average, law.share("act4.permanent_disablement.share"), law, loss=loss)


@rule("2013-01-01")
def daily_rate(average: Fraction, loss: Fraction, law: LawOn) -> Sen:
    """The daily rate for a loss in sen, rounded half up, once."""
    return half_up(exact_rate(average, loss, law))


@rule("2013-01-01")
def rate_beside(rate: Sen, earlier: Sen, full_rate: Sen, law: LawOn) -> Sen:
    """What of a daily rate is paid beside those of earlier injuries: together not above a full loss (`assumed`)."""
    if not earlier or not law.says("act4.permanent_disablement.several_injuries_capped"):
        return rate
    return max(0, min(rate, full_rate - earlier))


@rule("2013-01-01")
def counted_loss(loss: Fraction, earlier: Fraction, law: LawOn) -> Fraction:
    """The loss that the limit of the lump sum is compared with: with earlier losses (`assumed`)."""
    if not earlier or not law.says("act4.permanent_disablement.earlier_losses_count"):
        return loss
    return loss + earlier


@rule("2013-01-01")
def allows(option: Option, counted: Fraction, law: LawOn) -> bool:
    """Whether a loss may be taken so: up to 20 % as a lump sum, above it with one fifth commuted (Act 4 s.22)."""
    if option is Option.PERIODIC:
        return True
    small = counted <= law.share("act4.permanent_disablement.lump_sum_limit")
    return small if option is Option.LUMP_SUM else not small


@rule("2013-01-01")
def commuted_part(option: Option, law: LawOn) -> Fraction:
    """The part of the daily rate that is turned into a lump sum: nothing, all, or one fifth."""
    if option is Option.PERIODIC:
        return Fraction(0)
    return WHOLE if option is Option.LUMP_SUM else law.share("act4.permanent_disablement.commutation_share")


@rule("2013-01-01")
def lump_sum_factor(age: int, law: LawOn) -> int:
    """The lump sum for one ringgit of daily rate at an age; `LumpSumFactorUnknown` where the book has none."""
    table = law.table(_FACTOR)
    try:
        return table.whole(table.find(age), "factor")
    except OutsideTable as fault:
        text = f"The factor of age {age} is open until the regulations are read."
        raise LumpSumFactorUnknown(text, facts={"figure": _FACTOR, "age": age}) from fault


@rule("2013-01-01")
def lump_sum(rate: Sen, exact: Fraction, part: Fraction, age: int, law: LawOn, found: int | None = None) -> Sen:
    """A part of the daily rate at the factor of an age, in sen, rounded half up.

    `rate` is the rounded daily rate for the loss, from which it is reckoned (`assumed`); `exact` the unrounded one;
    `found` the factor where the book has none of that age.
    """
    base = Fraction(rate) if law.says("act4.permanent_disablement.lump_sum_of_rounded_rate") else exact
    return half_up(base * part * (lump_sum_factor(age, law) if found is None else found))


@rule("2013-01-01")
def applied_in_time(last_day: date, applied_on: date, law: LawOn) -> bool:
    """Whether an application comes within twelve months of the last day of temporary disablement benefit."""
    return applied_on <= months_after(last_day, law.months("act4.permanent_disablement.application_months"))


@rule("2013-01-01")
def day_after(first: date, temporary: Sequence[Days], law: LawOn) -> date:
    """The first day from one on that is none of temporary disablement, which goes on at first (`assumed`).

    Days that are certified after the benefit has begun do not move it.
    """
    if not law.says("act4.permanent_disablement.begins_after_temporary"):
        return first
    for days in sorted(temporary, key=lambda each: each.first):
        if first in days:
            first = days.last + timedelta(days=1)
    return first


@rule("2013-01-01")
def day_of_age(accident: date, chosen_on: date | None, law: LawOn) -> date:
    """The day whose age chooses the factor: that of the choice where it is known (`assumed`), else the accident's."""
    if chosen_on is None or not law.says("act4.permanent_disablement.age_on_day_of_choice"):
        return accident
    return chosen_on


@rule("2013-01-01")
def stands_until_reviewed(law: LawOn) -> bool:
    """Whether an assessment stands until the day from which a review of it holds (`assumed`)."""
    return law.says("act4.permanent_disablement.stands_until_reviewed")


@rule("2013-01-01")
def is_later_day_looked_at(law: LawOn) -> bool:
    """Whether what was owed before a first day that was stated later stays until a person has looked (`assumed`)."""
    return law.says("act4.permanent_disablement.later_first_day_is_looked_at")


@rule("2013-01-01")
def is_commuted_when_final(law: LawOn) -> bool:
    """Whether a lump sum is paid of a final assessment only: of a provisional one it is not known yet (`assumed`)."""
    return law.says("act4.permanent_disablement.commuted_when_final")
