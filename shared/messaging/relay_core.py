"""The relay's core: what is sent, what may be marked, up to when everything is sent, and when that is said (M2, M5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from shared.contracts.envelope import TRACE_HEADERS
from shared.contracts.topics import physical
from shared.kernel.clock import CLOCK_DIFFERENCE, business_day
from shared.kernel.pace import Pace
from shared.messaging.publisher import Message, Position
from shared.messaging.steps import Step

BATCH = 500
BATCH_PAUSE_SECONDS = 0.01

_TRACEPARENT = "ce_traceparent"
# The last digit of a traceparent's flags: its lowest bit says that the trace is sampled.
_SAMPLED = "13579bdf"


class Unsent(NamedTuple):
    """A row of the outbox that no relay has marked as sent."""

    id: int
    topic: str
    key: str
    headers: Mapping[str, str]
    payload: bytes

    @property
    def trace(self) -> Mapping[str, str]:
        """The trace in which the event was published, where it is sampled: another one is not worth reading."""
        if self.headers.get(_TRACEPARENT, "0")[-1] not in _SAMPLED:
            return {}
        return {name: self.headers[f"ce_{name}"] for name in TRACE_HEADERS if f"ce_{name}" in self.headers}

    def message(self, prefix: str) -> Message:
        """The record for the broker."""
        return Message(physical(self.topic, prefix), self.key, self.headers, self.payload)


class Bound(Enum):
    """What the watermark is made of."""

    NOW = "the time"
    WRITERS = "the start of the oldest open transaction that has written"
    UNSENT = "the oldest stamp among the rows that are not marked"
    HELD_BACK = "the receipt of the oldest unfinished upload"


# In this order: the time; then who is writing; then what is committed and unsent. A writer that the second
# bound misses has either committed, and the third sees its rows, or will stamp them after the first was read.
BOUNDS = (Bound.NOW, Bound.WRITERS, Bound.UNSENT, Bound.HELD_BACK)


@dataclass(frozen=True)
class Read(Step[Sequence[Unsent]]):
    """The lowest rows that are not marked, by their state and in the order of their ids, without those under way.

    Raises what says that another database answered than the one that was looked into (rules M8).
    """

    limit: int
    under_way: Sequence[Unsent] = ()


@dataclass(frozen=True)
class ConfirmLife(Step[None]):
    """Raises what says that this is not the database any more that was looked into: what it was asked is not sent."""


@dataclass(frozen=True)
class HandOver(Step[None]):
    """Begin to send the rows; what comes of it is asked with ``Acknowledged``."""

    rows: Sequence[Unsent]


@dataclass(frozen=True)
class Acknowledged(Step[Sequence[Position | None]]):
    """Wait for what was handed over; the position of each row, None where it was not acknowledged."""


@dataclass(frozen=True)
class Mark(Step[None]):
    """Mark these rows as sent."""

    rows: Sequence[tuple[Unsent, Position]]


@dataclass(frozen=True)
class ReadBound(Step[datetime | None]):
    """Read one bound from the owner's database; None: it bounds nothing."""

    bound: Bound


@dataclass(frozen=True)
class PublishHeartbeat(Step[None]):
    """Publish to every partition that everything was sent up to an instant."""

    until: datetime


@dataclass
class HeartbeatTimer:
    """When the next heartbeat is due: soon after traffic, seldom when idle."""

    after_traffic: float
    idle: float
    next_at: float = 0.0

    def traffic(self, now: float) -> None:
        """Something was sent: the watermark moved and consumers may be waiting for it."""
        self.next_at = min(self.next_at, now + self.after_traffic)

    def sent(self, now: float) -> None:
        """A heartbeat was sent."""
        self.next_at = now + self.idle

    def due(self, now: float) -> bool:
        """Whether one is due now."""
        return now >= self.next_at


