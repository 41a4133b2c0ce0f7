"""How much a platform has still to do: read from the databases, since each consumer's place stands in its own."""

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from deploy.platform import SERVICES
from tests.bench.platform_fixture import PlatformFixture

LOOK_SECONDS, PATIENCE_SECONDS = 0.25, 300.0
# Ids are handed out before commits: rows that become visible late lie among the last so many.
LATE = 1_000

_UNSENT = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_SENT = """
    SELECT kafka_partition, max(kafka_offset) + 1 AS ends, max(id) AS last FROM outbox
    WHERE topic = $1 AND id > $2 AND published_at IS NOT NULL GROUP BY kafka_partition
"""
_LAST = "SELECT coalesce(max(id), 0) FROM outbox"
_PLACES = "SELECT kafka_partition, next_offset FROM read_position WHERE topic = $1"
_FILES = "SELECT count(*) FROM contribution_file WHERE finished_at IS NULL"


class NeverAtRest(RuntimeError):
    """What was left to do did not become less."""


@dataclass
class Lag:
    """Of one topic of registration's: files not worked through, events not sent, and how far the consumer furthest
    behind stands before the last events. Heartbeats do not count: a consumer may keep its place among them to itself.
    """

    owner: asyncpg.Connection
    consumers: Sequence[asyncpg.Connection]
    topic: str
    # The outbox was looked at up to here; the ends of what was sent by then, by partition.
    seen: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    looks: list[tuple[float, float]] = field(default_factory=list)

    async def now(self) -> int:
        """How much is left."""
        left: int = await self.owner.fetchval(_UNSENT) + await self.owner.fetchval(_FILES)
        for row in await self.owner.fetch(_SENT, self.topic, self.seen - LATE):
            self.ends[row["kafka_partition"]] = max(row["ends"], self.ends.get(row["kafka_partition"], 0))
            self.seen = max(self.seen, row["last"])
        return left + max([await self._behind(consumer) for consumer in self.consumers], default=0)

    async def _behind(self, consumer: asyncpg.Connection) -> int:
        """In records; 0 for a service that does not read the topic."""
        rows = await consumer.fetch(_PLACES, self.topic)
        places = {row["kafka_partition"]: row["next_offset"] for row in rows}
        behind = sum(max(0, end - places.get(partition, 0)) for partition, end in self.ends.items())
        return behind if places else 0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at it again and again while the block lasts: ``looks`` has the instants and what was left."""
        self.looks = []
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def drained(self, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until nothing is left; raises NeverAtRest."""
        end = time.monotonic() + patience
        while left := await self.now():
            if time.monotonic() > end:
                raise NeverAtRest(f"{left} records of {self.topic} are left after {patience:g} s")
            await asyncio.sleep(LOOK_SECONDS)

    async def _watch(self) -> None:
        while True:
            self.looks.append((time.perf_counter(), await self.now()))
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def lag_of(platform: PlatformFixture, topic: str) -> AsyncIterator[Lag]:
    """That of a topic of registration's, over every service that reads it."""
    async with AsyncExitStack() as stack:
        opened = {}
        for service in SERVICES:
            opened[service] = await asyncpg.connect(platform.database(service))
            stack.push_async_callback(opened[service].close)
        owner = opened.pop("registration")
        yield Lag(owner, list(opened.values()), topic, await owner.fetchval(_LAST))


def waiting(starts: Sequence[float], ends: Sequence[float], instant: float) -> int:
    """How many had begun by then and not ended; both sorted."""
    return bisect_right(starts, instant) - bisect_right(ends, instant)


def growth(looks: Sequence[tuple[float, float]], sent: float) -> float:
    """How much more was open in the last sixth than in the sixth after the middle, by what was sent in between.

    ``looks`` are instants and what was open then, over the whole of a trial in which ``sent`` were sent evenly.
    Averages of a sixth, since single ones come and go; in the first half caches and pools become warm. Where nothing
    was seen or answered all of it is left.
    """
    if not looks or not sent:
        return 1.0
    first, last = looks[0][0], looks[-1][0]
    part = (last - first) / 6

    def open_from(sixth: int) -> float:
        begin = first + part * sixth
        seen = [left for instant, left in looks if begin <= instant <= begin + part]
        return sum(seen) / len(seen) if seen else 0.0

    return (open_from(5) - open_from(3)) / (sent / 3)
