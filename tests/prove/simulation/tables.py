"""What the statements of the consumer store and the outbox do, on the model of a database.

``shared/messaging/tests/test_model.py`` runs the consumer store's real statements beside these and compares.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.messaging.consumer_core import Left, Place, each_once, gaps, spans
from shared.messaging.consumer_store import Arrived, Begun, Followed, Known
from shared.messaging.received import Aside, Control, Raw, Reading, Received, ReceivedHeartbeat
from tests.prove.simulation.database import Database, Transaction

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_NO_RECORD = -1


@dataclass(frozen=True)
class Held:
    """A row of in_flight."""

    last: int
    attempts: int
    word: datetime | None = None


@dataclass(frozen=True)
class Fresh:
    """A row of freshness."""

    partitions: int
    epoch: int
    until: datetime


class ConsumerStoreModel:
    """The consumer store's statements inside one transaction; each is a round trip that may fail."""

    def __init__(self, uow: Transaction) -> None:
        self._uow = uow

    async def take_in_flight(self, raws: Sequence[Raw]) -> int:
        await self._uow.database.statement("take")
        most = 0
        for place, (first, last) in sorted(spans(raws).items()):
            await self._uow.lock("in_flight", place, first)
            held = self._uow.get("in_flight", (place, first))
            attempts = held.attempts + 1 if held is not None and held.last == last else 1
            self._uow.put("in_flight", (place, first), Held(last, attempts))
            most = max(most, attempts)
        return most

    async def release(self, raws: Sequence[Raw]) -> None:
        await self._uow.database.statement("release")
        done = spans(raws)
        for (place, first), _ in self._uow.rows("in_flight"):
            if place in done and done[place][0] <= first <= done[place][1]:
                await self._uow.lock("in_flight", place, first)
                self._uow.delete("in_flight", (place, first))
        for place, (_, last) in sorted(done.items()):
            await self._uow.lock("read_position", place)
            self._uow.put("read_position", place, max(last + 1, self._uow.get("read_position", place) or 0))

    async def positions(self) -> Mapping[Place, int]:
        await self._uow.database.statement("positions")
        return dict(self._uow.rows("read_position"))

    async def turn_back(self, offsets: Mapping[Place, int]) -> None:
        await self._uow.database.statement("turn back")
        for place, offset in sorted(offsets.items()):
            await self._uow.lock("read_position", place)
            known = self._uow.get("read_position", place)
            if known is not None:
                self._uow.put("read_position", place, min(known, offset))

    async def begin_reading(self, places: Collection[Place]) -> Mapping[Place, Begun]:
        await self._uow.database.statement("begin reading")
        begun = {}
        for place in sorted(places):
            await self._uow.lock("in_flight", place, _NO_RECORD)
            stood = self._uow.get("in_flight", (place, _NO_RECORD))
            word = EPOCH + timedelta(microseconds=self._uow.database.next_id())
            noted = [held.last for (at, _), held in self._uow.rows("in_flight") if at == place]
            left = Left(self._uow.get("read_position", place) or 0, max(noted, default=_NO_RECORD))
            self._uow.put("in_flight", (place, _NO_RECORD), Held(_NO_RECORD, 1, word))
            begun[place] = Begun(word, stood.word if stood is not None else None, left)
        return begun

    async def end_reading(self, words: Mapping[Place, datetime]) -> None:
        await self._uow.database.statement("end reading")
        for place, word in sorted(words.items()):
            await self._uow.lock("in_flight", place, _NO_RECORD)
            held = self._uow.get("in_flight", (place, _NO_RECORD))
            if held is not None and held.word == word:
                self._uow.delete("in_flight", (place, _NO_RECORD))

    async def give_back(self, raws: Sequence[Raw], attempts: int = 1) -> None:
        await self._uow.database.statement("give back")
        for place, (first, last) in sorted(spans(raws).items()):
            await self._uow.lock("in_flight", place, first)
            held = self._uow.get("in_flight", (place, first))
            if held is not None and held.last == last and held.attempts >= attempts:
                self._uow.put("in_flight", (place, first), replace(held, attempts=held.attempts - 1))
        for (place, first), held in self._uow.rows("in_flight"):
            if held.attempts == 0:
                await self._uow.lock("in_flight", place, first)
                self._uow.delete("in_flight", (place, first))

    async def left_over(self) -> Mapping[Place, int]:
        await self._uow.database.statement("left over")
        found: dict[Place, int] = {}
        for (place, first), held in self._uow.rows("in_flight"):
            if first == _NO_RECORD:
                continue
            found[place] = max(held.last, found.get(place, held.last))
        return found

    async def new_among(self, received: Sequence[Received]) -> list[Received]:
        await self._uow.database.statement("inbox")
        events = {(each.raw.topic, each.envelope.id): each.raw.offset for each in received}
        fresh = set()
        for event in sorted(events):
            await self._uow.lock("inbox", event)
            if self._uow.get("inbox", event) is None:
                self._uow.put("inbox", event, events[event])
                fresh.add(event)
        return each_once(received, fresh)

    async def follow_streams(self, received: Sequence[Received]) -> Followed:
        """Nothing here counts by day."""
        await self._uow.database.statement("follow")
        versions: dict[tuple[str, str], list[int]] = {}
        for each in received:
            if each.envelope.announcement is None:
                versions.setdefault((each.raw.topic, each.envelope.subject), []).append(each.envelope.stream_version)
        before = {stream: self._uow.get("seen", stream) for stream in versions}
        for stream in sorted(versions):
            await self._uow.lock("seen", stream)
            known = self._uow.get("seen", stream)
            self._uow.put("seen", stream, max(versions[stream] if known is None else [known, *versions[stream]]))
        return Followed([gap for stream in sorted(versions) for gap in gaps(stream, before[stream], versions[stream])])

    async def note_freshness(
        self, heartbeats: Sequence[ReceivedHeartbeat], raws: Sequence[Raw]
    ) -> Mapping[str, Arrived]:
        await self.release(raws)
        topics = {each.raw.topic for each in heartbeats}
        before = {topic: await self.complete_until(topic) for topic in topics}
        for heartbeat in sorted(
            heartbeats, key=lambda heartbeat: (heartbeat.raw.topic, heartbeat.raw.partition, heartbeat.raw.offset)
        ):
            place, said = (heartbeat.raw.topic, heartbeat.raw.partition), heartbeat.heartbeat
            await self._uow.lock("freshness", place)
            known = self._uow.get("freshness", place)
            until = said.complete_until
            if known is not None and said.epoch < known.epoch:
                continue
            if known is not None and said.epoch == known.epoch:
                until = max(known.until, until)
            self._uow.put("freshness", place, Fresh(said.partitions, said.epoch, until))
        return {topic: Arrived(before[topic], await self.complete_until(topic)) for topic in topics}

    async def complete_until(self, topic: str) -> datetime | None:
        known = [fresh for (of, _), fresh in self._uow.rows("freshness") if of == topic]
        enough = bool(known) and len(known) >= max(fresh.partitions for fresh in known)
        return min(fresh.until for fresh in known) if enough else None

    async def known(self, topic: str, readings: Sequence[Reading]) -> Known:
        await self._uow.database.statement("known")
        keys = {each.raw.key for each in readings if not isinstance(each, Control)}
        found = parked_keys(self._uow.rows("parked"), topic)
        return Known({key: first for key, first in found.items() if key in keys})

    async def park(self, aside: Aside) -> bool:
        await self._uow.database.statement("park")
        raw = aside.raw
        await self._uow.lock("parked", raw.topic, raw.partition, raw.offset)
        if self._uow.get("parked", (raw.topic, raw.partition, raw.offset)) is not None:
            return False
        self._uow.put("parked", (raw.topic, raw.partition, raw.offset), (raw, aside.reason))
        self._uow.put("dead_letters", self._uow.database.next_id(), raw)
        return True


