"""Replays what was parked: the records of a key in their order, each like a fresh one (rules M7)."""

from typing import TypeVar

import orjson
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.messaging.journal import Journal
from shared.messaging.received import Raw, Received, Unreadable, read
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

_NEXT = text("SELECT * FROM parked WHERE topic = :topic AND key = :key ORDER BY kafka_offset LIMIT 1 FOR UPDATE")
_KEYS = text("SELECT DISTINCT key FROM parked WHERE topic = :topic ORDER BY key")
_REMOVE = text("DELETE FROM parked WHERE id = :id")


class StillUnreadable(RuntimeError):
    """A parked record that no release could read yet: it stays parked, and its key with it."""


async def replay_topic(database: Database, unit: type[U], subscription: Subscription[U]) -> int:
    """Replay every parked key of a topic; how many records were handled. Raises what the first failing one raises."""
    async with database.begin(unit, Cause("replay")) as uow:
        keys = [row.key for row in await uow.connection.execute(_KEYS, {"topic": subscription.topic})]
    return sum([await replay_key(database, unit, subscription, key) for key in keys])


async def replay_key(database: Database, unit: type[U], subscription: Subscription[U], key: str) -> int:
    """Replay the parked records of one key in order, each in a transaction of its own; how many were handled."""
    handled = 0
    while await _replay_next(database, unit, subscription, key):
        handled += 1
    return handled


async def _replay_next(database: Database, unit: type[U], subscription: Subscription[U], key: str) -> bool:
    async with database.begin(unit, Cause("replay")) as uow:
        result = await uow.connection.execute(_NEXT, {"topic": subscription.topic, "key": key})
        row = result.mappings().one_or_none()
        if row is None:
            return False
        headers = row["headers"] if isinstance(row["headers"], dict) else orjson.loads(row["headers"])
        raw = Raw(
            topic=row["topic"],
            partition=row["kafka_partition"],
            offset=row["kafka_offset"],
            key=row["key"],
            headers=tuple((name, value.encode()) for name, value in headers.items()),
            payload=row["payload"],
        )
        reading = read(raw)
        if isinstance(reading, Unreadable):
            raise StillUnreadable(f"{raw.topic}/{raw.partition} at {raw.offset}: {reading.reason}")
        if isinstance(reading, Received):
            await _handle(uow, subscription, reading)
        await uow.connection.execute(_REMOVE, {"id": row["id"]})
        return True


async def _handle(uow: U, subscription: Subscription[U], received: Received) -> None:
    journal = Journal(uow.connection, uow.service)
    await journal.follow_streams([received])
    uow.cause = received.envelope.cause
    if subscription.apply is not None:
        await subscription.apply(uow, [received.event])
    announced = received.envelope.announcement is not None
    if subscription.handle is None or announced:
        return
    if await journal.is_new(received):
        await subscription.handle(uow, received.event)
