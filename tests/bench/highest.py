"""The highest rate of accidents that the platform holds for a minute: what is open does not grow while it lasts.

Short trials find where the lag begins to grow, long ones confirm it. The backlog is averaged over a sixth of the trial,
since single accidents come and go; its growth is reported as a share of what was sent meanwhile.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from deploy.local.client import HttpClient
from tests.bench.accidents import Followed, Sent, accidents, costs_of, follow
from tests.bench.figures import Figure, Part, percentile
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.resources import uses_of
from tests.bench.workforce import Insured

TRIAL_SECONDS, SECONDS = 20, 60
# So much of what was sent may have been added to what is open: in a short trial less is chance.
GROWTH_LIMIT = {TRIAL_SECONDS: 0.05, SECONDS: 0.02}
BOUNDS = 50


@dataclass(frozen=True)
class Trial:
    """A rate and what became of it: how much of what was sent stayed open, how many came to nothing."""

    rate: float
    seconds: int
    p50: float
    growth: float
    lost: int
    cost: float

    @property
    def holds(self) -> bool:
        """Whether the platform keeps up with the rate."""
        return not self.lost and self.growth <= GROWTH_LIMIT[self.seconds]

    def figures(self) -> Iterator[Figure]:
        """What was seen, for the table."""
        word = "held" if self.holds else f"{self.lost} lost" if self.lost else "the lag grows"
        name = f"  {self.seconds} s at {self.rate:g}/s"
        note = f"{word}: {self.growth:.1%} of what was sent was added to what is open"
        yield Figure(f"{name}, p50", self.p50, "ms", note=note)
        yield Figure(f"{name}, processor time for an accident", self.cost, "ms")


class Search:
    """Trials on one platform, each on a day of its own, so that each accident is a new one."""

    def __init__(self, platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured]) -> None:
        self._platform = platform
        self._client = client
        self._workers = workers
        self._days = count(16)
        self.trials: list[Trial] = []

    async def holds(self, rate: float, seconds: int) -> bool:
        """Whether the rate is held for so long."""
        before, day = uses_of(self._platform), f"2026-07-{next(self._days):02d}"
        sent = await accidents(self._client, self._workers[: int(rate * seconds)], rate, day)
        followed = await follow(self._platform, sent)
        costs = costs_of(before, uses_of(self._platform), len(sent))
        trial = Trial(
            rate,
            seconds,
            percentile([each.whole for each in followed], 50),
            growth(sent, followed),
            len(sent) - len(followed),
            sum(costs.values()),
        )
        self.trials.append(trial)
        return trial.holds


async def highest(
    platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rates: Sequence[float]
) -> Part:
    """Search the rates, in rising order, by halves, and confirm the highest from there downwards."""
    search = Search(platform, client, workers)
    low, high = 0, len(rates)
    while low < high:
        middle = (low + high) // 2
        held = await search.holds(rates[middle], TRIAL_SECONDS)
        low, high = (middle + 1, high) if held else (low, middle)
    while low and not await search.holds(rates[low - 1], SECONDS):
        low -= 1
    part = Part(f"Highest rate held for {SECONDS} s", [Figure("held", rates[low - 1] if low else 0.0, "accidents/s")])
    part.figures.extend(figure for trial in search.trials for figure in trial.figures())
    return part


def growth(sent: Sequence[Sent], followed: Sequence[Followed]) -> float:
    """How much more was open at the end than in the middle, as a share of what was sent in between."""
    starts = sorted(each.sent_at for each in sent)
    ends = sorted(each.instants[-1] for each in followed)
    lasted = starts[-1] - starts[0]

    def open_about(begin: timedelta) -> float:
        looks = [starts[0] + begin + lasted / 6 * look / BOUNDS for look in range(BOUNDS)]
        return sum(bisect_right(starts, instant) - bisect_right(ends, instant) for instant in looks) / BOUNDS

    added = open_about(lasted * 5 / 6) - open_about(lasted / 2)
    return added / (len(sent) / 3)
