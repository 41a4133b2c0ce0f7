"""The daily rate of every injury benefit: a share of the average assumed monthly wage (Act 4, Fourth Schedule)."""

from fractions import Fraction

from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.book import LawOn
from shared.law.rule import rule

WHOLE = Fraction(1)


@rule("2013-01-01")
def exact_daily_rate(
    average: Fraction, share: Fraction, law: LawOn, *, loss: Fraction = WHOLE, floored: bool = True
) -> Fraction:
    """A share of the average ÷ 30, in sen, for a loss and not under the floor; not yet rounded (Fourth Schedule).

    `average` is the exact average assumed monthly wage in sen. For a partial loss the floor is that of the full rate,
    of which the loss is a part (`assumed`).
    """
    whole = average * share / law.days("act4.daily_rate.days_in_a_month")
    if not floored:
        return whole * loss
    floor = law.sen("act4.daily_rate.floor")
    if loss == WHOLE or law.says("act4.daily_rate.floor_before_loss"):
        return max(whole, Fraction(floor)) * loss
    return max(whole * loss, Fraction(floor))


@rule("2013-01-01")
def monthly_amount(daily: Sen, law: LawOn) -> Sen:
    """What a daily rate makes in a month of thirty days (`derived` from published amounts)."""
    return daily * law.days("act4.daily_rate.benefit_month")


@rule("2013-01-01")
def broken_month(daily: Sen, days: Days, law: LawOn) -> Sen:
    """What a daily rate makes for some days of a month, never more than for a whole one (`assumed`)."""
    whole = monthly_amount(daily, law)
    return min(whole, daily * len(days)) if law.says("act4.daily_rate.broken_month_by_its_days") else whole
