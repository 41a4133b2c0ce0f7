"""How long a fetch that brings nothing is held by the broker, and that it costs an event no time."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import physical
from shared.messaging.held_fetches import (
    LONG_LOOK_SECONDS,
    LONG_MS,
    SHORT_LOOK_SECONDS,
    SHORT_MS,
    SILENCE_SECONDS,
    HeldFetches,
)
from shared.messaging.publisher import Message, Publisher
from shared.messaging.tests.conftest import TOPIC
from shared.testing.servers import Broker

HEARTBEAT, EVENT = SimpleNamespace(key=None), SimpleNamespace(key=b"person:1")
PLACE = TopicPartition("t", 0)


def client(assigned: set[TopicPartition]) -> Any:
    fetcher = SimpleNamespace(_fetch_max_wait_ms=SHORT_MS, _fetcher_timeout=SHORT_LOOK_SECONDS)
    return SimpleNamespace(assignment=lambda: assigned, _fetcher=fetcher)


def test_it_is_long_in_a_silence_which_a_heartbeat_does_not_break_and_an_event_does() -> None:
    consumer = client({PLACE})
    held = HeldFetches(consumer, 0.0)

    def after(seconds: float, *records: Any) -> int:
        held.look({PLACE: list(records)} if records else {}, seconds)
        wait: int = consumer._fetcher._fetch_max_wait_ms
        looks_seldom = consumer._fetcher._fetcher_timeout == LONG_LOOK_SECONDS
        assert looks_seldom is (wait == LONG_MS)
        return wait

    assert after(1.0) == SHORT_MS
    assert after(1.1 + SILENCE_SECONDS, HEARTBEAT) == LONG_MS
    assert after(20.0, HEARTBEAT, EVENT) == SHORT_MS
    assert after(20.1 + SILENCE_SECONDS) == LONG_MS


def test_it_is_short_for_a_while_after_an_assignment() -> None:
    assigned = {PLACE}
    consumer = client(assigned)
    held = HeldFetches(consumer, 0.0)
    held.look({}, 0.0)
    held.look({}, 10.0)
    assert consumer._fetcher._fetch_max_wait_ms == LONG_MS
    assigned.add(TopicPartition("t", 1))
    held.look({}, 20.0)
    assert consumer._fetcher._fetch_max_wait_ms == SHORT_MS


@pytest.mark.kafka
async def test_the_client_holds_its_fetches_as_long_as_it_was_told(broker: Broker, topic_prefix: str) -> None:
    """The client has no option for it while it runs: this is its own attribute, asked for before every fetch."""
    topic, publisher = physical(TOPIC.name, topic_prefix), Publisher(broker.bootstrap, "t")
    await publisher.send([Message(topic, "k", {}, b"first")])
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, fetch_max_wait_ms=SHORT_MS)
    await consumer.start()
    try:
        waits: list[int] = []
        send = consumer._client.send

        async def counted(node: int, request: Any, **more: Any) -> Any:
            if type(request).__name__.startswith("Fetch"):
                waits.append(request._max_wait_ms)
            return await send(node, request, **more)

        consumer._client.send = counted
        assert consumer._fetcher._fetcher_timeout == SHORT_LOOK_SECONDS
        held = HeldFetches(consumer, 0.0)
        held.look({}, 0.0)
        held.look({}, 10.0)
        await asyncio.sleep(1.5)
        assert waits[-1] == LONG_MS
    finally:
        await consumer.stop()
        await publisher.close()
