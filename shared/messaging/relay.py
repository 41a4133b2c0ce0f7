"""Carries the outbox to the broker, in order, and says up to when everything has been sent (rules M2, M5).

One relay per database is active: it holds a session advisory lock on a connection of its own. It reads the lowest
unpublished rows by their state, never after a remembered id: ids are handed out before commits, so a cursor walks past
rows that become visible later.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import asyncpg
import orjson
import structlog
from aiokafka.errors import KafkaError

from shared.contracts.envelope import TRACE_HEADERS, Part, headers_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE, DailyTotals, Heartbeat
from shared.contracts.topics import Topic, physical
from shared.kernel.clock import business_day
from shared.messaging.control import control_envelope
from shared.messaging.failpoints import failpoint
from shared.messaging.publisher import Message, Position, Publisher
from shared.persistence.transient import is_transient
from shared.scheduling.pace import Pace
from shared.telemetry import metrics
from shared.telemetry.messaging import send_span

BATCH = 500
BATCH_PAUSE_SECONDS = 0.01
_LOCK = 7_202_602

_READ = """
    SELECT id, topic, key, headers, payload FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
_MARK = """
    UPDATE outbox SET published_at = clock_timestamp(), kafka_partition = sent.kafka_partition,
                      kafka_offset = sent.kafka_offset
    FROM unnest($1::bigint[], $2::integer[], $3::bigint[]) AS sent (id, kafka_partition, kafka_offset)
    WHERE outbox.id = sent.id
"""
# Three looks, in this order: the time; then who is writing; then what is committed and unsent. A writer that the second
# look misses has either committed, and the third look sees its rows, or will stamp them after the first look.
_NOW = "SELECT clock_timestamp()"
_WRITERS = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_UNSENT = "SELECT min(created_at) FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id) AS unsent"
_EPOCH = "SELECT epoch FROM epoch"
_TOTALS = """
    SELECT topic, day, count(*) AS events, sum(money_sen)::bigint AS money_sen FROM outbox
    WHERE day < $1 AND topic = ANY($2::text[])
      AND NOT EXISTS (SELECT FROM totals_sent WHERE (totals_sent.topic, totals_sent.day) = (outbox.topic, outbox.day))
    GROUP BY topic, day ORDER BY topic, day
"""
_TOTALS_SENT = "INSERT INTO totals_sent (topic, day) VALUES ($1, $2) ON CONFLICT DO NOTHING"

log = structlog.get_logger()
HeldBack = Callable[[asyncpg.Connection], Awaitable[datetime | None]]


async def nothing_held_back(_: asyncpg.Connection) -> datetime | None:
    """For a service without uploads: nothing that was received is still being worked on."""
    return None


@dataclass
class Beats:
    """When the next heartbeat is due: soon after traffic, seldom when idle."""

    after_traffic: float
    idle: float
    next_at: float = 0.0

    def traffic(self, now: float) -> None:
        """Something was sent: the watermark moved and consumers may be waiting for it."""
        self.next_at = min(self.next_at, now + self.after_traffic)

    def beaten(self, now: float) -> None:
        """A heartbeat was sent."""
        self.next_at = now + self.idle

    def due(self, now: float) -> bool:
        """Whether one is due now."""
        return now >= self.next_at


@dataclass(frozen=True)
class Unsent:
    """A row of the outbox that no relay has marked as sent."""

    id: int
    topic: str
    key: str
    headers: Mapping[str, str]
    payload: bytes

    @property
    def trace(self) -> Mapping[str, str]:
        """The trace in which the event was announced."""
        return {name: self.headers[f"ce_{name}"] for name in TRACE_HEADERS if f"ce_{name}" in self.headers}

    def message(self, prefix: str) -> Message:
        """The record for the broker."""
        return Message(physical(self.topic, prefix), self.key, self.headers, self.payload)


