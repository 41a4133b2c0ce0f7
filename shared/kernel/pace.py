"""How often a loop looks for work that other processes leave: often while there is some, seldom while there is none."""

import asyncio
import contextlib
from dataclasses import dataclass

BUSY_PAUSE_SECONDS = 0.025
IDLE_PAUSE_SECONDS = 0.2
BUSY_SECONDS = 5.0


@dataclass
class Pace:
    """The pause before the next look. Work that this process leaves itself needs no look: it nudges the loop."""

    busy_until: float = 0.0

    def found(self, now: float) -> None:
        """There was work; ``now`` is the event loop's time, in seconds."""
        self.busy_until = now + BUSY_SECONDS

    def pause(self, now: float) -> float:
        """The seconds until the next look."""
        return BUSY_PAUSE_SECONDS if now < self.busy_until else IDLE_PAUSE_SECONDS


async def pause(until: asyncio.Event, seconds: float) -> None:
    """Wait for the event, so many seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
