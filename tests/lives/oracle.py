"""What a part of a life comes to, in a few lines that share nothing with the platform: the standard library alone.

A life holds itself against it by `oracle:`, a list of parts that together are what is owed, each with its amount::

    oracle:
      - {wages: 2300.00 x 6 + 1080.00 x 3, over: 6, percent: 80, days: 89, amount: 6586.00}
      - {wages: 3760.00 x 6, percent: 90, loss: 60, months: 2, amount: 4050.00}
      - {wages: 1980.00 x 6, percent: 90, share: 3/5, months: 3, amount: 3159.00}
      - {wages: 2300.00 x 6, percent: 90, loss: 12, factor: 7479, amount: 60579.90}
      - {wages: 2480.00 x 24, contributions: 63, months: 5, amount: 6492.50}
      - {wages: 2940.00 x 24, contributions: 171, broken: 15/30, share: 2/5, amount: 365.80}
      - {wages: 1980.00 x 14, grant: 14, amount: 273.00}
      - {once: 3000.00, amount: 3000.00}

`wages` are months at a wage, of employers that were worked for beside each other one behind the other; `over` how many
months they are averaged over, where that is not all of them. `percent` is of the average daily wage, `loss` of that in
percent, `share` of the whole among dependants. Amounts are ringgit; a daily rate is rounded to the sen, half up, and
so is whatever is paid once; a month has 30 days of a daily rate, and a pension is by the month (Act 4 ss.20, 22).
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

# The upper edges of the classes of the Third Schedule in ringgit, and what is assumed of a wage of each, in sen.
_LOW = [(30, 2500), (50, 4000), (70, 6000), (100, 8500), (140, 12000), (200, 17000)]
_HIGHEST, _HIGHEST_SEN = 6000, 595_000
_FUNERAL_OR_OTHER = "once"


def comes_to(part: Mapping[str, str]) -> int:
    """What a part comes to, in sen; raises KeyError or ValueError for one that is of no kind."""
    if _FUNERAL_OR_OTHER in part:
        return sen(part["once"])
    if "grant" in part:
        return sum(2 * _invalidity_share(wage) * months for wage, months in _wages(part))
    share = Fraction(part.get("share", "1"))
    if "contributions" in part:
        monthly = half_up(average(part) * pension_share(int(part["contributions"])))
        return half_up(half_up(monthly * share) * int(part.get("months", "0"))) + half_up(
            monthly * share * Fraction(part.get("broken", "0"))
        )
    rate = average(part) / 30 * int(part["percent"]) / 100 * Fraction(part.get("loss", "100")) / 100 * share
    daily = half_up(rate)
    if "factor" in part:
        return half_up(daily * Fraction(part["factor"]) * Fraction(part.get("commuted", "1")))
    kept = daily * (1 - Fraction(part.get("given up", "0")))
    return half_up(kept * 30 * int(part.get("months", "0")) + kept * int(part.get("days", "0")))


def average(part: Mapping[str, str]) -> Fraction:
    """The average assumed monthly wage, in sen."""
    wages = _wages(part)
    over = int(part.get("over", str(sum(months for _, months in wages))))
    return Fraction(sum(assumed(wage) * months for wage, months in wages), over)


def pension_share(contributions: int) -> Fraction:
    """The share of a full period (s.20(1)): 50 % and 1 % for each 12 beyond 24, up to 65 %."""
    return Fraction(min(65, 50 + max(0, contributions - 24) // 12), 100)


def assumed(wage: int) -> int:
    """The assumed wage of a wage, both in sen (Third Schedule): the middle of its class."""
    for edge, middle in _LOW:
        if wage <= edge * 100:
            return middle
    if wage > _HIGHEST * 100:
        return _HIGHEST_SEN
    return math.ceil(wage / 10_000) * 10_000 - 5_000


def half_up(amount: Fraction | int) -> int:
    """To the sen, half a sen up."""
    return math.floor(amount + Fraction(1, 2))


def sen(ringgit: str) -> int:
    """An amount as it is written, in sen."""
    whole, _, part = ringgit.partition(".")
    return int(whole) * 100 + int(part)


def _invalidity_share(wage: int) -> int:
    """What one side pays for invalidity: half a percent of the assumed wage, down to five sen."""
    return assumed(wage) // 200 // 5 * 5


def _wages(part: Mapping[str, str]) -> Sequence[tuple[int, int]]:
    found = []
    for each in part["wages"].split(" + "):
        wage, _, months = each.partition(" x ")
        found.append((sen(wage), int(months)))
    return found
