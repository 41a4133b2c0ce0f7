"""Replays what was parked: the records of a key in their order, each like a fresh one (rules M7)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy import RowMapping, text

from shared.contracts.envelope import Cause
from shared.messaging.consumer_store import ConsumerStore
from shared.messaging.parked import Who, note_action, raw_of_row, remove
from shared.messaging.received import Fault, Received, Unreadable, read
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

_NEXT = text("SELECT * FROM parked WHERE topic = :topic AND key = :key AND holds ORDER BY kafka_offset, id LIMIT 1")
_BY_ID = text("SELECT * FROM parked WHERE topic = :topic AND id = :id")
_KEYS = text("SELECT DISTINCT key FROM parked WHERE topic = :topic AND holds ORDER BY key")
_HOLDING_NOTHING = text("SELECT id FROM parked WHERE topic = :topic AND NOT holds ORDER BY id")
_LEFT = text("SELECT count(*) FROM parked WHERE topic = :topic")
# The first of each key, where it waits for a release that knows it; and what waits for such a release by itself.
_WAITS_FOR_A_RELEASE = text("""
    SELECT * FROM (SELECT DISTINCT ON (key) * FROM parked WHERE topic = :topic AND holds ORDER BY key, kafka_offset, id)
    WHERE fault = 'unknown_version'
    UNION ALL SELECT * FROM parked WHERE topic = :topic AND NOT holds AND fault = 'unknown_type'
    ORDER BY id
