"""Handles a batch of records of one topic: whole, and one by one where the batch as a whole fails (rules M6, M7).

Knows the database and nothing of the broker, so that it can be driven by a test with records of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
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
    news,
    set_aside,
)
from shared.messaging.consumer_store import Arrived, ConsumerStore, FirstSeen, Known, freshness
from shared.messaging.parking import replay_understood
from shared.messaging.reading_words import ReadingWords
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
        self._words = ReadingWords(self._notes)
        # Up to when each topic had arrived when what waits for it was woken last.
        self._arrived: dict[str, datetime | None] = {}
        # That of the database whose positions are being read on from; None where nobody asked for them.
        self._life: str | None = None

    async def start(self) -> None:
        """Call before reading, and again after a transient error.

        What an earlier process had in flight when it ended goes one by one; what a transient error interrupted in this
        one was no attempt.
        """
        await drive(self._core.start(), self._words.do)

    async def begin_reading(self, places: Collection[Place], turned_back: Mapping[Place, int] | None = None) -> None:
        """Write down that this process reads these partitions and no others; call it between two batches.

        ``turned_back`` gives the offsets of those that are read from before the positions that the database has.
        """
        await drive(self._core.begin(places, turned_back), self._words.do)

    async def end_reading(self) -> None:
        """Take that back at an orderly end, with nothing in flight: whoever reads on has nothing to be careful of."""
        await drive(self._core.end(), self._words.do)

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

    async def handle(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        """Handle one topic's records; returns when each is done or parked. Raises only transient errors."""
        if readings:
            await drive(self._core.handle(readings), partial(self._do, subscription))

    def take_reached(self) -> Mapping[Place, int]:
        """The offset behind what is done, of each partition that came forward since this was asked last."""
        return self._core.take_reached()

    async def _do(self, subscription: Subscription[U], step: object) -> int | Sequence[Received] | None:
        match step:
            case Take(raws):
                return await self._take(raws)
            case Project(readings, at_once):
                return await self._project(subscription, readings, at_once)
            case React(received, done):
                await self._react_to(subscription, received, done)
            case Attempt(reading):
                await self._attempt(subscription, reading)
            case Park(reading, fault, detail):
                await self._park(Aside(reading.raw, fault, detail))
            case SplitUp(readings, error):
                log.warning("batch_failed", topic=subscription.topic, size=len(readings), error=error)
        return None

    @asynccontextmanager
    async def _notes(self) -> AsyncIterator[ConsumerStore]:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            yield store
            if store.seen_life is not None:
                self._must_be(store.seen_life)

    async def _take(self, raws: Sequence[Raw]) -> int:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            attempts = await store.take_in_flight(raws)
            self._must_be(store.seen_life)
            return attempts

    async def _project(
        self, subscription: Subscription[U], readings: Sequence[Reading], at_once: int
    ) -> Sequence[Received]:
        failpoint("consumer.in_flight", *_topics(readings))
        async with self._begin() as uow:
            known = await self._known(uow, readings)
            reactions, first_seen = await self._apply(uow, subscription, readings, known)
            if len(reactions) > at_once:
                await ConsumerStore(uow.connection, self._service).count(first_seen)
                await self._confirm_life(uow)
                return reactions
            await self._react(uow, subscription, reactions)
            await self._done(uow, readings, known, first_seen)
        _batch_is_committed(readings)
        return ()

    async def _react_to(
        self, subscription: Subscription[U], received: Sequence[Received], done: Sequence[Reading]
    ) -> None:
        async with self._begin() as uow:
            known = await self._known(uow, [each for each in done if isinstance(each, Control)])
            await self._react(uow, subscription, received)
            if done:
                await self._done(uow, done, known, {})
            else:
                await self._confirm_life(uow)
        if done:
            _batch_is_committed(done)

    async def _attempt(self, subscription: Subscription[U], reading: Reading) -> None:
        async with self._begin() as uow:
            known = await self._known(uow, [reading])
            reactions, first_seen = await self._apply(uow, subscription, [reading], known)
            await self._react(uow, subscription, reactions)
            await self._done(uow, [reading], known, first_seen)

    async def _park(self, aside: Aside) -> None:
        async with self._begin() as uow:
            store = ConsumerStore(uow.connection, self._service)
            await self._set_down(store, aside)
            # What a control record says is not noted: that may be what failed.
            await self._release(store, [aside.raw], {})

    async def _known(self, uow: U, readings: Sequence[Reading]) -> Known:
        if not readings:
            return Known()
        return await ConsumerStore(uow.connection, self._service).known(readings[0].raw.topic, readings)

    async def _apply(
        self, uow: U, subscription: Subscription[U], readings: Sequence[Reading], known: Known
    ) -> tuple[list[Received], FirstSeen]:
        """Bring the projection forward; what is to be reacted to, in the order of its reading, and what to count."""
        store = ConsumerStore(uow.connection, self._service)
        counted = await self._set_aside(store, readings, known)
        followed = await store.follow_streams(counted)
        for gap in followed.gaps:
            metrics.STREAM_GAPS.labels(topic=gap.topic, consumer=self._service).inc()
            log.error("stream_gap", topic=gap.topic, after=gap.after, seen=gap.seen)
        ready = [each for each in counted if subscription.wants(each.event)]
        if subscription.apply is not None and ready:
            with process_span(subscription.topic, self._service, [each.envelope.trace for each in ready]):
                if len(ready) == 1:
                    mark(ids_of(ready[0].event))
                uow.cause = ready[0].envelope.cause
                await subscription.apply(events_of(ready), uow)
            failpoint("consumer.applied", *_topics(ready))
        return news(ready) if subscription.handle is not None else [], followed.first_seen

    async def _react(self, uow: U, subscription: Subscription[U], received: Sequence[Received]) -> None:
        if subscription.handle is None or not received:
            return
        fresh = await ConsumerStore(uow.connection, self._service).new_among(received)
        if len(fresh) < len(received):
            repeats = metrics.INBOX_DUPLICATES.labels(topic=subscription.topic, consumer=self._service)
            repeats.inc(len(received) - len(fresh))
        for each in fresh:
            uow.cause = each.envelope.cause
            ids = ids_of(each.event)
            with process_span(each.raw.topic, self._service, [each.envelope.trace]), about(ids):
                mark(ids)
                await subscription.handle(each.event, uow)
            failpoint("consumer.handled", each.raw.topic)

    async def _set_aside(self, store: ConsumerStore, readings: Sequence[Reading], known: Known) -> list[Received]:
        """Park what cannot be read, and what stands behind a parked record of its key; the rest is ready."""
        if known.discarded:
            readings = [each for each in readings if each.raw not in known.discarded]
        ready, aside = set_aside(readings, known.keys)
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

    async def _done(self, uow: U, readings: Sequence[Reading], known: Known, first_seen: FirstSeen) -> None:
        """In the last transaction of these records: only now is what came before a heartbeat complete."""
        store = ConsumerStore(uow.connection, self._service)
        believed = [each for each in readings if isinstance(each, Control) and each.raw not in known.disbelieved]
        totals = [each for each in believed if isinstance(each, Totals)]
        heartbeats = [each for each in believed if isinstance(each, ReceivedHeartbeat)]
        raws = [each.raw for each in readings]
        if heartbeats:
            await self._hear(uow, heartbeats, raws)
        # Behind the waking, which waits for whoever runs or wakes the same: a day is one row for all members.
        if totals:
            await store.note_totals(totals)
        if heartbeats:
            await store.count(first_seen)
        else:
            await self._release(store, raws, first_seen)

    async def _hear(self, uow: U, heartbeats: Sequence[ReceivedHeartbeat], raws: Sequence[Raw]) -> None:
        """Be done with these, and wake what waited for the topics of which more has arrived."""
        store = ConsumerStore(uow.connection, self._service)
        arrived = await store.note_freshness(heartbeats, raws)
        self._must_be(store.seen_life)
        await uow.due.wake_arrived(
            {freshness(topic) for topic, until in arrived.items() if self._is_news(topic, until)}
        )

    def _is_news(self, topic: str, arrived: Arrived) -> bool:
        """Whether more of a topic has arrived than when this process woke last what waits for it: what members wrote at
        the same time neither of them saw. Remembered before the commit: where that fails the database tells it again.
        """
        before, self._arrived[topic] = self._arrived.get(topic, arrived.before), arrived.now
        return arrived.now is not None and not before == arrived.before == arrived.now

    async def _release(self, store: ConsumerStore, raws: Sequence[Raw], first_seen: FirstSeen) -> None:
        await store.release(raws, first_seen)
        self._must_be(store.seen_life)

    async def _confirm_life(self, uow: U) -> None:
        """Last in a transaction that releases nothing: what it wrote, it wrote into the database that it began with."""
        life, _ = await ConsumerStore(uow.connection, self._service).life()
        self._must_be(life)

    def _must_be(self, life: str | None) -> None:
        """Whoever reads on from where another database stood would pass over what this one has not read."""
        if self._life is not None and life != self._life:
            raise DatabaseChanged("the database was put back or restarted: reading begins at its positions")

    def _begin(self) -> AbstractAsyncContextManager[U]:
        return self._database.begin(self._unit, Cause(self._service))


def _batch_is_committed(readings: Sequence[Reading]) -> None:
    failpoint("consumer.committed", *_topics(readings))


def _topics(readings: Sequence[Reading]) -> Sequence[str]:
    """The one topic of the events among them, if there are any: heartbeats come all the time."""
    return next(([each.raw.topic] for each in readings if isinstance(each, Received)), [])
