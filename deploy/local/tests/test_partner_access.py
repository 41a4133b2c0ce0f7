"""A partner on Kafka, seen by a foreign client: its own topics are open to it, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from deploy.partner_access import admit_to_kafka, dismiss_from_kafka, main
from shared.contracts.partner_topics import PartnerTopics
from shared.testing.servers import Broker

pytestmark = pytest.mark.kafka

OURS, OTHERS = "employer:1", "employer:12"


@dataclass(frozen=True)
class Partner:
    """A client that knows its name and its secret, and nothing of us."""

    broker: Broker
    prefix: str
    party: str
    secret: str

    @property
    def user(self) -> str:
        return self.prefix + PartnerTopics.of(self.party).name

    @property
    def _access(self) -> Mapping[str, str]:
        return {
            "bootstrap_servers": self.broker.partners,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.secret,
        }

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(**self._access, acks="all", request_timeout_ms=5_000)
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()

    async def write(self, topic: str) -> None:
        async with self.producer() as producer:
            await producer.send_and_wait(self.prefix + topic, b"{}")

    async def read(self, topic: str, group: str | None = None, wait_ms: int = 10_000) -> int:
        """How many records it gets to read of a topic; the client itself only complains where it may not."""
        consumer = AIOKafkaConsumer(
            **self._access, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False
        )
        if group is not None:
            consumer.subscribe([self.prefix + topic])
        try:
            await consumer.start()
            if group is None:
                consumer.assign([TopicPartition(self.prefix + topic, 0)])
            async with asyncio.timeout(20):
                found = await consumer.getmany(timeout_ms=wait_ms)
            return sum(map(len, found.values()))
        except TopicAuthorizationFailedError:
            return 0
        finally:
            await consumer.stop()


Meet = Callable[[str], Awaitable[Partner]]


@pytest.fixture
def meet(broker: Broker, topic_prefix: str) -> Meet:
    async def admitted(party: str) -> Partner:
        secret = await admit_to_kafka(broker.bootstrap, party, topic_prefix)
        assert secret is not None
        return Partner(broker, topic_prefix, party, secret)

    return admitted


async def _own(broker: Broker, topic: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await producer.start()
    await producer.send_and_wait(topic, b"{}")
    await producer.stop()


async def test_a_partner_pushes_to_its_topic_and_reads_its_answers_in_groups_of_its_own(
    meet: Meet, broker: Broker
) -> None:
    partner = await meet(OURS)
    await partner.write("in.employer-1.events")
    await _own(broker, f"{partner.prefix}out.employer-1.answers")
    assert await partner.read("out.employer-1.answers") == 1
    assert await partner.read("out.employer-1.answers", f"{partner.user}.payroll") == 1


@pytest.mark.parametrize(
    "topic", ["in.employer-12.events", "out.employer-1.answers", "out.employer-12.answers", "registration", "new.topic"]
)
async def test_it_writes_nowhere_else(meet: Meet, topic: str) -> None:
    partner, _ = await meet(OURS), await meet(OTHERS)
    async with asyncio.timeout(20):
        with pytest.raises(KafkaError) as refused:
            await partner.write(topic)
    assert isinstance(refused.value, TopicAuthorizationFailedError)


@pytest.mark.parametrize(
    "topic", ["out.employer-12.answers", "in.employer-12.events", "in.employer-1.events", "claim.assessed"]
)
async def test_it_reads_nothing_else(meet: Meet, broker: Broker, topic: str) -> None:
    partner, _ = await meet(OURS), await meet(OTHERS)
    await _own(broker, partner.prefix + topic)
    assert await partner.read(topic, wait_ms=1_000) == 0


@pytest.mark.parametrize("group", ["claims", "registration-partners", "employer-12.payroll", "employer-12"])
async def test_it_joins_no_group_of_ours_or_of_another_partner(meet: Meet, group: str) -> None:
    partner, _ = await meet(OURS), await meet(OTHERS)
    with pytest.raises(GroupAuthorizationFailedError):
        await partner.read("out.employer-1.answers", partner.prefix + group)


async def test_without_the_secret_nobody_comes_in(meet: Meet, broker: Broker) -> None:
    """The client says no more than that nobody let it in."""
    partner = await meet(OURS)
    with pytest.raises(KafkaConnectionError):
        await Partner(broker, partner.prefix, OURS, "guessed").write("in.employer-1.events")
    with pytest.raises(KafkaConnectionError):
        await Partner(broker, partner.prefix, "employer:99", partner.secret).write("in.employer-1.events")


async def test_it_makes_no_topic_and_no_user(meet: Meet, broker: Broker) -> None:
    partner = await meet(OURS)
    admin = AIOKafkaAdminClient(**partner._access)
    await admin.start()
    try:
        assert set(await admin.list_topics()) == {
            f"{partner.prefix}{name}" for name in ("in.employer-1.events", "out.employer-1.answers")
        }
    finally:
        await admin.close()


async def test_to_admit_it_again_changes_nothing_and_tells_no_secret(meet: Meet, broker: Broker) -> None:
    partner = await meet(OURS)
    assert await admit_to_kafka(broker.bootstrap, OURS, partner.prefix) is None
    await partner.write("in.employer-1.events")


async def test_who_is_dismissed_may_do_nothing_any_more_and_comes_back_with_another_secret(
    meet: Meet, broker: Broker
) -> None:
    partner = await meet(OURS)
    async with partner.producer() as open_session:
        await open_session.send_and_wait(f"{partner.prefix}in.employer-1.events", b"{}")
        for _ in range(2):
            await dismiss_from_kafka(broker.bootstrap, OURS, partner.prefix)
        with pytest.raises(TopicAuthorizationFailedError):
            await open_session.send_and_wait(f"{partner.prefix}in.employer-1.events", b"{}")
    with pytest.raises(KafkaConnectionError):
        await partner.write("in.employer-1.events")
    back = await meet(OURS)
    assert back.secret != partner.secret
    await back.write("in.employer-1.events")


def test_the_command_names_what_is_wrong(broker: Broker) -> None:
    for arguments in (["admit", "employer"], ["admit", "employer:0"], ["admit"], ["let", "employer:1"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments, {"JARING_KAFKA": broker.bootstrap})
        assert "employer:12" in str(ended.value)
