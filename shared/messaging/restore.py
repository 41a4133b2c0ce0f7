"""What a service does when its database was put back from a backup: nothing, until it knows again what it said (M8).

Such a database has forgotten what it read, what it published, and what it was asked. The topics remember the first two.
So whoever holds the relay's lock looks, before anything is sent, whether the topics know more of this database than it
knows itself. If they do, the database is held: no due work, nothing sent, no request, and so nobody is paid. Its own
events are read back first: the outbox is whole again, no stream goes back, and the service recalls what they state.
Then its topics are read again up to where they end now. What fell out of the topics meanwhile nobody can know: then a
person looks, and releases the database with a name and a reason.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar, cast

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata
from sqlalchemy import text

from shared.contracts.envelope import Cause, Envelope, Event, envelope_of
from shared.contracts.registry import topic_of
from shared.contracts.topics import Topic, physical
from shared.kernel.clock import business_day
from shared.kernel.pace import pause
from shared.messaging.consumer import raw_of
from shared.messaging.ending import ended_within
from shared.messaging.received import Fault, Raw, Received, Unreadable, headers_text, read
from shared.messaging.relay import send_again
from shared.persistence.engine import Database
from shared.persistence.life import (
    ANOTHER_DATABASE,
    HELD,
    LIFE,
    LOOKED_INTO,
    NEVER_LOOKED_INTO,
    READING_AGAIN,
    READING_BACK,
    TOPICS_BEGIN_LATER,
    DatabaseChanged,
)
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)
# Called first with no event: what a service does in any case that was put back.
Recall = Callable[[Sequence[Event], U], Awaitable[None]]
Place = tuple[str, int]

BATCH = 500
LOOK_SECONDS = 0.5
ASK_LIMIT_SECONDS = 30.0
# The outbox is read through once, by a release that finds no positions.
_WHOLE_OUTBOX_SECONDS = 1_800
# What this owner stated, and this release does not understand. What else cannot be read states nothing (decision 25).
_NOT_UNDERSTOOD = (Fault.UNKNOWN_VERSION, Fault.BAD_DATA, Fault.IN_THE_FUTURE)

_LOOKED_INTO = f"SELECT {LOOKED_INTO}"
_ANOTHER_DATABASE = f"SELECT {ANOTHER_DATABASE}"
_POSITIONS = "SELECT topic, kafka_partition, next_offset FROM read_position"
# An installation of a release that kept no positions: it has read or told, and knows no place.
_KEPT_NO_POSITIONS = f"""
    SELECT {NEVER_LOOKED_INTO} AND NOT EXISTS (SELECT FROM read_position)
       AND (EXISTS (SELECT FROM stream_seen) OR EXISTS (SELECT FROM freshness)
            OR EXISTS (SELECT FROM outbox WHERE published_at IS NOT NULL))
"""  # noqa: S608 - a constant
_TOLD_TO = """
    SELECT topic, kafka_partition, max(kafka_offset) + 1 AS next_offset FROM outbox
    WHERE kafka_offset IS NOT NULL GROUP BY 1, 2
"""
_ADOPT = """
    INSERT INTO read_position (topic, kafka_partition, next_offset)
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
"""
# A new epoch lies above every one that this database ever told, also in what it has forgotten. What a database that is
# held already has lost stays lost, and it is held since then: what it has read back is younger than that.
HOLD = f"""
    UPDATE epoch SET held = '{READING_BACK}', life = {LIFE}, recall_begun = false,
        held_since = CASE WHEN held IS NULL THEN clock_timestamp() ELSE held_since END,
        epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)
"""  # noqa: S608
_HELD = f"SELECT {HELD}"
_IN_OUTBOX = "SELECT event_id FROM outbox WHERE event_id = ANY($1::uuid[])"
_REMEMBERED = text("SELECT event_id FROM outbox WHERE event_id = ANY(CAST(:ids AS uuid[]))")
_READ_TO = """
    INSERT INTO read_position AS known (topic, kafka_partition, next_offset, read_to)
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[])
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET read_to = excluded.read_to,
        next_offset = least(greatest(known.next_offset, excluded.next_offset), excluded.read_to)
