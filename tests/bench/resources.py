"""Memory and processor time of every process of the platform, read from the operating system."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psutil

from deploy.local.state import identity_in, read_run, supervisor_of
from deploy.platform import PROCESSES
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import PlatformFixture

IDLE_LIMIT_PERCENT, MEMORY_LIMIT_MB = 8.0, 60.0
# Before it is idle: the last heartbeat after traffic, the bank's last file, Java's last compilation.
SETTLING_SECONDS = 20.0
# The world around the platform: an installation has others in their place.
OUTSIDE = ("bank", "token-issuer", "zipkin")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Use:
    """What a process and its children have used: processor seconds since their start, and memory in bytes."""

    seconds: float
    pss: int


def uses_of(platform: PlatformFixture) -> dict[str, Use]:
    """Every process that the supervisor runs, by name, and the supervisor."""
    roots = {name: identity_in(record) for name, record in read_run(platform.state).get("children", {}).items()}
    supervisor = supervisor_of(platform.state)
    uses = {name: _use(list(_family(root.pid))) for name, root in roots.items() if root is not None}
    if supervisor is not None:
        uses["supervisor"] = _use([psutil.Process(supervisor.pid)])
    return uses


def _family(pid: int) -> Iterator[psutil.Process]:
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)


def _use(family: list[psutil.Process]) -> Use:
    seconds, pss = 0.0, 0
    for number, process in enumerate(family):
        try:
            times = process.cpu_times()
            pss += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system
        if number == 0 and len(family) > 1:
            # A server's sessions that ended meanwhile: their time is then the parent's children's.
            seconds += times.children_user + times.children_system
    return Use(seconds, pss)


def costs_of(before: Mapping[str, Use], after: Mapping[str, Use], count: int) -> dict[str, float]:
    """Milliseconds of processor time that each process used for one of so many, the dearest first."""
    each = 1000 / max(count, 1)
    costs = {name: (after[name].seconds - before[name].seconds) * each for name in before if name in after}
    return dict(sorted(costs.items(), key=lambda each: -each[1]))


def platform_of(costs: Mapping[str, float]) -> float:
    """What all processes of the platform used together: without the world around it."""
    return sum(cost for name, cost in costs.items() if name not in OUTSIDE)


def cost_figures(name: str, costs: Mapping[str, float], limit: float | None = None) -> Iterator[Figure]:
    """The platform's processor time for one, by process, and apart what the world around it used."""
    note = "without " + ", ".join(OUTSIDE)
    yield Figure(f"{name}, the platform", platform_of(costs), "ms", limit, note=note)
    for process, cost in costs.items():
        yield Figure(f"  {name}: {process}", cost, "ms", note="not the platform" if process in OUTSIDE else "")


async def idle(platform: PlatformFixture, seconds: float) -> Part:
    """Processor time of a platform that nobody uses, and its memory."""
    await asyncio.sleep(SETTLING_SECONDS)
    before = uses_of(platform)
    await asyncio.sleep(seconds)
    after = uses_of(platform)
    percent = {name: (after[name].seconds - before[name].seconds) / seconds * 100 for name in before if name in after}
    part = Part(f"Idle for {seconds:g} s: processor time in % of one core, memory as PSS")
    note = "without " + ", ".join(OUTSIDE)
    part.figures.append(Figure("platform, processor", platform_of(percent), "%", IDLE_LIMIT_PERCENT, note=note))
    part.figures.append(Figure("with the outside world", sum(percent.values()), "%"))
    part.figures.extend(_groups(percent))
    memory = {name: use.pss / MEGABYTE for name, use in after.items()}
    python = {name: memory[name] for name in (each.name for each in PROCESSES) if name in memory}
    largest = max(python, key=python.__getitem__)
    part.figures.append(Figure("largest process of a service", python[largest], "MB", MEMORY_LIMIT_MB, note=largest))
    part.figures.append(Figure("platform, memory", sum(memory.values()), "MB", note="everything that make up starts"))
    part.figures.extend(Figure(f"  {name}", value, "MB") for name, value in sorted(memory.items()))
    return part


def _groups(percent: Mapping[str, float]) -> list[Figure]:
    return [Figure(f"  {name}", share, "%") for name, share in sorted(percent.items(), key=lambda each: -each[1])]
