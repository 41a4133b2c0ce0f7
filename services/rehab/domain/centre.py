"""A rehabilitation centre and how full it is."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre with its beds; ``occupied`` counts the patients who are in it now."""

    code: str
    name: str
    beds: int
    occupied: int

    @property
    def occupancy(self) -> Fraction:
        """The share of beds that are taken, exactly."""
        return Fraction(self.occupied, self.beds)

    @property
    def is_full(self) -> bool:
        return self.occupied >= self.beds


def fraction_text(share: Fraction) -> str:
    """A share as 'p/q' in lowest terms: zero is 0/1."""
    return f"{share.numerator}/{share.denominator}"


def percent_text(share: Fraction) -> str:
    """A share of zero or more in per cent with two decimals, half up: 1/150 is "0.67"."""
    hundredths = (2 * 10_000 * share.numerator + share.denominator) // (2 * share.denominator)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}"
