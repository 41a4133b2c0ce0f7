"""A partner's own topics on Kafka: it writes events to one and reads on the other what became of them.

Needs aiokafka, for which it asks when somebody has topics; the rest of the pack needs httpx alone.
"""

import json
import ssl
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance.errors import CannotRun

Header = tuple[str, bytes | None]
PAUSE_MILLISECONDS = 200


@dataclass(frozen=True)
class Access:
    """What the organisation tells a partner whom it admitted to Kafka; `tls` beyond one machine."""

    address: str
    user: str
    secret: str
    events: str
    answers: str
    tls: bool = True


@dataclass
class Topics:
    """Both topics while they are open; `heard` are all answers that came since."""

    access: Access
    producer: Any
    consumer: Any
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, value: bytes | None, headers: Sequence[Header]) -> int:
        """Write a record; its offset, which is told where the record is no event."""
        record = await self.producer.send_and_wait(self.access.events, value, headers=list(headers))
        return int(record.offset)

    async def answers_to(self, which: Mapping[str, Any], seconds: float) -> AsyncIterator[dict[str, Any]]:
        """Each answer that has these members, as they come; ends with patience."""
        end, seen = time.monotonic() + seconds, 0
        while True:
            for answer in self.heard[seen:]:
                if all(answer.get(name) == value for name, value in which.items()):
                    yield answer
            seen = len(self.heard)
            if time.monotonic() > end:
                return
            await self._hear()

    async def _hear(self) -> None:
        for records in (await self.consumer.getmany(timeout_ms=PAUSE_MILLISECONDS)).values():
            for record in records:
                self.heard.append(_read(record.value))


def _read(value: bytes | None) -> dict[str, Any]:
    """An answer; empty, so that it answers nothing, where it is no JSON object."""
    try:
        answer = json.loads(value or b"")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


@asynccontextmanager
async def opened(access: Access) -> AsyncIterator[Topics]:
    """The topics, of which answers are read from now on; raises CannotRun."""
    try:
        from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
        from aiokafka.errors import KafkaError
    except ImportError as error:
        raise CannotRun("KAFKA is stated, and aiokafka is not installed: pip install aiokafka.") from error
    how: dict[str, Any] = {
        "bootstrap_servers": access.address,
        "security_protocol": "SASL_SSL" if access.tls else "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": access.user,
        "sasl_plain_password": access.secret,
        **({"ssl_context": ssl.create_default_context()} if access.tls else {}),
    }
    producer = AIOKafkaProducer(**how, acks="all")
    consumer = AIOKafkaConsumer(**how, enable_auto_commit=False, auto_offset_reset="latest")
    try:
        await producer.start()
        await consumer.start()
        partition = TopicPartition(access.answers, 0)
        consumer.assign([partition])
        await consumer.seek_to_end(partition)
        await consumer.position(partition)
        yield Topics(access, producer, consumer)
    except (KafkaError, OSError) as error:
        raise CannotRun(f"Kafka at {access.address} cannot be used as {access.user}: {error!r}.") from error
    finally:
        await producer.stop()
        await consumer.stop()
