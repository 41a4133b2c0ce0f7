"""The way to the broker: records sent with an idempotent producer, each acknowledged by all replicas or failed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared.kernel.failpoints import failpoint
from shared.messaging.ending import ended_within

SEND_LIMIT_SECONDS = 30.0
STOP_LIMIT_SECONDS = 5.0
# Of producer and consumer alike: with 100 ms, the usual, the loops of a client knock and complain all the time.
RETRY_BACK_OFF_MS = 500

log = structlog.get_logger()


@dataclass(frozen=True)
class Message:
    """One record for the broker; ``topic`` is the physical name. Without a partition the key decides."""

    topic: str
    key: str | None
    headers: Mapping[str, str]
    payload: bytes
    partition: int | None = None


@dataclass(frozen=True)
class Position:
    """Where an acknowledged record stands."""

    partition: int
    offset: int


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

        One that is too large is never sent, nor is what stands behind it with its key; the others are.
        """
        producer = await self._ready()
        handed: list[asyncio.Future[object] | None] = []
        try:
            async with asyncio.timeout(self._send_limit):
                await self._hand_over_all(producer, messages, handed)
        except (TimeoutError, KafkaError, OSError):
            await self._discard()
        if topics := {message.topic for message in messages if message.key is not None}:
            failpoint("relay.handed_over", *topics)
        pending = [future for future in handed if future is not None]
        if pending:
            await asyncio.wait(pending, timeout=self._send_limit)
        answers = [_position(future) if future is not None else None for future in handed]
        if sum(answer is not None for answer in answers) < len(pending):
            await self._discard()
        return answers + [None] * (len(messages) - len(handed))

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has on the broker."""
        producer = await self._ready()
        async with asyncio.timeout(self._send_limit):
            return len(await producer.partitions_for(topic))

    async def close(self) -> None:
        """Let go of the broker."""
        await self._discard()

    async def _hand_over_all(
        self,
        producer: AIOKafkaProducer,
        messages: Sequence[Message],
        handed: "list[asyncio.Future[object] | None]",
    ) -> None:
        """Fill ``handed``, so that a fault leaves what was handed over before it; None stands for what is not sent."""
        held_back: set[tuple[str, str | None]] = set()
        for message in messages:
            future = None
            if (message.topic, message.key) not in held_back:
                try:
                    future = await self._hand_over(producer, message)
                except MessageSizeTooLargeError:
                    held_back.add((message.topic, message.key))
                    log.error("message_too_large", topic=message.topic, size=len(message.payload))
            handed.append(future)

    async def _hand_over(self, producer: AIOKafkaProducer, message: Message) -> "asyncio.Future[object]":
        future: asyncio.Future[object] = await producer.send(
            message.topic,
            value=message.payload,
            key=message.key.encode() if message.key is not None else None,
            partition=message.partition,
            headers=[(name, value.encode()) for name, value in message.headers.items()],
        )
        return future

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                linger_ms=2,
                max_batch_size=256 * 1024,
                max_request_size=1024 * 1024,
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


def _position(future: "asyncio.Future[object]") -> Position | None:
    if not future.done():
        future.cancel()
        return None
    if future.cancelled() or future.exception() is not None:
        return None
    metadata = future.result()
    return Position(metadata.partition, metadata.offset)  # type: ignore[attr-defined]


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
