"""Kills processes and servers with SIGKILL at seeded moments of the traffic, and knows which of them are away."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from deploy.local.state import identity_in
from deploy.platform import PROCESSES
from tests.prove.long.watch import until
from tests.prove.platform_fixture import PlatformFixture

SERVERS = ("kafka", "postgres")
APIS = tuple(process.name for process in PROCESSES if process.kind == "api")
WORKERS = tuple(process.name for process in PROCESSES if process.kind == "worker")
VICTIMS = (*SERVERS, *APIS, *WORKERS)
KINDS = (APIS, WORKERS, ("postgres",), ("kafka",))
# How often the next one is killed although the last is not back yet.
AT_ONCE = 0.25
LONGEST_DELAY_S = 1.5
READY_LIMIT_S = 240.0


class StayedAway(AssertionError):
    """A process that was killed did not come back."""


@dataclass(frozen=True)
class Kill:
    """Whom, at which part of the events (0 to 1), how long after that, and whether it waits for the last victim."""

    victim: str
    at: float
    delay_s: float
    waits: bool


def plan(random: Random, kills: int) -> list[Kill]:
    """Random victims at random moments; the first four are one of each kind: an API, a worker, and both servers."""
    victims = [random.choice(kind) for kind in random.sample(KINDS, len(KINDS))]
    victims += [random.choice(VICTIMS) for _ in range(kills - len(victims))]
    moments = sorted(random.uniform(0.01, 0.97) for _ in range(kills))
    return [
        Kill(victim, at, random.uniform(0, LONGEST_DELAY_S), random.random() >= AT_ONCE)
        for victim, at in zip(victims, moments, strict=False)
    ]


@dataclass
class Killer:
    """Carries out a plan; `done` counts the kills, `away` names who is not back, `longest_s` the slowest return."""

    platform: PlatformFixture
    kills: list[Kill]
    progress: Callable[[], float]
    done: int = 0
    longest_s: float = 0.0
    away: set[str] = field(default_factory=set)
    _returns: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Kill until the plan is through or it is stopped, and wait until all are back; raises StayedAway."""
        for kill in self.kills:
            await self._moment(kill, stop)
            if stop.is_set():
                break
            await self._kill(kill.victim)
        await self._all_back()

    async def _moment(self, kill: Kill, stop: asyncio.Event) -> None:
        await until(lambda: self.progress() >= kill.at or stop.is_set(), 0.1)
        if kill.waits:
            await self._all_back()
        await asyncio.sleep(kill.delay_s)

    async def _kill(self, victim: str) -> None:
        await until(lambda: victim not in self.away and self._runs(victim), 0.05)
        self.away.add(victim)
        pid = self.platform.kill(victim)
        self.done += 1
        self._returns.add(asyncio.create_task(self._return(victim, pid)))

    def _runs(self, victim: str) -> bool:
        return identity_in(self.platform.children.get(victim)) is not None

    async def _return(self, victim: str, killed: int) -> None:
        begun = time.monotonic()
        while not await asyncio.to_thread(self.platform.runs_again, victim, killed):
            if time.monotonic() > begun + READY_LIMIT_S:
                raise StayedAway(f"{victim} is not ready {READY_LIMIT_S:.0f} s after its kill")
            await asyncio.sleep(0.2)
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        self.away.discard(victim)

    async def _all_back(self) -> None:
        await asyncio.gather(*self._returns)
        self._returns.clear()