""")
_SET_FAULT = text("UPDATE parked SET fault = :fault WHERE id = :id")

_REPLAYED = Who("replay", "replayed all that was parked")
_RELEASED = Who("release", "this release can read it")

log = structlog.get_logger()


class StillUnreadable(RuntimeError):
    """A parked record that no release could read yet: it stays parked, and its key with it."""


@dataclass(frozen=True)
class Replayed:
    """What came of replaying a topic: the records that were handled, and those that are still parked."""

    topic: str
    handled: int
    left: int


async def replay_all(
    database: Database, unit: type[U], subscriptions: Sequence[Subscription[U]], who: Who = _REPLAYED
) -> list[Replayed]:
    """Replay all that a service parked, while its worker runs or not. Raises transient errors only.

    A key whose first record fails again stays parked, and the others go on. What a worker parks behind a key while that
    key is being replayed is taken in the next round, so it ends when a round handled nothing.
    """
    return [await _drain(database, unit, subscription, who) for subscription in subscriptions]


async def _drain(database: Database, unit: type[U], subscription: Subscription[U], who: Who) -> Replayed:
    handled, round_ = 0, -1
    while round_ != 0:
        keys, by_itself = await _waiting(database, unit, subscription)
        round_ = sum([await replay_while_it_goes(database, unit, subscription, key, who) for key in keys])
        round_ += sum([await _replay_by_itself(database, unit, subscription, id_, who) for id_ in by_itself])
        handled += round_
    async with database.begin(unit, Cause("replay")) as uow:
        left = (await uow.connection.execute(_LEFT, {"topic": subscription.topic})).scalar_one()
    return Replayed(subscription.topic, handled, left)


async def _waiting(
    database: Database, unit: type[U], subscription: Subscription[U]
) -> tuple[Sequence[str], Sequence[int]]:
    """The keys of which something waits in order, and the records that wait by themselves."""
    async with database.begin(unit, Cause("replay")) as uow:
        keys = (await uow.connection.execute(_KEYS, {"topic": subscription.topic})).scalars().all()
        by_itself = (await uow.connection.execute(_HOLDING_NOTHING, {"topic": subscription.topic})).scalars().all()
    return keys, by_itself


async def replay_key(
    database: Database, unit: type[U], subscription: Subscription[U], key: str, who: Who = _REPLAYED
) -> int:
    """Replay the parked records of one key in order, each in a transaction of its own; how many were handled.

    Raises what the first that fails again raises.
    """
    handled = 0
    while await _replay_next(database, unit, subscription, key, who):
        handled += 1
    return handled


async def replay_while_it_goes(
    database: Database, unit: type[U], subscription: Subscription[U], key: str, who: Who
) -> int:
    """As ``replay_key``, up to the first record that fails again, which is logged. Raises transient errors only."""
    handled = 0
    try:
        while await _replay_next(database, unit, subscription, key, who):
            handled += 1
    except Exception as reason:
        if is_transient(reason):
            raise
    return handled


async def replay_by_id(
    database: Database, unit: type[U], subscription: Subscription[U], row: RowMapping, who: Who
) -> int:
    """Replay the key of this record as far as it goes, or the record alone where it holds nothing; how many went."""
    if row["holds"]:
        return await replay_while_it_goes(database, unit, subscription, row["key"], who)
    return int(await _replay_by_itself(database, unit, subscription, row["id"], who))


async def replay_understood(
    database: Database, unit: type[U], subscriptions: Sequence[Subscription[U]], stop: asyncio.Event
) -> None:
    """Replay what waited for a release that knows it, where this one does. Raises transient errors only.

    Each is tried once: what fails now, or ends this process, waits for a person like everything else.
    """
    for subscription in subscriptions:
        async with database.begin(unit, Cause("replay")) as uow:
            rows = (await uow.connection.execute(_WAITS_FOR_A_RELEASE, {"topic": subscription.topic})).mappings().all()
        for row in rows:
            if not stop.is_set() and not isinstance(read(raw_of_row(row)), Unreadable):
                await _try_once(database, unit, subscription, row)


async def _try_once(database: Database, unit: type[U], subscription: Subscription[U], row: RowMapping) -> None:
    await _set_fault(database, unit, row["id"], Fault.FAILED)
    try:
        await replay_by_id(database, unit, subscription, row, _RELEASED)
    except Exception:
        # Transient: this was no try.
        await _set_fault(database, unit, row["id"], row["fault"])
        raise


async def _set_fault(database: Database, unit: type[U], id_: int, fault: str) -> None:
    async with database.begin(unit, Cause("replay")) as uow:
        await uow.connection.execute(_SET_FAULT, {"id": id_, "fault": str(fault)})


async def _replay_next(database: Database, unit: type[U], subscription: Subscription[U], key: str, who: Who) -> bool:
    async with database.begin(unit, Cause("replay")) as uow:
        await ConsumerStore(uow.connection, uow.service).begin_replay(subscription.topic)
        found = await uow.connection.execute(_NEXT, {"topic": subscription.topic, "key": key})
        return await _replay(uow, subscription, found.mappings().one_or_none(), who)


async def _replay_by_itself(
    database: Database, unit: type[U], subscription: Subscription[U], id_: int, who: Who
) -> bool:
    try:
        async with database.begin(unit, Cause("replay")) as uow:
            await ConsumerStore(uow.connection, uow.service).begin_replay(subscription.topic)
            found = await uow.connection.execute(_BY_ID, {"topic": subscription.topic, "id": id_})
            return await _replay(uow, subscription, found.mappings().one_or_none(), who)
    except Exception as reason:
        if is_transient(reason):
            raise
        return False


async def _replay(uow: U, subscription: Subscription[U], row: RowMapping | None, who: Who) -> bool:
    """Handle the record like a fresh one, and take it away; False where there is none."""
    if row is None:
        return False
    place = {"topic": row["topic"], "partition": row["kafka_partition"], "offset": row["kafka_offset"]}
    try:
        reading = read(raw_of_row(row))
        if isinstance(reading, Unreadable):
            raise StillUnreadable(reading.reason)
        if isinstance(reading, Received):
            await _handle(uow, subscription, reading)
    except Exception as reason:
        if not is_transient(reason):
            log.error("replay_failed", **place, fault=row["fault"], error=type(reason).__name__)
        raise
    await note_action(uow.connection, "replayed", row, who)
    await remove(uow.connection, row)
    return True


async def _handle(uow: U, subscription: Subscription[U], received: Received) -> None:
    store = ConsumerStore(uow.connection, uow.service)
    followed = await store.follow_streams([received])
    if subscription.wants(received.event):
        await _do(uow, subscription, received)
    await store.count(followed.first_seen)


async def _do(uow: U, subscription: Subscription[U], received: Received) -> None:
    uow.cause = received.envelope.cause
    if subscription.apply is not None:
        await subscription.apply([received.event], uow)
    republished = received.envelope.announcement is not None
    if subscription.handle is None or republished:
        return
    if await ConsumerStore(uow.connection, uow.service).new_among([received]):
        await subscription.handle(received.event, uow)
