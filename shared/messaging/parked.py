"""What is parked: counted, listed, fixed and discarded, with a record of who did what and why (rules M7, decision 25).

The record only grows: no role that runs may change or delete a row of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import orjson
import structlog
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.received import Fault, Raw, Received, Unreadable, fingerprint, read
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

# Of each partition so many are counted: whoever counts is asked every few seconds, and a foreign client may write
# millions. What such a flood comes before in its own partition is not counted.
MOST_COUNTED = 10_000
# A row for each topic, without a class, and one for each of its classes. The index leads from partition to partition.
COUNTS = f"""
    WITH RECURSIVE place AS (
        (SELECT topic, kafka_partition FROM parked ORDER BY topic, kafka_partition LIMIT 1)
        UNION ALL
        SELECT following.* FROM place CROSS JOIN LATERAL (
            SELECT topic, kafka_partition FROM parked
            WHERE (parked.topic, parked.kafka_partition) > (place.topic, place.kafka_partition)
            ORDER BY topic, kafka_partition LIMIT 1) AS following
    )
    SELECT place.topic, fault, count(*) AS records, count(DISTINCT key) FILTER (WHERE holds) AS keys_held,
           CAST(extract(epoch FROM clock_timestamp() - min(parked_at)) AS double precision) AS oldest_seconds
    FROM place CROSS JOIN LATERAL (
        SELECT fault, key, holds, parked_at FROM parked
        WHERE parked.topic = place.topic AND parked.kafka_partition = place.kafka_partition
        ORDER BY kafka_offset LIMIT {MOST_COUNTED}
    ) AS counted
    GROUP BY GROUPING SETS ((place.topic), (place.topic, fault)) ORDER BY place.topic, fault
"""  # noqa: S608 - a constant
_COUNTS = text(COUNTS)
_HEADS = text("""
    SELECT * FROM (
        SELECT id, topic, key, kafka_partition, kafka_offset, fault, reason, holds, parked_at,
               row_number() OVER same_key AS number, count(*) OVER (PARTITION BY topic, key, holds) - 1 AS behind
        FROM parked WINDOW same_key AS (PARTITION BY topic, key, holds ORDER BY kafka_offset, id)
    ) WHERE number = 1 OR NOT holds ORDER BY topic, id LIMIT :most
""")
_BY_ID = text("SELECT * FROM parked WHERE id = :id")
_REMOVE = text("DELETE FROM parked WHERE id = :id")
_REPLACE = text("""
    UPDATE parked SET payload = :payload, headers = CAST(:headers AS jsonb), fault = :fault, reason = :fault
    WHERE id = :id
""")
_NOTE = text("""
    INSERT INTO parked_action (action, topic, key, kafka_partition, kafka_offset, fault, fingerprint, acted_by, why,
                               headers_before, payload_before)
    VALUES (:action, :topic, :key, :partition, :offset, :fault, :fingerprint, :by, :why,
            CAST(:headers AS jsonb), :payload)
""")
_ACTIONS = text("SELECT * FROM parked_action ORDER BY id DESC LIMIT :most")

log = structlog.get_logger()


class NotDone(RuntimeError):
    """What was asked for a parked record cannot be done; the text says why."""


@dataclass(frozen=True)
class Who:
    """Who acts on a parked record, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class ParkedCount:
    """How much of a topic is parked for one class of fault, and since when."""

    topic: str
    fault: str
    records: int
    keys_held: int
    oldest_seconds: float


@dataclass(frozen=True)
class Head:
    """A parked record that others may wait behind."""

    id: int
    topic: str
    key: str
    kafka_partition: int
    kafka_offset: int
    fault: str
    reason: str
    holds: bool
    parked_at: datetime
    behind: int


async def parked_counts(connection: AsyncConnection) -> list[ParkedCount]:
    """What this service has parked, by topic and class; of a partition at most MOST_COUNTED."""
    return [ParkedCount(**row) for row in (await connection.execute(_COUNTS)).mappings() if row["fault"] is not None]


async def heads(connection: AsyncConnection, most: int) -> list[Head]:
    """The first parked record of each key, and those that hold nothing, the oldest of each topic first."""
    rows = (await connection.execute(_HEADS, {"most": most})).mappings()
    return [Head(**{name: value for name, value in row.items() if name != "number"}) for row in rows]


