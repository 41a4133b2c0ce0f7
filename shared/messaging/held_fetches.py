"""How long the broker may hold a fetch that brings nothing, and how often the client looks for what else to fetch.

Both are seldomer in a silence, since each costs time for every partition and brings nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

SHORT_MS = 500
LONG_MS = 2_000
# The client's own, and as long as a fetch is held: until it is answered there is nothing else to fetch.
SHORT_LOOK_SECONDS = 0.2
LONG_LOOK_SECONDS = 2.0
SILENCE_SECONDS = 5.0


class HeldFetches:
    """A fetch is answered as soon as there is something, so it costs no latency that it is held long.

    What else is asked waits on its connection until it is answered, such as where partitions end: so it is short while
    there are events, after an assignment, and at the start. Heartbeats, which have no key, break no silence.
    """

    def __init__(self, consumer: AIOKafkaConsumer, now: float) -> None:
        self._consumer = consumer
        self._heard = now
        self._assigned: frozenset[TopicPartition] = frozenset()

    def look(self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]], now: float) -> None:
        """Note what came, and say how long the next fetches may be held; ``now`` in seconds."""
        assigned = frozenset(self._consumer.assignment())
        if assigned != self._assigned or _has_events(fetched.values()):
            self._assigned, self._heard = assigned, now
        is_silent = now - self._heard > SILENCE_SECONDS
        fetcher = self._consumer._fetcher
        fetcher._fetch_max_wait_ms = LONG_MS if is_silent else SHORT_MS
        fetcher._fetcher_timeout = LONG_LOOK_SECONDS if is_silent else SHORT_LOOK_SECONDS


def _has_events(fetched: Iterable[Sequence[ConsumerRecord]]) -> bool:
    return any(record.key for records in fetched for record in records)
