"""A log with partitions, and a group that reads it. Not a broker's stand-in: only what the rules rely on, at its worst.

Within one session of a producer records of one partition are never appended with a hole; everything else may happen:
a send is cut off, arrives after it was given up, is acknowledged in part, is doubled, passes records of other keys.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.messaging.publisher import Position
from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Clock, Wait

TOPICS = ("decided", "noted")
PARTITIONS = 2
Place = tuple[str, int]
PLACES: tuple[Place, ...] = tuple((topic, partition) for topic in TOPICS for partition in range(PARTITIONS))


@dataclass(frozen=True)
class Entry:
    """A record of the log: what it says, and when it was appended."""

    key: str
    content: Any
    at: datetime


def partition_of(key: str) -> int:
    """The partition of a key."""
    return int(key.rpartition(":")[2]) % PARTITIONS


@dataclass
class Log:
    """All partitions; ``appended`` is called with each record."""

    clock: Clock
    chance: Chance
    appended: Callable[[Place, int, Entry], None]
    entries: dict[Place, list[Entry]] = field(default_factory=lambda: {place: [] for place in PLACES})
    away_until: float = 0.0

    def append(self, place: Place, key: str, content: Any) -> int:
        """Add a record; its offset."""
        entry = Entry(key, content, self.clock.instant())
        self.entries[place].append(entry)
        offset = len(self.entries[place]) - 1
        self.appended(place, offset, entry)
        return offset

    async def send(self, records: Sequence[tuple[Place, str, Any]]) -> list[Position | None]:
        """Send within one session; the position of each record, None where it was not acknowledged."""
        positions: list[Position | None] = [None] * len(records)
        await Wait(0.002, "relay.read")
        if self.chance.strikes("broker away"):
            self.away_until = self.clock.now + self.chance.between(1.0, 8.0)
        if self.clock.now < self.away_until:
            await Wait(3.0, "relay.handed_over")
            return positions
        for place in sorted({place for place, _, _ in records}):
            await Wait(0.002, "relay.handed_over")
            numbers = [number for number, record in enumerate(records) if record[0] == place]
            self._deliver(place, records, numbers, positions)
        await Wait(0.002, "relay.acknowledged")
        return positions

    def _deliver(
        self,
        place: Place,
        records: Sequence[tuple[Place, str, Any]],
        numbers: list[int],
        positions: list[Position | None],
    ) -> None:
        chance = self.chance
        if len(numbers) > 1 and chance.strikes("keys reordered"):
            numbers = chance.interleaved([(records[number][1], number) for number in numbers])
        whole = numbers
        if chance.strikes("send cut off"):
            numbers = numbers[: chance.below(len(numbers))]
        if chance.strikes("send arrives late"):
            late = [records[number] for number in numbers]
            self.clock.later(chance.between(0.1, 6.0), lambda: self._append_all(late))
            return
        for number in numbers:
            offset = self.append(*records[number])
            if not chance.strikes("acknowledgement lost"):
                positions[number] = Position(place[1], offset)
        if numbers and chance.strikes("records doubled"):
            self._append_all([records[number] for number in whole[: len(numbers)]])

    def _append_all(self, records: Sequence[tuple[Place, str, Any]]) -> None:
        for record in records:
            self.append(*record)


@dataclass
class Group:
    """Who reads which partition, and the offsets that were committed: only a hint. ``told`` is called with each."""

    log: Log
    members: tuple[str, ...]
    told: Callable[[Place, int], None]
    owner: dict[Place, str] = field(default_factory=dict)
    committed: dict[Place, int] = field(default_factory=dict)
    positions: dict[tuple[str, Place], int] = field(default_factory=dict)
    generation: int = 0
    _revoked: dict[str, Callable[[], None]] = field(default_factory=dict)
    _new: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._assign()

    def join(self, member: str, revoked: Callable[[], None]) -> None:
        """A fresh client; ``revoked`` is called before its partitions are given to others, whatever it does then."""
        self._revoked[member] = revoked
        self._new.add(member)

    def leave(self, member: str) -> None:
        """The client is gone."""
        self._revoked.pop(member, None)

    def is_new(self, member: str) -> bool:
        """Whether partitions were assigned to the member since it sought its positions."""
        return member in self._new

    def begin_again(self, member: str) -> set[Place]:
        """The member seeks its positions now, in these."""
        self._new.discard(member)
        return {place for place in PLACES if self.owner[place] == member}

    def seek(self, member: str, place: Place, offset: int) -> None:
        """Read on from there."""
        self.positions[member, place] = offset

    def fetch(self, member: str, most: int) -> dict[Place, list[tuple[int, Entry]]]:
        """Records from where the member stands in each partition that is its own; none before it sought that."""
        chance = self.log.chance
        if chance.strikes("rebalance"):
            self._assign()
        if chance.strikes("offsets deleted"):
            self.committed.clear()
            self._assign()
        if self.is_new(member):
            return {}
        found: dict[Place, list[tuple[int, Entry]]] = {}
        for place in (place for place in PLACES if self.owner[place] == member):
            start = self.positions[member, place]
            if start and chance.strikes("fetched again from before", f"{place}"):
                start = chance.below(start)
            entries = self.log.entries[place][start : start + most]
            if entries:
                found[place] = list(enumerate(entries, start))
                self.positions[member, place] = start + len(entries)
        return found

    def commit(self, member: str, generation: int, place: Place, offset: int) -> None:
        """Keep an offset as a hint, if the partition is the member's since then."""
        if generation != self.generation or self.owner[place] != member:
            return
        if not self.log.chance.strikes("offset commit lost"):
            self.told(place, offset)
            self.committed[place] = offset

    def _assign(self) -> None:
        for revoked in list(self._revoked.values()):
            revoked()
        for place in PLACES:
            self.owner[place] = self.members[self.log.chance.below(len(self.members))]
        self.positions.clear()
        self._new.update(self.members)
        self.generation += 1
