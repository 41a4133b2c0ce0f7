"""The consumer store's statements and their model in the simulation answer alike, and leave the same rows behind."""

import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from shared.contracts.heartbeat import Heartbeat
from shared.messaging.consumer_core import Gap, Left, Place
from shared.messaging.consumer_store import Begun, ConsumerStore, Followed
from shared.messaging.received import Aside, Fault, Raw, Received, ReceivedHeartbeat
from shared.messaging.tests.conftest import CAUSE, TOPIC
from shared.messaging.tests.deliveries import event, record
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.rows import rows
from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Clock
from tests.prove.simulation.database import Database as DatabaseModel
from tests.prove.simulation.tables import ConsumerStoreModel

pytestmark = pytest.mark.postgres
NOON = datetime(2026, 7, 15, 4, tzinfo=UTC)
OPERATIONS = 250

Operation = Callable[[Any], Awaitable[Any]]


class RolledBack(Exception):
    """This transaction was not to be."""


def at_once(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; nobody else is there to be waited for."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value


def chosen(chance: random.Random, events: list[Received]) -> tuple[str, Operation]:
    """One statement with arguments that meet again and again."""
    first = chance.randrange(6)
    raws = [_raw(chance.randrange(2), offset) for offset in range(first, first + 1 + chance.randrange(3))]
    some, attempts = chance.sample(events, 3), 1 + chance.randrange(2)
    heartbeat = _heartbeat(chance)
    raw = _record(chance.randrange(2), chance.randrange(8))
    operations: dict[str, Operation] = {
        "take": lambda store: store.take_in_flight(raws),
        "release": lambda store: store.release(raws),
        "give back": lambda store: store.give_back(raws, attempts),
        "left over": lambda store: store.left_over(),
        "inbox": lambda store: store.new_among(some),
        "park": lambda store: store.park(Aside(raw, Fault.FAILED)),
        "known": lambda store: store.known(TOPIC.name, some),
        "begin": lambda store: _left(store.begin_reading({(TOPIC.name, 0), (TOPIC.name, 1)})),
        "positions": lambda store: store.positions(),
        "turn back": lambda store: store.turn_back({(TOPIC.name, 0): first}),
        "follow": lambda store: _gaps(store.follow_streams(some)),
        "fresh": lambda store: store.note_freshness([heartbeat], raws),
        "complete": lambda store: store.complete_until(TOPIC.name),
    }
    name = chance.choice(sorted(operations))
    return name, operations[name]


async def _gaps(followed: Awaitable[Followed]) -> Sequence[Gap]:
    """The model counts nothing by day."""
    return (await followed).gaps


async def _left(begun: Awaitable[Mapping[Place, Begun]]) -> dict[Place, tuple[bool, Left]]:
    """How each partition stands, and whether a word of another stood there: words themselves differ."""
    return {place: (each.word_before is not None, each.left) for place, each in (await begun).items()}


@cache
def _record(partition: int, offset: int) -> Raw:
    """The record of a place: no topic is made again in the model."""
    return record(1 + offset % 3, 1, offset, partition=partition)


def _raw(partition: int, offset: int) -> Raw:
    return Raw(TOPIC.name, partition, offset, "person:1", (), b"")


def _heartbeat(chance: random.Random) -> ReceivedHeartbeat:
    until = NOON + timedelta(minutes=chance.randrange(9))
    said = Heartbeat(epoch=1 + chance.randrange(2), partitions=2, last_offset=-1, complete_until=until)
    return ReceivedHeartbeat(_raw(chance.randrange(2), 9), said)


async def _really(database: Database, operation: Operation, fails: bool) -> Any:
    try:
        async with database.begin(UnitOfWork, CAUSE) as uow:
            answer = await operation(ConsumerStore(uow.connection, uow.service))
            if fails:
                raise RolledBack
            return answer
    except RolledBack:
        return answer


async def _modelled(database: DatabaseModel, operation: Operation, fails: bool) -> Any:
    try:
        async with database.begin() as uow:
            answer = await operation(ConsumerStoreModel(uow))
            if fails:
                raise RolledBack
            return answer
    except RolledBack:
        return answer


async def test_the_consumer_store_and_its_model_answer_alike(database: Database) -> None:
    chance = random.Random(20260715)
    events = [event(1 + number % 3, 1 + chance.randrange(5), number) for number in range(9)]
    clock = Clock(lambda _process, _at: 0.0)
    quiet = Chance(0, clock.note)
    quiet.quiet = True
    model = DatabaseModel(clock, quiet, "model")
    received = [each for each in events if isinstance(each, Received)]
    for number in range(OPERATIONS):
        name, operation = chosen(chance, received)
        fails = chance.random() < 0.1
        real, modelled = await _really(database, operation, fails), at_once(_modelled(model, operation, fails))
        assert real == modelled, f"{number}: {name}"
    async with database.begin(UnitOfWork, CAUSE) as uow:
        held = await rows(uow.connection, "SELECT * FROM in_flight")
        parked = await rows(uow.connection, "SELECT * FROM parked")
        letters = await rows(uow.connection, "SELECT * FROM outbox")
    assert {(row["kafka_partition"], row["first_offset"], row["attempts"]) for row in held} == {
        (place[1], first, row.attempts) for (place, first), row in model.table("in_flight").items()
    }
    assert {(row["kafka_partition"], row["kafka_offset"]) for row in parked} == {
        (partition, offset) for _, partition, offset in model.table("parked")
    }
    assert len(letters) == len(model.table("dead_letters")) > 0
