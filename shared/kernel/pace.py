"""How often a loop looks for work that other processes leave: often while there is some, seldom in a long silence."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BUSY_PAUSE_SECONDS = 0.025
IDLE_PAUSE_SECONDS = 0.2
SILENT_PAUSE_SECONDS = 0.5
BUSY_SECONDS = 5.0
# After work; then it is silent.
IDLE_SECONDS = 20.0
# What others leave bit by bit, and what costs less together, is begun at common instants, so far apart. At 150 files a
# second some seventy-five come between two, and what a transaction costs beside its files is theirs together; nobody
# who sent one waits for longer than that, of the two seconds that its results may take.
TICK = timedelta(milliseconds=500)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Pace:
    """The pause before the next look. Work that this process leaves itself needs no look: it nudges the loop."""

    found_at: float = -IDLE_SECONDS

    def found(self, now: float) -> None:
        """There was work; ``now`` is the event loop's time, in seconds."""
        self.found_at = now

    def is_busy(self, now: float) -> bool:
        """Whether there was work a moment ago, so that more of it is likely to come."""
        return now - self.found_at < BUSY_SECONDS

    def pause(self, now: float) -> float:
        """The seconds until the next look."""
        if self.is_busy(now):
            return BUSY_PAUSE_SECONDS
        return IDLE_PAUSE_SECONDS if now - self.found_at < IDLE_SECONDS else SILENT_PAUSE_SECONDS


def last_tick(instant: datetime) -> datetime:
    """The last common instant up to this one: the same for every process."""
    return instant - (instant - _BEGINNING) % TICK


async def pause(until: asyncio.Event, seconds: float) -> None:
    """Wait for the event, so many seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
