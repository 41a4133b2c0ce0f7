"""The arithmetic of a daily rate."""

from fractions import Fraction

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.working import Working, percent, sen, working


def rate_working(average: Working, shares: tuple[Fraction, ...], rate: Sen, law: LawOn) -> Working:
    """The working of a rate from that of its average: "14700.00 / 6 / 30 × 80 %", or the floor where it binds."""
    return _floored(_unfloored(average, shares, law), rate, law)


def loss_working(average: Working, share: Fraction, loss: Fraction, full: Sen, rate: Sen, law: LawOn) -> Working:
    """The working of the rate for a loss; the floor stands where it bites, before or after the loss is taken."""
    if loss == 1 or law.says("act4.daily_rate.floor_before_loss"):
        return working("{} × {}", rate_working(average, (share,), full, law), percent(loss))
    return _floored(_unfloored(average, (share, loss), law), rate, law)


def _unfloored(average: Working, shares: tuple[Fraction, ...], law: LawOn) -> Working:
    signs = "{} / {}" + " × {}" * len(shares)
    return working(signs, average, law.days("act4.daily_rate.days_in_a_month"), *map(percent, shares))


def _floored(unfloored: Working, rate: Sen, law: LawOn) -> Working:
    floor = law.sen("act4.daily_rate.floor")
    return working("max({}, {})", unfloored, sen(floor)) if rate == floor else unfloored
