"""What a foreign client packs is read, and cannot fill the memory of whoever reads it."""

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.topics import physical
from shared.messaging.publisher import Publisher
from shared.messaging.tests.conftest import TOPIC
from shared.messaging.tests.deliveries import Listener, record
from shared.messaging.tests.test_consumer import Stage
from shared.persistence.engine import Database
from shared.testing.servers import Broker, TestDatabase
from shared.testing.service import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

BOMB_BYTES = 50 * 1024 * 1024


@pytest.mark.parametrize("packed", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_record_of_any_compression_is_read_and_a_bomb_is_refused_by_the_broker(
    broker: Broker, topic_prefix: str, platform: TestDatabase, database: Database, packed: str
) -> None:
    good, topic = record(7, 1, 0), physical(TOPIC.name, topic_prefix)
    listener = Listener(database)
    stage = Stage(broker, topic_prefix, listener, Publisher(broker.bootstrap, "test"))
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, compression_type=packed, max_request_size=2 * BOMB_BYTES
    )
    await producer.start()
    try:
        with pytest.raises(KafkaError):
            await producer.send_and_wait(topic, value=bytes(BOMB_BYTES), key=b"person:7")
        await producer.send_and_wait(topic, value=good.payload, key=good.key.encode(), headers=list(good.headers))
    finally:
        await producer.stop()
    async with stage.member():
        await eventually(stage.group_is_through(1))
    assert await listener.reactions() == [1]
