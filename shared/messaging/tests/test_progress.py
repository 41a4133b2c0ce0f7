"""How far a consumer is behind is told by records and by seconds, also while it stands still or has no broker."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from shared.messaging.progress import Behind, Progress

PLACE = TopicPartition("t7.registration", 3)


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def record(at: float, partition: int = 3) -> Any:
    return SimpleNamespace(topic=PLACE.topic, partition=partition, timestamp=at * 1000)


def begun() -> tuple[Progress, Clock]:
    clock = Clock()
    progress = Progress("t7.", clock)
    progress.begin()
    return progress, clock


def test_what_waits_behind_the_last_handled_record_is_counted_and_timed() -> None:
    progress, clock = begun()
    progress.handled([record(1000.0), record(1002.0)])
    clock.now = 1010.0
    progress.look({PLACE: (5, 9), TopicPartition(PLACE.topic, 4): (2, 3)})
    assert progress.behind() == {"registration": Behind(records=5, seconds=10.0)}
    assert progress.partitions == 2


def test_nothing_waits_where_the_end_is_reached_however_long_ago() -> None:
    progress, clock = begun()
    progress.handled([record(1000.0)])
    clock.now = 5000.0
    progress.look({PLACE: (9, 9)})
    assert progress.behind() == {"registration": Behind()}


def test_a_consumer_that_stands_at_a_batch_is_behind_by_that() -> None:
    progress, clock = begun()
    progress.look({PLACE: (9, 9)})
    clock.now += 100
    assert progress.behind()["registration"].seconds == 100


def test_a_consumer_without_a_broker_has_no_partitions() -> None:
    progress, _ = begun()
    progress.look({PLACE: (5, 9)})
    progress.end()
    assert (progress.partitions, progress.behind()) == (0, {})
