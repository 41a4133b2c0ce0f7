"""Batch handlers that deliver real records as badly as the rules allow (rules P3).

``Shuffled`` keeps order only within an aggregate and topic; ``Doubled`` delivers each batch again after the next one.
"""

import random
from collections.abc import Sequence
from typing import Any

from shared.messaging.batch import BatchHandler
from shared.messaging.received import Reading, Received, ReceivedHeartbeat
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork

SEED = 20260715


class Shuffled(BatchHandler[Any]):
    """Holds whole aggregates back for a while, and hands the others over in a random order."""

    seed = SEED

    def __init__(self, database: Database, unit: type[UnitOfWork]) -> None:
        super().__init__(database, unit)
        self._chance = random.Random(f"{self.seed}/{database.service}")
        self._held: dict[str, list[Reading]] = {}

    async def handle(self, subscription: Subscription[Any], readings: Sequence[Reading]) -> None:
        """Hand over what is not held back; a heartbeat never passes a held record of its partition.

        Held is by topic: a heartbeat that is handed over with another topic's would pass what is held of its own.
        """
        assert {each.raw.topic for each in readings} <= {subscription.topic}, "one topic's records at a time"
        pool = [*self._held.pop(subscription.topic, []), *readings]
        late = {stream for stream in {stream_of(each) for each in pool} if self._chance.random() < 0.5}
        held: list[Reading] = [
            each for each in pool if stream_of(each) in late and not isinstance(each, ReceivedHeartbeat)
        ]
        closed = {each.raw.partition for each in held}
        ready = [each for each in pool if each not in held]
        self._held[subscription.topic] = list(held)
        heartbeats = [
            each for each in ready if isinstance(each, ReceivedHeartbeat) and each.raw.partition not in closed
        ]
        await super().handle(subscription, [*self._in_disorder(ready), *heartbeats])

    def _in_disorder(self, readings: Sequence[Reading]) -> list[Reading]:
        streams: dict[str, list[Reading]] = {}
        for each in readings:
            if not isinstance(each, ReceivedHeartbeat):
                streams.setdefault(stream_of(each), []).append(each)
        turns = [stream for stream, events in streams.items() for _ in events]
        self._chance.shuffle(turns)
        return [streams[stream].pop(0) for stream in turns]


class Doubled(BatchHandler[Any]):
    """Hands each batch over once more, after the next one of its topic."""

    def __init__(self, database: Database, unit: type[UnitOfWork]) -> None:
        super().__init__(database, unit)
        self._last: dict[str, Sequence[Reading]] = {}

    async def handle(self, subscription: Subscription[Any], readings: Sequence[Reading]) -> None:
        """Hand over, then repeat the batch before."""
        await super().handle(subscription, readings)
        await super().handle(subscription, self._last.get(subscription.topic, ()))
        self._last[subscription.topic] = readings


def stream_of(reading: Reading) -> str:
    """What the order is kept within: the aggregate, on its topic."""
    return reading.envelope.subject if isinstance(reading, Received) else f"{reading.raw.partition}/{reading.raw.key}"
