"""What was announced on a day is held against what was received (rules M5)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.heartbeat import DailyTotals
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.topics import physical
from shared.kernel.clock import BUSINESS_ZONE, today
from shared.kernel.subjects import Subject
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import raw_of
from shared.messaging.consumer_store import ConsumerStore, freshness
from shared.messaging.parking import replay_key
from shared.messaging.publisher import Publisher
from shared.messaging.received import Reading, Totals, read
from shared.messaging.relay import Relay
from shared.messaging.relay_core import BusinessDays
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed
from shared.messaging.tests.deliveries import Listener, Poison, Waits, event, heartbeat, started
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.clock import BusinessClock
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


async def test_a_day_that_is_over_is_told_once(
    platform: TestDatabase, database: Database, broker: Broker, topic_prefix: str
) -> None:
    """Three events of yesterday, one of today, and an announcement, which is no news."""
    async with database.begin(UnitOfWork, CAUSE) as uow:
        for number in range(4):
            uow.publish(placed(number + 1))
        uow.republish("run", [placed(9)])
    relay = Relay(platform.url("worker"), "jobs", Publisher(broker.bootstrap, "t"), (TOPIC,), topic_prefix)
    async with platform.connection() as bare:
        await bare.execute("UPDATE outbox SET day = day - 1 WHERE day IS NOT NULL AND id <= 3")
        while await relay.relay_batches(bare):
            continue
        await relay.heartbeat(bare)
        relay.totals_stated = None
        await relay.heartbeat(bare)
        found = await control_messages(broker, topic_prefix)
    await relay.publisher.close()
    assert found == [DailyTotals(day=today() - timedelta(days=1), events=3, money_sen=0)]


async def test_a_day_that_the_clock_is_moved_over_is_told_once_and_with_all_its_events(
    platform: TestDatabase, database: Database, broker: Broker, topic_prefix: str, business_clock: BusinessClock
) -> None:
    """A transaction of the day is still open when the clock is moved by a month; the database's day never ends."""
    business_clock.set_day(2030, 7, 15)
    day = today()
    relay = Relay(platform.url("worker"), "jobs", Publisher(broker.bootstrap, "t"), (TOPIC,), topic_prefix)

    async def relayed(bare: asyncpg.Connection) -> list[str]:
        """The days whose totals are stated once all is sent that can be."""
        while await relay.relay_batches(bare):
            continue
        await relay.heartbeat(bare)
        return [str(row["day"]) for row in await bare.fetch("SELECT day FROM totals_sent ORDER BY 1")]

    async with platform.connection() as bare:
        async with database.begin(UnitOfWork, CAUSE) as early:
            early.publish(placed(1))
        assert await relayed(bare) == []
        async with database.begin(UnitOfWork, CAUSE) as late:
            late.publish(placed(2))
            await late.flush()
            business_clock.advance(days=30)
            assert await relayed(bare) == []
        assert await relayed(bare) == [str(day)]
        async with database.begin(UnitOfWork, CAUSE) as uow:
            uow.publish(placed(3))
        assert await relayed(bare) == [str(day)]
        business_clock.advance(days=1)
        assert await relayed(bare) == [str(day), str(day + timedelta(days=30))]
        found = await control_messages(broker, topic_prefix)
    await relay.publisher.close()
    assert [(each.day, each.events) for each in found] == [(day, 2), (day + timedelta(days=30), 1)]


def test_a_day_is_not_over_while_another_service_may_still_be_in_it() -> None:
    """Clocks may differ by two seconds (rules M5)."""
    midnight, days = datetime(2026, 8, 1, tzinfo=BUSINESS_ZONE), BusinessDays()
    for seconds, over in ((-1, date(2026, 7, 31)), (1, date(2026, 7, 31)), (3, date(2026, 8, 1))):
        read = midnight + timedelta(seconds=seconds)
        days.both_clocks(read, read)
        assert days.over_before(read) == over


def test_a_later_reading_does_not_put_off_the_end_of_a_day() -> None:
    """With writers all the time the watermark never reaches the last reading; that of the day's first is enough."""
    begun, days = datetime(2026, 8, 1, 12, tzinfo=BUSINESS_ZONE), BusinessDays()
    for minutes in range(5):
        read = begun + timedelta(minutes=minutes)
        days.both_clocks(read, read)
        assert days.over_before(begun - timedelta(minutes=1)) is None
    assert days.over_before(begun) == date(2026, 8, 1)


