"""Further workers of a service, each a member of its own beside the one that the supervisor runs."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from deploy.local.plan import environment_of
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Identity, alive
from deploy.local.up import owns_port
from deploy.platform import PROCESSES, Process
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.process_starter import ProcessStarter, process_starter

READY_LIMIT_S = 60.0
END_LIMIT_S = 40.0
# shared/messaging/relay.py holds this advisory lock; the session's address says whose it is.
_HOLDERS = """
    SELECT activity.client_port FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND activity.datname = current_database()
      AND activity.application_name LIKE '%-relay'
"""


@dataclass(frozen=True)
class Member:
    """A worker process that the test started."""

    name: str
    identity: Identity
    port: int

    async def is_ready(self) -> bool:
        """Whether it, and no other process, answers that it has partitions."""
        if not owns_port(self.identity.pid, self.port):
            return False
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                answer = await client.get(f"http://{LOOPBACK}:{self.port}/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    async def until_ready(self) -> None:
        """Return when it has partitions; raises AssertionError when it has ended or patience has."""
        end = time.monotonic() + READY_LIMIT_S
        while not await self.is_ready():
            assert alive(self.identity), f"{self.name} has ended"
            assert time.monotonic() < end, f"{self.name} is not ready after {READY_LIMIT_S:.0f} s"
            await asyncio.sleep(0.2)

    async def end(self, signal_number: int = signal.SIGTERM) -> None:
        """Tell it to end, and wait until it has."""
        if alive(self.identity):
            os.kill(self.identity.pid, signal_number)
        await self.until_ended()

    async def until_ended(self, limit_s: float | None = END_LIMIT_S) -> None:
        """Return when it has ended; without a limit it may take for ever."""
        begun = time.monotonic()
        while alive(self.identity):
            assert limit_s is None or time.monotonic() < begun + limit_s, (
                f"{self.name} has not ended in {limit_s:.0f} s"
            )
            await asyncio.sleep(0.05)


@dataclass
class Members:
    """Starts members of one platform."""

    platform: PlatformFixture
    process_starter: ProcessStarter

    async def start(self, service: str, name: str, module: str = "", *arguments: str) -> Member:
        """Start a worker of a service under a member name of its own, told what the supervisor's worker is told."""
        process, port = worker_of(service), free_port()
        environment = {**environment_of(process, self.platform.plan), **own(name, port)}
        log = self.platform.state.logs / f"{name}.log"
        identity = await asyncio.to_thread(
            self.process_starter.start, module or process.module, arguments, environment, log
        )
        assert identity is not None, f"{name} ended at once"
        return Member(name, identity, port)


@asynccontextmanager
async def members(platform: PlatformFixture) -> AsyncIterator[Members]:
    """Start members as long as the block runs; those that still run after it are killed."""
    with process_starter() as started:
        yield Members(platform, started)


def worker_of(service: str) -> Process:
    """The worker process of a service as the platform's table has it."""
    return next(each for each in PROCESSES if each.service == service and each.kind == "worker")


def own(name: str, port: int) -> Mapping[str, str]:
    """What a member is told that no other member is."""
    return {"JARING_MEMBER": name, "JARING_HTTP_PORT": str(port)}


async def relaying(platform: PlatformFixture, service: str) -> Sequence[int]:
    """The pids of the processes that hold the relay's lock in a service's database: one, or none for a moment."""
    ports = {row["client_port"] for row in await platform.fetch(service, _HOLDERS)}
    return await asyncio.to_thread(_owners, ports)


def _owners(ports: set[int]) -> list[int]:
    found = [each.pid for each in psutil.net_connections(kind="tcp") if each.laddr and each.laddr.port in ports]
    return sorted({pid for pid in found if pid is not None and psutil.Process(pid).name() != "postgres"})