"""
_LOST = "UPDATE epoch SET lost = coalesce(lost, $1)"
_NOT_RECALLED = text("UPDATE epoch SET lost = coalesce(lost, :lost)")
_RECALL_BEGUN = "SELECT recall_begun FROM epoch"
_BEGIN_RECALL = text("UPDATE epoch SET recall_begun = true")
_IS_READ_BACK = f"""
    UPDATE epoch SET held = CASE WHEN lost IS NULL THEN '{READING_AGAIN}' ELSE '{TOPICS_BEGIN_LATER}' END
    WHERE life = {LIFE} RETURNING lost
"""  # noqa: S608
_IS_WHOLE = f"UPDATE epoch SET held = NULL WHERE held = '{READING_AGAIN}' AND life = {LIFE}"  # noqa: S608
_IS_READ = "SELECT NOT EXISTS (SELECT FROM read_position WHERE next_offset < read_to)"
_LIFE = f"SELECT {LIFE}"
# The life that was looked into, and no other that began meanwhile.
_LOOKED = f"UPDATE epoch SET life = $1 WHERE held IS NULL AND {LIFE} = $1"  # noqa: S608
_STILL_LOOKED_INTO = text(_LOOKED_INTO)
_REMEMBER = text("""
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, money_sen, day, published_at, kafka_partition,
                        kafka_offset)
    SELECT event_id, topic, key, type, headers, payload, money_sen, day,
           clock_timestamp(), kafka_partition, kafka_offset
    FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]),
                CAST(:headers AS jsonb[]), CAST(:payloads AS bytea[]), CAST(:sens AS bigint[]), CAST(:days AS date[]),
                CAST(:partitions AS integer[]), CAST(:offsets AS bigint[]))
         AS told (event_id, topic, key, type, headers, payload, money_sen, day, kafka_partition, kafka_offset)
    WHERE NOT EXISTS (SELECT FROM outbox WHERE outbox.event_id = told.event_id)
    ORDER BY kafka_partition, kafka_offset
""")
_NO_STREAM_GOES_BACK = text("""
    INSERT INTO stream AS known (topic, aggregate, version)
    SELECT topic, aggregate, max(version)
    FROM unnest(CAST(:topics AS text[]), CAST(:aggregates AS text[]), CAST(:versions AS bigint[]))
         AS told (topic, aggregate, version)
    GROUP BY topic, aggregate ORDER BY topic, aggregate
    ON CONFLICT (topic, aggregate) DO UPDATE SET version = greatest(known.version, excluded.version)
""")
_READ_BACK_TO = text("""
    INSERT INTO read_position AS known (topic, kafka_partition, next_offset) VALUES (:topic, :partition, :offset)
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET next_offset = greatest(known.next_offset, excluded.next_offset)
""")
_RELEASE = text(f"""
    WITH released AS (
        UPDATE epoch SET held = '{READING_AGAIN}', lost = NULL
        WHERE held = '{TOPICS_BEGIN_LATER}' RETURNING new.epoch, old.lost
    )
    INSERT INTO database_release (epoch, lost, released_by, why)
    SELECT epoch, coalesce(lost, ''), :name, :reason FROM released RETURNING epoch
