"""What a consumer writes down about its reading, in the transactions of its effects (rules M3, M5, M6, M7)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, Text

from shared.contracts.heartbeat import Heartbeat
from shared.kernel.clock import business_day
from shared.kernel.identifiers import new_id
from shared.kernel.subjects import Subject
from shared.messaging.consumer_core import Gap, Left, Place, each_once, gaps, spans
from shared.messaging.received import (
    Aside,
    Control,
    Raw,
    Reading,
    Received,
    ReceivedHeartbeat,
    Totals,
    fingerprint,
    headers_text,
)
from shared.persistence.arrays import array_text
from shared.persistence.life import LIFE, MAY_READ
from shared.persistence.outbox import Outbox, Record
from shared.telemetry import metrics

# Of a dead letter's payload, and of its headers: together far below what the publisher may send.
_COPY_LIMIT_BYTES = 256 * 1024
# Of the records of a topic that hold nothing, so many are kept to be looked at: a stream of them fills no table.
_KEPT_THAT_HOLD_NOTHING = 1_000
_NO_RECORD = -1
_TEXT, _BIGINT = Text(), BigInteger()

_TAKE = text(f"""
    INSERT INTO in_flight AS held (topic, kafka_partition, first_offset, last_offset, attempts)
    SELECT *, 1 FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                            CAST(:lasts AS bigint[]))
    ON CONFLICT (topic, kafka_partition, first_offset) DO UPDATE SET
        attempts = CASE WHEN held.last_offset = excluded.last_offset THEN held.attempts + 1 ELSE 1 END,
        last_offset = excluded.last_offset, taken_at = clock_timestamp()
    RETURNING attempts, {LIFE} AS life
""")  # noqa: S608 - a constant
# A day of a topic is one row for all members: whoever locks it has locked before what others hold for long, due work
# above all, and waits for nothing more but the end of its transaction.
_COUNT_FIRST_SEEN = """
    INSERT INTO daily_total AS known (topic, day, events, money_sen)
    SELECT * FROM unnest(CAST(:counted_topics AS text[]), CAST(:counted_days AS date[]),
                         CAST(:counted_events AS bigint[]), CAST(:counted_sens AS numeric[]))
    ON CONFLICT (topic, day) DO UPDATE SET events = known.events + excluded.events,
                                           money_sen = known.money_sen + excluded.money_sen
"""
_COUNT = text(_COUNT_FIRST_SEEN)
# The position moves in the transaction of the effects: put back with them, it says what is to be read again.
_DONE = f"""
    WITH done AS (
        SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                             CAST(:lasts AS bigint[])) AS done (topic, kafka_partition, first, last)
    ), released AS (
        DELETE FROM in_flight USING done
        WHERE in_flight.topic = done.topic AND in_flight.kafka_partition = done.kafka_partition
          AND in_flight.first_offset BETWEEN done.first AND done.last
    ), moved AS (
        INSERT INTO read_position AS known (topic, kafka_partition, next_offset)
        SELECT topic, kafka_partition, last + 1 FROM done ORDER BY topic, kafka_partition
        ON CONFLICT (topic, kafka_partition) DO UPDATE SET
            next_offset = greatest(known.next_offset, excluded.next_offset)
        RETURNING {LIFE} AS life
    )"""  # noqa: S608 - a constant
_RELEASE = text(f"{_DONE}, counted AS ({_COUNT_FIRST_SEEN}) SELECT life FROM moved")  # noqa: S608 - a constant
# Beside what was heard, what was known before.
_RELEASE_AND_HEAR = text(f"""{_DONE}, heard AS (
        INSERT INTO freshness AS known (topic, kafka_partition, partitions, epoch, complete_until)
        SELECT * FROM unnest(CAST(:heard_topics AS text[]), CAST(:heard_partitions AS integer[]),
                             CAST(:counts AS integer[]), CAST(:epochs AS bigint[]), CAST(:untils AS timestamptz[]))
        ON CONFLICT (topic, kafka_partition) DO UPDATE SET
            partitions = excluded.partitions, epoch = excluded.epoch,
            complete_until = CASE WHEN excluded.epoch > known.epoch THEN excluded.complete_until
                                  ELSE greatest(known.complete_until, excluded.complete_until) END
        WHERE excluded.epoch >= known.epoch
        RETURNING new.topic, new.kafka_partition, new.partitions, new.complete_until
    )
    SELECT life, true AS is_heard, heard.* FROM (SELECT DISTINCT life FROM moved) LEFT JOIN heard ON true
    UNION ALL SELECT NULL, false, topic, kafka_partition, partitions, complete_until FROM freshness
    WHERE topic = ANY(CAST(:heard_topics AS text[]))
