"""What an administrator does to the broker: deletes topics, makes them again, forgets a group, asks how far it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DeleteGroupsRequest

from deploy.provision import provision_topics
from shared.testing.service import answered
from tests.prove.platform_fixture import PlatformFixture

LIMIT_S = 40.0
# Its members have ended, but a static member is missed only when its session is over.
NON_EMPTY_GROUP = 68


@asynccontextmanager
async def _admin(platform: PlatformFixture) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=platform.plan.kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def topics_consumed_by(service: str) -> list[str]:
    """The topics that a service listens to."""
    return [each.topic for each in import_module(f"services.{service}.worker").SUBSCRIPTIONS]


async def delete_topics(platform: PlatformFixture, topics: Sequence[str]) -> None:
    """Delete topics with all that is in them; returns when the broker knows them no more."""
    async with _admin(platform) as admin:
        await admin.delete_topics(list(topics))
        end = time.monotonic() + LIMIT_S
        while set(topics) & set(await admin.list_topics()):
            assert time.monotonic() < end, "the broker keeps the topics"
            await asyncio.sleep(0.1)


async def make_topics(platform: PlatformFixture) -> None:
    """Make what is missing, as the platform itself does."""
    await provision_topics(platform.plan.kafka)


async def forget_group(platform: PlatformFixture, group: str) -> None:
    """Delete a consumer group, and with it all its offsets; its members have ended."""
    end = time.monotonic() + LIMIT_S
    async with _admin(platform) as admin:
        coordinator = await answered(lambda: admin.find_coordinator(group))
        while True:
            answer = await admin._send_request_to_node(coordinator, DeleteGroupsRequest([group]))
            code = answer.results[0][1]
            if code == 0:
                return
            assert code == NON_EMPTY_GROUP, f"the broker answered {code}"
            assert time.monotonic() < end, f"the group {group} is not empty"
            await asyncio.sleep(0.5)


async def ends_of(platform: PlatformFixture, topics: Sequence[str]) -> dict[TopicPartition, int]:
    """Where each partition ends."""
    consumer = AIOKafkaConsumer(bootstrap_servers=platform.plan.kafka)
    await consumer.start()
    try:
        async with _admin(platform) as admin:
            described = await answered(lambda: admin.describe_topics(list(topics)))
        places = [TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"]]
        ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
        return ends
    finally:
        await consumer.stop()


async def lag_behind(platform: PlatformFixture, group: str, ends: dict[TopicPartition, int]) -> int:
    """How many records before these ends a group has not committed yet."""
    async with _admin(platform) as admin:
        committed = await answered(lambda: admin.list_consumer_group_offsets(group))
    reached = {place: max(0, found.offset) for place, found in committed.items()}
    return sum(max(0, end - reached.get(place, 0)) for place, end in ends.items())
