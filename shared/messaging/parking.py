"""Replays what was parked: the records of a key in their order, each like a fresh one (rules M7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson
import structlog
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.received import Raw, Received, Unreadable, read
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

_NEXT = text("SELECT * FROM parked WHERE topic = :topic AND key = :key ORDER BY kafka_offset LIMIT 1")
_KEYS = text("SELECT DISTINCT key FROM parked WHERE topic = :topic ORDER BY key")
_REMOVE = text("DELETE FROM parked WHERE id = :id")
_LEFT = text("SELECT count(*) FROM parked WHERE topic = :topic")

log = structlog.get_logger()


class StillUnreadable(RuntimeError):
    """A parked record that no release could read yet: it stays parked, and its key with it."""


@dataclass(frozen=True)
class Replayed:
    """What came of replaying a topic: the records that were handled, and those that are still parked."""

    topic: str
    handled: int
    left: int


async def replay_all(database: Database, unit: type[U], subscriptions: Sequence[Subscription[U]]) -> list[Replayed]:
    """Replay all that a service parked, while its worker runs or not. Raises transient errors only.

    A key whose first record fails again stays parked, and the others go on. What a worker parks behind a key while that
    key is being replayed is taken in the next round, so it ends when a round handled nothing.
    """
    return [await _drain(database, unit, subscription) for subscription in subscriptions]


async def _drain(database: Database, unit: type[U], subscription: Subscription[U]) -> Replayed:
    handled, round_ = 0, -1
    while round_ != 0:
        round_ = 0
        for key in await _keys(database, unit, subscription):
            try:
                while await _replay_next(database, unit, subscription, key):
                    round_ += 1
            except Exception as reason:
                if is_transient(reason):
                    raise
                log.error("replay_failed", topic=subscription.topic, key=key, error=type(reason).__name__)
        handled += round_
    async with database.begin(unit, Cause("replay")) as uow:
        left = (await uow.connection.execute(_LEFT, {"topic": subscription.topic})).scalar_one()
    return Replayed(subscription.topic, handled, left)


async def _keys(database: Database, unit: type[U], subscription: Subscription[U]) -> list[str]:
    async with database.begin(unit, Cause("replay")) as uow:
        return [row.key for row in await uow.connection.execute(_KEYS, {"topic": subscription.topic})]


async def replay_key(database: Database, unit: type[U], subscription: Subscription[U], key: str) -> int:
    """Replay the parked records of one key in order, each in a transaction of its own; how many were handled."""
    handled = 0
    while await _replay_next(database, unit, subscription, key):
        handled += 1
    return handled


async def _replay_next(database: Database, unit: type[U], subscription: Subscription[U], key: str) -> bool:
    async with database.begin(unit, Cause("replay")) as uow:
        await ConsumerStore(uow.connection, uow.service).begin_replay(subscription.topic)
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
    store = ConsumerStore(uow.connection, uow.service)
    await store.follow_streams([received])
    uow.cause = received.envelope.cause
    if subscription.apply is not None:
        await subscription.apply([received.event], uow)
    republished = received.envelope.announcement is not None
    if subscription.handle is None or republished:
        return
    if await store.is_new(received):
        await subscription.handle(received.event, uow)