""")  # noqa: S608 - a constant
_POSITIONS = text("SELECT topic, kafka_partition, next_offset FROM read_position")
_LIFE = text(f"SELECT {LIFE} AS life, {MAY_READ} AS may_read")
_TURN_BACK = text("""
    UPDATE read_position SET next_offset = least(next_offset, :offset)
    WHERE topic = :topic AND kafka_partition = :partition
""")
# Where a partition is being read, a row says so that stands for none of its records: an earlier release takes it for a
# record that is long done. The instant tells whose word it is.
_BEGIN_READING = text(f"""
    WITH begun AS (
        INSERT INTO in_flight (topic, kafka_partition, first_offset, last_offset, attempts)
        SELECT topic, kafka_partition, {_NO_RECORD}, {_NO_RECORD}, 1
        FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[])) AS read (topic, kafka_partition)
        ORDER BY topic, kafka_partition
        ON CONFLICT (topic, kafka_partition, first_offset) DO UPDATE SET taken_at = excluded.taken_at
        RETURNING new.topic, new.kafka_partition, new.taken_at AS word, old.taken_at AS word_before
    )
    SELECT begun.*, coalesce(next_offset, 0) AS position,
           (SELECT coalesce(max(last_offset), {_NO_RECORD}) FROM in_flight AS held
            WHERE held.topic = begun.topic AND held.kafka_partition = begun.kafka_partition) AS last_in_flight
    FROM begun LEFT JOIN read_position USING (topic, kafka_partition)
""")  # noqa: S608 - a constant
_END_READING = text(f"""
    DELETE FROM in_flight
    USING unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:words AS timestamptz[]))
        AS ended (topic, kafka_partition, word)
    WHERE in_flight.topic = ended.topic AND in_flight.kafka_partition = ended.kafka_partition
      AND in_flight.first_offset = {_NO_RECORD} AND in_flight.taken_at = ended.word
""")  # noqa: S608 - a constant
_GIVE_BACK = text("""
    UPDATE in_flight SET attempts = attempts - 1
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:firsts AS bigint[]),
                CAST(:lasts AS bigint[])) AS taken (topic, kafka_partition, first, last)
    WHERE in_flight.topic = taken.topic AND in_flight.kafka_partition = taken.kafka_partition
      AND in_flight.first_offset = taken.first AND in_flight.last_offset = taken.last
      AND in_flight.attempts >= :attempts
""")
_NEVER_TRIED = text("DELETE FROM in_flight WHERE attempts = 0")
_LEFT_OVER = text(f"""
    SELECT topic, kafka_partition, max(last_offset) AS last_offset FROM in_flight
    WHERE first_offset > {_NO_RECORD} GROUP BY topic, kafka_partition
""")  # noqa: S608 - a constant
# An id is one of its topic: whoever writes into another makes no true event a repeat. What was handled before the inbox
# knew topics is handled.
_NEW_IN_INBOX = text("""
    INSERT INTO inbox (consumer, topic, event_id)
    SELECT :consumer, topic, event_id
    FROM unnest(CAST(:topics AS text[]), CAST(:ids AS uuid[])) AS heard (topic, event_id)
    WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = :consumer AND topic = '' AND event_id = heard.event_id)
    ORDER BY topic, event_id
    ON CONFLICT DO NOTHING RETURNING topic, event_id