""")  # noqa: S608
_WHY_HELD = text(_HELD)

log = structlog.get_logger()


@dataclass(frozen=True)
class _NotRead:
    """An event that this service published, and that this release cannot read: a newer one wrote it."""

    raw: Raw
    envelope: Envelope
    fault: Fault


_Told = Received | _NotRead


class NothingHeld(RuntimeError):
    """The database does not wait for an officer: there is nothing to release."""


async def recalls_nothing(_: Sequence[Event], __: UnitOfWork) -> None:
    """For a service whose events leave nothing to be recalled: its outbox and its streams are enough."""


async def _lose(events: Sequence[Event], uow: UnitOfWork) -> None:
    """In the place of a service that cannot recall these."""
    await uow.connection.execute(_NOT_RECALLED, {"lost": f"{events[0].type()} cannot be recalled"})


async def _lose_unread(unread: Sequence[_NotRead], uow: UnitOfWork) -> None:
    """What a service of this release cannot read it cannot recall either."""
    for each in unread:
        log.error("event_not_recalled", **_place(each), error=each.fault.value)
        lost = f"{each.raw.topic} cannot be read: {each.fault}"
        await uow.connection.execute(_NOT_RECALLED, {"lost": lost})


async def release(database: Database, unit: type[U], name: str, reason: str) -> None:
    """An officer releases a database that waits for one: it reads again what there is, and then it acts.

    Who and why stands in ``database_release`` for good. Raises NothingHeld, also for a database that is held and still
    reads: that is for no person yet.
    """
    async with database.begin(unit, Cause("release")) as uow:
        released = (await uow.connection.execute(_RELEASE, {"name": name, "reason": reason})).one_or_none()
        held = (await uow.connection.execute(_WHY_HELD)).scalar_one()
    if released is None and held is None:
        raise NothingHeld("the database is not held")
    if released is None:
        raise NothingHeld(f"the database is {held}: its worker goes on by itself, and nobody can release it yet")
    log.warning("database_released", epoch=released.epoch)


@dataclass(frozen=True)
class _Ends:
    """Where the partitions of some topics begin and end on the broker, by logical topic and partition."""

    first: Mapping[Place, int]
    last: Mapping[Place, int]


@dataclass
class Restoration(Generic[U]):
    """Looks whether a service's database was put back, and makes it whole again; one at a time, by the relay's lock."""

    database: Database
    unit: type[U]
    bootstrap: str
    group: str
    own: Sequence[Topic]
    subscribed: Sequence[str]
    prefix: str = ""
    recall: Recall[U] = recalls_nothing

    async def complete(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        """Returns when this database may act, or when stopped. Raises what broker and database raise."""
        life = await connection.fetchval(_LIFE)
        async with self._reader() as reader:
            own = await self._ends(reader, [topic.name for topic in self.own])
            if not await connection.fetchval(_LOOKED_INTO):
                await self._look(connection, reader, own)
            elif await connection.fetchval(_HELD) is None:
                await self._send_again_what_is_gone(connection, own)
        while not stop.is_set() and (held := await connection.fetchval(_HELD)) is not None:
            if not await connection.fetchval(_LOOKED_INTO):
                break
            if held == READING_BACK:
                await self._read_back(connection)
            elif held == READING_AGAIN and await connection.fetchval(_IS_READ):
                await connection.execute(_IS_WHOLE)
                log.warning("database_is_whole_again", service=self.database.service)
            else:
                await pause(stop, LOOK_SECONDS)
        await connection.execute(_LOOKED, life)
        if not await connection.fetchval(_LOOKED_INTO):
            raise DatabaseChanged("the database was put back once more: it is looked into again")

    async def _look(self, connection: asyncpg.Connection, reader: AIOKafkaConsumer, own: _Ends) -> None:
        """Hold the database if the topics know more of it than it knows."""
        if await connection.fetchval(_HELD) is not None:
            # Its server was restarted meanwhile, or it was put back once more.
            await connection.execute(HOLD)
            return
        if await connection.fetchval(_KEPT_NO_POSITIONS):
            await self._adopt_positions(connection, own)
        await self._send_again_what_is_gone(connection, own)
        reason = await self._why_put_back(connection, reader, own)
        if reason is not None:
            await connection.execute(HOLD)
            log.error("database_was_put_back", service=self.database.service, reason=reason)

    async def _adopt_positions(self, connection: asyncpg.Connection, own: _Ends) -> None:
        """Once, after the release that began to keep positions: what was told and committed before stands.

        Of a partition of which the outbox holds nothing any more all that was told is known.
        """
        rows = await connection.fetch(_TOLD_TO, timeout=_WHOLE_OUTBOX_SECONDS)
        told = {(topic, n): at for topic, n, at in rows}
        places = {**await self._committed(), **{place: told.get(place, end) for place, end in own.last.items()}}
        if places:
            columns = zip(*((*place, at) for place, at in sorted(places.items())), strict=True)
            await connection.execute(_ADOPT, *map(list, columns))
        log.warning("positions_adopted", service=self.database.service, partitions=len(places))

    async def _why_put_back(self, connection: asyncpg.Connection, reader: AIOKafkaConsumer, own: _Ends) -> str | None:
        if await connection.fetchval(_ANOTHER_DATABASE):
            return "it is another database, or its tables were made again"
        # In this order: another worker that reads on moves the position first.
        read_up_to = await self._committed()
        positions = await _positions(connection)
        for place, committed in read_up_to.items():
            if committed > positions.get(place, 0):
                return f"the broker knows that {place[0]} was read further"
        async for told in self._told(connection, reader, own, positions):
            known = {row["event_id"] for row in await connection.fetch(_IN_OUTBOX, [each.envelope.id for each in told])}
            if any(each.envelope.id not in known for each in told):
                return f"it has forgotten what it published on {told[0].raw.topic}"
        return None

    async def _send_again_what_is_gone(self, connection: asyncpg.Connection, own: _Ends) -> None:
        """Own topics that end before what was acknowledged were put back with the broker's volume."""
        positions = await _positions(connection)
        await send_again(connection, {at: end for at, end in own.last.items() if end < positions.get(at, 0)})

    async def _read_back(self, connection: asyncpg.Connection) -> None:
        """Learn again what was published, then have the other topics read again up to where they end now."""
        async with self._reader() as reader:
            own = await self._ends(reader, [topic.name for topic in self.own])
            positions = await _positions(connection)
            # Remembered before the first position moves: who comes after an interruption sees no gap any more.
            await connection.execute(_LOST, _begins_later(positions, own))
            await self._begin_recall(connection)
            async for told in self._told(connection, reader, own, positions):
                await self._remember(told)
            others = await self._ends(reader, self.subscribed)
        places = sorted(others.last)
        columns = zip(*((*place, others.first[place], others.last[place]) for place in places), strict=True)
        async with connection.transaction():
            await connection.execute(_LOST, _begins_later(positions, others))
            if places:
                await connection.execute(_READ_TO, *map(list, columns))
            lost = await connection.fetchval(_IS_READ_BACK)
        if lost is not None:
            log.error("restore_needs_officer", service=self.database.service, reason=TOPICS_BEGIN_LATER, lost=lost)

    async def _begin_recall(self, connection: asyncpg.Connection) -> None:
        """What the service does in any case, once in a hold, however often reading back is interrupted."""
        if await connection.fetchval(_RECALL_BEGUN):
            return
        async with self._begin() as uow:
            await self.recall((), uow)
            await uow.connection.execute(_BEGIN_RECALL)

    async def _remember(self, told: Sequence[_Told]) -> None:
        """Remember these; where the service cannot recall one of them, an officer must look, and the rest goes on."""
        try:
            await self._remember_all(told, self.recall)
        except Exception as reason:
            if is_transient(reason):
                raise
            for each in told:
                await self._remember_one(each)

    async def _remember_one(self, told: _Told) -> None:
        try:
            await self._remember_all([told], self.recall)
        except Exception as reason:
            if is_transient(reason):
                raise
            log.error("event_not_recalled", **_place(told), error=type(reason).__name__)
            await self._lose_one(told)

    async def _lose_one(self, told: _Told) -> None:
        """Into the outbox at least; what no table can store is passed over, and an officer must look all the same."""
        try:
            await self._remember_all([told], _lose)
        except Exception as reason:
            if is_transient(reason):
                raise
            log.error("event_not_remembered", **_place(told), error=type(reason).__name__)
            async with self._begin() as uow:
                lost = f"{told.raw.topic} cannot be remembered: {type(reason).__name__}"
                await uow.connection.execute(_NOT_RECALLED, {"lost": lost})
                await uow.connection.execute(_READ_BACK_TO, _behind(told.raw))

    async def _remember_all(self, told: Sequence[_Told], recall: Recall[U]) -> None:
        """Into the outbox as sent, into the streams, and to the service; then reading back goes on behind it."""
        async with self._begin() as uow:
            known = await uow.connection.execute(_REMEMBERED, {"ids": [each.envelope.id for each in told]})
            seen = set(known.scalars())
            forgotten = [each for each in told if each.envelope.id not in seen]
            if forgotten:
                await uow.connection.execute(_REMEMBER, _outbox_rows(forgotten))
                await uow.connection.execute(_NO_STREAM_GOES_BACK, _streams(forgotten))
                if events := [each.event for each in forgotten if isinstance(each, Received)]:
                    await recall(events, uow)
                await _lose_unread([each for each in forgotten if isinstance(each, _NotRead)], uow)
            last = told[-1].raw
            await uow.connection.execute(_READ_BACK_TO, _behind(last))
        if forgotten:
            log.warning("events_read_back", topic=last.topic, partition=last.partition, events=len(forgotten))

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[U]:
        """Refused when the database was put back once more: its position must not move behind what it forgot again."""
        async with self.database.begin(self.unit, Cause("restore")) as uow:
            if not (await uow.connection.execute(_STILL_LOOKED_INTO)).scalar_one():
                raise DatabaseChanged("the database was put back while it read back")
            yield uow

    async def _told(
        self, connection: asyncpg.Connection, reader: AIOKafkaConsumer, own: _Ends, positions: Mapping[Place, int]
    ) -> AsyncIterator[list[_Told]]:
        """This service's events behind its own positions, a partition after the other, in batches."""
        source = f"/{self.database.service}"
        for place in sorted(own.last):
            start, end = max(positions.get(place, 0), own.first[place]), own.last[place]
            partition = TopicPartition(physical(place[0], self.prefix), place[1])
            async for records in _records(connection, reader, partition, start, end):
                found = [_own_event(raw_of(record, place[0]), source) for record in records]
                told = [each for each in found if each is not None]
                if told:
                    yield told

    async def _committed(self) -> dict[Place, int]:
        """Asked by an administrator: a reader with a group of its own would coordinate with it while it is assigned."""
        topics = {physical(topic, self.prefix): topic for topic in self.subscribed}
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, client_id=f"{self.group}-restore")
        try:
            async with asyncio.timeout(ASK_LIMIT_SECONDS):
                await admin.start()
                offsets = await _offsets_of_group(admin, self.group)
        finally:
            await admin.close()
        return {
            (topics[each.topic], each.partition): known.offset
            for each, known in offsets.items()
            if each.topic in topics and known.offset >= 0
        }

    async def _ends(self, reader: AIOKafkaConsumer, topics: Sequence[str]) -> _Ends:
        places = {
            TopicPartition(physical(topic, self.prefix), partition): (topic, partition)
            for topic, partition in await self._partitions(reader, topics)
        }
        async with asyncio.timeout(ASK_LIMIT_SECONDS):
            first, last = await reader.beginning_offsets(list(places)), await reader.end_offsets(list(places))
        return _Ends({places[each]: at for each, at in first.items()}, {places[each]: at for each, at in last.items()})

    async def _partitions(self, reader: AIOKafkaConsumer, topics: Sequence[str]) -> list[Place]:
        found = []
        for topic in topics:
            name = physical(topic, self.prefix)
            async with asyncio.timeout(ASK_LIMIT_SECONDS):
                await reader._client._wait_on_metadata(name)
            found += [(topic, partition) for partition in sorted(reader.partitions_for_topic(name) or ())]
        return found

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A reader of given partitions, member of no group."""
        reader = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id=f"{self.group}-restore",
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
            auto_offset_reset="earliest",
        )
        try:
            async with asyncio.timeout(ASK_LIMIT_SECONDS):
                await reader.start()
            yield reader
        finally:
            await ended_within(10, reader.stop())


async def _offsets_of_group(admin: AIOKafkaAdminClient, group: str) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """The caller limits the time: a broker that just started has no coordinator for a moment."""
    while True:
        try:
            return cast(Mapping[TopicPartition, OffsetAndMetadata], await admin.list_consumer_group_offsets(group))
        except KafkaError as error:
            if not error.retriable:
                raise
            await asyncio.sleep(LOOK_SECONDS)


async def _records(
    connection: asyncpg.Connection, reader: AIOKafkaConsumer, partition: TopicPartition, start: int, end: int
) -> AsyncIterator[list[object]]:
    """The records of one partition from an offset up to another, in batches."""
    if start >= end:
        return
    reader.assign([partition])
    reader.seek(partition, start)
    while start < end:
        # The database ends a session that is idle, and with it the lock, also while the broker has nothing to give.
        await connection.execute("SELECT 1")
        async with asyncio.timeout(ASK_LIMIT_SECONDS):
            fetched = await reader.getmany(partition, timeout_ms=1_000, max_records=BATCH)
        records = [record for record in fetched.get(partition, ()) if record.offset < end]
        if records:
            yield records
        start = await reader.position(partition)


def _own_event(raw: Raw, source: str) -> _Told | None:
    """The event of this owner in a record of its topic; None for a control record, and for another's."""
    reading = read(raw)
    if isinstance(reading, Received):
        return reading if reading.envelope.source == source else None
    if not isinstance(reading, Unreadable) or reading.fault not in _NOT_UNDERSTOOD:
        return None
    envelope = envelope_of(raw.headers)
    is_own = envelope.source == source and topic_of(envelope.type) == raw.topic
    return _NotRead(raw, envelope, reading.fault) if is_own else None


