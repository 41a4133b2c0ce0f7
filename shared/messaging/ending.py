"""Ends a client of the broker: in a bounded time, and without ending whoever asked for it.

aiokafka's stop() can wait for ever for a broker that is away (aiokafka#659, #583). And it cancels its own tasks and
awaits them: one that sleeps after a fetch that failed raises its CancelledError through stop() (aiokafka 0.14,
``Fetcher.close``). Taken for a cancellation of the caller, it would end the caller's task without a word.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def ended_within(seconds: float, ending: Coroutine[Any, Any, object]) -> bool:
    """Whether it ended by itself, in time and without a fault; raises CancelledError when the caller is cancelled."""
    task = asyncio.ensure_future(ending)
    try:
        await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()
    await asyncio.wait([task], timeout=seconds)
    return task.done() and not task.cancelled() and task.exception() is None
