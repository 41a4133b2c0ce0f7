"""The watchdog ends a process whose client is stuck, and no other (rules M6)."""

from typing import Any

import pytest
from aiokafka import TopicPartition

from shared.messaging.consumer import SILENCE_SECONDS, UNANSWERED_SECONDS, Silence, Stalled, Watchdog, lags_of

PLACE = TopicPartition("t", 0)


def test_the_watchdog_barks_when_a_position_stands_still_under_lag() -> None:
    watchdog = Watchdog(stall_seconds=60)
    watchdog.look({PLACE: (5, 9)}, now=0)
    watchdog.look({PLACE: (5, 9)}, now=60)
    with pytest.raises(Stalled):
        watchdog.look({PLACE: (5, 9)}, now=61)


def test_the_watchdog_is_quiet_while_a_position_moves_or_nothing_is_left_to_read() -> None:
    watchdog = Watchdog(stall_seconds=60)
    for look in range(10):
        watchdog.look({PLACE: (look, 99)}, now=look * 50)
    for look in range(10):
        watchdog.look({PLACE: (99, 99)}, now=500 + look * 50)
    watchdog.look({PLACE: (99, 100)}, now=1_000)


def test_the_watchdog_forgets_a_partition_that_is_paused_or_was_with_another_member() -> None:
    """Paused partitions are left out of what it is shown."""
    watchdog = Watchdog(stall_seconds=60)
    watchdog.look({PLACE: (5, 9)}, now=0)
    watchdog.look({}, now=50)
    watchdog.look({PLACE: (5, 9)}, now=100)
    watchdog.look({PLACE: (5, 9)}, now=150)


def test_the_watchdog_starts_afresh_when_its_own_process_stood_still() -> None:
    watchdog = Watchdog(stall_seconds=60)
    watchdog.look({PLACE: (5, 9)}, now=0)
    watchdog.look({PLACE: (5, 9)}, now=5)
    watchdog.look({PLACE: (5, 9)}, now=70)
    watchdog.look({PLACE: (5, 9)}, now=130)
    with pytest.raises(Stalled):
        watchdog.look({PLACE: (5, 9)}, now=131)


class Client:
    """What ``lags_of`` asks of the client."""

    def assignment(self) -> set[TopicPartition]:
        return {PLACE, TopicPartition("t", 1), TopicPartition("t", 2), TopicPartition("t", 3)}

    def paused(self) -> set[TopicPartition]:
        return {TopicPartition("t", 3)}

    def highwater(self, partition: TopicPartition) -> int | None:
        return {PLACE: 9, TopicPartition("t", 1): 9, TopicPartition("t", 3): 9}.get(partition)

    async def position(self, partition: TopicPartition) -> int:
        return {PLACE: 5, TopicPartition("t", 1): 5, TopicPartition("t", 3): 5}[partition]


async def test_a_partition_without_a_known_end_or_that_is_held_is_no_lag() -> None:
    client: Any = Client()
    assert await lags_of(client) == {PLACE: (5, 9), TopicPartition("t", 1): (5, 9)}


def test_a_silence_is_long_after_a_while_and_ends_with_what_is_heard() -> None:
    silence = Silence(now=0)
    assert not silence.is_long(SILENCE_SECONDS)
    assert silence.is_long(SILENCE_SECONDS + 1)
    silence.broken(100)
    assert not silence.is_long(100 + SILENCE_SECONDS)


def test_a_client_that_does_not_get_what_the_broker_has_is_stalled() -> None:
    """By the ends that it knew itself it had no lag (seen after two kills of the broker within 15 s)."""
    silence = Silence(now=0)
    for now in (16, 21, 26, 31, 36):
        silence.look({PLACE: (9, 10)}, now)
    with pytest.raises(Stalled):
        silence.look({PLACE: (9, 10)}, now=41)


def test_a_silence_with_nothing_to_read_is_none() -> None:
    silence = Silence(now=0)
    for now in range(16, 1_000, 5):
        silence.look({PLACE: (10, 10)}, now)


def test_a_broker_that_is_away_is_waited_for_but_not_for_ever() -> None:
    silence = Silence(now=0)
    silence.look(None, UNANSWERED_SECONDS)
    silence.look({PLACE: (10, 10)}, UNANSWERED_SECONDS + 1)
    silence.look(None, 2 * UNANSWERED_SECONDS)
    with pytest.raises(Stalled, match="no answer"):
        silence.look(None, 2 * UNANSWERED_SECONDS + 2)
