"""One write and one read by REST beside bare FastAPI handlers on the same servers, in turn: rates, and what they cost.

The write is ``POST /v1/employers``, the read ``GET /v1/employers/{employer}``; ``tests.bench.bare`` has their like
without a platform. First registration's API alone answers, with every other process of ours stopped, then everything
runs: what counts then is a rate at which what is left to do does not grow.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice, repeat
from statistics import median

import orjson
import psutil

from deploy.local.ports import LOOPBACK, free_port, listens
from deploy.local.state import CHECKOUT, address_of
from tests.bench.bare import DATABASE_SETTING
from tests.bench.capacity import Writes, by_halves, held
from tests.bench.employers import API, BARE_PATH, PATH, bare_writes, officers_headers, writes
from tests.bench.figures import Figure, Part, spread
from tests.bench.lag import Lag, lag_of
from tests.bench.load import CONNECTIONS, Answers, as_fast_as_it_goes, at_a_rate, request
from tests.bench.outage import only
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.probes import make_database
from tests.bench.resources import OUTSIDE, Use, costs_of, platform_of, uses_of
from tests.bench.servers import ROUNDS, Rates, beside, each_round

SECONDS, WARM_SECONDS, START_SECONDS = 5.0, 1.0, 20.0
ALONE_LIMIT, EVERYTHING_LIMIT, READ_LIMIT = 0.25, 0.15, 0.5
P99_LIMIT_MS, PLATFORM_LIMIT_MS = 50.0, 4.0
# Of the rate that the API answers at most: what the others keep up with is sought among these.
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
BARE = "bare FastAPI"
# Of a process that used less nothing is said.
SMALLEST_MS = 0.01

Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Side:
    """A server: where it answers, and endless requests of one kind."""

    address: str
    requests: Iterator[bytes]

    async def answers(self, seconds: float) -> Answers:
        """As many as it gives."""
        return await as_fast_as_it_goes(self.address, self.requests, seconds)


@dataclass(frozen=True)
class Turn:
    """What one round brought: the answers of both, and milliseconds of each process for an answer."""

    bare: Answers
    ours: Answers
    bare_costs: Mapping[str, float]
    costs: Mapping[str, float]


@dataclass(frozen=True)
class Pair:
    """Bare FastAPI and the platform, asked for the same thing, which each answers with this status."""

    platform: PlatformFixture
    bare_process: psutil.Process
    bare: Side
    ours: Side
    status: int

    async def turns(self, settle: Settle) -> list[Turn]:
        """Rounds of both in turn, after a short one that fills pools and caches and does not count.

        ``settle`` is waited for before the platform's processor time is read.
        """
        for side in (self.bare, self.ours):
            (await side.answers(WARM_SECONDS)).must_be(self.status)
        await settle()
        return [await self._turn(settle) for _ in each_round()]

    async def at(self, rate: float) -> Answers:
        """The platform's answers at a rate."""
        return (await at_a_rate(self.ours.address, self.ours.requests, rate, SECONDS)).must_be(self.status)

    async def _turn(self, settle: Settle) -> Turn:
        before = self._uses()
        bare = (await self.bare.answers(SECONDS)).must_be(self.status)
        between = self._uses()
        ours = (await self.ours.answers(SECONDS)).must_be(self.status)
        await settle()
        costs = costs_of(between, self._uses(), ours.count)
        return Turn(bare, ours, costs_of(before, between, bare.count), costs)

    def _uses(self) -> dict[str, Use]:
        times = self.bare_process.cpu_times()
        return uses_of(self.platform) | {BARE: Use(times.user + times.system, 0)}


async def rest(platform: PlatformFixture, processes: int = 1) -> Part:
    """Writes and reads with registration's API alone, of so many processes, then writes with everything running.

    The bare handler is one process ever: what a ratio is to.
    """
    several = "" if processes == 1 else f"; {processes} processes of the API"
    part = Part(f"REST beside bare FastAPI: {CONNECTIONS} connections, {ROUNDS} rounds in turn{several}")
    async with _bare_server(platform) as (process, bare), lag_of(platform, "registration") as lag:
        ours, headers = address_of(platform.state, API), await officers_headers(platform)
        writing = Pair(platform, process, Side(bare, bare_writes()), Side(ours, writes(headers)), 201)
        bare_read = request("GET", f"{BARE_PATH}/{await _one_written(writing.bare)}", {})
        our_read = request("GET", f"{PATH}/{await _one_written(writing.ours)}", headers)
        reading = Pair(platform, process, Side(bare, repeat(bare_read)), Side(ours, repeat(our_read)), 200)
        async with only(platform, {API}):
            name = "write, workers stopped"
            turns = await writing.turns(_at_once)
            part.figures.extend(_figures(name, "one INSERT", turns, ALONE_LIMIT))
            part.figures.extend(_slow_end(name, await writing.at(_rate(turns) / 2)))
            turns = await reading.turns(_at_once)
            part.figures.extend(_figures("read, workers stopped", "one SELECT", turns, READ_LIMIT))
        await lag.drained()
        part.figures.extend(await _with_everything(writing, lag))
    return part


