"""The arithmetic of a daily rate in signs that need no translation."""

from fractions import Fraction

from shared.kernel.money import Sen, ringgit
from shared.law.book import LawOn
from shared.law.figures import percentage


def rate_working(average: str, shares: tuple[Fraction, ...], rate: Sen, law: LawOn) -> str:
    """The working of a rate from that of its average: "14700.00 / 6 / 30 × 80 %", or the floor where it binds."""
    return _floored(_text(average, shares, law), rate, law)


def loss_working(average: str, share: Fraction, loss: Fraction, full: Sen, rate: Sen, law: LawOn) -> str:
    """The working of the rate for a loss; the floor stands where it bites, before or after the loss is taken."""
    if loss == 1 or law.says("act4.daily_rate.floor_before_loss"):
        return f"{rate_working(average, (share,), full, law)} × {percentage(loss)} %"
    return _floored(_text(average, (share, loss), law), rate, law)


def _text(average: str, shares: tuple[Fraction, ...], law: LawOn) -> str:
    parts = " × ".join(f"{percentage(share)} %" for share in shares)
    return f"{average} / {law.days('act4.daily_rate.days_in_a_month')} × {parts}"


def _floored(text: str, rate: Sen, law: LawOn) -> str:
    floor = law.sen("act4.daily_rate.floor")
    return f"max({text}, {ringgit(floor)})" if rate == floor else text
