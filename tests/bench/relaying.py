"""Outbox to broker: how many events a second one relay sends and marks, beside bare sends of the same records."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from datetime import date
from uuid import UUID

import orjson
from aiokafka import AIOKafkaProducer

from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.topics import TOPICS, physical, topics_of
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.consumer_core import MAX_EVENTS
from shared.messaging.publisher import Message, Publisher
from shared.messaging.relay import Relay
from shared.messaging.relay_core import Unsent
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Broker, Databases, TestDatabase
from tests.bench.figures import Part
from tests.bench.servers import CAUSE, Rates, beside, each_round

LIMIT = 0.6

_MESSAGES = "SELECT id, topic, key, headers, payload FROM outbox ORDER BY id"
# Between the first batch's mark and the last one's: without the first connections.
_RELAYED = """
    SELECT count(*) FILTER (WHERE published_at IS NULL) AS waiting,
           extract(epoch FROM max(published_at) - min(published_at))::float8 AS seconds,
           count(*) FILTER (WHERE published_at > first.mark) AS events
    FROM outbox, (SELECT max(published_at) AS mark FROM (
        SELECT published_at FROM outbox WHERE published_at IS NOT NULL ORDER BY id LIMIT 1) AS lowest) AS first
"""


async def relaying(databases: Databases, broker: Broker, events: int) -> Part:
    """Measure it in rounds, each on a fresh database and fresh topics."""
    rounds = [await _round(databases, broker, events) for _ in each_round()]
    figures = beside("relayed and marked", "aiokafka's idempotent sends", rounds, "events/s", ratio_limit=LIMIT)
    return Part(f"Outbox to broker: {events:,} events", figures)


async def _round(databases: Databases, broker: Broker, events: int) -> Rates:
    async with databases.fresh("jobs") as database:
        await _fill(database, events)
        ours = await _relay(database, broker, await _fresh_topics(broker))
        return Rates(ours, await _send_bare(await _messages(database, await _fresh_topics(broker)), broker))


async def _fresh_topics(broker: Broker) -> str:
    """The prefix of new topics whose partitions have all taken a record: a new partition refuses for a while."""
    prefix, publisher = await broker.prefix(TOPICS), Publisher(broker.bootstrap, "bench-warm")
    for topic in topics_of("jobs"):
        name = physical(topic.name, prefix)
        partitions = range(await publisher.partitions(name))
        await publisher.send([Message(name, None, {}, b"{}", partition) for partition in partitions])
    await publisher.close()
    return prefix


async def _fill(database: TestDatabase, events: int) -> None:
    opened = Database(database.url("worker"), "jobs")
    for begin in range(0, events, MAX_EVENTS):
        async with opened.begin(UnitOfWork, CAUSE) as uow:
            for number in range(begin, min(begin + MAX_EVENTS, events)):
                uow.publish(_placed(number))
    await opened.close()


def _placed(number: int) -> PlacementConfirmedV1:
    return PlacementConfirmedV1(
        person=number + 1,
        placement=UUID(int=number + 1),
        seeker=new_id(),
        revision=1,
        employer=1,
        started_on=date(2026, 9, 1),
        month="2026-09",
        wage_sen=260_000,
        confirmed_at=now(),
    )


async def _relay(database: TestDatabase, broker: Broker, prefix: str) -> float:
    stop = asyncio.Event()
    relay = Relay(database.url("worker"), "jobs", Publisher(broker.bootstrap, "bench"), topics_of("jobs"), prefix)
    running = asyncio.create_task(relay.run(stop))
    try:
        async with database.connection() as connection:
            while True:
                await asyncio.sleep(0.5)
                seen = await connection.fetchrow(_RELAYED)
                if seen is not None and not seen["waiting"]:
                    return float(seen["events"] / seen["seconds"])
    finally:
        stop.set()
        await running


async def _messages(database: TestDatabase, prefix: str) -> list[Message]:
    async with database.connection() as connection:
        rows = await connection.fetch(_MESSAGES)
    return [
        Unsent(row["id"], row["topic"], row["key"], orjson.loads(row["headers"]), row["payload"]).message(prefix)
        for row in rows
    ]


async def _send_bare(messages: Sequence[Message], broker: Broker) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True, linger_ms=2, max_batch_size=256 * 1024
    )
    await producer.start()
    try:
        await producer.partitions_for(messages[0].topic)
        begun = time.perf_counter()
        await asyncio.gather(*[await _hand_over(producer, message) for message in messages])
        return len(messages) / (time.perf_counter() - begun)
    finally:
        await producer.stop()


async def _hand_over(producer: AIOKafkaProducer, message: Message) -> Awaitable[object]:
    headers = [(name, value.encode()) for name, value in message.headers.items()]
    key = (message.key or "").encode()
    pending: Awaitable[object] = await producer.send(message.topic, message.payload, key=key, headers=headers)
    return pending
