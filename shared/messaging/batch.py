"""Handles a batch of records of one topic: whole, and one by one where the batch as a whole fails (rules M6, M7).

Knows the database and nothing of the broker, so that it can be driven by a test with records of its own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Generic, TypeVar

import structlog

from shared.contracts.envelope import Cause
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import pause
from shared.messaging.consumer_core import (
    Attempt,
    ConsumerCore,
    Park,
    Place,
    Project,
    React,
    SplitUp,
    Take,
    TakeStock,
    news,
    set_aside,
)
from shared.messaging.consumer_store import ConsumerStore, freshness
from shared.messaging.parking import replay_understood
from shared.messaging.received import Aside, Control, Fault, Raw, Reading, Received, ReceivedHeartbeat, Totals
from shared.messaging.steps import drive
from shared.messaging.subscription import Subscription, events_of
from shared.persistence.engine import Database
from shared.persistence.life import DatabaseChanged
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics
from shared.telemetry.ids import about, ids_of, mark
from shared.telemetry.messaging import process_span

U = TypeVar("U", bound=UnitOfWork)

LOOK_SECONDS = 0.5

log = structlog.get_logger()


class BatchHandler(Generic[U]):
    """Applies and handles what was read, for one service: does what the core decides, each step in a transaction."""

    def __init__(self, database: Database, unit: type[U]) -> None:
        self._database = database
        self._unit = unit
        self._service = database.service
        self._core = ConsumerCore(is_transient)
        # That of the database whose positions are being read on from; None where nobody asked for them.
        self._life: str | None = None

    async def start(self) -> None:
        """Call before reading, and again after a transient error.

        What an earlier process had in flight when it ended goes one by one; what a transient error interrupted in this
        one was no attempt.
        """
        await drive(self._core.start(), self._take_stock)

    async def replay_understood(self, subscriptions: Sequence[Subscription[U]], stop: asyncio.Event) -> None:
        """Before reading on: what was parked until a release would know it, where this one does."""
        if await self.wait_for_positions(stop) is not None:
            await replay_understood(self._database, self._unit, subscriptions, stop)

    async def wait_for_positions(self, stop: asyncio.Event) -> Mapping[Place, int] | None:
        """The positions once the database may be read into: one that was put back learns its own words again first.

        None when the process is to end meanwhile.
        """
        while (positions := await self.positions()) is None:
            await pause(stop, LOOK_SECONDS)
            if stop.is_set():
                return None
        return positions

    async def positions(self) -> Mapping[Place, int] | None:
        """From where this database reads on, by topic and partition; None while it may not be read into.

        From here on a database that is another one, or was put back, is refused.
        """
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            self._life, may_read = await store.life()
            return await store.positions() if may_read else None

    async def turn_back(self, offsets: Mapping[Place, int]) -> None:
        """Read on from these, which lie before the positions that the database has."""
        async with self._begin() as uow:
            for (topic, partition), offset in sorted(offsets.items()):
                await ConsumerStore(uow.connection, self._service).turn_back(topic, partition, offset)

    async def handle(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        """Handle one topic's records; returns when each is done or parked. Raises only transient errors."""
        if readings:
            await drive(self._core.handle(readings), partial(self._do, subscription))

    async def _do(self, subscription: Subscription[U], step: object) -> int | Sequence[Received] | None:
        match step:
            case Take(raws):
                return await self._take(raws)
            case Project(readings):
                return await self._project(subscription, readings)
            case React(received, done):
                await self._react_to(subscription, received, done)
            case Attempt(reading):
                await self._attempt(subscription, reading)
            case Park(reading, fault, detail):
                await self._park(Aside(reading.raw, fault, detail))
            case SplitUp(readings, error):
                log.warning("batch_failed", topic=subscription.topic, size=len(readings), error=error)
        return None

    async def _take_stock(self, step: TakeStock) -> Mapping[Place, int]:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            for raws in step.interrupted:
                await store.give_back(raws)
            return await store.left_over()

    async def _take(self, raws: Sequence[Raw]) -> int:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            attempts = await store.take_in_flight(raws)
            self._must_be(store.seen_life)
            return attempts

    async def _project(self, subscription: Subscription[U], readings: Sequence[Reading]) -> list[Received]:
        failpoint("consumer.in_flight", *_topics(readings))
        async with self._begin() as uow:
            reactions = await self._apply(uow, subscription, readings)
            if not reactions:
                await self._done(uow, readings)
        if not reactions:
            _batch_is_committed(readings)
        return reactions

    async def _react_to(
        self, subscription: Subscription[U], received: Sequence[Received], done: Sequence[Reading]
    ) -> None:
        async with self._begin() as uow:
            await self._react(uow, subscription, received)
            if done:
                await self._done(uow, done)
        if done:
            _batch_is_committed(done)

    async def _attempt(self, subscription: Subscription[U], reading: Reading) -> None:
        async with self._begin() as uow:
            await self._react(uow, subscription, await self._apply(uow, subscription, [reading]))
            await self._done(uow, [reading])

    async def _park(self, aside: Aside) -> None:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            await self._set_down(store, aside)
            # What a control record says is not noted: that may be what failed.
            await self._release(store, [aside.raw])

    async def _apply(self, uow: U, subscription: Subscription[U], readings: Sequence[Reading]) -> list[Received]:
        """Bring the projection forward; what is to be reacted to, in the order of its reading."""
        store = ConsumerStore(uow.connection, self._service)
        ready = await self._set_aside(store, readings)
        gaps = await store.follow_streams(ready)
        for gap in gaps:
            metrics.STREAM_GAPS.labels(topic=gap.topic, consumer=self._service).inc()
            log.error("stream_gap", topic=gap.topic, after=gap.after, seen=gap.seen)
        if subscription.apply is not None and ready:
            with process_span(subscription.topic, self._service, [each.envelope.trace for each in ready]):
                if len(ready) == 1:
                    mark(ids_of(ready[0].event))
                uow.cause = ready[0].envelope.cause
                await subscription.apply(events_of(ready), uow)
            failpoint("consumer.applied", *_topics(ready))
        return news(ready) if subscription.handle is not None else []

    async def _react(self, uow: U, subscription: Subscription[U], received: Sequence[Received]) -> None:
        if subscription.handle is None:
            return
        store = ConsumerStore(uow.connection, self._service)
        for each in received:
            if not await store.is_new(each):
                metrics.INBOX_DUPLICATES.labels(topic=each.raw.topic, consumer=self._service).inc()
                continue
            uow.cause = each.envelope.cause
            ids = ids_of(each.event)
            with process_span(each.raw.topic, self._service, [each.envelope.trace]), about(ids):
                mark(ids)
                await subscription.handle(each.event, uow)
            failpoint("consumer.handled", each.raw.topic)

    async def _set_aside(self, store: ConsumerStore, readings: Sequence[Reading]) -> list[Received]:
        """Park what cannot be read, and what stands behind a parked record of its key; the rest is ready."""
        parked = await store.parked_keys(readings[0].raw.topic, {each.raw.key for each in readings})
        discarded = await store.discarded([each.raw for each in readings if not isinstance(each, Control)])
        if discarded:
            readings = [each for each in readings if each.raw not in discarded]
        ready, aside = set_aside(readings, parked)
        for each in aside:
            await self._set_down(store, each)
        return ready

    async def _set_down(self, store: ConsumerStore, aside: Aside) -> None:
        if not await store.park(aside):
            return
        raw, fault = aside.raw, aside.fault
        metrics.PARKED_EVENTS.labels(topic=raw.topic, consumer=self._service, fault=fault).inc()
        say = log.info if fault is Fault.BEHIND else log.error
        place = {"topic": raw.topic, "partition": raw.partition, "offset": raw.offset}
        say("event_parked", **place, fault=fault, detail=aside.detail, holds=aside.holds)

    async def _done(self, uow: U, readings: Sequence[Reading]) -> None:
        """In the last transaction of these records: only now is what came before a heartbeat complete."""
        store = ConsumerStore(uow.connection, self._service)
        control = [each for each in readings if isinstance(each, Control)]
        if control:
            await self._note(uow, store, control)
        await self._release(store, [each.raw for each in readings])

    async def _note(self, uow: U, store: ConsumerStore, control: Sequence[Control]) -> None:
        passed_over = await store.set_aside_before([each.raw for each in control])
        believed = [each for each in control if each.raw not in passed_over]
        heartbeats = [each for each in believed if isinstance(each, ReceivedHeartbeat)]
        if heartbeats:
            await store.note_freshness(heartbeats)
            await uow.due.wake_arrived({freshness(heartbeat.raw.topic) for heartbeat in heartbeats})
        await store.note_totals([each for each in believed if isinstance(each, Totals)])

    async def _release(self, store: ConsumerStore, raws: Sequence[Raw]) -> None:
        await store.release(raws)
        self._must_be(store.seen_life)

    def _must_be(self, life: str | None) -> None:
        """Whoever reads on from where another database stood would pass over what this one has not read."""
        if self._life is not None and life != self._life:
            raise DatabaseChanged("the database was put back or restarted: reading begins at its positions")

    def _begin(self) -> AbstractAsyncContextManager[U]:
        return self._database.begin(self._unit, Cause(self._service))


def _batch_is_committed(readings: Sequence[Reading]) -> None:
    failpoint("consumer.committed", *_topics(readings))


def _topics(readings: Sequence[Reading]) -> set[str]:
    """Of the events among them: heartbeats come all the time."""
    return {each.raw.topic for each in readings if isinstance(each, Received)}
