"""What the servers alone take, measured while the platform works: a durable commit, and a produce with its consume."""

import asyncio
import contextlib
import time
from typing import Self

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.plan import Plan
from tests.bench.platform_fixture import PlatformFixture

EVERY_SECONDS = 0.25
TOPIC = "bench.probe"
DATABASE = "bench"
BODY = b"x" * 600


async def make_database(plan: Plan) -> str:
    """The address of a database of the measurements' own on the platform's server, made at the first call."""
    connection = await asyncpg.connect(plan.postgres.url("postgres"))
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    return plan.postgres.url(DATABASE)


class Probes:
    """Probes both servers four times a second while its block lasts; durations in milliseconds."""

    def __init__(self, platform: PlatformFixture) -> None:
        self._plan = platform.plan
        self._tasks: list[asyncio.Task[None]] = []
        self.commits: list[float] = []
        self.trips: list[float] = []

    async def __aenter__(self) -> Self:
        await self._make_room()
        self._tasks = [asyncio.create_task(self._commit()), asyncio.create_task(self._trip())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _make_room(self) -> None:
        await make_database(self._plan)
        admin = AIOKafkaAdminClient(bootstrap_servers=self._plan.kafka)
        await admin.start()
        try:
            if TOPIC not in await admin.list_topics():
                await admin.create_topics([NewTopic(TOPIC, 1, 1)])
        finally:
            await admin.close()

    async def _commit(self) -> None:
        connection = await asyncpg.connect(self._plan.postgres.url(DATABASE))
        try:
            await connection.execute("CREATE TABLE IF NOT EXISTS probe (id bigint PRIMARY KEY, body bytea)")
            while True:
                begun = time.perf_counter()
                await connection.execute("INSERT INTO probe VALUES ($1, $2)", time.time_ns(), BODY)
                self.commits.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            await connection.close()

    async def _trip(self) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self._plan.kafka, acks="all", enable_idempotence=True)
        consumer = AIOKafkaConsumer(bootstrap_servers=self._plan.kafka, auto_offset_reset="latest")
        await producer.start()
        await consumer.start()
        try:
            consumer.assign([TopicPartition(TOPIC, 0)])
            await consumer.seek_to_end()
            while True:
                begun = time.perf_counter()
                await producer.send(TOPIC, BODY, partition=0)
                await consumer.getone()
                self.trips.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            await consumer.stop()
            await producer.stop()
