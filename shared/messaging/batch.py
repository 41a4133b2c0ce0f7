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
from shared.messaging.received import Beat, Raw, Reading, Received, Totals, Unreadable
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
        self._interrupted: list[Sequence[Raw]] = []

    async def start(self) -> None:
        """Call before reading, and again after a transient fault.

        What an earlier process had in hand when it ended goes one by one; what a transient fault interrupted in this
        one was no attempt.
        """
        async with self._begin() as uow:
            journal = Journal(uow.connection, self._service)
            for raws in self._interrupted:
                await journal.give_back(raws)
            left_over = await journal.left_over()
        self._interrupted.clear()
        for place, last_offset in left_over.items():
            self._careful_until[place] = max(last_offset, self._careful_until.get(place, last_offset))

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
                self._interrupted.append([each.raw for each in rest])
                raise
            log.warning("batch_failed", topic=subscription.topic, size=len(rest), error=type(reason).__name__)
            await self._one_by_one(subscription, rest)

    def _is_careful(self, raw: Raw) -> bool:
        return raw.offset <= self._careful_until.get((raw.topic, raw.partition), -1)

    async def _whole(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        async with self._begin() as uow:
            reactions = _reactions(subscription, await self._apply(uow, subscription, readings))
            chunks = [reactions[start : start + REACTIONS] for start in range(0, len(reactions), REACTIONS)]
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
        try:
            if attempts > ATTEMPTS:
                await self._park(reading, f"ended the process {ATTEMPTS} times")
                return True
            reason = await self._attempt(subscription, reading)
            if reason is not None and attempts == ATTEMPTS:
                await self._park(reading, reason)
            return reason is None or attempts == ATTEMPTS
        except Exception as fault:
            if is_transient(fault):
                self._interrupted.append([reading.raw])
            raise

    async def _attempt(self, subscription: Subscription[U], reading: Reading) -> str | None:
        """Handle one record in one transaction: None, or why it failed. Raises transient faults."""
        try:
            async with self._begin() as uow:
                ready = await self._apply(uow, subscription, [reading])
                await self._react(uow, subscription, _reactions(subscription, ready))
                await self._done(uow, [reading])
        except Exception as fault:
            if is_transient(fault):
                raise
            return type(fault).__name__
        return None

    async def _park(self, reading: Reading, reason: str) -> None:
        async with self._begin() as uow:
            await self._set_down(Journal(uow.connection, self._service), reading.raw, reason)
            await self._done(uow, [reading])
        log.error("event_parked", topic=reading.raw.topic, reason=reason)

    async def _apply(self, uow: U, subscription: Subscription[U], readings: Sequence[Reading]) -> list[Received]:
        """Bring the projection forward; what is ready to be reacted to, in the order of its reading."""
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
            failpoint("consumer.applied")
        return ready

    async def _react(self, uow: U, subscription: Subscription[U], received: Sequence[Received]) -> None:
        if subscription.handle is None:
            return
        journal = Journal(uow.connection, self._service)
        for each in received:
            if not await journal.is_new(each):
                metrics.INBOX_DUPLICATES.labels(topic=each.raw.topic, consumer=self._service).inc()
                continue
            uow.cause = each.envelope.cause
            with process_span(each.raw.topic, self._service, [each.envelope.trace]):
                await subscription.handle(uow, each.event)
            failpoint("consumer.handled")

    async def _set_aside(self, journal: Journal, readings: Sequence[Reading]) -> list[Received]:
        """Park what cannot be read, and what stands behind a parked record of its key; the rest is ready."""
        parked = dict(await journal.parked_keys(readings[0].raw.topic))
        ready = []
        for reading in readings:
            if isinstance(reading, Beat | Totals):
                continue
            raw = reading.raw
            # What stands in front of the parked one was read before it and must not fall behind it.
            if isinstance(reading, Received) and raw.offset < parked.get(raw.key, raw.offset + 1):
                ready.append(reading)
                continue
            reason = reading.reason if isinstance(reading, Unreadable) else "behind a parked event of its key"
            await self._set_down(journal, raw, reason)
            parked.setdefault(raw.key, raw.offset)
        return ready

    async def _set_down(self, journal: Journal, raw: Raw, reason: str) -> None:
        if await journal.park(raw, reason):
            metrics.PARKED_EVENTS.labels(topic=raw.topic, consumer=self._service).inc()

    async def _done(self, uow: U, readings: Sequence[Reading]) -> None:
        """In the last transaction of these records: only now is what came before a heartbeat complete."""
        journal = Journal(uow.connection, self._service)
        beats = [each for each in readings if isinstance(each, Beat)]
        if beats:
            await journal.note_freshness(beats)
            await uow.due.wake({f"{FRESHNESS}{beat.raw.topic}" for beat in beats})
        await journal.note_totals([each for each in readings if isinstance(each, Totals)])
        await journal.release([each.raw for each in readings])

    async def _take(self, raws: Sequence[Raw]) -> int:
        async with self._begin() as uow:
            return await Journal(uow.connection, self._service).take_in_hand(raws)

    def _begin(self) -> AbstractAsyncContextManager[U]:
        return self._database.begin(self._unit, Cause(self._service))


def _reactions(subscription: Subscription[U], ready: Sequence[Received]) -> list[Received]:
    """What is to be reacted to: announcements state again what was reacted to when it happened (rules M8)."""
    if subscription.handle is None:
        return []
    return [each for each in ready if each.envelope.announcement is None]
