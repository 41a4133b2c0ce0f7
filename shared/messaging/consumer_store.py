"""What a consumer writes down about its reading, in the transactions of its effects (rules M3, M5, M6, M7)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import business_day
from shared.kernel.identifiers import new_id
from shared.kernel.subjects import Subject
from shared.messaging.consumer_core import Gap, gaps, spans
from shared.messaging.received import Aside, Raw, Received, ReceivedHeartbeat, Totals, fingerprint, headers_text
from shared.persistence.life import LIFE, MAY_READ
from shared.persistence.outbox import Outbox, Record
from shared.telemetry import metrics

# Of a dead letter's payload, and of its headers: together far below what the publisher may send.
_COPY_LIMIT_BYTES = 256 * 1024
# Of the records of a topic that hold nothing, so many are kept to be looked at: a stream of them fills no table.
_KEPT_THAT_HOLD_NOTHING = 1_000

_TAKE = text(f"""
    INSERT INTO in_flight AS held (topic, kafka_partition, first_offset, last_offset, attempts)
    SELECT *, 1 FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                            CAST(:lasts AS bigint[]))
    ON CONFLICT (topic, kafka_partition, first_offset) DO UPDATE SET
        attempts = CASE WHEN held.last_offset = excluded.last_offset THEN held.attempts + 1 ELSE 1 END,
        last_offset = excluded.last_offset, taken_at = clock_timestamp()
    RETURNING attempts, {LIFE} AS life
""")  # noqa: S608 - a constant
# The position moves in the transaction of the effects: put back with them, it says what is to be read again.
_RELEASE = text(f"""
    WITH done AS (
        SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                             CAST(:lasts AS bigint[])) AS done (topic, kafka_partition, first, last)
    ), released AS (
        DELETE FROM in_flight USING done
        WHERE in_flight.topic = done.topic AND in_flight.kafka_partition = done.kafka_partition
          AND in_flight.first_offset BETWEEN done.first AND done.last
    )
    INSERT INTO read_position AS known (topic, kafka_partition, next_offset)
    SELECT topic, kafka_partition, last + 1 FROM done ORDER BY topic, kafka_partition
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET
        next_offset = greatest(known.next_offset, excluded.next_offset)
    RETURNING {LIFE} AS life
""")  # noqa: S608 - a constant
_POSITIONS = text("SELECT topic, kafka_partition, next_offset FROM read_position")
_LIFE = text(f"SELECT {LIFE} AS life, {MAY_READ} AS may_read")
_TURN_BACK = text("""
    UPDATE read_position SET next_offset = :offset WHERE topic = :topic AND kafka_partition = :partition
""")
_GIVE_BACK = text("""
    UPDATE in_flight SET attempts = attempts - 1
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                CAST(:lasts AS bigint[])) AS taken (topic, kafka_partition, first, last)
    WHERE in_flight.topic = taken.topic AND in_flight.kafka_partition = taken.kafka_partition
      AND in_flight.first_offset = taken.first AND in_flight.last_offset = taken.last
""")
_NEVER_TRIED = text("DELETE FROM in_flight WHERE attempts = 0")
_LEFT_OVER = text("SELECT topic, kafka_partition, max(last_offset) AS last_offset FROM in_flight GROUP BY 1, 2")
# An id is one of its topic: whoever writes into another makes no true event a repeat. What was handled before the inbox
# knew topics is handled.
_NEW_IN_INBOX = text("""
    INSERT INTO inbox (consumer, topic, event_id)
    SELECT :consumer, :topic, :event_id
    WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = :consumer AND topic = '' AND event_id = :event_id)
    ON CONFLICT DO NOTHING RETURNING 1
""")
# Moved before anything is counted, so that of two members with the same records the second waits here for the first.
_SEEN = text("""
    INSERT INTO stream_seen AS seen (topic, aggregate, version)
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:aggregates AS text[]), CAST(:versions AS bigint[]))
    ON CONFLICT (topic, aggregate) DO UPDATE SET version = greatest(seen.version, excluded.version)
    RETURNING new.topic, new.aggregate, old.version AS before
