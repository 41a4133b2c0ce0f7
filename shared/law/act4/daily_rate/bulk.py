"""Daily rates of a whole population: int64 arrays in and out, half up exactly, equal row by row to the scalar rules.

A row is a person: `totals` is the sum in sen of the assumed wages of the contribution months, `months` their number.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from shared.law.act4.skbbk_benefits.rules import PERMANENT_SHARE, TEMPORARY_SHARE
from shared.law.book import LawOn
from shared.law.bulk import Int64Array
from shared.law.errors import NoWageMonth

PER_CENT_OF_PER_CENT = 10_000
_LARGEST_TOTAL = 1_000_000_000  # RM10 million: every product below stays under 2^63


@dataclass(frozen=True, slots=True)
class _Exact:
    """Exact daily rates as quotients of int64 arrays."""

    numerator: Int64Array
    denominator: Int64Array

    def times(self, numerator: Int64Array | int, denominator: Int64Array | int) -> "_Exact":
        return _Exact(self.numerator * numerator, self.denominator * denominator)

    def floored(self, floor: int) -> "_Exact":
        return _Exact(np.maximum(self.numerator, floor * self.denominator), self.denominator)

    def half_up(self) -> Int64Array:
        rounded: Int64Array = (2 * self.numerator + self.denominator) // (2 * self.denominator)
        return rounded


def temporary(totals: Int64Array, months: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `act4.temporary_disablement.daily_rate`, in sen."""
    return _exact(totals, months, law.share("act4.temporary_disablement.share"), law, floored=True).half_up()


def permanent(totals: Int64Array, months: Int64Array, losses: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `act4.permanent_disablement.daily_rate`, in sen; `losses` in hundredths of a per cent, 10,000 is all."""
    return _for_losses(totals, months, losses, "act4.permanent_disablement.share", law, floored=True).half_up()


def skbbk_temporary(totals: Int64Array, months: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `act4.skbbk_benefits.temporary_daily_rate`, in sen."""
    floored = law.says("act4.skbbk_benefits.floor_applies")
    return _exact(totals, months, law.share(TEMPORARY_SHARE), law, floored=floored).half_up()


def skbbk_permanent(totals: Int64Array, months: Int64Array, losses: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `act4.skbbk_benefits.exact_permanent_rate`, rounded, in sen; `losses` in hundredths of a per cent."""
    floored = law.says("act4.skbbk_benefits.floor_applies")
    return _for_losses(totals, months, losses, PERMANENT_SHARE, law, floored=floored).half_up()


def dependants(totals: Int64Array, months: Int64Array, share: Fraction, law: LawOn) -> Int64Array:
    """Twin of `act4.dependants.daily_share` for one share of every death, in sen; the share 1 gives the whole rate."""
    exact = _exact(totals, months, law.share("act4.permanent_disablement.share"), law, floored=True)
    part = exact.times(share.numerator, share.denominator)
    if share == 1 or law.says("act4.dependants.share_rounded_half_up"):
        return part.half_up()
    return part.numerator // part.denominator


def monthly(rates: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `act4.daily_rate.monthly_amount`, in sen."""
    return rates * law.days("act4.daily_rate.benefit_month")


def _for_losses(
    totals: Int64Array, months: Int64Array, losses: Int64Array, share: str, law: LawOn, *, floored: bool
) -> _Exact:
    _check(losses, 0, PER_CENT_OF_PER_CENT, "losses in hundredths of a per cent")
    of_wage = law.share(share)
    if not floored or law.says("act4.daily_rate.floor_before_loss"):
        return _exact(totals, months, of_wage, law, floored=floored).times(losses, PER_CENT_OF_PER_CENT)
    exact = _exact(totals, months, of_wage, law, floored=False).times(losses, PER_CENT_OF_PER_CENT)
    return exact.floored(law.sen("act4.daily_rate.floor"))


def _exact(totals: Int64Array, months: Int64Array, share: Fraction, law: LawOn, *, floored: bool) -> _Exact:
    _check(totals, 0, _LARGEST_TOTAL, "totals in sen")
    if np.any(months == 0):
        raise NoWageMonth
    _check(months, 1, law.months("act4.wage_base.window"), "months of the window")
    days = law.days("act4.daily_rate.days_in_a_month")
    exact = _Exact(totals * share.numerator, months * (days * share.denominator))
    return exact.floored(law.sen("act4.daily_rate.floor")) if floored else exact


def _check(column: Int64Array, lowest: int, highest: int, what: str) -> None:
    if column.dtype != np.int64:
        raise TypeError(f"{what} are int64, not {column.dtype}")
    if np.any((column < lowest) | (column > highest)):
        raise ValueError(f"{what} lie between {lowest} and {highest}")
