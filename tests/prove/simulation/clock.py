"""The virtual clock: processes are coroutines that wait, and one queue says who goes on next."""

import heapq
import zlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.messaging.steps import Step

DAWN = datetime(2026, 7, 15, 0, 0, tzinfo=UTC)

# What may happen to a process that is about to go on: the seconds for which it stands still, None where it ends.
Disturbance = Callable[["Process", str], float | None]


@dataclass(frozen=True)
class Wait(Step[None]):
    """Let time pass; ``at`` names the point that the process has reached, where it may be stopped or killed."""

    seconds: float
    at: str = ""


class Killed(BaseException):
    """What an event does that ends the process: nothing after it runs, and no handler of errors sees it."""


@dataclass
class Process:
    """One process: its name, what it runs, and what is called once when it has ended before its time."""

    name: str
    body: Coroutine[Any, Any, None]
    ended: Callable[[], None] | None = None
    alive: bool = True
    in_flight: list[tuple[str, int, int]] = field(default_factory=list)


class Clock:
    """Time, and who waits until when. Every run of one seed is the same, step by step."""

    def __init__(self, disturbance: Disturbance, *, keep_trace: bool = False) -> None:
        self.now = 0.0
        self.steps = 0
        self.digest = 0
        self.trace: list[str] | None = [] if keep_trace else None
        self._disturbance = disturbance
        self._queue: list[tuple[float, int, Process | Callable[[], None], str]] = []
        self._number = 0

    def instant(self) -> datetime:
        """The time as a database states it."""
        return instant_of(self.now)

    def spawn(self, process: Process, after: float = 0.0) -> Process:
        """Start a process."""
        self._push(after, process, "")
        return process

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Let something happen that no process does."""
        self._push(seconds, action, "")

    def passed(self, who: str, at: str) -> None:
        """Part of the digest only: a process reached a point."""
        self.digest = zlib.crc32(f"{self.now} {who} {at}".encode(), self.digest)

    def note(self, who: str, what: str) -> None:
        """Add to the trace; the digest of two runs of one seed is equal."""
        line = f"{self.now:10.4f}  {who:<12} {what}"
        self.digest = zlib.crc32(line.encode(), self.digest)
        if self.trace is not None:
            self.trace.append(line)

    def run(self, until: float) -> None:
        """Let time pass up to an instant."""
        while self._queue and self._queue[0][0] <= until:
            self.now, _, who, at = heapq.heappop(self._queue)
            self.steps += 1
            if not isinstance(who, Process):
                who()
            elif who.alive:
                self._go_on(who, at)
        self.now = until

    def kill(self, process: Process) -> None:
        """End a process wherever it stands."""
        process.alive = False
        process.body.close()
        if process.ended is not None:
            process.ended()

    def close(self) -> None:
        """Let go of everybody who still waits."""
        for _, _, who, _ in self._queue:
            if isinstance(who, Process):
                who.body.close()
        self._queue.clear()

    def _go_on(self, process: Process, at: str) -> None:
        stands_still = self._disturbance(process, at) if at else 0.0
        if stands_still is None:
            self.note(process.name, f"is killed at {at}")
            self.kill(process)
        elif stands_still:
            self.note(process.name, f"stands still for {stands_still:.1f} s at {at}")
            self._push(stands_still, process, "")
        else:
            self._resume(process)

    def _resume(self, process: Process) -> None:
        try:
            wait = process.body.send(None)
        except StopIteration:
            process.alive = False
        except Killed as reason:
            self.note(process.name, f"is ended by {reason}")
            self.kill(process)
        else:
            self._push(wait.seconds, process, wait.at)

    def _push(self, seconds: float, who: Process | Callable[[], None], at: str) -> None:
        self._number += 1
        heapq.heappush(self._queue, (self.now + seconds, self._number, who, at))


def instant_of(seconds: float) -> datetime:
    """A moment of the virtual clock as an instant."""
    return DAWN + timedelta(seconds=seconds)
