"""uvicorn's server, woken once a second instead of ten times, and at once when it is told to end.

Ten processes that nobody uses would wake a hundred times a second to see that nobody has told them to stop. What is
left to do now and then is the date that answers bear.
"""

import asyncio

import uvicorn

# The date of an answer is as old as this at most, as uvicorn has it.
TICK_SECONDS = 1.0


class HttpServer(uvicorn.Server):
    """A server whose `should_exit` wakes it, whoever sets it: a signal, or the process around it."""

    _loop: asyncio.AbstractEventLoop | None = None
    _told: asyncio.Event
    _exits = False

    @property
    def should_exit(self) -> bool:
        """Whether it was told to end."""
        return self._exits

    @should_exit.setter
    def should_exit(self, exits: bool) -> None:
        self._exits = exits
        if exits and self._loop is not None:
            # From a handler of a signal, or another thread: the loop sleeps, and would not see it.
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Until it is told to end."""
        self._told, self._loop = asyncio.Event(), asyncio.get_running_loop()
        try:
            # Zero is the tick at which uvicorn writes the date.
            while not await self.on_tick(0):
                await self._slept()
        finally:
            self._loop = None

    async def _slept(self) -> None:
        try:
            async with asyncio.timeout(TICK_SECONDS):
                await self._told.wait()
        except TimeoutError:
            return
