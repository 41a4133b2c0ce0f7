"""How far a consumer is behind, for its gauges: as it looked last, and by the time of the last record that it handled.

Heartbeats reach every partition every 30 s at least, so a lag in seconds is told at most half a minute too long.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition

# A consumer looks every 5 s. One that has not for so long stands at a batch, and is behind by that at least.
STANDS_STILL_SECONDS = 30.0


@dataclass
class Behind:
    """What of a topic is not handled: records, and for how long."""

    records: int = 0
    seconds: float = 0.0


@dataclass
class Progress:
    """What the consumer of a process notes of its partitions; ``clock`` is the machine's, as records are stamped."""

    prefix: str = ""
    clock: Callable[[], float] = time.time
    _began: float = 0.0
    _looked: float = 0.0
    _waiting: dict[TopicPartition, int] = field(default_factory=dict)
    _handled: dict[TopicPartition, float] = field(default_factory=dict)

    @property
    def partitions(self) -> int:
        """How many are assigned to this process."""
        return len(self._waiting)

    def begin(self) -> None:
        """A client has joined the group; what an earlier one handled counts no more."""
        self._began = self._looked = self.clock()
        self._handled.clear()

    def handled(self, records: Iterable[ConsumerRecord]) -> None:
        """These records are done."""
        last = {(record.topic, record.partition): record.timestamp for record in records}
        self._handled.update({TopicPartition(*place): stamp / 1000 for place, stamp in last.items()})

    def look(self, lags: Mapping[TopicPartition, tuple[int, int]]) -> None:
        """Position and end of each assigned partition."""
        self._looked = self.clock()
        self._waiting = {partition: max(0, end - position) for partition, (position, end) in lags.items()}

    def end(self) -> None:
        """The client has left: nothing is assigned."""
        self._waiting = {}

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
        return found
