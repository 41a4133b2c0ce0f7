"""What the statements of the consumer store and the outbox do, on the model of a database.

``shared/messaging/tests/test_model.py`` runs the consumer store's real statements beside these and compares.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.messaging.consumer_core import Gap, Place, gaps, spans
from shared.messaging.received import Aside, Raw, Received, ReceivedHeartbeat
from tests.prove.simulation.database import Database, Transaction


@dataclass(frozen=True)
class Held:
    """A row of in_flight."""

    last: int
    attempts: int


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

    async def give_back(self, raws: Sequence[Raw]) -> None:
        await self._uow.database.statement("give back")
        for place, (first, last) in sorted(spans(raws).items()):
            await self._uow.lock("in_flight", place, first)
            held = self._uow.get("in_flight", (place, first))
            if held is not None and held.last == last:
                self._uow.put("in_flight", (place, first), replace(held, attempts=held.attempts - 1))
        for (place, first), held in self._uow.rows("in_flight"):
            if held.attempts == 0:
                await self._uow.lock("in_flight", place, first)
                self._uow.delete("in_flight", (place, first))

    async def left_over(self) -> Mapping[Place, int]:
        await self._uow.database.statement("left over")
        found: dict[Place, int] = {}
        for (place, _), held in self._uow.rows("in_flight"):
            found[place] = max(held.last, found.get(place, held.last))
        return found

    async def is_new(self, received: Received) -> bool:
        await self._uow.database.statement("inbox")
        event = (received.raw.topic, received.envelope.id)
        await self._uow.lock("inbox", event)
        if self._uow.get("inbox", event) is not None:
            return False
        self._uow.put("inbox", event, received.raw.offset)
        return True

    async def follow_streams(self, received: Sequence[Received]) -> list[Gap]:
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
        return [gap for stream in sorted(versions) for gap in gaps(stream, before[stream], versions[stream])]

    async def note_freshness(self, heartbeats: Sequence[ReceivedHeartbeat]) -> None:
        await self._uow.database.statement("freshness")
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

    async def complete_until(self, topic: str) -> datetime | None:
        known = [fresh for (of, _), fresh in self._uow.rows("freshness") if of == topic]
        enough = bool(known) and len(known) >= max(fresh.partitions for fresh in known)
        return min(fresh.until for fresh in known) if enough else None

    async def parked_keys(self, topic: str, keys: Collection[str]) -> Mapping[str, int]:
        await self._uow.database.statement("parked keys")
        found = parked_keys(self._uow.rows("parked"), topic)
        return {key: first for key, first in found.items() if key in keys}

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