""")
_FRESH = text("""
    INSERT INTO freshness AS known (topic, kafka_partition, partitions, epoch, complete_until)
    VALUES (:topic, :partition, :partitions, :epoch, :complete_until)
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET
        partitions = excluded.partitions, epoch = excluded.epoch,
        complete_until = CASE WHEN excluded.epoch > known.epoch THEN excluded.complete_until
                              ELSE greatest(known.complete_until, excluded.complete_until) END
    WHERE excluded.epoch >= known.epoch RETURNING 1
""")
# For whoever reads them beside other things, in one statement: ``topic`` is an SQL value, ``keys`` an array of texts.
COMPLETE_UNTIL = """
    SELECT CASE WHEN count(*) >= max(partitions) THEN min(complete_until) END FROM freshness WHERE topic = {topic}
"""
IS_ANY_PARKED = """
    SELECT EXISTS (SELECT FROM parked WHERE topic = {topic} AND key = ANY({keys}) AND holds)
        OR EXISTS (SELECT FROM parked WHERE topic = {topic} AND states_key = ANY({keys}))
"""
_COMPLETE = text(COMPLETE_UNTIL.format(topic=":topic"))
_ADD_TO_TOTAL = text("""
    INSERT INTO daily_total AS known (topic, day, events, money_sen) VALUES (:topic, :day, :events, :money_sen)
    ON CONFLICT (topic, day) DO UPDATE SET events = known.events + excluded.events,
                                           money_sen = known.money_sen + excluded.money_sen
""")
_STATE_TOTAL = text("""
    INSERT INTO daily_total (topic, day, stated_events, stated_money_sen) VALUES (:topic, :day, :events, :money_sen)
    ON CONFLICT (topic, day) DO UPDATE SET stated_events = excluded.stated_events,
                                           stated_money_sen = excluded.stated_money_sen
""")
_DIFFERING = text("""
    SELECT * FROM daily_total WHERE (stated_events, stated_money_sen) <> (events, money_sen) ORDER BY topic, day
""")
_PARKED_KEYS = text("""
    SELECT key, min(kafka_offset) AS first FROM parked
    WHERE topic = :topic AND key = ANY(CAST(:keys AS text[])) AND holds GROUP BY key
""")
# A worker that parks behind something and a replay that takes it away exclude each other, topic by topic.
_EXCLUDE_REPLAYS = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
_EXCLUDE_WORKERS = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_IS_PARKED = text(IS_ANY_PARKED.format(topic=":topic", keys="ARRAY[CAST(:key AS text)]"))
_HOLDING_NOTHING = text("SELECT count(*) FROM parked WHERE topic = :topic AND NOT holds")
# Another record at the place of a parked one comes of a topic that was made again: it is parked beside it.
_PARK = text("""
    INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds, states_key)
    VALUES (:topic, :key, :partition, :offset, CAST(:headers AS jsonb), :payload, :fault, :reason, :holds, :states_key)
    ON CONFLICT (topic, kafka_partition, kafka_offset, key, hashtextextended(headers::text, 0), sha256(payload))
    DO NOTHING RETURNING id
""")
_SPANS_READ = """
    unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]), CAST(:lasts AS bigint[]))
        AS read (topic, kafka_partition, first, last)
"""
_IS_READ = """
    known.topic = read.topic AND known.kafka_partition = read.kafka_partition
        AND known.kafka_offset BETWEEN read.first AND read.last
"""
# OFFSET keeps the planner at the index, span by span: joined, it reads the whole table for every batch.
_DISCARDED = text(f"""
    SELECT fingerprint FROM {_SPANS_READ} CROSS JOIN LATERAL (
        SELECT fingerprint FROM parked_action AS known WHERE {_IS_READ} AND action <> 'replayed' OFFSET 0
    ) AS found
