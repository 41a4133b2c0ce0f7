"""What must hold, looked at while it happens and once more at the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.heartbeat import Heartbeat
from shared.messaging.consumer_core import Gap
from shared.messaging.received import Raw
from tests.prove.simulation.broker import PLACES, TOPICS, Entry, Place, partition_of
from tests.prove.simulation.database import Database
from tests.prove.simulation.story import SimulatedEvent
from tests.prove.simulation.tables import OutRow

# Alone ATTEMPTS times; before that with its batch, and again with others' after each rebalance.
MOST_DEATHS = 10
MOST_UNNOTICED = 2
LASTING = ("poison", "kills", "unreadable")


class Violation(BaseException):
    """Something that must hold does not. No core may catch it."""


@dataclass
class Watch:
    """Sees everything: both databases, the log, and each commit."""

    owner: Database
    consumer: Database
    answered: list[str] = field(default_factory=list)
    first_offset: dict[int, int] = field(default_factory=dict)
    heartbeats: list[tuple[Place, int, datetime]] = field(default_factory=list)
    reacted: Counter[int] = field(default_factory=Counter)
    log: dict[Place, list[Entry]] = field(default_factory=dict)
    committed: dict[Place, int] = field(default_factory=dict)
    deaths: Counter[int] = field(default_factory=Counter)
    unnoticed: Counter[int] = field(default_factory=Counter)
    _done_to: Counter[Place] = field(default_factory=Counter)
    _last_in_log: Counter[tuple[str, int]] = field(default_factory=Counter)
    _last_reacted: Counter[tuple[str, int]] = field(default_factory=Counter)
    _projected: Counter[tuple[str, int]] = field(default_factory=Counter)

    def appended(self, place: Place, offset: int, entry: Entry) -> None:
        """A record stands in the log: streams are in order, but for what is sent again."""
        self._note("log", f"{place[0]}/{place[1]} at {offset}: {_described(entry)}")
        if isinstance(entry.content, Heartbeat):
            self.heartbeats.append((place, offset, entry.content.complete_until))
            return
        event: SimulatedEvent = entry.content
        if event.id in self.first_offset:
            return
        self.first_offset[event.id] = offset
        expected = self._last_in_log[event.stream] + (not event.republished)
        if event.revision != expected:
            raise Violation(f"order in the log: {event} came first where revision {expected} was due")
        self._last_in_log[event.stream] = event.revision

    def committed_reaction(self, event: SimulatedEvent) -> None:
        """A reaction took effect: once, and in the order of its stream."""
        self._note("consumer", f"reacted to {event}")
        self.reacted[event.id] += 1
        if self.reacted[event.id] > 1:
            raise Violation(f"a reaction once: {event} was reacted to twice")
        expected = self._last_reacted[event.stream] + 1
        if event.revision != expected:
            raise Violation(f"order of reactions: {event} where revision {expected} was due")
        self._last_reacted[event.stream] = event.revision

    def committed_projection(self, event: SimulatedEvent) -> None:
        """A projection moved: never back."""
        self._note("consumer", f"projected {event}")
        if event.revision < self._projected[event.stream]:
            raise Violation(f"projection went back: {event} after revision {self._projected[event.stream]}")
        self._projected[event.stream] = event.revision

    def committed_parking(self, raw: Raw) -> None:
        """A record was set aside: only a key with a lasting error is."""
        what = f"{raw.key} at {raw.topic}/{raw.partition} {raw.offset}"
        self._note("consumer", f"parked {what}")
        if raw.key not in {row.key for row in self._events() if row.content.error in LASTING}:
            raise Violation(f"nothing but the poisoned keys parked: {what}")

    def committed_freshness(self, place: Place, until: datetime) -> None:
        """The consumer believes that it is complete: then everything of that time is done or parked."""
        self._note("consumer", f"{place[0]}/{place[1]} is complete up to {until:%H:%M:%S.%f}")
        parked = self.parked_ids()
        for row in self._events():
            event: SimulatedEvent = row.content
            if (event.topic, partition_of(event.key)) != place or event.stamp >= until or event.id in parked:
                continue
            done = self._projected[event.stream] >= event.revision if event.republished else self.reacted[event.id]
            if not done:
                raise Violation(f"complete up to {until:%H:%M:%S.%f} without {event} of {event.stamp:%H:%M:%S.%f}")

    def committed_done(self, place: Place, offset: int) -> None:
        """All before this offset is done."""
        self._done_to[place] = max(offset, self._done_to[place])

    def told(self, place: Place, offset: int) -> None:
        """The group commits an offset: a database that is behind it would be held as one that was put back."""
        if offset > self._done_to[place]:
            raise Violation(f"the group stands further than the database: {place} at {offset}")

    def ended_a_process(self, event: SimulatedEvent, raw: Raw) -> None:
        """An event ended whoever handled it: it is parked after some attempts, or it would do so for ever.

        The first time nothing is noted of it, and seldom again: then another process ended before it came so far.
        """
        self.deaths[event.id] += 1
        self.unnoticed[event.id] += not self._is_in_flight(raw)
        if self.unnoticed[event.id] > MOST_UNNOTICED:
            raise Violation(f"a killer is parked: {event} ended processes again and again that had noted nothing of it")
        if self.deaths[event.id] > MOST_DEATHS:
            raise Violation(f"a killer is parked: {event} ended its process {MOST_DEATHS} times and goes on")

    def _is_in_flight(self, raw: Raw) -> bool:
        held = self.consumer.table("in_flight").items()
        place = (raw.topic, raw.partition)
        return any(at == place and first <= raw.offset <= row.last for (at, first), row in held)

    def gap(self, gap: Gap) -> None:
        """Nothing is lost here, so that no gap may show."""
        raise Violation(f"a gap in {gap.topic} {gap.aggregate}: {gap.seen} after {gap.after}")

    def parked_ids(self) -> set[int]:
        """The events that wait for a person to look at them."""
        parked = self.consumer.table("parked")
        return {self.log[topic, partition][offset].content.id for topic, partition, offset in parked}

    def open_points(self) -> Iterator[str]:
        """What is not done yet; at the end nothing may be left."""
        for row in self._events():
            event: SimulatedEvent = row.content
            if not row.marked:
                yield f"not marked as sent: {event}"
            elif not event.republished and not self.reacted[event.id]:
                yield f"every committed event is applied: {event} was not reacted to"
            if self._projected[event.stream] < event.revision:
                yield f"every committed event is applied: {event} is not in the projection"
        if parked := self.consumer.table("parked"):
            yield f"replay drains: {len(parked)} records are still parked"
        for (place, first), held in sorted(self.consumer.table("in_flight").items()):
            # What a member took although another had done it already stays behind it, and does no harm there.
            if first >= 0 and held.last >= self.committed.get(place, 0):
                yield f"nothing is in flight at the end: {place} {first} to {held.last}"
        fresh = self.consumer.table("freshness")
        last = max((row.created_at for row in self._events()), default=None)
        if last is not None and (len(fresh) < len(PLACES) or min(row.until for row in fresh.values()) < last):
            yield "freshness passes the last event"

    def check_end(self) -> None:
        """What only the end can tell."""
        kept = self.owner.table("request")
        for request in self.answered:
            if request not in kept:
                raise Violation(f"nothing answered is missing: request {request}")
        rows = {(place, row.id): row for row in self._events() for place in PLACES if self._is_at(row, place)}
        for place, offset, until in self.heartbeats:
            for (where, id_), row in rows.items():
                if where == place and row.content.stamp < until and self.first_offset.get(id_, offset + 1) > offset:
                    raise Violation(f"the watermark {until:%H:%M:%S.%f} at {place} {offset} passed {row.content}")
        for topic in TOPICS:
            for stream, (revision, amount_sen) in sorted(self.owner.table("stream").items()):
                if stream[0] == topic and self.consumer.table("projection").get(stream) != (revision, amount_sen):
                    raise Violation(f"projection of {stream} differs from its owner's")

    def _note(self, who: str, what: str) -> None:
        self.owner.clock.note(who, what)

    def _is_at(self, row: OutRow, place: Place) -> bool:
        return (row.topic, partition_of(row.key)) == place

    def _events(self) -> list[OutRow]:
        return list(self.owner.table("outbox").values())


def _described(entry: Entry) -> str:
    if isinstance(entry.content, Heartbeat):
        return f"heartbeat, complete up to {entry.content.complete_until:%H:%M:%S.%f}"
    return f"{entry.content}{entry.content.error and f', {entry.content.error}'}"
