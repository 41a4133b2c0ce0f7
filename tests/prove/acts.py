"""An act: something that is done on the running platform while processes die at crash points, and what it comes to."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from deploy.platform import PROCESSES
from shared.kernel.failpoints import FAILPOINTS
from tests.prove.conftest import Show
from tests.prove.platform_fixture import PlatformFixture

PATIENCE_S = 60.0

Do = Callable[[], Awaitable[object]]
# By the part that decides, the processes that die in an act and the points at which they do, one after the other: a
# point of its own, or one that is aimed at a topic or at a kind of due work (shared/kernel/failpoints.py).
Deaths = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Act:
    """Something that is done, what it comes to, and which processes die meanwhile, each at its points."""

    name: str
    do: Do
    comes_to: Do
    deaths: Deaths = ()


async def nothing() -> None:
    """It comes to nothing that anybody is paid."""


def at_each(process: str, about: str, *points: str) -> Deaths:
    """A process dies at each of these points of a kind, aimed at a topic or at due work: ``due.claimed`` and others."""
    return tuple((process, f"{point}@{about}") for point in points)


async def run_all(acts: Sequence[Act], platform: PlatformFixture, show: Show) -> None:
    """One act after the other; shows the table, also of those that ran before one that failed."""
    rows: list[tuple[str, str, str, str]] = []
    try:
        for act in acts:
            begun = time.monotonic()
            await run_with_deaths(act, platform)
            died = ", ".join(f"{process}@{point}" for process, point in act.deaths) or "-"
            rows.append((act.name, died, "yes", f"{time.monotonic() - begun:.1f}"))
    finally:
        show("act|died in it|came to what it should|seconds", rows)


async def run_with_deaths(act: Act, platform: PlatformFixture) -> None:
    """Arm the points of an act, do it, and see that each process came there and what the act comes to."""
    for process, point in act.deaths:
        assert point.partition("@")[0] in FAILPOINTS
        assert process in {each.name for each in PROCESSES}
        # Whoever dies again and again is started later and later.
        await platform.until_healthy(process)
    armed = {f"{process}@{point}": platform.arm(process, point) for process, point in act.deaths}
    await act.do()
    await act.comes_to()
    end = time.monotonic() + PATIENCE_S
    while missed := [name for name, file in armed.items() if file.exists()]:
        assert time.monotonic() < end, f"{act.name}: never reached {missed}"
        await asyncio.sleep(0.2)
