"""A partner as it is: a foreign client with a name and a secret, which pushes to its topic and reads its answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.partner_access import admit_to_kafka
from shared.contracts.partner_topics import PartnerTopics
from shared.kernel.identifiers import new_id
from shared.testing.servers import Broker

Header = tuple[str, bytes | None]
PATIENCE_S = 40.0


@dataclass
class Partner:
    """Speaks SASL/SCRAM to the partners' listener; ``answers`` are all that it has read."""

    party: str
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    topics: PartnerTopics
    prefix: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, value: bytes | None, headers: list[Header]) -> int:
        """A record as it is; its offset."""
        topic = self.prefix + self.topics.events
        return int((await self.producer.send_and_wait(topic, value, key=b"k", headers=headers)).offset)

    async def push(self, type_: str, data: Any, **changes: Any) -> str:
        """An event in the binary form; its id."""
        id_ = changes.pop("id", str(new_id()))
        await self.send(orjson.dumps(data), binary(type_, id_, **changes))
        return str(id_)

    async def push_structured(self, type_: str, data: Any, **changes: Any) -> str:
        """An event in the structured form; its id."""
        event = {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": "/payroll",
            "type": type_,
            "data": data,
            **changes,
        }
        await self.send(orjson.dumps(event), [("content-type", b"application/cloudevents+json")])
        return str(event["id"])

    async def answered(self, which: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first answer of which this is true, read or to come."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := next((each for each in self.answers if which(each)), None)):
                await self.read()
        return found

    async def answer_to(self, id_: str) -> dict[str, Any]:
        """The first answer about an event."""
        return await self.answered(lambda each: each.get("id") == id_)

    async def answer_at(self, offset: int) -> dict[str, Any]:
        """The answer to a record."""
        return await self.answered(lambda each: each.get("offset") == offset)

    async def read(self) -> None:
        """What has come meanwhile."""
        for records in (await self.consumer.getmany(timeout_ms=200)).values():
            for record in records:
                assert dict(record.headers)["ce_type"] == b"event.answered"
                self.answers.append(orjson.loads(record.value))


def binary(type_: str, id_: str, **changes: str | None) -> list[Header]:
    """The headers of an event; one that is None is left out."""
    attributes = {"specversion": "1.0", "id": id_, "source": "/payroll", "type": type_, **changes}
    return [(f"ce_{name}", value.encode()) for name, value in attributes.items() if value is not None]


@asynccontextmanager
async def admitted(broker: Broker, prefix: str, party: str) -> AsyncIterator[Partner]:
    """A partner that was let in."""
    topics = PartnerTopics.of(party)
    access: Mapping[str, Any] = {
        "bootstrap_servers": broker.partners,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": prefix + topics.name,
        "sasl_plain_password": await admit_to_kafka(broker.bootstrap, party, prefix),
    }
    producer = AIOKafkaProducer(**access, max_request_size=2 << 20)
    consumer = AIOKafkaConsumer(**access, auto_offset_reset="earliest", enable_auto_commit=False)
    await producer.start()
    await consumer.start()
    consumer.assign([TopicPartition(prefix + topics.answers, 0)])
    try:
        yield Partner(party, producer, consumer, topics, prefix)
    finally:
        await producer.stop()
        await consumer.stop()
