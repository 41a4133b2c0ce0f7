"""The arithmetic of a daily rate in signs that need no translation."""

from fractions import Fraction

from shared.kernel.money import Sen, ringgit
from shared.law.book import LawOn
from shared.law.figures import percentage


def rate_working(average: str, shares: tuple[Fraction, ...], rate: Sen, law: LawOn) -> str:
    """The working of a rate from that of its average: "14700.00 / 6 / 30 × 80 %", or the floor where it binds."""
    parts = " × ".join(f"{percentage(share)} %" for share in shares)
    text = f"{average} / {law.days('act4.daily_rate.days_in_a_month')} × {parts}"
    floor = law.sen("act4.daily_rate.floor")
    return f"max({text}, {ringgit(floor)})" if rate == floor else text
