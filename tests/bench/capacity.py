"""The highest rates that the platform holds for a minute: what is open does not grow while it lasts.

Accidents, REST writes, and contribution lines as employers push them: one file for the month of a firm. Short trials
find where the lag begins to grow, long ones confirm it; its growth is reported as a share of what was sent meanwhile.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, islice

from deploy.local.client import HttpClient
from deploy.local.state import address_of
from deploy.local.story import EARLY, SEPTEMBER
from services.registration.files.contribution_file import FileLine, render
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month
from tests.bench.accidents import Followed, Sent, accidents, follow
from tests.bench.employers import API, officers_headers, writes
from tests.bench.figures import Figure, Part, percentile
from tests.bench.fixed_work import between_rounds
from tests.bench.lag import Lag, growth, lag_of, waiting
from tests.bench.load import at_a_rate, request
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.resources import costs_of, platform_of, uses_of
from tests.bench.workforce import Firm, Insured

TRIAL_SECONDS, SECONDS = 20, 60
# So much of what was sent may have been added to what is open: in a short trial less is chance.
GROWTH_LIMIT = {TRIAL_SECONDS: 0.05, SECONDS: 0.02}
BOUNDS = 300
MOST_TRIALS = 20
FIRMS = 8
ACCIDENTS_LIMIT, ACCIDENT_LIMIT_MS = 25.0, 55.0
RATES = (8, 12, 16, 20, 25, 30, 36)
# Of each trial of accidents, the day of the accident and the last one certified: there are no more in the month.
DAYS = tuple((date(2026, 7, day), date(2026, 7, day + 3)) for day in range(1, 29, 4))
WRITE_RATES = (25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600, 700, 800)
# Months of before June 2026, when the SKBBK begins: the wages of September, without it.
MONTHS = tuple(Month.of(f"2025-{month:02d}") for month in range(1, 13))
SEPTEMBER_WITHOUT_SKBBK = (*SEPTEMBER[:5], 0)
LINE_RATES = (500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 16_000, 24_000, 32_000)


@dataclass(frozen=True)
class Trial:
    """A rate and what became of it: how much of what was sent stayed open, how many came to nothing."""

    rate: float
    seconds: int
    milliseconds: Sequence[float]
    growth: float
    cost: float
    lost: int = 0

    @property
    def holds(self) -> bool:
        """Whether the platform keeps up with the rate."""
        return not self.lost and self.growth <= GROWTH_LIMIT[self.seconds]

    def figures(self, what: str) -> Iterator[Figure]:
        """What was seen, for the table."""
        word = "held" if self.holds else f"{self.lost} lost" if self.lost else "the lag grows"
        name = f"  {what}: {self.seconds} s at {self.rate:,g}/s"
        note = f"{word}: {self.growth:.1%} of what was sent was added to what is open"
        yield Figure(f"{name}, p50", percentile(self.milliseconds, 50), "ms", note=note)
        yield Figure(f"{name}, processor time of the platform for one", self.cost, "ms")


Attempt = Callable[[float, int], Awaitable[Trial]]


async def by_halves(rates: Sequence[float], attempt: Attempt, most: int = MOST_TRIALS) -> list[Trial]:
    """Short trials of rising rates, each in the middle of those that are left; no more than so many."""
    trials: list[Trial] = []
    low, high = 0, len(rates)
    while low < high and len(trials) < most:
        middle = (low + high) // 2
        between_rounds()
        trials.append(await attempt(rates[middle], TRIAL_SECONDS))
        low, high = (middle + 1, high) if trials[-1].holds else (low, middle)
    return trials


async def highest(rates: Sequence[float], attempt: Attempt, most: int = MOST_TRIALS) -> list[Trial]:
    """Search by halves, and confirm the highest that held from there downwards, for the whole time.

    With the last of `most` trials the search ends where it stands: if that one did not hold, nothing is confirmed.
    """
    trials = await by_halves(rates, attempt, most - 1)
    downwards = sorted((each for each in rates if each <= held(trials)), reverse=True)
    for rate in downwards[: most - len(trials)]:
        between_rounds()
        trials.append(await attempt(rate, SECONDS))
        if trials[-1].holds:
            break
    return trials


def held(trials: Sequence[Trial]) -> float:
    """The highest rate that held, by the longest trials; 0 where none did."""
    longest = max(trial.seconds for trial in trials)
    return max((trial.rate for trial in trials if trial.holds and trial.seconds == longest), default=0.0)


async def capacity(
    platform: PlatformFixture, client: HttpClient, firms: Sequence[Firm], rates: Sequence[float]
) -> Part:
    """The highest rate of each kind, one after another; ``rates`` are those of accidents that are tried."""
    part = Part(f"Highest rates held for {SECONDS} s")
    workers = [worker for firm in firms for worker in firm.workers]
    trials = await highest(rates, Accidents(platform, client, workers).attempt, len(DAYS))
    part.figures.extend(_held("accidents", "accidents/s", trials, ACCIDENTS_LIMIT, ACCIDENT_LIMIT_MS))
    async with lag_of(platform, "registration") as lag:
        trials = await highest(WRITE_RATES, Writes(platform, lag).attempt)
    part.figures.extend(_held("REST writes", "requests/s", trials))
    async with lag_of(platform, "contribution.received") as lag:
        trials = await highest(LINE_RATES, Pushes(platform, client, lag, firms).attempt)
    part.figures.extend(_held("pushed contribution lines", "lines/s", trials))
    return part


def _held(
    what: str, unit: str, trials: Sequence[Trial], limit: float | None = None, limit_ms: float | None = None
) -> Iterator[Figure]:
    rate = held(trials) if trials[-1].seconds == SECONDS else 0.0
    yield Figure(f"{what}: held", rate, unit, limit, at_least=True)
    if rate:
        name = f"{what}: processor time of the platform for one, at that rate"
        yield Figure(name, trials[-1].cost, "ms", limit_ms)
    for trial in trials:
        yield from trial.figures(what)


class Accidents:
    """Accidents, each trial with days of its own: a day is owed to a worker once, and for the second accident on it
    nothing would be paid."""

    def __init__(self, platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured]) -> None:
        self._platform = platform
        self._client = client
        self._workers = workers
        self._days = iter(DAYS)

    async def attempt(self, rate: float, seconds: int) -> Trial:
        """Followed to their instructions."""
        before, (first, last) = uses_of(self._platform), next(self._days)
        workers = self._workers[: int(rate * seconds)]
        sent = await accidents(self._client, workers, rate, str(first), str(last))
        followed = await follow(self._platform, sent)
        cost = platform_of(costs_of(before, uses_of(self._platform), len(sent)))
        milliseconds = [each.whole for each in followed]
        added = growth(open_accidents(sent, followed), len(sent))
        return Trial(rate, seconds, milliseconds, added, cost, len(workers) - len(followed))


def open_accidents(sent: Sequence[Sent], followed: Sequence[Followed]) -> list[tuple[float, float]]:
    """How many were sent and not yet instructed, at instants spread over the time of sending."""
    if not sent:
        return []
    starts = sorted(each.sent_at.timestamp() for each in sent)
    ends = sorted(each.instants[-1].timestamp() for each in followed)
    step = (starts[-1] - starts[0]) / BOUNDS
    instants = [starts[0] + step * look for look in range(BOUNDS + 1)]
    return [(instant, waiting(starts, ends, instant)) for instant in instants]


def open_requests(
    looks: Sequence[tuple[float, float]], due: Sequence[float], ended: Sequence[float]
) -> list[tuple[float, float]]:
    """What was left to do at each look, and the requests that were due by then and not answered."""
    starts, ends = sorted(due), sorted(ended)
    last = starts[-1] if starts else 0.0
    return [(instant, left + waiting(starts, ends, instant)) for instant, left in looks if instant <= last]


class Writes:
    """New employers by REST, at a rate, until every service has read what was said of them."""

    def __init__(self, platform: PlatformFixture, lag: Lag) -> None:
        self._platform = platform
        self._lag = lag

    async def attempt(self, rate: float, seconds: int) -> Trial:
        """A token lives for ten minutes, so each trial has one of its own."""
        address = address_of(self._platform.state, API)
        requests = writes(await officers_headers(self._platform))
        before = uses_of(self._platform)
        async with self._lag.watched():
            answers = await at_a_rate(address, requests, rate, seconds)
        added = growth(open_requests(self._lag.looks, answers.due, answers.ended), answers.count)
        await self._lag.drained()
        cost = platform_of(costs_of(before, uses_of(self._platform), answers.count))
        return Trial(rate, seconds, answers.milliseconds, added, cost, answers.count - answers.statuses["201"])


class Pushes:
    """Contribution files at a rate of lines, a file for a month of a firm, until claims has read what they brought.

    Each file is news: a firm's month is stated with other wages than the last time.
    """

    def __init__(self, platform: PlatformFixture, client: HttpClient, lag: Lag, firms: Sequence[Firm]) -> None:
        self._platform = platform
        self._client = client
        self._lag = lag
        self._firms = firms
        self._lines = min(len(firm.workers) for firm in firms)
        self._files = self._endless()

    async def attempt(self, rate: float, seconds: int) -> Trial:
        """The time of a file is that of its answer."""
        number = max(1, round(rate * seconds / self._lines))
        requests = [await self._request(*file) for file in islice(self._files, number)]
        address, before = address_of(self._platform.state, API), uses_of(self._platform)
        async with self._lag.watched():
            answers = await at_a_rate(address, iter(requests), number / seconds, seconds)
        added = growth(open_requests(self._lag.looks, answers.due, answers.ended), answers.count)
        await self._lag.drained()
        cost = platform_of(costs_of(before, uses_of(self._platform), number * self._lines))
        return Trial(rate, seconds, answers.milliseconds, added, cost, number - answers.statuses["202"])

    async def _request(self, firm: Firm, content: bytes) -> bytes:
        token = await self._client.token(firm.employer.party)
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(new_id())}
        return request("POST", "/v1/contribution-files", headers, content, "text/plain")

    def _endless(self) -> Iterator[tuple[Firm, bytes]]:
        for number in count():
            amounts = (EARLY, SEPTEMBER_WITHOUT_SKBBK)[number % 2]
            for month in MONTHS:
                for firm in self._firms:
                    yield (
                        firm,
                        render(
                            FileLine(firm.employer.code, each.mykad, each.name, month, *amounts)
                            for each in firm.workers[: self._lines]
                        ),
                    )
