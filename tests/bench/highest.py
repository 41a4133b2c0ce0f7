"""The highest rate of accidents that the platform holds for a minute: the backlog at its end is that of its middle."""

from collections.abc import Sequence
from datetime import timedelta

from deploy.local.door import HttpDoor
from tests.bench.accidents import Followed, accidents, follow
from tests.bench.cast import Insured
from tests.bench.figures import Figure, Part, percentile
from tests.bench.ground import Ground

SECONDS = 60
# More open accidents at the end than in the middle by this many seconds of traffic: the lag grows.
GROWTH_SECONDS = 1.0


async def highest(ground: Ground, door: HttpDoor, workers: Sequence[Insured], rates: Sequence[float]) -> Part:
    """Search the rates, in rising order, by halves; each trial is a day of July, so that each accident is new."""
    part = Part(f"Highest rate held for {SECONDS} s")
    low, high, day, held = 0, len(rates) - 1, 1, 0.0
    while low <= high:
        middle = (low + high) // 2
        rate = rates[middle]
        sent = await accidents(door, workers[: int(rate * SECONDS)], rate, f"2026-07-{day:02d}")
        followed = await follow(ground, sent)
        holds = len(followed) == len(sent) and not grows(followed, rate)
        p50 = percentile([each.whole for each in followed], 50)
        part.figures.append(Figure(f"  at {rate:g}/s, p50", p50, "ms", note="held" if holds else "the lag grows"))
        low, high, held = (middle + 1, high, rate) if holds else (low, middle - 1, held)
        day += 1
    part.figures.insert(0, Figure("held", held, "accidents/s"))
    return part


def grows(followed: Sequence[Followed], rate: float) -> bool:
    """Whether more was open when the last accident was sent than half-way."""
    begun = min(each.instants[0] for each in followed)
    lasted = max(each.instants[0] for each in followed) - begun
    return _open(followed, lasted) - _open(followed, lasted / 2) > rate * GROWTH_SECONDS


def _open(followed: Sequence[Followed], after: timedelta) -> int:
    instant = min(each.instants[0] for each in followed) + after
    return sum(each.instants[0] <= instant < each.instants[-1] for each in followed)
