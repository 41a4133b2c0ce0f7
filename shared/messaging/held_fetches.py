"""How long the broker may hold a fetch that brings nothing: longer in a silence, since each costs both of them."""

from collections.abc import Iterable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

SHORT_MS = 500
LONG_MS = 2_000
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
        self._consumer._fetcher._fetch_max_wait_ms = LONG_MS if is_silent else SHORT_MS


def _has_events(fetched: Iterable[Sequence[ConsumerRecord]]) -> bool:
    return any(record.key for records in fetched for record in records)
