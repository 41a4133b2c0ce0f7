"""How often a loop looks for work that other processes leave: often while there is some, seldom in a long silence."""

import asyncio
import contextlib
from dataclasses import dataclass

BUSY_PAUSE_SECONDS = 0.025
IDLE_PAUSE_SECONDS = 0.2
SILENT_PAUSE_SECONDS = 0.5
BUSY_SECONDS = 5.0
# After work; then it is silent.
IDLE_SECONDS = 20.0


@dataclass
class Pace:
    """The pause before the next look. Work that this process leaves itself needs no look: it nudges the loop."""

    found_at: float = -IDLE_SECONDS

    def found(self, now: float) -> None:
        """There was work; ``now`` is the event loop's time, in seconds."""
        self.found_at = now

    def pause(self, now: float) -> float:
        """The seconds until the next look."""
        since = now - self.found_at
        if since < BUSY_SECONDS:
            return BUSY_PAUSE_SECONDS
        return IDLE_PAUSE_SECONDS if since < IDLE_SECONDS else SILENT_PAUSE_SECONDS


async def pause(until: asyncio.Event, seconds: float) -> None:
    """Wait for the event, so many seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