def _begins_later(positions: Mapping[Place, int], ends: _Ends) -> str | None:
    """A topic of which something is gone that this database has not read: it is kept for a time only."""
    return next((topic for (topic, n), first in ends.first.items() if first > positions.get((topic, n), 0)), None)


def _day(told: _Told) -> date | None:
    is_counted = isinstance(told, Received) and told.envelope.announcement is None
    return business_day(told.envelope.time) if is_counted else None


def _outbox_rows(told: Sequence[_Told]) -> dict[str, list[object]]:
    return {
        "ids": [str(each.envelope.id) for each in told],
        "topics": [each.raw.topic for each in told],
        "keys": [each.raw.key for each in told],
        "types": [each.envelope.type for each in told],
        "headers": [orjson.dumps(headers_text(each.raw.headers)).decode() for each in told],
        "payloads": [each.raw.payload for each in told],
        # What cannot be read states no money that could be counted, and so stands in no day's totals.
        "sens": [each.event.money_sen if isinstance(each, Received) else 0 for each in told],
        "days": [_day(each) for each in told],
        "partitions": [each.raw.partition for each in told],
        "offsets": [each.raw.offset for each in told],
    }


def _behind(last: Raw) -> dict[str, str | int]:
    return {"topic": last.topic, "partition": last.partition, "offset": last.offset + 1}


def _place(told: _Told) -> Mapping[str, str | int]:
    raw = told.raw
    return {"topic": raw.topic, "partition": raw.partition, "offset": raw.offset, "type": told.envelope.type}


def _streams(told: Sequence[_Told]) -> dict[str, list[object]]:
    return {
        "topics": [each.raw.topic for each in told],
        "aggregates": [each.envelope.subject for each in told],
        "versions": [each.envelope.stream_version for each in told],
    }


async def _positions(connection: asyncpg.Connection) -> dict[Place, int]:
    return {(row["topic"], row["kafka_partition"]): row["next_offset"] for row in await connection.fetch(_POSITIONS)}