""")  # noqa: S608 - constants
_PARKED_BEFORE = text(f"""
    SELECT read.topic, read.kafka_partition, found.* FROM {_SPANS_READ} CROSS JOIN LATERAL (
        SELECT kafka_offset, key, headers::text AS headers, sha256(payload) AS digest FROM parked AS known
        WHERE {_IS_READ} OFFSET 0
    ) AS found
""")  # noqa: S608 - constants
_ACTED_ON_BEFORE = text(f"""
    SELECT fingerprint FROM {_SPANS_READ} CROSS JOIN LATERAL (
        SELECT fingerprint FROM parked_action AS known WHERE {_IS_READ} OFFSET 0
    ) AS found
""")  # noqa: S608 - constants


class ConsumerStore:
    """The consumer's own tables, inside one transaction."""

    def __init__(self, connection: AsyncConnection, service: str) -> None:
        self._connection = connection
        self._service = service
        # The life of the database in which the last records were taken or released.
        self.seen_life: str | None = None

    async def take_in_flight(self, raws: Sequence[Raw]) -> int:
        """Note what is about to be handled; the highest count of attempts at exactly these records."""
        taken = (await self._connection.execute(_TAKE, _spans(raws))).all()
        self.seen_life = taken[0].life
        return int(max(row.attempts for row in taken))

    async def release(self, raws: Sequence[Raw]) -> None:
        """These records are done, and reading goes on behind them."""
        self.seen_life = (await self._connection.execute(_RELEASE, _spans(raws))).scalars().first()

    async def positions(self) -> Mapping[tuple[str, int], int]:
        """The next offset by topic and partition: the effects of all before it are in this database."""
        found = await self._connection.execute(_POSITIONS)
        return {(row.topic, row.kafka_partition): row.next_offset for row in found}

    async def life(self) -> tuple[str, bool]:
        """The database's present life, and whether it may be read into: it was looked into, and knows its own words."""
        found = (await self._connection.execute(_LIFE)).one()
        return found.life, found.may_read

    async def turn_back(self, topic: str, partition: int, offset: int) -> None:
        """Reading goes on from an earlier record: there is no later one, or the broker does not know of it."""
        values = {"topic": topic, "partition": partition, "offset": offset}
        await self._connection.execute(_TURN_BACK, values)

    async def give_back(self, raws: Sequence[Raw]) -> None:
        """Taking these in flight was no attempt: a transient error came between."""
        await self._connection.execute(_GIVE_BACK, _spans(raws))
        await self._connection.execute(_NEVER_TRIED)

    async def left_over(self) -> Mapping[tuple[str, int], int]:
        """What an earlier process had in flight when it ended: the last offset by topic and partition."""
        result = await self._connection.execute(_LEFT_OVER)
        return {(row.topic, row.kafka_partition): row.last_offset for row in result}

    async def is_new(self, received: Received) -> bool:
        """Enter the event into the inbox; False when it has been handled before."""
        values = {"consumer": self._service, "topic": received.raw.topic, "event_id": received.envelope.id}
        return (await self._connection.execute(_NEW_IN_INBOX, values)).first() is not None

    async def follow_streams(self, received: Sequence[Received]) -> list[Gap]:
        """Move the last version seen of each aggregate; the gaps that show."""
        versions: dict[tuple[str, str], list[int]] = {}
        for each in received:
            if each.envelope.announcement is None:
                versions.setdefault((each.raw.topic, each.envelope.subject), []).append(each.envelope.stream_version)
        streams = sorted(versions)
        if not streams:
            return []
        values = {
            "topics": [topic for topic, _ in streams],
            "aggregates": [aggregate for _, aggregate in streams],
            "versions": [max(versions[stream]) for stream in streams],
        }
        moved = await self._connection.execute(_SEEN, values)
        before = {(row.topic, row.aggregate): row.before for row in moved if row.before is not None}
        await self._count(received, before)
        return [gap for stream in streams for gap in gaps(stream, before.get(stream), versions[stream])]

    async def _count(self, received: Sequence[Received], before: Mapping[tuple[str, str], int]) -> None:
        """Add what is seen for the first time to the totals of its day."""
        fresh: dict[tuple[str, date], tuple[int, int]] = {}
        seen = dict(before)
        for each in sorted(received, key=lambda each: each.envelope.stream_version):
            stream = (each.raw.topic, each.envelope.subject)
            if each.envelope.announcement is None and each.envelope.stream_version > seen.get(stream, 0):
                seen[stream] = each.envelope.stream_version
                place = (each.raw.topic, business_day(each.envelope.time))
                events, money_sen = fresh.get(place, (0, 0))
                fresh[place] = (events + 1, money_sen + each.event.money_sen)
        for (topic, day), (events, money_sen) in sorted(fresh.items()):
            values = {"topic": topic, "day": day, "events": events, "money_sen": money_sen}
            await self._connection.execute(_ADD_TO_TOTAL, values)

    async def note_totals(self, totals: Sequence[Totals]) -> None:
        """Store what owners say they published, beside what was received."""
        for each in totals:
            await self._connection.execute(_STATE_TOTAL, {"topic": each.raw.topic, **each.totals.model_dump()})

    async def differing_totals(self) -> Sequence[Row[Any]]:
        """The days of which something else was received than published; parked events are counted when replayed."""
        return (await self._connection.execute(_DIFFERING)).all()

    async def note_freshness(self, heartbeats: Sequence[ReceivedHeartbeat]) -> None:
        """Store up to when each partition is complete; a heartbeat of an epoch that is over is passed over."""
        for heartbeat in sorted(
            heartbeats, key=lambda heartbeat: (heartbeat.raw.topic, heartbeat.raw.partition, heartbeat.raw.offset)
        ):
            values = {
                "topic": heartbeat.raw.topic,
                "partition": heartbeat.raw.partition,
                **heartbeat.heartbeat.model_dump(include={"partitions", "epoch", "complete_until"}),
            }
            if (await self._connection.execute(_FRESH, values)).first() is None:
                metrics.HEARTBEATS_PASSED_OVER.labels(topic=heartbeat.raw.topic, consumer=self._service).inc()

    async def complete_until(self, topic: str) -> datetime | None:
        """The instant up to which every partition of a topic has arrived here; None while one never had a heartbeat."""
        until: datetime | None = (await self._connection.execute(_COMPLETE, {"topic": topic})).scalar_one()
        return until

    async def parked_keys(self, topic: str, keys: Collection[str]) -> Mapping[str, int]:
        """Those of the keys of which something waits for a person to look at it, each with its first offset.

        Call before anything else is locked. Where there are some it waits for a replay that is under way, keeps the
        next one waiting until this transaction ends, and looks again: a replay that took the last of a key away does
        not come back for what is parked behind it afterwards.
        """
        parked = await self._parked_keys(topic, keys)
        if not parked:
            return parked
        await self._connection.execute(_EXCLUDE_REPLAYS, {"name": f"parked/{topic}"})
        return await self._parked_keys(topic, keys)

    async def _parked_keys(self, topic: str, keys: Collection[str]) -> Mapping[str, int]:
        found = await self._connection.execute(_PARKED_KEYS, {"topic": topic, "keys": sorted(keys)})
        return {row.key: row.first for row in found}

    async def begin_replay(self, topic: str) -> None:
        """Wait for those who are parking behind something of this topic, and keep others from it; call it first."""
        await self._connection.execute(_EXCLUDE_WORKERS, {"name": f"parked/{topic}"})

    async def is_parked(self, topic: str, key: str) -> bool:
        """Whether a fact of this key may be among what waits for a person to look at it."""
        return bool((await self._connection.execute(_IS_PARKED, {"topic": topic, "key": key})).scalar_one())

    async def discarded(self, raws: Collection[Raw]) -> set[Raw]:
        """Which of these a person has discarded or replaced: they are passed over, whatever they say when read again.

        Asked of every event, since what could not be read when it was discarded may be readable now: its time has come,
        or a release knows it. Found by place; the content tells it from another record of a topic that was made again.
        """
        if not raws:
            return set()
        found = await self._connection.execute(_DISCARDED, _spans(list(raws)))
        discarded = set(found.scalars())
        return {raw for raw in raws if fingerprint(raw) in discarded} if discarded else set()

    async def set_aside_before(self, raws: Sequence[Raw]) -> set[Raw]:
        """Which of these are parked, or were: a control record that was not believed when it came says nothing later.

        Known by what they say as well as by their place: the totals of a day are told once, and those of a topic that
        was made again may stand where an earlier record was parked.
        """
        parked = {
            (row.topic, row.kafka_partition, row.kafka_offset, row.key, _sorted(orjson.loads(row.headers)), row.digest)
            for row in await self._connection.execute(_PARKED_BEFORE, _spans(raws))
        }
        acted_on = set((await self._connection.execute(_ACTED_ON_BEFORE, _spans(raws))).scalars())
        return {raw for raw in raws if _as_parked(raw) in parked or (acted_on and fingerprint(raw) in acted_on)}

    async def park(self, aside: Aside) -> bool:
        """Set a record aside with its key, and send a copy to the dead letters in the same transaction.

        False when it was parked already, or discarded. The record is kept whole; its copy is cut where a broker might
        refuse it. Beyond some number, those that hold nothing are not kept.
        """
        raw = aside.raw
        if await self.discarded([raw]):
            return False
        if not aside.holds and await self._enough_hold_nothing(raw.topic):
            return True
        headers = headers_text(raw.headers)
        values = {
            "topic": raw.topic,
            "key": raw.key,
            "partition": raw.partition,
            "offset": raw.offset,
            "headers": orjson.dumps(headers).decode(),
            "payload": raw.payload,
            "fault": aside.fault.value,
            "reason": aside.reason,
            "holds": aside.holds,
            "states_key": aside.states_key,
        }
        if (await self._connection.execute(_PARK, values)).first() is None:
            return False
        copy = Record(
            # The record's own id stays in its headers, and may be no id at all.
            id=str(new_id()),
            topic=f"{raw.topic}.dlt",
            key=raw.key,
            type=headers.get("ce_type", ""),
            headers={**_headers_of_copy(raw, headers), "x-parked-by": self._service, "x-parked-reason": aside.reason},
            payload=raw.payload[:_COPY_LIMIT_BYTES],
        )
        await Outbox(self._connection, self._service).append_raw([copy])
        return True

    async def _enough_hold_nothing(self, topic: str) -> bool:
        kept = (await self._connection.execute(_HOLDING_NOTHING, {"topic": topic})).scalar_one()
        return int(kept) >= _KEPT_THAT_HOLD_NOTHING