def parked_keys(rows: Sequence[tuple[Any, Any]], topic: str) -> dict[str, int]:
    """The keys of a topic of which something is parked, with the first offset of each."""
    found: dict[str, int] = {}
    for (of, _, offset), (raw, _) in rows:
        if of == topic:
            found[raw.key] = min(offset, found.get(raw.key, offset))
    return found


@dataclass(frozen=True)
class OutRow:
    """A row of the outbox, with what the record will say."""

    id: int
    topic: str
    key: str
    content: Any
    created_at: datetime
    marked: bool = False


class OutboxModel:
    """The relay's statements: selected by state, marked by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unmarked(self, limit: int, after: int, besides: Collection[int]) -> list[OutRow]:
        """The lowest rows that are not marked, nor under way; ``after`` is for the relay that remembers an id."""
        rows = sorted(self._database.table("outbox").items())
        return [row for id_, row in rows if not row.marked and id_ > after and id_ not in besides][:limit]

    def mark(self, ids: Sequence[int]) -> None:
        """These are sent."""
        outbox = self._database.table("outbox")
        for id_ in ids:
            outbox[id_] = replace(outbox[id_], marked=True)

    def oldest_unmarked(self) -> datetime | None:
        """The least stamp among those that are not marked."""
        waiting = (row.created_at for row in self._database.table("outbox").values() if not row.marked)
        return min(waiting, default=None)