@dataclass
class Relay:
    """The relay of one service's database; ``run`` serves until stopped, standing by while another is active."""

    dsn: str
    service: str
    publisher: Publisher
    topics: Sequence[Topic]
    prefix: str = ""
    after_traffic: float = 3.0
    idle: float = 30.0
    held_back: HeldBack = nothing_held_back
    active: bool = False
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    pace: Pace = field(default_factory=Pace)
    last_offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    totals_told: date | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until stopped. Losing the connection that holds the lock ends sending at once; then it starts over."""
        while not stop.is_set():
            try:
                await self._with_lock(stop)
            except Exception as reason:
                if not (is_transient(reason) or isinstance(reason, KafkaError)):
                    log.exception("relay_failed")
                await self.publisher.close()
            finally:
                self.active = False
            await _pause(stop, 0.5)
        await self.publisher.close()

    async def _with_lock(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self.dsn,
            timeout=10,
            command_timeout=30,
            server_settings={"application_name": f"jaring-{self.service}-relay"},
        )
        try:
            while not stop.is_set() and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await _pause(stop, 1.0)
            self.active = not stop.is_set()
            beats = Beats(self.after_traffic, self.idle)
            while not stop.is_set():
                self.nudged.clear()
                await _pause(self.nudged, await self.turn(connection, beats))
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=5)

    async def turn(self, connection: asyncpg.Connection, beats: Beats) -> float:
        """Send what waits, beat when due; the seconds to pause before the next turn."""
        loop = asyncio.get_running_loop()
        sent = await self.relay_batch(connection)
        if sent:
            beats.traffic(loop.time())
            self.pace.found(loop.time())
        if beats.due(loop.time()):
            await self.beat(connection)
            beats.beaten(loop.time())
        return 0.0 if sent == BATCH else BATCH_PAUSE_SECONDS if sent else self.pace.pause(loop.time())

    async def relay_batch(self, connection: asyncpg.Connection) -> int:
        """Send the lowest unpublished rows and mark those that were acknowledged; how many were marked."""
        batch = await self._read(connection)
        if not batch:
            return 0
        failpoint("relay.read")
        with metrics.RELAY_BATCH_SECONDS.time(), send_span(self.service, [row.trace for row in batch]):
            positions = await self.publisher.send([row.message(self.prefix) for row in batch])
        failpoint("relay.acknowledged")
        acknowledged = acknowledged_prefix(batch, positions)
        await connection.execute(
            _MARK,
            [row.id for row, _ in acknowledged],
            [position.partition for _, position in acknowledged],
            [position.offset for _, position in acknowledged],
        )
        failpoint("relay.marked")
        self._remember(acknowledged)
        return len(acknowledged)

    async def beat(self, connection: asyncpg.Connection) -> None:
        """Tell every partition of this service's topics up to when everything has been sent."""
        until = await self._complete_until(connection)
        epoch = await connection.fetchval(_EPOCH)
        messages = []
        for topic in self.topics:
            name = physical(topic.name, self.prefix)
            partitions = await self.publisher.partitions(name)
            for partition in range(partitions):
                beat = Heartbeat(
                    epoch=epoch,
                    partitions=partitions,
                    last_offset=self.last_offsets.get((topic.name, partition), -1),
                    complete_until=until,
                )
                messages.append(self._control(name, partition, HEARTBEAT_TYPE, beat))
        await self.publisher.send(messages)
        if self.totals_told != business_day(until):
            await self._tell_totals(connection, business_day(until))

    async def _tell_totals(self, connection: asyncpg.Connection, today: date) -> None:
        """State the totals of each day that is over and completely sent, once a topic."""
        told = True
        for row in await connection.fetch(_TOTALS, today, [topic.name for topic in self.topics]):
            totals = DailyTotals(day=row["day"], events=row["events"], money_sen=row["money_sen"])
            message = self._control(physical(row["topic"], self.prefix), 0, DAILY_TOTALS_TYPE, totals)
            if None in await self.publisher.send([message]):
                told = False
            else:
                await connection.execute(_TOTALS_SENT, row["topic"], row["day"])
        self.totals_told = today if told else None

    async def _read(self, connection: asyncpg.Connection) -> list[Unsent]:
        return [
            Unsent(row["id"], row["topic"], row["key"], orjson.loads(row["headers"]), row["payload"])
            for row in await connection.fetch(_READ, BATCH)
        ]

    async def _complete_until(self, connection: asyncpg.Connection) -> datetime:
        looks: list[datetime | None] = [await connection.fetchval(look) for look in (_NOW, _WRITERS, _UNSENT)]
        return min(look for look in (*looks, await self.held_back(connection)) if look is not None)

    def _control(self, topic: str, partition: int, type_: str, data: Part) -> Message:
        headers = {name: value.decode() for name, value in headers_of(control_envelope(self.service, type_))}
        return Message(topic, None, headers, data.model_dump_json().encode(), partition)

    def _remember(self, acknowledged: Sequence[tuple[Unsent, Position]]) -> None:
        for row, position in acknowledged:
            self.last_offsets[row.topic, position.partition] = position.offset
            metrics.RELAYED_EVENTS.labels(topic=row.topic).inc()


def acknowledged_prefix(batch: Sequence[Unsent], positions: Sequence[Position | None]) -> list[tuple[Unsent, Position]]:
    """The rows that may be marked: of each topic and key, those before the first that was not acknowledged.

    A row behind a lost one of its own key stays unmarked, so that both are sent again in their order.
    """
    stopped: set[tuple[str, str]] = set()
    marked = []
    for row, position in zip(batch, positions, strict=True):
        if position is None:
            stopped.add((row.topic, row.key))
        elif (row.topic, row.key) not in stopped:
            marked.append((row, position))
    return marked


async def _pause(until: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
