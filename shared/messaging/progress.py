"""How far a consumer is behind, for its gauges: as it looked last, and by the time of the last record that it handled.

Heartbeats reach every partition every 30 s at least, so a lag in seconds is told at most half a minute too long.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition

# A consumer looks every 5 s. One that has not for so long stands at a batch, and is behind by that at least.
STANDS_STILL_SECONDS = 30.0


@dataclass
class Behind:
    """What of a topic is not handled: records, for how long, and how many partitions wait for another release."""

    records: int = 0
    seconds: float = 0.0
    paused: int = 0


@dataclass
class Progress:
    """What the consumer of a process notes of its partitions; ``clock`` is the machine's, as records are stamped."""

    prefix: str = ""
    clock: Callable[[], float] = time.time
    _began: float = 0.0
    _looked: float = 0.0
    _waiting: dict[TopicPartition, int] = field(default_factory=dict)
    _handled: dict[TopicPartition, float] = field(default_factory=dict)
    _paused: frozenset[TopicPartition] = frozenset()

    @property
    def partitions(self) -> int:
        """How many are assigned to this process."""
        return len(self._waiting)

    def begin(self) -> None:
        """A client has joined the group; what an earlier one handled counts no more."""
        self._began = self._looked = self.clock()
        self._handled.clear()

    def handled(self, records: Iterable[ConsumerRecord], paused: Collection[TopicPartition]) -> None:
        """These records are done, except those of partitions that are paused."""
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            if partition not in paused:
                self._handled[partition] = record.timestamp / 1000

    def look(self, lags: Mapping[TopicPartition, tuple[int, int]], paused: Collection[TopicPartition]) -> None:
        """Position and end of each assigned partition."""
        self._looked = self.clock()
        self._waiting = {partition: max(0, end - position) for partition, (position, end) in lags.items()}
        self._paused = frozenset(paused)

    def end(self) -> None:
        """The client has left: nothing is assigned."""
        self._waiting = {}
        self._paused = frozenset()

    def behind(self) -> dict[str, Behind]:
        """By topic, each by its logical name."""
        now = self.clock()
        stands_still = now - self._looked if now - self._looked > STANDS_STILL_SECONDS else 0.0
        found: dict[str, Behind] = {}
        for partition, waiting in self._waiting.items():
            topic = found.setdefault(partition.topic.removeprefix(self.prefix), Behind())
            since = now - self._handled.get(partition, self._began) if waiting else 0.0
            topic.records += waiting
            topic.seconds = max(topic.seconds, since, stands_still)
            topic.paused += partition in self._paused
        return found