""")
# What is counted hangs on the version before: of two members with the same records the second waits here for the first.
_SEEN = text("""
    WITH moved AS (
        INSERT INTO stream_seen AS seen (topic, aggregate, version)
        SELECT CAST(:topic AS text), told.*
        FROM unnest(CAST(CAST(:aggregates AS text) AS text[]), CAST(CAST(:versions AS text) AS bigint[])) AS told
        ON CONFLICT (topic, aggregate) DO UPDATE SET version = greatest(seen.version, excluded.version)
        RETURNING new.aggregate, old.version AS before
    )
    SELECT aggregate, before FROM moved WHERE before IS NOT NULL
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
_STATE_TOTAL = text("""
    INSERT INTO daily_total (topic, day, stated_events, stated_money_sen) VALUES (:topic, :day, :events, :money_sen)
    ON CONFLICT (topic, day) DO UPDATE SET stated_events = excluded.stated_events,
                                           stated_money_sen = excluded.stated_money_sen
""")
_DIFFERING = text("""
    SELECT * FROM daily_total WHERE (stated_events, stated_money_sen) <> (events, money_sen) ORDER BY topic, day
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
# Of a topic of which nothing is held the keys are not even read. ORDER BY keeps the planner at the index.
_PARKED_KEYS = """
    SELECT key, min(kafka_offset) AS first FROM parked
    WHERE (SELECT true FROM parked WHERE topic = :topic AND holds ORDER BY topic, key LIMIT 1)
      AND topic = :topic AND key = ANY(CAST(CAST(:keys AS text) AS text[])) AND holds
    GROUP BY key
"""


def _in_spans(table: str, columns: str, of: str = "", where: str = "true") -> str:
    """What stands in a table at the places of some records. OFFSET keeps the planner at the index, span by span.

    Joined, it reads the whole table for every batch. An array that the planner does not see is planned for once: of one
    that it sees it expects less than of any, and is asked for a plan by each batch.
    """
    return f"""
        unnest((SELECT CAST(:{of}topics AS text[])), (SELECT CAST(:{of}partitions AS integer[])),
               (SELECT CAST(:{of}firsts AS bigint[])), (SELECT CAST(:{of}lasts AS bigint[])))
            AS read (topic, kafka_partition, first, last)
        CROSS JOIN LATERAL (
            SELECT {columns} FROM {table} AS known
            WHERE known.topic = read.topic AND known.kafka_partition = read.kafka_partition
              AND known.kafka_offset BETWEEN read.first AND read.last AND {where} OFFSET 0
        ) AS found
    """  # noqa: S608 - constants


_DISCARDED = text(f"""
    SELECT fingerprint FROM {_in_spans("parked_action", "fingerprint", where="action <> 'replayed'")}
""")  # noqa: S608 - constants
# Of some records whose keys are held, and which were acted on.
_KNOWN = f"""
    SELECT key, first AS kafka_offset, CAST(NULL AS bytea) AS digest, CAST(NULL AS text) AS action,
           CAST(NULL AS text) AS topic, CAST(NULL AS integer) AS kafka_partition, CAST(NULL AS text) AS headers
    FROM ({_PARKED_KEYS}) AS held
    UNION ALL
    SELECT NULL, NULL, fingerprint, action, NULL, NULL, NULL FROM {_in_spans("parked_action", "fingerprint, action")}
"""  # noqa: S608 - constants
_KNOWN_OF_EVENTS = text(_KNOWN)
# Of control records among them also which are parked.
_AS_PARKED = "kafka_offset, key, headers::text AS headers, sha256(payload) AS digest"
_KNOWN_OF_ALL = text(f"""{_KNOWN}
    UNION ALL
    SELECT found.key, found.kafka_offset, found.digest, NULL, read.topic, read.kafka_partition, found.headers
    FROM {_in_spans("parked", _AS_PARKED, of="control_")}
""")  # noqa: S608 - constants


@dataclass(frozen=True)
class Begun:
    """A partition that this process reads: the word that it left, the word that stood there, and how it stands."""

    word: datetime
    word_before: datetime | None
    left: Left


# Of each topic and business day how many events were seen for the first time, and of how much in sen.
FirstSeen = Mapping[tuple[str, date], tuple[int, int]]


@dataclass(frozen=True)
class Followed:
    """What came of some events in their streams: the gaps that show, and what is to be counted at the end."""

    gaps: Sequence[Gap] = ()
    first_seen: FirstSeen = field(default_factory=dict)


@dataclass(frozen=True)
class Arrived:
    """Up to when a topic was complete before some heartbeats, and is now; None while a partition never had one."""

    before: datetime | None
    now: datetime | None


@dataclass(frozen=True)
class Known:
    """What was known of some records before: the first parked offset of each key that is held, what a person discarded
    or replaced, and the control records that were set aside.
    """

    keys: Mapping[str, int] = field(default_factory=dict)
    discarded: Set[Raw] = frozenset()
    disbelieved: Set[Raw] = frozenset()


class ConsumerStore:
    """The consumer's own tables, inside one transaction."""

    def __init__(self, connection: AsyncConnection, service: str) -> None:
        self._connection = connection
        self._service = service
        # The life of the database in which the last records were taken or released, or positions turned back.
        self.seen_life: str | None = None

    async def take_in_flight(self, raws: Sequence[Raw]) -> int:
        """Note what is about to be handled; the highest count of attempts at exactly these records."""
        taken = (await self._connection.execute(_TAKE, _spans(raws))).all()
        self.seen_life = taken[0].life
        return int(max(row.attempts for row in taken))

    async def release(self, raws: Sequence[Raw], first_seen: FirstSeen | None = None) -> None:
        """These records are done, and reading goes on behind them; what was seen first is counted."""
        values = {**_spans(raws), **_as_counted(first_seen or {})}
        self.seen_life = (await self._connection.execute(_RELEASE, values)).scalars().first()

    async def count(self, first_seen: FirstSeen) -> None:
        """Add this to the totals of its days: last of all in its transaction, since all members count there."""
        if first_seen:
            await self._connection.execute(_COUNT, _as_counted(first_seen))

    async def positions(self) -> Mapping[tuple[str, int], int]:
        """The next offset by topic and partition: the effects of all before it are in this database."""
        found = await self._connection.execute(_POSITIONS)
        return {(row.topic, row.kafka_partition): row.next_offset for row in found}

    async def life(self) -> tuple[str, bool]:
        """The database's present life, and whether it may be read into: it was looked into, and knows its own words."""
        found = (await self._connection.execute(_LIFE)).one()
        return found.life, found.may_read

    async def turn_back(self, offsets: Mapping[Place, int]) -> None:
        """Reading goes on from earlier records: there are no later ones, or the broker does not know of them."""
        for (topic, partition), offset in sorted(offsets.items()):
            values = {"topic": topic, "partition": partition, "offset": offset}
            await self._connection.execute(_TURN_BACK, values)
        self.seen_life, _ = await self.life()

    async def give_back(self, raws: Sequence[Raw], attempts: int = 1) -> None:
        """Taking these in flight was no attempt, where at least so many are counted: a transient error came between."""
        await self._connection.execute(_GIVE_BACK, {**_spans(raws), "attempts": attempts})
        await self._connection.execute(_NEVER_TRIED)

    async def left_over(self) -> Mapping[tuple[str, int], int]:
        """What an earlier process had in flight when it ended: the last offset by topic and partition."""
        result = await self._connection.execute(_LEFT_OVER)
        return {(row.topic, row.kafka_partition): row.last_offset for row in result}

    async def begin_reading(self, places: Collection[Place]) -> Mapping[Place, Begun]:
        """Leave a word in each that it is being read: one that still stands when the next reader comes was not taken
        back, since its process ended amid something, or has the partition no more.
        """
        found = await self._connection.execute(_BEGIN_READING, _columns(sorted(places)))
        return {
            (row.topic, row.kafka_partition): Begun(row.word, row.word_before, Left(row.position, row.last_in_flight))
            for row in found
        }

    async def end_reading(self, words: Mapping[Place, datetime]) -> None:
        """Take these words back, and nobody else's."""
        places = sorted(words)
        values = {**_columns(places), "words": [words[place] for place in places]}
        await self._connection.execute(_END_READING, values)

    async def new_among(self, received: Sequence[Received]) -> list[Received]:
        """Enter the events into the inbox; those that have not been handled before, each once, in their order."""
        # In one order, so that of two members with the same events the second waits for the first.
        values = {
            "consumer": self._service,
            "topics": [each.raw.topic for each in received],
            "ids": [each.envelope.id for each in received],
        }
        entered = await self._connection.execute(_NEW_IN_INBOX, values)
        fresh = {(row.topic, row.event_id) for row in entered}
        return each_once(received, fresh)

    async def follow_streams(self, received: Sequence[Received]) -> Followed:
        """Move the last version seen of each aggregate; the gaps that show, and what is seen for the first time, which
        is counted by ``release`` or ``count`` in the same transaction. All are of one topic.
        """
        told = _by_stream(received)
        if not told:
            return Followed()
        topic, streams = received[0].raw.topic, sorted(told)
        before = await self._move_streams(topic, streams, [max(told[stream]) for stream in streams])
        found: list[Gap] = []
        first: list[Received] = []
        for stream in streams:
            known, versions = before.get(stream), told[stream]
            # Of a stream that begins with one event no gap shows.
            if known is not None or len(versions) > 1:
                found.extend(gaps((topic, stream), known, list(versions)))
            first.extend([each for version, each in versions.items() if version > (known or 0)])
        return Followed(found, _by_day(topic, first))

    async def _move_streams(self, topic: str, streams: Sequence[str], versions: Sequence[int]) -> Mapping[str, int]:
        """The version that was seen last before, of each stream that is known."""
        values = {
            "topic": topic,
            "aggregates": array_text(_TEXT, streams),
            "versions": array_text(_BIGINT, versions),
        }
        moved = await self._connection.execute(_SEEN, values)
        return {row.aggregate: row.before for row in moved}

    async def note_totals(self, totals: Sequence[Totals]) -> None:
        """Store what owners say they published, beside what was received."""
        for each in totals:
            await self._connection.execute(_STATE_TOTAL, {"topic": each.raw.topic, **each.totals.model_dump()})

    async def differing_totals(self) -> Sequence[Row[Any]]:
        """The days of which something else was received than published; parked events are counted when replayed."""
        return (await self._connection.execute(_DIFFERING)).all()

    async def note_freshness(
        self, heartbeats: Sequence[ReceivedHeartbeat], raws: Sequence[Raw]
    ) -> Mapping[str, Arrived]:
        """Store up to when each partition is complete, and as ``release``; what has arrived of each topic.

        A heartbeat of an epoch that is over is passed over. What was seen first is not counted here: what waits for a
        topic is woken in between.
        """
        said = _last_said(heartbeats)
        values = {**_spans(raws), **_as_heard(said)}
        found = (await self._connection.execute(_RELEASE_AND_HEAR, values)).all()
        self.seen_life = next(row.life for row in found if row.life is not None)
        heard = {(row.topic, row.kafka_partition): row for row in found if row.is_heard and row.topic is not None}
        before = {(row.topic, row.kafka_partition): row for row in found if not row.is_heard}
        for heartbeat in heartbeats:
            place = (heartbeat.raw.topic, heartbeat.raw.partition)
            if place not in heard or heartbeat.heartbeat.epoch < said[place].epoch:
                metrics.HEARTBEATS_PASSED_OVER.labels(topic=heartbeat.raw.topic, consumer=self._service).inc()
        now = {**before, **heard}
        return {
            topic: Arrived(_complete(topic, before), _complete(topic, now)) for topic in {topic for topic, _ in said}
        }

    async def complete_until(self, topic: str) -> datetime | None:
        """The instant up to which every partition of a topic has arrived here; None while one never had a heartbeat."""
        until: datetime | None = (await self._connection.execute(_COMPLETE, {"topic": topic})).scalar_one()
        return until

    async def known(self, topic: str, readings: Sequence[Reading]) -> Known:
        """What was known of these before. Call it before anything else is locked.

        Where keys of them are held it waits for a replay that is under way, keeps the next one waiting until this
        transaction ends, and looks at all of it again: a replay that took the last of a key away does not come back for
        what is parked behind it afterwards, and what a person discarded meanwhile holds nothing and is not done either.

        What a person discarded or replaced is asked of every event, since what could not be read when it was discarded
        may be readable now: its time has come, or a release knows it. Found by place; the content tells it from another
        record of a topic that was made again. Control records are known by what they say as well: the totals of a day
        are told once, and those of a topic that was made again may stand where an earlier record was parked.
        """
        control = [each.raw for each in readings if isinstance(each, Control)]
        events = [each.raw for each in readings if not isinstance(each, Control)]
        keys = array_text(_TEXT, [raw.key for raw in events])
        values: dict[str, object] = {"topic": topic, "keys": keys, **_spans([each.raw for each in readings])}
        if control:
            values |= {f"control_{name}": column for name, column in _spans(control).items()}
        asked = _KNOWN_OF_ALL if control else _KNOWN_OF_EVENTS
        rows = (await self._connection.execute(asked, values)).all()
        if any(row.digest is None for row in rows):
            await self._connection.execute(_EXCLUDE_REPLAYS, {"name": f"parked/{topic}"})
            rows = (await self._connection.execute(asked, values)).all()
        held = {row.key: row.kafka_offset for row in rows if row.digest is None}
        acted_on = {row.digest for row in rows if row.action is not None}
        dropped = {row.digest for row in rows if row.action not in (None, "replayed")}
        parked = {_as_parked_before(row) for row in rows if row.headers is not None}
        return Known(
            held,
            {raw for raw in events if dropped and fingerprint(raw) in dropped},
            {raw for raw in control if _as_parked(raw) in parked or (acted_on and fingerprint(raw) in acted_on)},
        )

    async def begin_replay(self, topic: str) -> None:
        """Wait for those who are parking behind something of this topic, and keep others from it; call it first."""
        await self._connection.execute(_EXCLUDE_WORKERS, {"name": f"parked/{topic}"})

    async def is_parked(self, topic: str, key: str) -> bool:
        """Whether a fact of this key may be among what waits for a person to look at it."""
        return bool((await self._connection.execute(_IS_PARKED, {"topic": topic, "key": key})).scalar_one())

    async def park(self, aside: Aside) -> bool:
        """Set a record aside with its key, and send a copy to the dead letters in the same transaction.

        False when it was parked already, or discarded. The record is kept whole; its copy is cut where a broker might
        refuse it. Beyond some number, those that hold nothing are not kept.
        """
        raw = aside.raw
        if await self._is_discarded(raw):
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

    async def _is_discarded(self, raw: Raw) -> bool:
        return fingerprint(raw) in set((await self._connection.execute(_DISCARDED, _spans([raw]))).scalars())

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


def _as_parked_before(row: Row[Any]) -> tuple[object, ...]:
    headers = _sorted(orjson.loads(row.headers))
    return row.topic, row.kafka_partition, row.kafka_offset, row.key, headers, row.digest


def _as_parked(raw: Raw) -> tuple[object, ...]:
    headers = _sorted(headers_text(raw.headers))
    return raw.topic, raw.partition, raw.offset, raw.key, headers, hashlib.sha256(raw.payload).digest()


def _sorted(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(headers.items()))


def _last_said(heartbeats: Sequence[ReceivedHeartbeat]) -> dict[Place, Heartbeat]:
    """What is left of several of one partition: the highest epoch, and of that the latest instant."""
    said: dict[Place, Heartbeat] = {}
    for each in sorted(heartbeats, key=lambda each: each.raw.offset):
        place, heartbeat = (each.raw.topic, each.raw.partition), each.heartbeat
        known = said.get(place)
        if known is not None and heartbeat.epoch < known.epoch:
            continue
        if known is not None and heartbeat.epoch == known.epoch and heartbeat.complete_until < known.complete_until:
            heartbeat = heartbeat.model_copy(update={"complete_until": known.complete_until})
        said[place] = heartbeat
    return dict(sorted(said.items()))


def _by_stream(received: Sequence[Received]) -> Mapping[str, Mapping[int, Received]]:
    """By aggregate and version; of what came twice the first. What is stated again moves no stream."""
    told: dict[str, dict[int, Received]] = {}
    for each in received:
        envelope = each.envelope
        if envelope.announcement is None:
            versions = told.get(envelope.subject)
            if versions is None:
                told[envelope.subject] = {envelope.stream_version: each}
            else:
                versions.setdefault(envelope.stream_version, each)
    return told


def _by_day(topic: str, first: Sequence[Received]) -> FirstSeen:
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for day, some in _days_of(first).items():
        found[topic, day] = (len(some), sum([each.event.money_sen for each in some]))
    return found


def _days_of(received: Sequence[Received]) -> Mapping[date, Sequence[Received]]:
    """Nearly always all fall on one day, which is then asked for twice and not of each."""
    times = [each.envelope.time for each in received]
    ends = {business_day(end) for end in (min(times), max(times))} if times else set()
    if len(ends) == 1:
        return {ends.pop(): received}
    found: dict[date, list[Received]] = {}
    for each in received:
        found.setdefault(business_day(each.envelope.time), []).append(each)
    return found


def _as_counted(first_seen: FirstSeen) -> Mapping[str, list[object]]:
    """In the order of the key."""
    days = sorted(first_seen)
    return {
        "counted_topics": [topic for topic, _ in days],
        "counted_days": [day for _, day in days],
        "counted_events": [first_seen[day][0] for day in days],
        "counted_sens": [Decimal(first_seen[day][1]) for day in days],
    }


def _as_heard(said: Mapping[Place, Heartbeat]) -> Mapping[str, list[object]]:
    return {
        "heard_topics": [topic for topic, _ in said],
        "heard_partitions": [partition for _, partition in said],
        "counts": [each.partitions for each in said.values()],
        "epochs": [each.epoch for each in said.values()],
        "untils": [each.complete_until for each in said.values()],
    }


def _complete(topic: str, fresh: Mapping[Place, Row[Any]]) -> datetime | None:
    """As ``_COMPLETE``."""
    rows = [row for (of, _), row in fresh.items() if of == topic]
    enough = bool(rows) and len(rows) >= max(row.partitions for row in rows)
    return min(row.complete_until for row in rows) if enough else None


def _columns(places: Sequence[Place]) -> dict[str, list[object]]:
    return {"topics": [topic for topic, _ in places], "partitions": [partition for _, partition in places]}


def _spans(raws: Sequence[Raw]) -> Mapping[str, list[object]]:
    """First and last offset by topic and partition, as columns in the order of the key."""
    rows = sorted((*place, *span) for place, span in spans(raws).items())
    columns: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(("topics", "partitions", "firsts", "lasts"), columns, strict=True))