@dataclass
class BusinessDays:
    """Which business days are over: an event bears a day of the business clock, the watermark the database's instant.

    So both clocks are read together, the business clock first. An event that is written after that bears this day or a
    later one; and once everything up to that instant of the database is sent, every other event has been written. The
    two clocks may be moved against each other in between (decision 20).
    """

    _before: date | None = None
    _read: tuple[datetime, date] | None = None

    def both_clocks(self, business: datetime, database: datetime) -> None:
        """What they showed, the database's read after the other. The first reading of a new day is kept."""
        day = business_day(business - CLOCK_DIFFERENCE)
        if self._read is None and (self._before is None or day > self._before):
            self._read = (database, day)

    def over_before(self, until: datetime) -> date | None:
        """Every day before this one is over, with all its events, when everything up to ``until`` has been sent."""
        if self._read is not None and self._read[0] <= until:
            (_, self._before), self._read = self._read, None
        return self._before


@dataclass
class RelayCore:
    """What an active relay does, turn by turn; ``clock`` gives seconds that never go back."""

    clock: Callable[[], float]
    heartbeats: HeartbeatTimer
    pace: Pace = field(default_factory=Pace)
    last_offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    batch: int = BATCH

    async def turn(self) -> float:
        """Send what waits, publish a heartbeat when due; the seconds to pause before the next turn."""
        sent = await self.relay_batches()
        if sent:
            self.pace.found(self.clock())
        if self.heartbeats.due(self.clock()):
            await PublishHeartbeat(await self.complete_until())
            self.heartbeats.sent(self.clock())
        return 0.0 if sent >= self.batch else BATCH_PAUSE_SECONDS if sent else self.pace.pause(self.clock())

    async def relay_batches(self) -> int:
        """Send the lowest rows that are not marked and mark those that were acknowledged; how many were marked.

        While whole batches wait they overlap: one is with the broker, the one before it is marked, and the one behind
        it is read. It goes on until less than a batch waits, a row is not acknowledged, or a heartbeat is due.
        """
        batch = await Read(self.batch)
        sent: Sequence[tuple[Unsent, Position]] = ()
        marked = 0
        while batch:
            await HandOver(batch)
            await self._mark(sent)
            ahead = await self._read_ahead(batch)
            sent = acknowledged_prefix(batch, await Acknowledged())
            marked += len(sent)
            batch = await self._next(batch, sent, ahead)
        await self._mark(sent)
        return marked

    async def _read_ahead(self, batch: Sequence[Unsent]) -> Sequence[Unsent]:
        if len(batch) < self.batch or self.heartbeats.due(self.clock()):
            return ()
        return await Read(self.batch, under_way=batch)

    async def _next(
        self, batch: Sequence[Unsent], sent: Sequence[tuple[Unsent, Position]], ahead: Sequence[Unsent]
    ) -> Sequence[Unsent]:
        """What was read ahead, and never before all of the former batch is acknowledged.

        Behind a row that was lost nothing of its key may follow: then all that was read ahead is read again. So it is
        where a place was given again that was known already: the topic was put back, and marking these has what stood
        there sent again, before all else. It was read a while ago, so the database is asked once more whether it is
        still the one that was looked into.
        """
        if not ahead or len(sent) < len(batch) or self._is_put_back(sent):
            return ()
        await ConfirmLife()
        return ahead

    def _is_put_back(self, sent: Sequence[tuple[Unsent, Position]]) -> bool:
        return any(offset <= self.last_offsets.get((row.topic, partition), -1) for row, (partition, offset) in sent)

    async def _mark(self, sent: Sequence[tuple[Unsent, Position]]) -> None:
        if not sent:
            return
        await Mark(sent)
        self.heartbeats.traffic(self.clock())
        for row, position in sent:
            self.last_offsets[row.topic, position.partition] = position.offset

    async def complete_until(self) -> datetime:
        """The instant up to which everything that was or will be committed has been sent."""
        bounds = [await ReadBound(bound) for bound in BOUNDS]
        return min(bound for bound in bounds if bound is not None)


def acknowledged_prefix(batch: Sequence[Unsent], positions: Sequence[Position | None]) -> list[tuple[Unsent, Position]]:
    """The rows that may be marked: of each topic and key, those before the first that was not acknowledged.

    A row behind a lost one of its own key stays unmarked, so that both are sent again in their order.
    """
    stopped: set[tuple[str, str]] = set()
    marked = []
    for row, position in zip(batch, positions, strict=True):
        if position is None:
            stopped.add((row.topic, row.key))
        elif (row.topic, row.key) not in stopped:
            marked.append((row, position))
    return marked
