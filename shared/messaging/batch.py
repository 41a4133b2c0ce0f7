"""Handles a batch of records of one topic: whole, and one by one where the batch as a whole fails (rules M6, M7).

Knows the database and nothing of the broker, so that it can be driven by a test with records of its own.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

import structlog

from shared.contracts.envelope import Cause
from shared.messaging.failpoints import failpoint
from shared.messaging.journal import Journal
from shared.messaging.received import Beat, Raw, Reading, Received, Unreadable
from shared.messaging.subscription import Subscription, events_of
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics
from shared.telemetry.messaging import process_span

U = TypeVar("U", bound=UnitOfWork)

REACTIONS = 50
ATTEMPTS = 4
FRESHNESS = "freshness/"

log = structlog.get_logger()


class BatchHandler(Generic[U]):
    """Applies and handles what was read, for one service."""

    def __init__(self, database: Database, unit: type[U]) -> None:
        self._database = database
        self._unit = unit
        self._service = database.service
        self._careful_until: dict[tuple[str, int], int] = {}

    async def start(self) -> None:
        """See what an earlier process had in hand when it ended: those records go one by one."""
        async with self._begin() as uow:
            self._careful_until = dict(await Journal(uow.connection, self._service).left_over())

    async def handle(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        """Handle one topic's records; returns when each is done or parked. Raises only transient faults."""
        if not readings:
            return
        careful = [each for each in readings if self._is_careful(each.raw)]
        rest = [each for each in readings if not self._is_careful(each.raw)]
        await self._one_by_one(subscription, careful)
        if not rest:
            return
        await self._take([each.raw for each in rest])
        failpoint("consumer.in_hand")
        try:
            await self._whole(subscription, rest)
        except Exception as reason:
            if is_transient(reason):
                raise
            log.warning("batch_failed", topic=subscription.topic, size=len(rest), error=type(reason).__name__)
            await self._one_by_one(subscription, rest)

    def _is_careful(self, raw: Raw) -> bool:
        return raw.offset <= self._careful_until.get((raw.topic, raw.partition), -1)

    async def _whole(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        received = [each for each in readings if isinstance(each, Received)]
        reactions = [each for each in received if each.envelope.announcement is None] if subscription.handle else []
        chunks = [reactions[start : start + REACTIONS] for start in range(0, len(reactions), REACTIONS)]
        async with self._begin() as uow:
            await self._apply(uow, subscription, readings)
            if not chunks:
                await self._done(uow, readings)
        for number, chunk in enumerate(chunks, start=1):
            async with self._begin() as uow:
                await self._react(uow, subscription, chunk)
                if number == len(chunks):
                    await self._done(uow, readings)
        failpoint("consumer.committed")

    async def _one_by_one(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        for reading in readings:
            while not await self._alone(subscription, reading):
                continue

    async def _alone(self, subscription: Subscription[U], reading: Reading) -> bool:
        """One attempt at one record; True when it is done or parked."""
        attempts = await self._take([reading.raw])
        reason = "attempts"
        try:
            async with self._begin() as uow:
                if attempts > ATTEMPTS:
                    await Journal(uow.connection, self._service).park(
                        reading.raw, f"ended the process {ATTEMPTS} times"
                    )
                else:
                    await self._apply(uow, subscription, [reading])
                    if isinstance(reading, Received) and reading.envelope.announcement is None:
                        await self._react(uow, subscription, [reading])
                await self._done(uow, [reading])
            return True
        except Exception as fault:
            if is_transient(fault):
                raise
            reason = type(fault).__name__
        if attempts < ATTEMPTS:
            return False
        async with self._begin() as uow:
            await Journal(uow.connection, self._service).park(reading.raw, reason)
            await self._done(uow, [reading])
        metrics.PARKED_EVENTS.labels(topic=reading.raw.topic, consumer=self._service).inc()
        log.error("event_parked", topic=reading.raw.topic, reason=reason)
        return True

    async def _apply(self, uow: U, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        journal = Journal(uow.connection, self._service)
        ready = await self._set_aside(journal, readings)
        gaps = await journal.follow_streams(ready)
        for gap in gaps:
            metrics.STREAM_GAPS.labels(topic=gap.topic, consumer=self._service).inc()
            log.error("stream_gap", topic=gap.topic, after=gap.after, seen=gap.seen)
        if subscription.apply is not None and ready:
            with process_span(subscription.topic, self._service, [each.envelope.trace for each in ready]):
                uow.cause = ready[0].envelope.cause
                await subscription.apply(uow, events_of(ready))
        await self._note_freshness(uow, journal, readings)
        failpoint("consumer.applied")

    async def _react(self, uow: U, subscription: Subscription[U], received: Sequence[Received]) -> None:
        journal = Journal(uow.connection, self._service)
        parked = await journal.parked_keys()
        for each in received:
            if subscription.handle is None or (each.raw.topic, each.raw.key) in parked:
                continue
            if not await journal.is_new(each):
                metrics.INBOX_DUPLICATES.labels(topic=each.raw.topic, consumer=self._service).inc()
                continue
            uow.cause = each.envelope.cause
            with process_span(each.raw.topic, self._service, [each.envelope.trace]):
                await subscription.handle(uow, each.event)
        failpoint("consumer.handled")

    async def _set_aside(self, journal: Journal, readings: Sequence[Reading]) -> list[Received]:
        """Park what cannot be read, and what stands behind a parked record of its key; the rest is ready."""
        parked = set(await journal.parked_keys())
        ready = []
        for reading in readings:
            if isinstance(reading, Beat):
                continue
            if isinstance(reading, Unreadable) or (reading.raw.topic, reading.raw.key) in parked:
                reason = reading.reason if isinstance(reading, Unreadable) else "behind a parked event of its key"
                await journal.park(reading.raw, reason)
                parked.add((reading.raw.topic, reading.raw.key))
                metrics.PARKED_EVENTS.labels(topic=reading.raw.topic, consumer=self._service).inc()
            else:
                ready.append(reading)
        return ready

    async def _note_freshness(self, uow: U, journal: Journal, readings: Sequence[Reading]) -> None:
        beats = [each for each in readings if isinstance(each, Beat)]
        if beats:
            await journal.note_freshness(beats)
            await uow.due.wake({f"{FRESHNESS}{beat.raw.topic}" for beat in beats})

    async def _done(self, uow: U, readings: Sequence[Reading]) -> None:
        await Journal(uow.connection, self._service).release([each.raw for each in readings])

    async def _take(self, raws: Sequence[Raw]) -> int:
        async with self._begin() as uow:
            return await Journal(uow.connection, self._service).take_in_hand(raws)

    def _begin(self) -> AbstractAsyncContextManager[U]:
        return self._database.begin(self._unit, Cause(self._service))
