"""Carries the outbox to the broker, in order, and says up to when everything has been sent (rules M2, M5).

One relay per database is active: it holds a session advisory lock on a connection of its own. It reads the lowest
unpublished rows by their state, never after a remembered id: ids are handed out before commits, so a cursor walks past
rows that become visible later.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import asyncpg
import orjson
import structlog
from aiokafka.errors import KafkaError

from shared.contracts.envelope import Part, headers_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE, DailyTotals, Heartbeat
from shared.contracts.topics import Topic, physical
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import Pace, pause
from shared.messaging.control import control_envelope
from shared.messaging.publisher import Message, Position, Publisher
from shared.messaging.relay_core import (
    Acknowledged,
    Bound,
    BusinessDays,
    ConfirmLife,
    HandOver,
    HeartbeatTimer,
    Mark,
    PublishHeartbeat,
    Read,
    ReadBound,
    RelayCore,
    Unsent,
)
from shared.messaging.steps import drive
from shared.persistence.life import LIFE, DatabaseChanged
from shared.persistence.transient import is_transient
from shared.telemetry import metrics
from shared.telemetry.messaging import send_span

_LOCK = 7_202_602
# What the outbox holds of two weeks is read and written through when a topic was put back.
_WHOLE_OUTBOX_SECONDS = 1_800

# By their state, whatever their ids: what is left out are rows that this relay itself is just sending. Those behind the
# last of them are compared with it alone. The life comes with the rows, or alone where there are none, from the one
# statement: a read that waited for pg_restore reads what was put back, and in which life.
_READ = f"""
    SELECT {LIFE} AS life, unsent.* FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
        SELECT id, topic, key, headers, payload FROM outbox
        WHERE published_at IS NULL AND (id > $2 OR id <> ALL($3::bigint[])) ORDER BY id LIMIT $1
    ) AS unsent ON true ORDER BY id
"""  # noqa: S608 - a constant
# Marked in one statement, which is a transaction: unless a place was known already. Then nothing is, and it is asked
# once more together with what sends again all that stood there.
_MARK = """
    WITH known AS MATERIALIZED (
        SELECT topic, kafka_partition
        FROM unnest($4::text[], $5::integer[], $6::bigint[]) AS lowest (topic, kafka_partition, kafka_offset)
        JOIN read_position USING (topic, kafka_partition)
        WHERE kafka_offset < next_offset
    ), marked AS (
        UPDATE outbox SET published_at = clock_timestamp(), kafka_partition = sent.kafka_partition,
                          kafka_offset = sent.kafka_offset
        FROM unnest($1::bigint[], $2::integer[], $3::bigint[]) AS sent (id, kafka_partition, kafka_offset)
        WHERE outbox.id = sent.id AND ($7 OR NOT EXISTS (SELECT FROM known))
        RETURNING outbox.topic, outbox.kafka_partition, outbox.kafka_offset
    ), reached AS (
        INSERT INTO read_position AS position (topic, kafka_partition, next_offset)
        SELECT topic, kafka_partition, max(kafka_offset) + 1 FROM marked GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (topic, kafka_partition)
        DO UPDATE SET next_offset = greatest(position.next_offset, excluded.next_offset)
    )
    SELECT topic, kafka_partition FROM known ORDER BY 1, 2
"""
# What stands on its topics before these places is known to this database, in the outbox or as a heartbeat.
_BEATEN = """
    INSERT INTO read_position AS known (topic, kafka_partition, next_offset)
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET next_offset = greatest(known.next_offset, excluded.next_offset)
    RETURNING new.topic, new.kafka_partition, old.next_offset AS stood
"""
# All of these partitions, from the first row on: an offset in a row says nothing of a topic that was put back, since
# another may have been given the place by a send that was never marked. What comes a second time is done once.
_SENT_AGAIN = """
    UPDATE outbox SET published_at = NULL, kafka_partition = NULL, kafka_offset = NULL
    FROM unnest($1::text[], $2::integer[]) AS gone (topic, kafka_partition)
    WHERE outbox.topic = gone.topic AND outbox.kafka_partition = gone.kafka_partition
"""
_TURN_BACK = """
    UPDATE read_position SET next_offset = gone.ends
    FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS gone (topic, kafka_partition, ends)
    WHERE read_position.topic = gone.topic AND read_position.kafka_partition = gone.kafka_partition