async def found(connection: AsyncConnection, id_: int) -> RowMapping:
    """One parked record. Raises NotDone where there is none."""
    # A number that no column holds is a number under which nothing is parked.
    is_a_number = 0 < id_ < 2**63
    row = (await connection.execute(_BY_ID, {"id": id_})).mappings().one_or_none() if is_a_number else None
    if row is None:
        raise NotDone(f"nothing is parked under {id_}")
    return row


async def actions(connection: AsyncConnection, most: int) -> Sequence[RowMapping]:
    """What was done to parked records, the newest first."""
    return (await connection.execute(_ACTIONS, {"most": most})).mappings().all()


async def discard(database: Database, unit: type[U], id_: int, who: Who) -> Raw:
    """Take a record away for good: it is passed over wherever it is read again. Raises NotDone."""
    async with database.begin(unit, Cause("discard")) as uow:
        row = await _locked(uow, id_)
        raw = raw_of_row(row)
        reading = read(raw)
        if isinstance(reading, Received):
            # It has arrived and is done with: it leaves no gap and no difference, and no reaction comes of it later.
            store = ConsumerStore(uow.connection, uow.service)
            followed = await store.follow_streams([reading])
            await store.new_among([reading])
            await store.count(followed.first_seen)
        await note_action(uow.connection, "discarded", row, who)
        await remove(uow.connection, row)
    log.warning("parked_discarded", topic=raw.topic, partition=raw.partition, offset=raw.offset, fault=row["fault"])
    return raw


async def fix(database: Database, unit: type[U], id_: int, data: bytes, type_: str | None, who: Who) -> Raw:
    """Correct the data, or the type, of a record that cannot be read; it stays parked until it is replayed.

    What it was is kept for good. Raises NotDone: for what can be read, for what still cannot be read afterwards, and
    for an event that states money, which its owner alone does.
    """
    async with database.begin(unit, Cause("fix")) as uow:
        row = await _locked(uow, id_)
        raw = raw_of_row(row)
        if not isinstance(read(raw), Unreadable):
            raise NotDone("it can be read: what ails it is not in the record")
        headers = {**row["headers"], "ce_type": type_} if type_ else row["headers"]
        fixed = read(replace(raw, payload=data, headers=_headers(headers)))
        if not isinstance(fixed, Received):
            raise NotDone(f"it still cannot be read: {getattr(fixed, 'reason', 'it is no event')}")
        if fixed.event.money_sen:
            raise NotDone("it states money, which its owner alone does: have its owner publish it again")
        values = {"id": id_, "payload": data, "headers": orjson.dumps(headers).decode(), "fault": Fault.FIXED.value}
        await note_action(uow.connection, "fixed", row, who)
        await uow.connection.execute(_REPLACE, values)
    log.warning("parked_fixed", topic=raw.topic, partition=raw.partition, offset=raw.offset, fault=row["fault"])
    return raw


async def note_action(connection: AsyncConnection, action: str, row: RowMapping, who: Who) -> None:
    """Write down what is done to a parked record, and what it was where that is changed."""
    changed = action == "fixed"
    values = {
        "action": action,
        "topic": row["topic"],
        "key": row["key"],
        "partition": row["kafka_partition"],
        "offset": row["kafka_offset"],
        "fault": row["fault"],
        "fingerprint": fingerprint(raw_of_row(row)),
        "by": who.name,
        "why": who.reason,
        "headers": orjson.dumps(row["headers"]).decode() if changed else None,
        "payload": row["payload"] if changed else None,
    }
    await connection.execute(_NOTE, values)


async def remove(connection: AsyncConnection, row: RowMapping) -> None:
    """Take it out of what is parked."""
    await connection.execute(_REMOVE, {"id": row["id"]})


def raw_of_row(row: RowMapping) -> Raw:
    """The record as it came."""
    headers = row["headers"] if isinstance(row["headers"], dict) else orjson.loads(row["headers"])
    return Raw(
        topic=row["topic"],
        partition=row["kafka_partition"],
        offset=row["kafka_offset"],
        key=row["key"],
        headers=_headers(headers),
        payload=row["payload"],
    )


def _headers(headers: Mapping[str, str]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode()) for name, value in headers.items())


async def _locked(uow: UnitOfWork, id_: int) -> RowMapping:
    """The record, with workers and other people kept from its topic."""
    topic = (await found(uow.connection, id_))["topic"]
    await ConsumerStore(uow.connection, uow.service).begin_replay(topic)
    return await found(uow.connection, id_)
