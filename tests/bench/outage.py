"""A platform of which only some processes work."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import ExitStack, asynccontextmanager

from deploy.local.processes import stop
from deploy.local.state import identity_in, read_run
from deploy.local.supervisor import GRACE_S, held_back
from deploy.local.up import READY_LIMIT_S, is_ready
from deploy.platform import COMPANIONS, PROCESSES
from tests.bench.platform_fixture import PlatformFixture


class NotBack(RuntimeError):
    """A process that was stopped for a measurement did not come back."""


@asynccontextmanager
async def only(platform: PlatformFixture, working: Collection[str]) -> AsyncIterator[None]:
    """While it lasts, of the Python processes these alone run; the servers run on. Afterwards all are ready again."""
    names = [each.name for each in (*PROCESSES, *COMPANIONS) if each.name not in working]
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(held_back(platform.state, name))
        children = read_run(platform.state)["children"]
        targets = [
            (identity, int(children[name]["stop_signal"]))
            for name in names
            if (identity := identity_in(children[name]))
        ]
        await asyncio.to_thread(stop, targets, GRACE_S)
        yield
    await _back(platform, names)


async def _back(platform: PlatformFixture, names: Collection[str]) -> None:
    end = time.monotonic() + READY_LIMIT_S
    waiting = set(names)
    while waiting:
        if time.monotonic() > end:
            raise NotBack(f"{', '.join(sorted(waiting))}")
        children = read_run(platform.state)["children"]
        waiting = {name for name in waiting if not await asyncio.to_thread(is_ready, name, children[name])}
        await asyncio.sleep(0.2)
