"""The way to the broker: records sent with an idempotent producer, each acknowledged by all replicas or failed."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.structs import RecordMetadata

from shared.kernel.failpoints import failpoint
from shared.messaging.ending import ended_within
from shared.messaging.murmur import murmur2

SEND_LIMIT_SECONDS = 30.0
# Of one record with its key and headers, as the client estimates it.
MOST_BYTES = 1024 * 1024
STOP_LIMIT_SECONDS = 5.0
# Of producer and consumer alike: with 100 ms, the usual, the loops of a client knock and complain all the time.
RETRY_BACK_OFF_MS = 500

log = structlog.get_logger()


class Message(NamedTuple):
    """One record for the broker; ``topic`` is the physical name. Without a partition the key decides."""

    topic: str
    key: str | None
    headers: Mapping[str, str]
    payload: bytes
    partition: int | None = None


class Position(NamedTuple):
    """Where an acknowledged record stands."""

    partition: int
    offset: int


@dataclass
class _Batch:
    """Records of one partition that the broker takes or refuses as one, and which messages they are, in order."""

    topic: str
    partition: int
    builder: BatchBuilder
    numbers: list[int] = field(default_factory=list)

    def take(self, number: int, key: bytes | None, payload: bytes, headers: Sequence[tuple[str, bytes]]) -> bool:
        """Add a message; False when there is no room left."""
        if self.builder.append(timestamp=None, key=key, value=payload, headers=headers) is None:
            return False
        self.numbers.append(number)
        return True


class Publisher:
    """An idempotent producer that is rebuilt after a fatal fault: such a producer never works again.

    A send that was not acknowledged in time counts as failed although it may have arrived: it will be sent again, and
    consumers drop repeats.
    """

    def __init__(self, bootstrap: str, client_id: str, *, send_limit: float = SEND_LIMIT_SECONDS) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._send_limit = send_limit
        self._producer: AIOKafkaProducer | None = None

    async def send(self, messages: Sequence[Message]) -> list[Position | None]:
        """The position of each message, None where it was not acknowledged.

        One that is too large is never sent, nor is what stands behind it with its key; the others are. The messages of
        a partition go as whole batches, which the client numbers as it numbers those that it collects itself: each is
        taken once and in its order, and answers for all its messages together.
        """
        producer = await self._ready()
        under_way: list[tuple[_Batch, asyncio.Future[RecordMetadata]]] = []
        try:
            async with asyncio.timeout(self._send_limit):
                await self._hand_over(producer, messages, under_way)
        except (TimeoutError, KafkaError, OSError):
            await self._discard()
        if topics := {message.topic for message in messages if message.key is not None}:
            failpoint("relay.handed_over", *topics)
        if under_way:
            await asyncio.wait([future for _, future in under_way], timeout=self._send_limit)
        positions: list[Position | None] = [None] * len(messages)
        for batch, future in under_way:
            first = _first_offset(future)
            if first is not None:
                for offset, number in enumerate(batch.numbers, first):
                    positions[number] = Position(batch.partition, offset)
        if any(_first_offset(future) is None for _, future in under_way):
            await self._discard()
        return positions

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has on the broker."""
        producer = await self._ready()
        async with asyncio.timeout(self._send_limit):
            return len(await producer.partitions_for(topic))

    async def topics(self) -> Collection[str]:
        """The physical names of all topics that there are."""
        producer = await self._ready()
        async with asyncio.timeout(self._send_limit):
            found: Collection[str] = (await producer.client.fetch_all_metadata()).topics()
            return found

    async def close(self) -> None:
        """Let go of the broker."""
        await self._discard()

    async def _hand_over(
        self,
        producer: AIOKafkaProducer,
        messages: Sequence[Message],
        under_way: "list[tuple[_Batch, asyncio.Future[RecordMetadata]]]",
    ) -> None:
        """Fill ``under_way``, so that a fault leaves what was handed over before it."""
        partitions = {
            topic: sorted(await producer.partitions_for(topic))
            for topic in dict.fromkeys(message.topic for message in messages)
        }
        for batch in _batches(producer, messages, partitions):
            # Closed, so that it lingers for no more records.
            batch.builder.close()
            future = await producer.send_batch(batch.builder, batch.topic, partition=batch.partition)
            under_way.append((batch, future))

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                max_batch_size=256 * 1024,
                max_request_size=MOST_BYTES,
                request_timeout_ms=10_000,
                retry_backoff_ms=RETRY_BACK_OFF_MS,
            )
            try:
                async with asyncio.timeout(self._send_limit):
                    await producer.start()
            except BaseException:
                await _stop(producer)
                raise
            self._producer = producer
        return self._producer

    async def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


def _batches(
    producer: AIOKafkaProducer, messages: Sequence[Message], partitions: Mapping[str, Sequence[int]]
) -> list[_Batch]:
    """The messages by partition, in their order, without those that are too large and what stands behind them."""
    batches: list[_Batch] = []
    last: dict[tuple[str, int], _Batch] = {}
    held_back: set[tuple[str, str | None]] = set()
    for number, message in enumerate(messages):
        topic, key, texts, payload, partition = message
        if held_back and (topic, key) in held_back:
            continue
        key_bytes = key.encode() if key is not None else None
        headers = list(zip(texts, map(str.encode, texts.values()), strict=True))
        if DefaultRecordBatchBuilder.estimate_size_in_bytes(key_bytes, payload, headers) > MOST_BYTES:
            held_back.add((topic, key))
            log.error("message_too_large", topic=topic, size=len(payload))
            continue
        if partition is None:
            partition = _partition_of(key_bytes or b"", partitions[topic])
        batch = last.get((topic, partition))
        while batch is None or not batch.take(number, key_bytes, payload, headers):
            batch = last[topic, partition] = _Batch(topic, partition, producer.create_batch())
            batches.append(batch)
    return batches


def _partition_of(key: bytes, partitions: Sequence[int]) -> int:
    """The one that the client's own partitioner gives, and every other client of the broker."""
    return partitions[(murmur2(key) & 0x7FFFFFFF) % len(partitions)]


def _first_offset(future: "asyncio.Future[RecordMetadata]") -> int | None:
    if not future.done():
        future.cancel()
        return None
    if future.cancelled() or future.exception() is not None:
        return None
    return int(future.result().offset)


async def _stop(producer: AIOKafkaProducer) -> None:
    # Given up, stop() leaves a sender that goes on: one more for each failed send, and each brings its old records when
    # the broker is back.
    if await ended_within(STOP_LIMIT_SECONDS, producer.stop()):
        return
    sender = producer._sender.sender_task
    if sender is not None:
        sender.cancel()
    await ended_within(STOP_LIMIT_SECONDS, producer.client.close())
    if sender is not None:
        await asyncio.wait([sender], timeout=STOP_LIMIT_SECONDS)
