"""What was parked is replayed in order and once, and nothing of it is lost (rules M7)."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from shared.messaging import parking
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer_store import _COPY_LIMIT_BYTES, ConsumerStore
from shared.messaging.parking import Replayed, StillUnreadable, replay_all, replay_key
from shared.messaging.received import Aside, Reading
from shared.messaging.tests.conftest import CAUSE, TOPIC
from shared.messaging.tests.deliveries import (
    Listener,
    Poison,
    event,
    reading_of,
    record,
    started,
)
from shared.messaging.tests.test_consumer_store import gaps_counted
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres


@dataclass
class Parked:
    """A key with four events, the second of them poison, and another key with one; as delivered."""

    listener: Listener
    delivered: list[Reading]

    async def replay(self, key: str = "person:7") -> int:
        return await replay_key(self.listener.database, UnitOfWork, self.listener.both, key)

    async def replay_all(self) -> Replayed:
        return (await replay_all(self.listener.database, UnitOfWork, [self.listener.both]))[0]

    async def deliver_again(self) -> None:
        await (await started(self.listener.database)).handle(self.listener.both, self.delivered)


@pytest.fixture
async def parked(database: Database) -> Parked:
    listener = Listener(database)
    delivered = [event(7, 1, 10), event(7, 2, 11), event(7, 3, 12), event(8, 4, 13), event(7, 5, 14)]
    scene = Parked(listener, delivered)
    listener.faults = {2: Poison(), 4: Poison()}
    await scene.deliver_again()
    assert await listener.parked() == [11, 12, 13, 14]
    return scene


async def check_replay(parked: Parked) -> None:
    """Raises AssertionError for a disorder, a loss or a second effect."""
    parked.listener.faults = {}
    assert await parked.replay() == 3
    assert await parked.listener.reactions() == [1, 2, 3, 5]
    assert (await parked.listener.projected())[7] == 5
    assert await parked.replay_all() == Replayed(TOPIC.name, handled=1, left=0)
    assert await parked.listener.parked() == []
    await parked.deliver_again()
    assert await parked.listener.reactions() == [1, 2, 3, 5, 4]
    assert await parked.listener.parked() == []


async def test_a_key_is_replayed_in_order_and_a_repeat_after_it_does_nothing(parked: Parked) -> None:
    await check_replay(parked)


async def test_replayed_in_any_other_order_the_same_check_is_red(
    parked: Parked, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest_first = str(parking._NEXT).replace("kafka_offset", "kafka_offset DESC")
    monkeypatch.setattr(parking, "_NEXT", text(newest_first))
    with pytest.raises(AssertionError):
        await check_replay(parked)


async def test_what_fails_again_stays_parked_with_what_waits_behind_it(parked: Parked) -> None:
    with pytest.raises(Poison):
        await parked.replay()
    assert await parked.listener.parked() == [11, 12, 13, 14]
    assert await parked.listener.reactions() == [1]


async def test_replaying_all_goes_on_with_the_other_keys_when_one_fails_again(parked: Parked) -> None:
    parked.listener.faults = {2: Poison()}
    assert await parked.replay_all() == Replayed(TOPIC.name, handled=1, left=3)
    assert await parked.listener.parked() == [11, 12, 14]
    parked.listener.faults = {5: Poison()}
    assert await parked.replay_all() == Replayed(TOPIC.name, handled=2, left=1)
    parked.listener.faults = {}
    assert await parked.replay_all() == Replayed(TOPIC.name, handled=1, left=0)
    assert await parked.listener.reactions() == [1, 4, 2, 3, 5]


async def test_a_record_that_still_cannot_be_read_stays_parked(parked: Parked) -> None:
    handler = await started(parked.listener.database)
    await handler.handle(parked.listener.both, [reading_of(record(9, 1, 20, payload=b"{")), event(9, 2, 21)])
    with pytest.raises(StillUnreadable):
        await parked.replay("person:9")
    assert await parked.listener.parked() == [11, 12, 13, 14, 20, 21]


async def test_an_announcement_that_was_parked_reaches_the_projection_only(parked: Parked) -> None:
    handler = await started(parked.listener.database)
    await handler.handle(parked.listener.both, [event(7, 6, 15, run="run-1")])
    parked.listener.faults = {}
    await parked.replay()
    assert await parked.listener.reactions() == [1, 2, 3, 5]
    assert (await parked.listener.projected())[7] == 6


async def test_a_replay_leaves_no_gap_behind_it(parked: Parked) -> None:
    parked.listener.faults = {}
    handler = await started(parked.listener.database)
    await handler.handle(parked.listener.both, [event(7, 6, 15)])
    await parked.replay()
    before = gaps_counted()
    await handler.handle(parked.listener.both, [event(7, 7, 16)])
    assert gaps_counted() == before


async def test_everything_read_again_from_the_start_parks_the_same_and_copies_nothing_twice(parked: Parked) -> None:
    await parked.deliver_again()
    assert await parked.listener.parked() == [11, 12, 13, 14]
    assert await parked.listener.dead_letters() == 4
    assert await parked.listener.reactions() == [1]


async def test_the_copy_carries_the_record_as_it_came_and_why(parked: Parked) -> None:
    copies = await parked.listener.query("SELECT topic, key, headers, payload FROM outbox ORDER BY id LIMIT 1")
    first = parked.delivered[1].raw
    assert (copies[0]["topic"], copies[0]["key"]) == (TOPIC.dead_letter.name, first.key)
    assert copies[0]["payload"] == first.payload
    headers = copies[0]["headers"]
    assert isinstance(headers, dict)
    expected = {name: value.decode() for name, value in first.headers}
    assert headers == {**expected, "x-parked-by": "jobs", "x-parked-reason": "failed: Poison"}


async def test_what_a_worker_parks_while_its_key_is_replayed_is_replayed_too(parked: Parked) -> None:
    """The worker has seen that the key is parked, and has parked nothing behind it yet, when the replay begins."""
    parked.listener.faults = {}
    has_looked, may_go_on = asyncio.Event(), asyncio.Event()

    class LooksAndWaits(BatchHandler[UnitOfWork]):
        async def _set_down(self, store: ConsumerStore, aside: Aside) -> None:
            has_looked.set()
            await may_go_on.wait()
            await super()._set_down(store, aside)

    handler = await started(parked.listener.database, LooksAndWaits)
    working = asyncio.create_task(handler.handle(parked.listener.both, [event(7, 6, 15)]))
    await has_looked.wait()
    replaying = asyncio.create_task(parked.replay_all())
    await asyncio.wait([replaying], timeout=1)
    may_go_on.set()
    await working
    assert await replaying == Replayed(TOPIC.name, handled=5, left=0)
    assert await parked.listener.parked() == []
    assert await parked.listener.reactions() == [1, 2, 3, 5, 6, 4]


async def test_a_worker_that_waited_for_a_replay_looks_again(parked: Parked) -> None:
    """The replay took the last of the key away and does not come back: nothing may be parked behind it any more."""
    handler = await started(parked.listener.database)
    async with parked.listener.database.begin(UnitOfWork, CAUSE) as uow:
        await ConsumerStore(uow.connection, uow.service).begin_replay(TOPIC.name)
        working = asyncio.create_task(handler.handle(parked.listener.both, [event(7, 6, 15)]))
        await eventually(lambda: _waits_for_a_replay(parked))
        await uow.connection.exec_driver_sql("DELETE FROM parked WHERE key = 'person:7'")
    await working
    assert await parked.listener.parked() == [13]
    assert await parked.listener.reactions() == [1, 6]


async def _waits_for_a_replay(parked: Parked) -> bool:
    waiting = await parked.listener.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return bool(waiting)


@pytest.mark.parametrize(
    ("large", "cut"), [("payload", "payload"), ("header", "headers"), ("both", "payload, headers")]
)
async def test_the_copy_of_a_large_record_is_cut_and_says_so(parked: Parked, large: str, cut: str) -> None:
    """What is sent as it came would be too large for a record of the broker; what is parked is whole."""
    size = 2 * _COPY_LIMIT_BYTES
    came = record(9, 1, 20, payload=b"{" * size if large != "header" else b"{")
    if large != "payload":
        came = replace(came, headers=(*came.headers, ("foreign", b"x" * size)))
    handler = await started(parked.listener.database)
    await handler.handle(parked.listener.both, [reading_of(came)])
    [kept] = await parked.listener.query("SELECT headers, payload FROM parked WHERE kafka_offset = 20")
    assert (kept["payload"], kept["headers"]) == (came.payload, {name: value.decode() for name, value in came.headers})
    [copy] = await parked.listener.query("SELECT headers, payload FROM outbox ORDER BY id DESC LIMIT 1")
    assert copy["payload"] == came.payload[:_COPY_LIMIT_BYTES]
    assert isinstance(copy["headers"], dict)
    assert copy["headers"]["x-parked-cut"] == cut
    assert len(str(copy["headers"])) < _COPY_LIMIT_BYTES