def freshness(topic: str) -> Subject:
    """Up to when a topic has arrived here: every heartbeat moves it."""
    return Subject.of("freshness", topic)


def _headers_of_copy(raw: Raw, headers: Mapping[str, str]) -> dict[str, str]:
    """The record's own headers unless they are too large, and what was cut."""
    too_large = {
        "payload": len(raw.payload) > _COPY_LIMIT_BYTES,
        "headers": sum(len(name.encode()) + len(value.encode()) for name, value in headers.items()) > _COPY_LIMIT_BYTES,
    }
    kept = {} if too_large["headers"] else dict(headers)
    cut = ", ".join(part for part, is_cut in too_large.items() if is_cut)
    return {**kept, "x-parked-cut": cut} if cut else kept


def _as_parked(raw: Raw) -> tuple[object, ...]:
    headers = _sorted(headers_text(raw.headers))
    return raw.topic, raw.partition, raw.offset, raw.key, headers, hashlib.sha256(raw.payload).digest()


def _sorted(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(headers.items()))


def _spans(raws: Sequence[Raw]) -> Mapping[str, list[object]]:
    """First and last offset by topic and partition, as columns in the order of the key."""
    rows = sorted((*place, *span) for place, span in spans(raws).items())
    columns: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(("topics", "partitions", "firsts", "lasts"), columns, strict=True))
