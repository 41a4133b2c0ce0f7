"""What becomes of records and producers when the broker does not answer."""

import asyncio
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient

from shared.messaging import publisher as publishers
from shared.messaging.publisher import Message, Publisher
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
