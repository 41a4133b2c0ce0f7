"""Money is an integer number of sen; rates are exact fractions; a float is refused wherever it appears (rules S1)."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from shared.kernel.errors import JaringError, Kind

Sen: TypeAlias = int
"""An amount in sen, 1/100 of a ringgit. An alias, not a class: sums and products of amounts stay plain integers."""

LARGEST_STATED: Sen = 9_999_999_999
"""The largest amount that anybody may state, RM99,999,999.99: above any month's wage, and a column of type bigint holds
the sum of hundreds of millions of them."""

_EXACT = (Fraction, int)
_RINGGIT = re.compile(r"-?(0|[1-9][0-9]{0,16})(?:\.([0-9]{1,2}))?")


class MalformedAmount(JaringError):
    """A text is not an amount in ringgit."""

    code = "malformed_amount"
    title = "An amount is malformed"
    title_ms = "Amaun tidak betul bentuknya"
    kind = Kind.MALFORMED
    detail = "An amount in ringgit is a text of digits with at most two decimals."
    hint = 'Write the amount as a text such as "1763.91": no float, no thousands separator, no currency sign.'


def half_up(exact: Fraction | int) -> Sen:
    """Round an exact amount in sen to a whole sen; exactly half a sen goes up.

    A negative amount is refused: half up means two things there, and differences are taken between rounded amounts.
    """
    if isinstance(exact, bool) or not isinstance(exact, _EXACT):
        raise TypeError(f"an exact amount is a Fraction or an int, not {type(exact).__name__}")
    if exact < 0:
        raise ValueError("an amount to be rounded is not negative")
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def divided(amount: Sen, weights: Sequence[Fraction | int]) -> list[Sen]:
    """An amount in proportion to weights, in whole sen that come to it: each part is its share rounded up or down.

    By the largest remainder, of two alike the first. Where all weights are zero nothing is divided.
    """
    total = sum(weights, Fraction(0))
    if amount < 0 or any(each < 0 for each in weights):
        raise ValueError("neither an amount that is divided nor a weight is negative")
    exact = [amount * each / total for each in weights] if total else [Fraction(0)] * len(weights)
    parts = [int(each) for each in exact]
    left = (amount if total else 0) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts


def ringgit(sen: Sen) -> str:
    """An amount in sen as ringgit with two decimals: 176391 is "1763.91"."""
    if isinstance(sen, bool) or not isinstance(sen, int):
        raise TypeError(f"an amount in sen is an int, not {type(sen).__name__}")
    sign = "-" if sen < 0 else ""
    whole, rest = divmod(abs(sen), 100)
    return f"{sign}{whole}.{rest:02d}"


def sen_from_ringgit(text: str) -> Sen:
    """The sen of a text in ringgit: "1763.91", "1763.9" and "1763" are read, anything else is `MalformedAmount`."""
    if not isinstance(text, str):
        raise TypeError(f"an amount in ringgit is a text, not {type(text).__name__}")
    match = _RINGGIT.fullmatch(text)
    if match is None:
        raise MalformedAmount
    whole, decimals = match.groups(default="")
    sen = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if not text.startswith("-"):
        return sen
    if sen == 0:
        raise MalformedAmount("Zero has no sign.")
    return -sen