async def _with_everything(writing: Pair, lag: Lag) -> list[Figure]:
    """What a write costs until all that follows from it is done, and the rate that everything keeps up with."""
    name = "write, everything running"
    turns = await writing.turns(lag.drained)
    figures = list(_figures(name, "one INSERT", turns, None))
    whole = median(platform_of(turn.costs) for turn in turns)
    figures.append(Figure(f"{name}: whole platform, its consumers included", whole, "ms", PLATFORM_LIMIT_MS))
    rates = [float(round(share * _rate(turns))) for share in SHARES]
    trials = await by_halves(rates, Writes(writing.platform, lag).attempt)
    best = held(trials)
    ratio = best / median(turn.bare.rate for turn in turns)
    figures.append(Figure(f"{name}, lag not growing", best, "requests/s"))
    figures.append(Figure(f"{name}, lag not growing; ratio to bare", ratio, "", EVERYTHING_LIMIT, at_least=True))
    for trial in trials:
        figures += trial.figures(name)
    if best:
        figures += _slow_end(name, await writing.at(best / 2))
        await lag.drained()
    return figures


def _rate(turns: Sequence[Turn]) -> float:
    return median(turn.ours.rate for turn in turns)


def _figures(name: str, statement: str, turns: Sequence[Turn], limit: float | None) -> Iterator[Figure]:
    """Rates, their ratio round by round, and processor time by process."""
    rounds = [Rates(turn.ours.rate, turn.bare.rate) for turn in turns]
    yield from beside(name, f"{BARE} and {statement}", rounds, "requests/s", ratio_limit=limit)
    for process in (BARE, "postgres"):
        cost = median(turn.bare_costs[process] for turn in turns)
        yield Figure(f"  {name}; {BARE} and {statement}: processor time, {process}", cost, "ms")
    own = median(turn.bare.own_milliseconds for turn in turns)
    yield Figure(f"  {name}; {BARE} and {statement}: processor time of the client", own, "ms")
    for process in turns[0].costs:
        cost = median(turn.costs.get(process, 0.0) for turn in turns)
        if cost >= SMALLEST_MS and process != BARE:
            note = "not the platform" if process in OUTSIDE else ""
            yield Figure(f"  {name}: processor time, {process}", cost, "ms", note=note)
    yield Figure(f"  {name}: processor time of the client", median(turn.ours.own_milliseconds for turn in turns), "ms")


def _slow_end(name: str, answers: Answers) -> list[Figure]:
    middle, slow = spread(f"{name}, at half that rate", answers.milliseconds, note=f"{answers.rate:.0f} requests/s")
    return [middle, replace(slow, limit=P99_LIMIT_MS)]


async def _one_written(side: Side) -> str:
    """The number under which one write was stored."""
    (one,) = islice(side.requests, 1)
    answers = (await at_a_rate(side.address, iter([one]), 1, 1)).must_be(201)
    return str(orjson.loads(answers.last.partition(b"\r\n\r\n")[2])["employer"])


async def _at_once() -> None:
    """For a platform of which nothing else is at work."""


@asynccontextmanager
async def _bare_server(platform: PlatformFixture) -> AsyncIterator[tuple[psutil.Process, str]]:
    """A process of its own, as the platform's are, on the platform's PostgreSQL."""
    port = free_port()
    environment = {**os.environ, DATABASE_SETTING: await make_database(platform.plan)}
    command = [sys.executable, "-m", "tests.bench.bare", str(port)]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment)  # noqa: S603, ASYNC220
    try:
        async with asyncio.timeout(START_SECONDS):
            while not listens(port):  # noqa: ASYNC110 - another process sets no event here
                await asyncio.sleep(0.1)
        yield psutil.Process(process.pid), f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(10)
