"""What becomes of records and producers when the broker does not answer."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient

from shared.contracts.topics import physical
from shared.messaging import publisher as publishers
from shared.messaging.publisher import Message, Position, Publisher
from shared.messaging.tests.conftest import TOPIC
from shared.testing.servers import Broker

pytestmark = pytest.mark.kafka


async def _never_ready(self: AIOKafkaClient, node_id: int, **_: Any) -> bool:
    return False


def senders() -> list["asyncio.Task[Any]"]:
    return [task for task in asyncio.all_tasks() if "_sender_routine" in str(task.get_coro())]


async def test_a_producer_that_is_given_up_sends_nothing_later_on(
    broker: Broker, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, running = f"{topic_prefix}t", len(senders())
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    monkeypatch.setattr(publishers, "STOP_LIMIT_SECONDS", 3)
    publisher = Publisher(broker.bootstrap, "test", send_limit=10)
    [first] = await publisher.send([Message(topic, "k", {}, b"first")])
    assert first is not None
    publisher._send_limit = 0.3
    with monkeypatch.context() as away:
        away.setattr(AIOKafkaClient, "ready", _never_ready)
        assert await publisher.send([Message(topic, "k", {}, b"given up")]) == [None]
        assert len(senders()) == running
    publisher._send_limit = 10
    [again] = await publisher.send([Message(topic, "k", {}, b"again")])
    assert again is not None
    assert again.offset == first.offset + 1, "what was given up has arrived after all"
    await publisher.close()


async def read_records(broker: Broker, topic: str, count: int) -> dict[tuple[int, int], bytes]:
    """What stands on a topic, by partition and offset."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    found: dict[tuple[int, int], bytes] = {}
    try:
        while len(found) < count:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found |= {(record.partition, record.offset): record.value for record in records}
    finally:
        await consumer.stop()
    return found


async def test_each_message_is_told_its_own_place_and_each_key_keeps_its_order(
    broker: Broker, topic_prefix: str
) -> None:
    """Over all partitions, and where one alone is larger than a batch is meant to be."""
    topic, publisher = physical(TOPIC.name, topic_prefix), Publisher(broker.bootstrap, "t")
    small = [Message(topic, f"k{number % 40}", {"ce_id": f"{number}"}, b"%d" % number) for number in range(400)]
    large = [Message(topic, "large", {}, b"%d" % number + b"x" * 300_000) for number in range(5)]
    messages = [each for pair in zip(small, large, strict=False) for each in pair] + small[len(large) :]
    positions = await publisher.send(messages)
    await publisher.close()
    found = await read_records(broker, topic, len(messages))
    assert [found[position.partition, position.offset] for position in positions if position is not None] == [
        message.payload for message in messages
    ]
    by_key: dict[str | None, list[Position]] = {}
    for message, position in zip(messages, positions, strict=True):
        assert position is not None
        by_key.setdefault(message.key, []).append(position)
    assert all(places == sorted(places) and len({at.partition for at in places}) == 1 for places in by_key.values())


async def test_a_key_has_the_partition_that_the_client_itself_would_give_it(broker: Broker, topic_prefix: str) -> None:
    topic, publisher = physical(TOPIC.name, topic_prefix), Publisher(broker.bootstrap, "t")
    ours = await publisher.send([Message(topic, f"person:{number}", {}, b"ours") for number in range(50)])
    await publisher.close()
    bare = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await bare.start()
    try:
        theirs = [await bare.send_and_wait(topic, b"theirs", key=b"person:%d" % number) for number in range(50)]
    finally:
        await bare.stop()
    assert [position and position.partition for position in ours] == [each.partition for each in theirs]
