"""Many seeds over both cores, and what all of them saw together."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Any

from tests.prove.simulation.broken import BROKEN
from tests.prove.simulation.wiring import SHIPPED
from tests.prove.simulation.world import run

CORES = 2
_CHUNK = 25


@dataclass
class Seen:
    """What some seeds saw: ``violations`` and ``digests`` by seed, ``busy_seconds`` of a core, ``seconds`` in all."""

    seeds: int = 0
    steps: int = 0
    seconds: float = 0.0
    busy_seconds: float = 0.0
    virtual_seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    violations: dict[int, str] = field(default_factory=dict)
    digests: dict[int, int] = field(default_factory=dict)

    def add(self, other: "Seen") -> None:
        """Count another's in."""
        self.seeds += other.seeds
        self.steps += other.steps
        self.busy_seconds += other.busy_seconds
        self.virtual_seconds += other.virtual_seconds
        for mine, theirs in ((self.faults, other.faults), (self.points, other.points), (self.counts, other.counts)):
            mine.update(theirs)
        self.violations |= other.violations
        self.digests |= other.digests


# What runs a seed with a wiring, and reports how it ended.
Run = Callable[[int, Any], Any]


def see(seeds: Iterable[int], wiring: object = SHIPPED, of: Run = run) -> Seen:
    """Run these seeds in this process."""
    seen, begun = Seen(), time.process_time()
    for seed in seeds:
        report = of(seed, wiring)
        seen.add(
            Seen(
                seeds=1,
                steps=report.steps,
                virtual_seconds=report.seconds,
                faults=report.faults,
                points=report.points,
                counts=report.counts,
                violations={seed: report.violation} if report.violation else {},
                digests={seed: report.digest},
            )
        )
    seen.busy_seconds = time.process_time() - begun
    return seen


def see_many(seeds: Sequence[int], wiring: object = SHIPPED, of: Run = run) -> Seen:
    """Run these seeds over both cores."""
    seen, begun = Seen(), time.monotonic()
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        for part in pool.map(partial(see, wiring=wiring, of=of), _chunks(seeds)):
            seen.add(part)
    seen.seconds = time.monotonic() - begun
    return seen


@dataclass(frozen=True)
class Found:
    """The first seed with which a broken core was found: its number, the seconds of a core, what was said."""

    seed: int
    seconds: float
    violation: str


def find(wiring: object, within: int, of: Run = run) -> Found | None:
    """Try a broken core with seed after seed; None when none of those allowed finds it."""
    begun = time.process_time()
    for seed in range(within):
        report = of(seed, wiring)
        if report.violation:
            return Found(seed, time.process_time() - begun, report.violation)
    return None


def find_all() -> list[Found | None]:
    """Each broken core, over both cores of the machine."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_find_broken, range(len(BROKEN))))


def _find_broken(number: int) -> Found | None:
    """By its number: some of their parts are no more than a function without a name."""
    return find(BROKEN[number].wiring, BROKEN[number].within)


def chosen_seeds(default: int) -> list[int]:
    """The seeds to run: the one that is named by ``SEED``, or as many as ``SEEDS`` says."""
    if seed := os.environ.get("SEED"):
        return [int(seed)]
    return list(range(int(os.environ.get("SEEDS", default))))


def _chunks(seeds: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(seeds)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
