"""Work that would keep a loop from its others is done beside it, in a thread; small work costs less than the way."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# What takes a loop a few milliseconds, whatever is done with it: some hundred lines.
SMALL_BYTES = 32 << 10


async def beside_loop(size: int, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What the work returns; it is about so many bytes."""
    if size <= SMALL_BYTES:
        return work(*arguments, **named)
    return await asyncio.to_thread(work, *arguments, **named)