async def control_messages(broker: Broker, prefix: str) -> list[DailyTotals]:
    consumer = AIOKafkaConsumer(
        physical(TOPIC.name, prefix), bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[DailyTotals] = []
    quiet = 0
    while quiet < 3:
        records = await consumer.getmany(timeout_ms=300)
        quiet = 0 if records else quiet + 1
        for record in (record for batch in records.values() for record in batch):
            reading = read(raw_of(record, TOPIC.name))
            if isinstance(reading, Totals):
                found.append(reading.totals)
    await consumer.stop()
    return found


async def test_a_difference_shows_and_repeats_are_not_counted(platform: TestDatabase, database: Database) -> None:
    listener = Listener(database)
    delivered: list[Reading] = [event(1, 1, 0), event(1, 2, 1), event(2, 1, 2)]
    handler = await started(database)
    await handler.handle(listener.both, delivered)
    await handler.handle(listener.both, delivered)
    assert await differing(listener, stated(3, offset=3)) == []
    assert await differing(listener, stated(4, offset=4)) == [(3, 4)]


def stated(events: int, offset: int) -> Totals:
    raw = event(1, 1, offset).raw
    return Totals(raw, DailyTotals(day=today(), events=events, money_sen=0))


async def differing(listener: Listener, totals: Totals) -> list[tuple[int, int]]:
    handler = await started(listener.database)
    await handler.handle(listener.both, [totals])
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        found = await ConsumerStore(uow.connection, "jobs").differing_totals()
    return [(row.events, row.stated_events) for row in found]


@pytest.mark.parametrize("known", [False, True])
async def test_what_two_members_handle_at_once_is_counted_once(
    platform: TestDatabase, database: Database, known: bool
) -> None:
    """As in the moment of a rebalance; both have begun to count before either can write it down."""
    listener = Listener(database)
    async with platform.connection() as bare:
        one, other = await started(database), await started(database)
        if known:
            await one.handle(listener.both, [event(1, 1, 0), event(2, 1, 1)])
        delivered = [event(1, 2, 2), event(2, 2, 3), event(1, 3, 4)]
        async with bare.transaction():
            await bare.execute("LOCK TABLE daily_total")
            members = [asyncio.create_task(each.handle(listener.both, delivered)) for each in (one, other)]
            await eventually(lambda: _waiting(platform, len(members)))
        await asyncio.gather(*members)
        assert await differing(listener, stated(5 if known else 3, offset=5)) == []


async def test_two_members_of_a_topic_do_not_wait_for_each_others_reactions(database: Database) -> None:
    """Each counts on the same day, and so in the same row."""
    slow, other = Waits(database), Listener(database)
    handling = asyncio.create_task((await started(database)).handle(slow.both, [event(1, 1, 0)]))
    await slow.under_way.wait()
    await asyncio.wait_for((await started(database)).handle(other.both, [event(2, 1, 0, partition=1)]), 20)
    slow.gate.set()
    await handling
    assert await differing(other, stated(2, offset=1)) == []


@dataclass(frozen=True)
class LookAgain:
    """What waits for the topic to arrive, and for a person."""


PERSON = Subject.of("person", 1)


@dataclass
class Wakes(Listener):
    """Its projection wakes what waits for its person, and then waits for its gate."""

    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def apply(self, events: Sequence[PlacementConfirmedV1], uow: UnitOfWork) -> None:
        await super().apply(events, uow)
        await uow.due.wake({PERSON})
        self.under_way.set()
        await self.gate.wait()


NOON = datetime(2026, 7, 15, 4, tzinfo=UTC)


async def waiting_for_arrival(database: Database) -> BatchHandler[UnitOfWork]:
    """A member whose next heartbeat of the first partition wakes what waits for it."""
    async with database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(LookAgain(), {PERSON, freshness(TOPIC.name)}, deadline=None)
    member, until = await started(database), NOON + timedelta(minutes=5)
    await member.handle(Listener(database).both, [heartbeat(0, 0, NOON), heartbeat(1, 0, until)])
    return member


async def test_a_member_that_waits_to_wake_due_work_holds_up_no_other(
    platform: TestDatabase, database: Database
) -> None:
    """A runner has what waits for the topic's arrival; a heartbeat comes in one batch with an event."""
    member, listener = await waiting_for_arrival(database), Listener(database)
    delivered = [event(2, 1, 1), heartbeat(0, 2, NOON + timedelta(minutes=1))]
    async with platform.connection() as runner:
        async with runner.transaction():
            await runner.execute("SELECT FROM due_work FOR UPDATE")
            handling = asyncio.create_task(member.handle(listener.both, delivered))
            await eventually(lambda: _waiting(platform, 1))
            counting = (await started(database)).handle(listener.both, [event(3, 1, 1, partition=1)])
            await asyncio.wait_for(counting, 5)
        await handling
    assert await differing(listener, stated(2, offset=3)) == []


@pytest.mark.parametrize("replayed", [False, True])
async def test_two_that_wake_the_same_and_count_on_the_same_day_end_both(
    platform: TestDatabase, database: Database, replayed: bool
) -> None:
    """One by its heartbeat, the other in its projection; PostgreSQL would end one of them as a deadlock."""
    member, listener, waking = await waiting_for_arrival(database), Listener(database), Wakes(database)
    moved, other = event(1, 1, 1, partition=1), await started(database)
    first: asyncio.Task[object]
    if replayed:
        await other.handle(Listener(database, {1: Poison()}).both, [moved])
        first = asyncio.create_task(replay_key(database, UnitOfWork, waking.both, moved.raw.key))
    else:
        first = asyncio.create_task(other.handle(waking.both, [moved]))
    await waking.under_way.wait()
    delivered = [event(2, 1, 1), heartbeat(0, 2, NOON + timedelta(minutes=1))]
    second = asyncio.create_task(member.handle(listener.both, delivered))
    await eventually(lambda: _waiting(platform, 1))
    waking.gate.set()
    await asyncio.gather(first, second)
    assert await differing(listener, stated(2, offset=3)) == []


async def _waiting(platform: TestDatabase, sessions: int) -> bool:
    async with platform.connection() as looking:
        waiting = await looking.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return bool(waiting == sessions)
