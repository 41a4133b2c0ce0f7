"""The name under which a worker is a member of its group: one process at a time has it (rules M6, decision 25).

Two processes under one name push each other out of the group, each takes the partitions back, and both look as if they
worked. So a process holds a session lock for its name in the service's database; whoever finds it taken says so, does
not read, and stands by.
"""

import asyncio
from dataclasses import dataclass

import asyncpg
import structlog

from shared.kernel.pace import pause
from shared.persistence.transient import is_transient

LOOK_SECONDS = 1.0
# How often the session that holds the name is used: the database ends one that is idle. Its end is told at once.
KEEP_SECONDS = 5.0

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_KEEP = "SELECT 1"

log = structlog.get_logger()


@dataclass
class MemberName:
    """A member's name within its group. ``dsn`` ends a session that asks nothing for a while: a process that stands
    still loses its name.
    """

    dsn: str
    service: str
    group: str
    member: str
    is_mine: bool = False
    is_taken: bool = False
    _refused: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Hold the name until stopped. With the database away nobody else can take it: it stays ours until then."""
        while not stop.is_set():
            try:
                await self._hold(stop)
            except Exception as reason:
                if not is_transient(reason):
                    log.exception("member_name_failed")
            await pause(stop, LOOK_SECONDS)

    async def _hold(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self.dsn,
            timeout=10,
            command_timeout=10,
            server_settings={"application_name": f"jaring-{self.service}-member"},
        )
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            while not stop.is_set():
                self._note(await connection.fetchval(_TAKE, f"member/{self.group}/{self.member}"))
                while self.is_mine and not stop.is_set():
                    await connection.fetchval(_KEEP)
                    await _first_of(stop, ended, KEEP_SECONDS)
                await pause(stop, LOOK_SECONDS)
        finally:
            await connection.close(timeout=5)

    def _note(self, is_mine: bool) -> None:
        self._refused = 0 if is_mine else self._refused + 1
        # The session of a process that was just killed may take a moment to end: that is no clash yet.
        if self._refused == 2:
            log.error("member_name_taken", member=self.member, group=self.group)
        self.is_mine, self.is_taken = is_mine, not is_mine


async def _first_of(stop: asyncio.Event, ended: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, ended)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
