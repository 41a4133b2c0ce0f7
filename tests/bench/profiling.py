"""Where the processor time of an accident goes: by process, and within the Python processes by library and function."""

import asyncio
import json
import os
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.client import HttpClient
from deploy.local.state import CHECKOUT, identity_in, read_run
from tests.bench.accidents import accidents, costs_of, follow
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import PlatformFixture, scratch_folder
from tests.bench.resources import uses_of
from tests.bench.workforce import Insured

# Rechecks, heartbeats and the last samples.
SETTLING_SECONDS = 5.0
LIBRARIES, FUNCTIONS = 6, 10
# What less than this share of a process's samples went through is left out, and what nearly all went through too.
SMALLEST, LARGEST = 0.02, 0.9
# Only a process with so much of the whole is looked into.
WORTH_A_LOOK = 0.05
_PACKAGES = Path(sysconfig.get_path("purelib"))
_STANDARD = Path(sysconfig.get_path("stdlib"))


@dataclass(frozen=True)
class Samples:
    """How often a process was seen at all, in a function itself, and in a function or what that called."""

    count: int = 0
    alone: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)

    def since(self, before: "Samples") -> "Samples":
        """What was added after ``before``."""
        return Samples(self.count - before.count, self.alone - before.alone, self.within - before.within)


@contextmanager
def sampled() -> Iterator[Path]:
    """While it lasts, each Python process that starts counts itself into the folder."""
    changed = {"PYTHONPATH": str(Path(__file__).parent / "sampling")}
    with scratch_folder() as folder:
        changed["BENCH_SAMPLES"] = str(folder)
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield folder
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


async def profile(
    platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rate: float, folder: Path
) -> Part:
    """Accidents at a rate on a platform that samples itself, which costs some time of its own."""
    samples, uses = _samples(platform, folder), uses_of(platform)
    sent = await accidents(client, workers, rate, "2026-07-15")
    await follow(platform, sent)
    await asyncio.sleep(SETTLING_SECONDS)
    added = {name: each.since(samples.get(name, Samples())) for name, each in _samples(platform, folder).items()}
    costs = costs_of(uses, uses_of(platform), len(sent))
    part = Part(f"Profile: processor time for an accident, {len(sent)} at {rate:g}/s, sampling included")
    part.figures.append(Figure("all processes", sum(costs.values()), "ms"))
    for name, cost in costs.items():
        part.figures.append(Figure(name, cost, "ms"))
        if cost >= WORTH_A_LOOK * sum(costs.values()):
            part.figures.extend(_inside(name, cost, added.get(name, Samples())))
    return part


def _samples(platform: PlatformFixture, folder: Path) -> dict[str, Samples]:
    """What each process has written by now, by its name."""
    found = {}
    for name, record in read_run(platform.state).get("children", {}).items():
        identity = identity_in(record)
        file = folder / f"{identity.pid if identity else 0}.json"
        if file.exists():
            sampled = json.loads(file.read_text())
            found[name] = Samples(sampled["count"], Counter(sampled["alone"]), Counter(sampled["within"]))
    return found


def _inside(process: str, cost: float, samples: Samples) -> Iterator[Figure]:
    """The dearest libraries by their own code, and our dearest functions with all that they call."""
    if not samples.count:
        return
    libraries: Counter[str] = Counter()
    for place, count in samples.alone.items():
        libraries[_library(place)] += count
    for name, count in libraries.most_common(LIBRARIES):
        yield Figure(f"  {process}, in {name}", cost * count / samples.count, "ms")
    ours = Counter({_function(place): count for place, count in samples.within.items() if _is_ours(place)})
    notable = [each for each in ours.most_common() if SMALLEST <= each[1] / samples.count <= LARGEST]
    for name, count in notable[:FUNCTIONS]:
        yield Figure(f"  {process}, through {name}", cost * count / samples.count, "ms")


def _is_ours(place: str) -> bool:
    file = Path(place.rpartition(":")[0])
    return file.is_relative_to(CHECKOUT / "shared") or file.is_relative_to(CHECKOUT / "services")


def _function(place: str) -> str:
    file, _, function = place.rpartition(":")
    return f"{Path(file).relative_to(CHECKOUT)}:{function}"


def _library(place: str) -> str:
    """The distribution, roughly: its folder in site-packages, a folder of ours, or Python."""
    file = Path(place.rpartition(":")[0])
    if file.is_relative_to(_PACKAGES):
        return file.relative_to(_PACKAGES).parts[0]
    if file.is_relative_to(CHECKOUT):
        return "/".join(file.relative_to(CHECKOUT).parts[:2])
    if file.name == "runners.py":
        return "the event loop and the system"
    return "Python" if file.is_relative_to(_STANDARD) or place.startswith("<") else file.name