"""
# The lowest are read: statistics that know of no backlog have all of it gathered and sorted, for each batch of it.
_IN_ORDER = {"enable_sort": "off"}
_LIFE = f"SELECT {LIFE}"
_NOW = "SELECT clock_timestamp()"
_WRITERS = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_UNSENT = "SELECT min(created_at) FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id) AS unsent"
_BOUNDS = {Bound.NOW: _NOW, Bound.WRITERS: _WRITERS, Bound.UNSENT: _UNSENT}
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
Before = Callable[[asyncpg.Connection, asyncio.Event], Awaitable[None]]


async def nothing_held_back(_: asyncpg.Connection) -> datetime | None:
    """For a service without uploads: nothing that was received is still being worked on."""
    return None


async def send_again(connection: asyncpg.Connection, ends: Mapping[tuple[str, int], int]) -> None:
    """Send again all that the outbox holds of these partitions, which were put back, and now end at these places."""
    if not ends:
        return
    topics, partitions = [topic for topic, _ in ends], [partition for _, partition in ends]
    async with connection.transaction():
        await connection.execute(_SENT_AGAIN, topics, partitions, timeout=_WHOLE_OUTBOX_SECONDS)
        await connection.execute(_TURN_BACK, topics, partitions, list(ends.values()))
    for (topic, partition), end in ends.items():
        log.error("topic_was_put_back", topic=topic, partition=partition, ends=end)


async def at_once(_: asyncpg.Connection, __: asyncio.Event) -> None:
    """For a relay that may send whenever it holds the lock."""


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
    # What is waited for when the lock is held, before anything is sent: a database that was put back says nothing yet.
    before: Before = at_once
    active: bool = False
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    pace: Pace = field(default_factory=Pace)
    last_offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    totals_stated: date | None = None
    _days: BusinessDays = field(default_factory=BusinessDays)
    _core: RelayCore = field(init=False)
    _sending: asyncio.Task[Sequence[Position | None]] | None = None
    # The life of the database for which the lock is held; none where no relay runs.
    _life: str | None = None

    def __post_init__(self) -> None:
        self._core = self._new_core()

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
            await pause(stop, 0.5)
        await self.publisher.close()

    async def _with_lock(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self.dsn,
            timeout=10,
            command_timeout=30,
            server_settings={"application_name": f"jaring-{self.service}-relay", **_IN_ORDER},
        )
        try:
            while not stop.is_set() and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await pause(stop, 1.0)
            if not stop.is_set():
                # Read first: what is put back while it is looked into is looked into once more.
                self._life = await connection.fetchval(_LIFE)
                await self.before(connection, stop)
            self.active = not stop.is_set()
            self._core, self._days = self._new_core(), BusinessDays()
            while not stop.is_set():
                self.nudged.clear()
                await pause(self.nudged, await drive(self._core.turn(), partial(self._do, connection)))
        finally:
            await self._leave_what_is_under_way()
            with contextlib.suppress(Exception):
                await connection.close(timeout=5)

    async def relay_batches(self, connection: asyncpg.Connection) -> int:
        """Send the unpublished rows, lowest first, and mark those that were acknowledged; how many were marked."""
        return await drive(self._core.relay_batches(), partial(self._do, connection))

    async def heartbeat(self, connection: asyncpg.Connection) -> None:
        """Publish to every partition of this service's topics up to when everything has been sent."""
        await self._publish_heartbeat(connection, await self._complete_until(connection))

    def _new_core(self) -> RelayCore:
        """A relay that has just become active publishes a heartbeat at once."""
        return RelayCore(time.monotonic, HeartbeatTimer(self.after_traffic, self.idle), self.pace, self.last_offsets)

    async def _do(self, connection: asyncpg.Connection, step: object) -> object:
        match step:
            case Read(limit, under_way):
                return await self._read(connection, limit, under_way)
            case ConfirmLife():
                await self._must_be_the_same_life(connection)
            case HandOver(rows):
                self._sending = asyncio.create_task(self._send(rows))
            case Acknowledged():
                return await self._acknowledged()
            case Mark(rows):
                await self._mark(connection, rows)
            case ReadBound(bound):
                return await self._read_bound(connection, bound)
            case PublishHeartbeat(until):
                await self._publish_heartbeat(connection, until)
        return None

    async def _read(self, connection: asyncpg.Connection, limit: int, under_way: Sequence[Unsent] = ()) -> list[Unsent]:
        ids = [row.id for row in under_way]
        found = await connection.fetch(_READ, limit, ids[-1] if ids else 0, ids)
        self._must_be(found[0]["life"])
        return [
            Unsent(id_, topic, key, orjson.loads(headers), payload)
            for _, id_, topic, key, headers, payload in found
            if id_ is not None
        ]

    async def _must_be_the_same_life(self, connection: asyncpg.Connection) -> None:
        """Asked after reading what is to be sent: a read that waited for pg_restore reads what was put back."""
        self._must_be(await connection.fetchval(_LIFE))

    def _must_be(self, life: str | None) -> None:
        if self._life is not None and life != self._life:
            raise DatabaseChanged("the database was put back: it is looked into before anything is sent")

    async def _acknowledged(self) -> Sequence[Position | None]:
        sending, self._sending = self._sending, None
        return await sending if sending is not None else ()

    async def _leave_what_is_under_way(self) -> None:
        """It may arrive, and will be sent again: it is not marked."""
        sending, self._sending = self._sending, None
        if sending is not None:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send(self, batch: Sequence[Unsent]) -> Sequence[Position | None]:
        topics = {row.topic for row in batch}
        failpoint("relay.read", *topics)
        with metrics.RELAY_BATCH_SECONDS.time(), send_span(self.service, len(batch), _sampled(batch)):
            positions = await self.publisher.send([row.message(self.prefix) for row in batch])
        failpoint("relay.acknowledged", *topics)
        return positions

    async def _mark(self, connection: asyncpg.Connection, acknowledged: Sequence[tuple[Unsent, Position]]) -> None:
        lowest = _lowest_places((row.topic, partition, offset) for row, (partition, offset) in acknowledged)
        sent = (
            [row.id for row, _ in acknowledged],
            [position.partition for _, position in acknowledged],
            [position.offset for _, position in acknowledged],
            [topic for topic, _ in lowest],
            [partition for _, partition in lowest],
            list(lowest.values()),
        )
        put_back = await connection.fetch(_MARK, *sent, False)
        if put_back:
            async with connection.transaction():
                await connection.fetch(_MARK, *sent, True)
                await send_again(connection, {place: lowest[place] for place in map(tuple, put_back)})
        failpoint("relay.marked", *{row.topic for row, _ in acknowledged})
        for topic, events in Counter(row.topic for row, _ in acknowledged).items():
            metrics.RELAYED_EVENTS.labels(topic=topic).inc(events)

    async def _read_bound(self, connection: asyncpg.Connection, bound: Bound) -> datetime | None:
        if bound is Bound.HELD_BACK:
            return await self.held_back(connection)
        business = now()
        seen: datetime | None = await connection.fetchval(_BOUNDS[bound])
        if bound is Bound.NOW and seen is not None:
            self._days.both_clocks(business, seen)
        return seen

    async def _complete_until(self, connection: asyncpg.Connection) -> datetime:
        return await drive(self._core.complete_until(), partial(self._do, connection))

    async def _publish_heartbeat(self, connection: asyncpg.Connection, until: datetime) -> None:
        """Publish to every partition, and state the totals of days that are over."""
        epoch = await connection.fetchval(_EPOCH)
        await self._must_be_the_same_life(connection)
        messages: list[Message] = []
        topics: list[str] = []
        for topic in self.topics:
            name = physical(topic.name, self.prefix)
            partitions = await self.publisher.partitions(name)
            for partition in range(partitions):
                heartbeat = Heartbeat(
                    epoch=epoch,
                    partitions=partitions,
                    last_offset=self.last_offsets.get((topic.name, partition), -1),
                    complete_until=until,
                )
                messages.append(self._control(name, partition, HEARTBEAT_TYPE, heartbeat))
                topics.append(topic.name)
        sent = [
            (topic, position.partition, position.offset)
            for topic, position in zip(topics, await self.publisher.send(messages), strict=True)
            if position is not None
        ]
        if sent:
            behind = [(topic, partition, offset + 1) for topic, partition, offset in sent]
            async with connection.transaction():
                stood = await connection.fetch(_BEATEN, *map(list, zip(*behind, strict=True)))
                await _notice_put_back(connection, stood, sent)
        over = self._days.over_before(until)
        if over is not None and self.totals_stated != over:
            await self._publish_totals(connection, over)

    async def _publish_totals(self, connection: asyncpg.Connection, over_before: date) -> None:
        """State the totals of each day that is over and completely sent, once a topic."""
        stated = True
        rows = await connection.fetch(_TOTALS, over_before, [topic.name for topic in self.topics])
        await self._must_be_the_same_life(connection)
        for row in rows:
            totals = DailyTotals(day=row["day"], events=row["events"], money_sen=row["money_sen"])
            message = self._control(physical(row["topic"], self.prefix), 0, DAILY_TOTALS_TYPE, totals)
            if None in await self.publisher.send([message]):
                stated = False
            else:
                await connection.execute(_TOTALS_SENT, row["topic"], row["day"])
        self.totals_stated = over_before if stated else None

    def _control(self, topic: str, partition: int, type_: str, data: Part) -> Message:
        headers = {name: value.decode() for name, value in headers_of(control_envelope(self.service, type_))}
        return Message(topic, None, headers, data.model_dump_json().encode(), partition)


def _sampled(batch: Sequence[Unsent]) -> list[Mapping[str, str]]:
    return [trace for row in batch if (trace := row.trace)]


async def _notice_put_back(
    connection: asyncpg.Connection, stood: Sequence[asyncpg.Record], sent: Iterable[tuple[str, int, int]]
) -> None:
    """Whoever is given a place again that was known already writes over what stood there: the topic was put back."""
    lowest = _lowest_places(sent)
    put_back = {(topic, partition) for topic, partition, known in stood if known and lowest[topic, partition] < known}
    await send_again(connection, {place: lowest[place] for place in sorted(put_back)})


def _lowest_places(sent: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], int]:
    """By topic and partition the lowest offset that was given: behind a topic that was put back it is not the first."""
    lowest: dict[tuple[str, int], int] = {}
    for topic, partition, offset in sent:
        if offset < lowest.get((topic, partition), offset + 1):
            lowest[topic, partition] = offset
    return lowest
