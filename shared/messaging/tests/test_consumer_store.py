"""What a consumer writes down of its reading: work in flight, versions of streams, freshness (rules M3, M5, M7)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from shared.kernel.clock import system_now
from shared.kernel.subjects import Subject
from shared.messaging import consumer_store as store_module
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer_core import ATTEMPTS
from shared.messaging.consumer_store import ConsumerStore, freshness
from shared.messaging.freshness import NothingKnown, forget
from shared.messaging.parked import Who
from shared.messaging.received import Reading, Received, ReceivedHeartbeat
from shared.messaging.tests.conftest import CAUSE, TOPIC
from shared.messaging.tests.deliveries import (
    Listener,
    Poison,
    ProcessEnds,
    event,
    heartbeat,
    started,
)
from shared.persistence.due_work import DueWork
from shared.persistence.engine import Database
from shared.persistence.life import DatabaseChanged
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics
from shared.testing.servers import TestDatabase

pytestmark = pytest.mark.postgres
NOON = datetime(2026, 7, 15, 4, tzinfo=UTC)
_PLANS = text("""
    SELECT generic_plans, custom_plans FROM pg_prepared_statements
    WHERE statement LIKE '%FROM parked_action%' AND statement NOT LIKE '%pg_prepared_statements%'
""")


def at(received: Reading, time: datetime) -> Received:
    """The event as its owner would have stamped it then."""
    assert isinstance(received, Received)
    return replace(received, envelope=received.envelope._replace(time=time))


@pytest.fixture
async def listener(database: Database) -> Listener:
    return Listener(database)


class CountsEveryTake(BatchHandler[UnitOfWork]):
    """The bug: what a transient error interrupted counts as if it had ended the process."""

    async def start(self) -> None:
        self._core.interrupted.clear()
        await super().start()


async def check_that_transient_errors_never_count(listener: Listener, kind: type[BatchHandler[UnitOfWork]]) -> None:
    """A real lock time-out and a broken connection, more often than there are attempts; then it passes."""
    delivered = [event(1, 1, 0)]
    handler = await started(listener.database, kind)
    async with listener.database.begin(UnitOfWork, CAUSE) as other:
        await other.connection.exec_driver_sql("LOCK TABLE reaction")
        listener.before_reacting = "SET LOCAL lock_timeout = '20ms'"
        for _ in range(ATTEMPTS):
            with pytest.raises(Exception, match="lock timeout"):
                await handler.handle(listener.both, delivered)
            await handler.start()
    listener.faults = {1: ConnectionResetError("the database went away")}
    for _ in range(ATTEMPTS):
        with pytest.raises(ConnectionResetError):
            await handler.handle(listener.both, delivered)
        await handler.start()
    listener.faults = {}
    await handler.handle(listener.both, delivered)
    assert (await listener.reactions(), await listener.parked(), await listener.in_flight()) == ([1], [], [])


async def test_a_fault_that_passes_never_counts_as_an_attempt(listener: Listener) -> None:
    await check_that_transient_errors_never_count(listener, BatchHandler)


async def test_counted_as_attempts_the_same_check_is_red(listener: Listener) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await check_that_transient_errors_never_count(listener, CountsEveryTake)


async def test_a_fault_that_passes_between_real_failures_takes_none_of_them_back(listener: Listener) -> None:
    listener.faults = {1: Poison()}
    handler = await started(listener.database)
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        await ConsumerStore(uow.connection, listener.database.service).take_in_flight([event(1, 1, 0).raw])
    await handler.start()
    listener.faults = {1: TimeoutError()}
    with pytest.raises(TimeoutError):
        await handler.handle(listener.both, [event(1, 1, 0)])
    await handler.start()
    assert await listener.in_flight() == [{"first_offset": 0, "last_offset": 0, "attempts": 1}]


class ForgetsWhatWasInFlight(BatchHandler[UnitOfWork]):
    """The bug: a fresh process takes the same batch again, as if nothing had happened."""

    async def start(self) -> None:
        return


async def check_that_a_killer_is_parked(listener: Listener, kind: type[BatchHandler[UnitOfWork]]) -> None:
    """Process after process dies of one event amid a batch; raises AssertionError when that does not end."""
    listener.faults = {25: ProcessEnds()}
    delivered = [event(number % 10 + 1, number, number) for number in range(60)]
    deaths = 0
    while True:
        handler = await started(listener.database, kind)
        try:
            await handler.handle(listener.both, delivered)
            break
        except ProcessEnds:
            deaths += 1
        assert deaths <= ATTEMPTS + 1, "it goes on killing"
    assert deaths == ATTEMPTS + 1, "once with its batch, then alone"
    assert await listener.parked() == [25, 35, 45, 55]
    assert sorted(await listener.reactions()) == sorted(set(range(60)) - {25, 35, 45, 55})
    assert await listener.in_flight() == []


async def test_an_event_that_ends_the_process_is_parked_although_a_batch_surrounds_it(listener: Listener) -> None:
    await check_that_a_killer_is_parked(listener, BatchHandler)


async def test_it_is_parked_where_each_process_says_that_it_reads_and_notes_nothing_else(listener: Listener) -> None:
    """Once without a note, once with its batch, which the next process notes since the one before ended; then alone."""
    listener.faults = {25: ProcessEnds()}
    delivered = [event(number % 10 + 1, number, number) for number in range(60)]
    deaths = 0
    while deaths <= ATTEMPTS + 2:
        handler = await started(listener.database, reads=True)
        try:
            await handler.handle(listener.both, delivered)
            break
        except ProcessEnds:
            deaths += 1
            assert bool(await listener.in_flight()) is (deaths > 1)
    assert deaths == ATTEMPTS + 2
    assert await listener.parked() == [25, 35, 45, 55]
    assert sorted(await listener.reactions()) == sorted(set(range(60)) - {25, 35, 45, 55})


async def test_whose_process_ends_in_order_or_begins_again_leaves_no_suspicion(listener: Listener) -> None:
    one = await started(listener.database, reads=True)
    await one.start()
    await one.begin_reading({(TOPIC.name, 0)})
    await one.handle(listener.both, [event(1, 1, 0)])
    await one.end_reading()
    other = await started(listener.database, reads=True)
    listener.faults = {2: ProcessEnds()}
    with pytest.raises(ProcessEnds):
        await other.handle(listener.both, [event(1, 2, 1)])
    assert await listener.in_flight() == [], "it had nothing to suspect, and noted nothing"


async def test_nobody_takes_back_the_word_of_another(listener: Listener) -> None:
    """A process that was suspended ends in order, when another has read its partition and ended amid something."""
    suspended = await started(listener.database, reads=True)
    await started(listener.database, reads=True)
    await suspended.end_reading()
    third = await started(listener.database, reads=True)
    listener.faults = {1: ProcessEnds()}
    with pytest.raises(ProcessEnds):
        await third.handle(listener.both, [event(1, 1, 0)])
    assert len(await listener.in_flight()) == 1


class LosesAnAnswer(BatchHandler[UnitOfWork]):
    """What it does is committed, and where it ``loses`` it does not hear so."""

    loses = False

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[UnitOfWork]:
        async with super()._begin() as uow:
            yield uow
        if self.loses:
            raise ConnectionResetError


async def test_what_is_suspected_is_not_forgotten_with_the_answer_of_a_commit(listener: Listener) -> None:
    """The word that a process left stands, and it does not know that: it began, and ended nothing in order."""
    await started(listener.database, reads=True)
    handler = LosesAnAnswer(listener.database, UnitOfWork)
    await handler.start()
    handler.loses = True
    with pytest.raises(ConnectionResetError):
        await handler.begin_reading({(TOPIC.name, 0)})
    handler.loses = False
    await handler.start()
    await handler.begin_reading({(TOPIC.name, 0)})
    listener.faults = {1: ProcessEnds()}
    with pytest.raises(ProcessEnds):
        await handler.handle(listener.both, [event(1, 1, 0)])
    assert len(await listener.in_flight()) == 1


async def test_an_attempt_is_given_back_once_although_the_answer_to_that_is_lost(listener: Listener) -> None:
    """A record that ends its process had another attempt for each."""
    delivered = [event(1, 1, 0)]
    listener.faults = {1: ProcessEnds()}
    for _ in range(ATTEMPTS - 1):
        with pytest.raises(ProcessEnds):
            await (await started(listener.database)).handle(listener.both, delivered)
    handler = LosesAnAnswer(listener.database, UnitOfWork)
    await handler.start()
    listener.faults = {1: ConnectionResetError()}
    with pytest.raises(ConnectionResetError):
        await handler.handle(listener.both, delivered)
    assert [held["attempts"] for held in await listener.in_flight()] == [ATTEMPTS]
    handler.loses = True
    with pytest.raises(ConnectionResetError):
        await handler.start()
    handler.loses = False
    await handler.start()
    assert [held["attempts"] for held in await listener.in_flight()] == [ATTEMPTS - 1]


async def another_life(platform: TestDatabase) -> None:
    """As where the tables were made again in the database that stands."""
    async with platform.connection("migrate") as bare:
        await bare.execute("TRUNCATE epoch; INSERT INTO epoch DEFAULT VALUES")


async def test_nothing_of_a_large_batch_is_done_in_a_database_that_was_put_back(
    listener: Listener, platform: TestDatabase
) -> None:
    """More reactions than one transaction holds: the first transactions release nothing."""
    handler = await started(listener.database)
    await handler.positions()
    await handler.begin_reading({(TOPIC.name, 0)})
    await another_life(platform)
    with pytest.raises(DatabaseChanged):
        await handler.handle(listener.both, [event(1 + number % 7, number + 1, number) for number in range(120)])
    assert (await listener.reactions(), await listener.projected()) == ([], {})


async def test_what_is_left_of_a_large_batch_is_not_done_in_a_database_that_was_put_back_amid_it(
    listener: Listener, platform: TestDatabase
) -> None:
    class PutBackAmid(BatchHandler[UnitOfWork]):
        async def _react_to(self, *args: Any) -> None:
            await another_life(platform)
            await super()._react_to(*args)

    handler = await started(listener.database, PutBackAmid)
    await handler.positions()
    with pytest.raises(DatabaseChanged):
        await handler.handle(listener.both, [event(1 + number % 7, number + 1, number) for number in range(120)])
    assert await listener.reactions() == []


async def statements(listener: Listener, *readings: Reading) -> tuple[int, int]:
    """How many transactions and statements a process needs for a batch while it says that it reads."""
    handler, counted = await started(listener.database, reads=True), [0, 0]
    engine = listener.database.engine.sync_engine
    watched = {
        "commit": lambda *_: counted.__setitem__(0, counted[0] + 1),
        "before_cursor_execute": lambda *_: counted.__setitem__(1, counted[1] + 1),
    }
    for name, count in watched.items():
        sqlalchemy_event.listen(engine, name, count)
    await handler.handle(listener.both, readings)
    for name, count in watched.items():
        sqlalchemy_event.remove(engine, name, count)
    await handler.end_reading()
    return counted[0], counted[1]


async def test_a_small_batch_is_one_transaction_of_few_statements(listener: Listener) -> None:
    """Known before, streams, inbox, release; and what apply (1) and handle (2) need themselves."""
    assert await statements(listener, event(1, 1, 0)) == (1, 4 + 1 + 2)
    assert await statements(listener, *(event(1 + number, 2, 1 + number) for number in range(20))) == (1, 4 + 20 + 40)
    assert await statements(listener, event(1, 3, 21), heartbeat(0, 22, NOON)) == (1, 4 + 1 + 2 + 1), "counted last"


async def test_heartbeats_alone_are_one_transaction_of_three_statements(listener: Listener) -> None:
    """Known before, heard and released, woken; without the last where nothing has arrived by them."""
    assert await statements(listener, heartbeat(0, 0, NOON)) == (1, 2)
    assert await statements(listener, *(heartbeat(number % 2, number, NOON) for number in range(1, 9))) == (1, 3)


async def test_with_the_work_in_flight_forgotten_the_same_check_is_red(listener: Listener) -> None:
    with pytest.raises(AssertionError):
        await check_that_a_killer_is_parked(listener, ForgetsWhatWasInFlight)


async def test_nothing_is_in_flight_after_a_success(listener: Listener) -> None:
    handler = await started(listener.database)
    for number in range(3):
        await handler.handle(listener.both, [event(number + 1, number, number, partition=number) for _ in range(2)])
        assert await listener.in_flight() == []


async def test_what_is_seen_first_is_counted_on_its_own_business_day(listener: Listener) -> None:
    """Midnight in Kuala Lumpur is 16:00 UTC; of what came twice the first counts, and nothing that was seen before."""
    stamped = {1: (15, 59), 2: (16, 0), 3: (23, 59), 4: (12, 0)}
    events = [at(event(n, 1, n), datetime(2026, 7, 15, *time, tzinfo=UTC)) for n, time in stamped.items()]
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        store = ConsumerStore(uow.connection, uow.service)
        await store.follow_streams([events[3]])
        followed = await store.follow_streams([*events, at(events[0], NOON - timedelta(days=9))])
    counted = {day.day: count for (_, day), (count, _) in followed.first_seen.items()}
    assert counted == {15: 1, 16: 2}


def gaps_counted() -> float:
    labels = {"topic": TOPIC.name, "consumer": "jobs"}
    return metrics.REGISTRY.get_sample_value("jaring_stream_gaps_total", labels) or 0.0


async def test_a_gap_in_a_stream_alarms_and_parks_nothing(listener: Listener) -> None:
    handler = await started(listener.database)
    before = gaps_counted()
    await handler.handle(listener.both, [event(1, 10, 0, version=41), event(1, 11, 1, version=42)])
    assert gaps_counted() == before, "a fresh consumer starts at the first version it sees"
    await handler.handle(listener.both, [event(1, 12, 2, version=45)])
    assert gaps_counted() == before + 1
    assert (await listener.parked(), await listener.reactions()) == ([], [10, 11, 12])


async def test_a_lower_or_equal_version_is_a_repeat_and_no_gap(listener: Listener) -> None:
    handler = await started(listener.database)
    delivered = [event(1, number, number) for number in (1, 2, 3)]
    await handler.handle(listener.both, delivered)
    before = gaps_counted()
    await handler.handle(listener.both, delivered[:2])
    await handler.handle(listener.both, [event(1, 4, 4)])
    assert gaps_counted() == before


async def test_an_announcement_moves_no_version(listener: Listener) -> None:
    handler = await started(listener.database)
    before = gaps_counted()
    await handler.handle(listener.both, [event(1, 1, 0), event(1, 9, 1, run="run-1"), event(1, 2, 2)])
    assert gaps_counted() == before


async def complete_until(listener: Listener) -> datetime | None:
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        return await ConsumerStore(uow.connection, uow.service).complete_until(TOPIC.name)


async def check_freshness(listener: Listener) -> None:
    """None until every partition had a heartbeat; the least of them; never back, except by a new epoch."""
    handler, minute = await started(listener.database), timedelta(minutes=1)
    await handler.handle(listener.projection, [heartbeat(0, 1, NOON)])
    assert await complete_until(listener) is None
    await handler.handle(listener.projection, [heartbeat(1, 1, NOON + minute)])
    assert await complete_until(listener) == NOON
    await handler.handle(listener.projection, [heartbeat(0, 2, NOON - minute)])
    assert await complete_until(listener) == NOON, "a repeat of an old heartbeat moves nothing back"
    await handler.handle(listener.projection, [heartbeat(0, 3, NOON - minute, epoch=2)])
    assert await complete_until(listener) == NOON - minute, "a restored database starts from where it stands"
    await handler.handle(listener.projection, [heartbeat(0, 4, NOON + minute, epoch=1)])
    assert await complete_until(listener) == NOON - minute, "the old epoch has nothing to say any more"


async def test_freshness_is_the_least_of_all_partitions_and_never_moves_back(listener: Listener) -> None:
    await check_freshness(listener)


async def test_the_last_heartbeat_taken_as_it_comes_is_caught(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest_wins = str(store_module._RELEASE_AND_HEAR)
    last_wins = latest_wins.replace(
        "greatest(known.complete_until, excluded.complete_until)", "excluded.complete_until"
    )
    assert last_wins != latest_wins
    monkeypatch.setattr(store_module, "_RELEASE_AND_HEAR", text(last_wins))
    with pytest.raises(AssertionError):
        await check_freshness(listener)


def passed_over() -> float:
    labels = {"topic": TOPIC.name, "consumer": "jobs"}
    return metrics.REGISTRY.get_sample_value("jaring_heartbeats_passed_over_total", labels) or 0.0


async def test_a_forged_epoch_ends_a_topic_until_a_person_does_not_believe_it(listener: Listener) -> None:
    handler, minute, before = await started(listener.database), timedelta(minutes=1), passed_over()
    who = Who("Aminah B.", "epoch of a foreign client")
    with pytest.raises(NothingKnown):
        await forget(listener.database, UnitOfWork, TOPIC.name, who)
    forged = int(system_now().timestamp())
    await handler.handle(listener.projection, [heartbeat(0, 1, NOON, epoch=forged), heartbeat(1, 1, NOON)])
    later = [heartbeat(partition, 2, NOON + minute) for partition in (0, 1)]
    await handler.handle(listener.projection, later)
    assert (await complete_until(listener), passed_over() - before) == (NOON, 1)
    await forget(listener.database, UnitOfWork, TOPIC.name, who)
    assert await complete_until(listener) is None
    await handler.handle(listener.projection, later)
    assert (await complete_until(listener), passed_over() - before) == (NOON + minute, 1)
    kept = await listener.query("SELECT topic, epoch, forgotten_by, why FROM freshness_forgotten")
    assert kept == [{"topic": TOPIC.name, "epoch": forged, "forgotten_by": who.name, "why": who.reason}]


async def test_a_topic_is_not_fresh_before_what_came_ahead_of_the_heartbeat_was_reacted_to(listener: Listener) -> None:
    listener.faults = {1: ProcessEnds()}
    delivered: list[Reading] = [event(1, 1, 0), heartbeat(0, 1, NOON, partitions=1)]
    with pytest.raises(ProcessEnds):
        await (await started(listener.database)).handle(listener.both, delivered)
    assert await complete_until(listener) is None
    listener.faults = {}
    await (await started(listener.database)).handle(listener.both, delivered)
    assert await complete_until(listener) == NOON


@dataclass(frozen=True)
class Look:
    """A command that waits for freshness."""


async def test_a_heartbeat_wakes_what_waits_for_freshness_once_more_has_arrived(listener: Listener) -> None:
    async def woken() -> int:
        return len(await listener.query("SELECT kind FROM due_work WHERE due_at <= now()"))

    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(Look(), {freshness(TOPIC.name)}, deadline=None)
    handler, minute = await started(listener.database), timedelta(minutes=1)
    await handler.handle(listener.projection, [heartbeat(0, 0, NOON), heartbeat(0, 1, NOON + minute)])
    assert not await woken(), "of the other partition nothing was heard"
    await handler.handle(listener.projection, [heartbeat(1, 0, NOON)])
    assert await woken()
    assert await complete_until(listener) == NOON


async def test_what_two_members_said_at_the_same_time_wakes_with_the_next_heartbeat(listener: Listener) -> None:
    """Neither saw what the other wrote: to both the other partition stood still."""
    handler, minute = await started(listener.database), timedelta(minutes=1)
    await handler.handle(listener.projection, [heartbeat(0, 0, NOON), heartbeat(1, 0, NOON)])
    async with listener.database.begin(UnitOfWork, CAUSE) as other:
        [moved, last] = [heartbeat(1, 1, NOON + minute), heartbeat(0, 2, NOON + 2 * minute)]
        assert isinstance(moved, ReceivedHeartbeat)
        await ConsumerStore(other.connection, other.service).note_freshness([moved], [moved.raw])
        await handler.handle(listener.projection, [heartbeat(0, 1, NOON + minute)])
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(Look(), {freshness(TOPIC.name)}, deadline=None)
    await handler.handle(listener.projection, [last])
    assert len(await listener.query("SELECT kind FROM due_work WHERE due_at <= now()")) == 1


async def test_what_waits_for_freshness_is_woken_though_the_first_commit_failed(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, minute = await started(listener.database), timedelta(minutes=1)
    await handler.handle(listener.projection, [heartbeat(0, 0, NOON), heartbeat(1, 0, NOON + minute)])
    async with listener.database.begin(UnitOfWork, CAUSE) as uow:
        await uow.due.when(Look(), {freshness(TOPIC.name)}, deadline=None)
    wake = DueWork.wake_arrived

    async def wakes_and_loses_its_connection(due: DueWork, subjects: set[Subject]) -> None:
        await wake(due, subjects)
        raise ConnectionResetError

    later = [heartbeat(0, 1, NOON + minute)]
    with monkeypatch.context() as faulty:
        faulty.setattr(DueWork, "wake_arrived", wakes_and_loses_its_connection)
        with pytest.raises(ConnectionResetError):
            await handler.handle(listener.projection, later)
    await handler.start()
    await handler.handle(listener.projection, later)
    assert len(await listener.query("SELECT kind FROM due_work WHERE due_at <= now()")) == 1


async def test_what_is_known_of_a_batch_is_planned_once(database: Database) -> None:
    """Not for each batch: to plan it takes twice as long as to run it."""
    async with database.begin(UnitOfWork, CAUSE) as uow:
        store = ConsumerStore(uow.connection, "jobs")
        for readings in ([event(1, 1, 0)], [event(1, 1, 0), heartbeat(0, 2, NOON)]):
            for _ in range(8):
                await store.known(TOPIC.name, readings)
        planned = (await uow.connection.execute(_PLANS)).all()
    # PostgreSQL plans the first five times in any case; others may have asked on this connection before.
    assert len(planned) >= 2
    assert all(each.custom_plans == 5 and each.generic_plans >= 3 for each in planned)
