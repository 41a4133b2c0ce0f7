"""Poison of every class in every topic, from a foreign client: its alarm, who waits, who does not, and how it ends.

A person and an employer get junk under their keys in every topic, in the middle of their story; others do not. What is
told apart by reading alone stands in ``shared/messaging/tests/test_poison_classes.py``.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import story
from deploy.local.state import CHECKOUT, address_of
from deploy.platform import SERVICES
from shared.contracts.topics import TOPICS, physical
from shared.messaging.received import Raw
from shared.process.gauges import FRESH_SECONDS
from shared.testing.junk import CONTENT, JUNK
from tests.prove.broker import topics_consumed_by
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import StoryRunner
from tests.prove.traffic import Traffic

OTHERS = 3
PATIENCE_S, STORYS_PATIENCE_S = 120.0, 600.0
HOLDS_BACK_S = 10.0
# Under the keys of one story: bytes that are nothing, and an event of a later release.
IN_THE_WAY = ("eleven bytes", "version of the future")
KEYED_BY = {"contribution.received": "employer"}
_PARKED = "SELECT id, topic, kafka_partition, kafka_offset, fault, key, holds FROM parked"
_PAID = "SELECT count(*) FROM payment WHERE person = $1"

pytestmark = pytest.mark.timeout(1200)

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Sent:
    """A record of junk, where it stands, and what the consumers call it."""

    place: Place
    fault: str
    key: str


@asynccontextmanager
async def foreign_client(platform: PlatformFixture) -> AsyncIterator[AIOKafkaProducer]:
    """A producer that knows nothing of our envelope."""
    producer = AIOKafkaProducer(bootstrap_servers=platform.plan.kafka)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send(platform: PlatformFixture, producer: AIOKafkaProducer, raw: Raw, fault: str) -> Sent:
    """Send a record as it is; without a value where it has none."""
    topic = physical(raw.topic, platform.plan.topic_prefix)
    key = raw.key.encode() if raw.key else None
    stands = await producer.send_and_wait(topic, value=raw.payload or None, key=key, headers=list(raw.headers))
    return Sent((raw.topic, stands.partition, stands.offset), fault, raw.key)


async def send_every_class(platform: PlatformFixture, producer: AIOKafkaProducer) -> list[Sent]:
    """Every class into every topic, each under a key that nobody has."""
    sent = []
    for topic in TOPICS:
        for number, junk in enumerate(JUNK.values()):
            raw = junk.record(topic.name, f"{KEYED_BY.get(topic.name, 'person')}:{900_000_000 + number}")
            sent.append(await send(platform, producer, raw, junk.fault))
    return sent


async def send_in_the_way(platform: PlatformFixture, producer: AIOKafkaProducer, runner: StoryRunner) -> list[Sent]:
    """Junk under the keys of a story, into every topic."""
    person, employer = number_of(runner.story.worker.person), number_of(runner.story.old.employer)
    keys = {"person": f"person:{person}", "employer": f"employer:{employer}"}
    sent = []
    for topic in TOPICS:
        for junk in (JUNK[name] for name in IN_THE_WAY):
            raw = junk.record(topic.name, keys[KEYED_BY.get(topic.name, "person")])
            sent.append(await send(platform, producer, raw, junk.fault))
    return sent


def number_of(shown: str) -> int:
    """The number in an id as partners see it."""
    return int(shown[1:-1])


async def parked_in(platform: PlatformFixture, service: str) -> dict[Place, str]:
    """What a service has parked: where it stands, and its class."""
    rows = await platform.fetch(service, _PARKED)
    return {(row["topic"], row["kafka_partition"], row["kafka_offset"]): row["fault"] for row in rows}


async def until_parked(platform: PlatformFixture, service: str, sent: Sequence[Sent]) -> None:
    """Return when a service has parked all that was sent into its topics, each by its class."""
    due = {each.place: each.fault for each in sent if each.place[0] in topics_consumed_by(service)}
    end = time.monotonic() + PATIENCE_S
    while due.items() - (parked := await parked_in(platform, service)).items():
        wrong = {place: (fault, parked.get(place)) for place, fault in due.items() if parked.get(place) != fault}
        assert time.monotonic() < end, f"{service} did not park {wrong}"
        await asyncio.sleep(0.5)


async def check_alarms(platform: PlatformFixture, service: str, sent: Sequence[Sent]) -> int:
    """Each is in a counter, a gauge and a log line with its place, and none says what it holds; how many there were."""
    due = {each.place: each.fault for each in sent if each.place[0] in topics_consumed_by(service)}
    counted = await shown(platform, service, "jaring_parked_events_total")
    stands = await shown(platform, service, "jaring_parked_faults")
    for topic, fault in {(place[0], fault) for place, fault in due.items()}:
        number = sum((place[0], of) == (topic, fault) for place, of in due.items())
        assert counted.get((topic, fault), 0) >= number
        assert stands.get((topic, fault), 0) >= number
    assert "records_parked" in await readiness(platform, service)
    text = (platform.state.logs / f"{service}-worker.log").read_text()
    lines = [json.loads(line) for line in text.splitlines() if '"event_parked"' in line]
    said = {(each["topic"], each["partition"], each["offset"]): (each["fault"], each["level"]) for each in lines}
    assert {place: said.get(place) for place in due} == {place: (fault, "error") for place, fault in due.items()}
    assert CONTENT not in text
    assert "person:9000000" not in text
    return len(due)


async def readiness(platform: PlatformFixture, service: str) -> str:
    """What the worker says of itself: ready, and degraded with its reasons."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{address_of(platform.state, f'{service}-worker')}/readyz")
    assert answer.status_code == httpx.codes.OK
    return answer.text


async def shown(platform: PlatformFixture, service: str, name: str) -> dict[tuple[str, str], float]:
    """A metric of the worker, by topic and class."""
    async with httpx.AsyncClient() as client:
        page = await client.get(f"{address_of(platform.state, f'{service}-worker')}/metrics")
    return {
        (sample.labels["topic"], sample.labels["fault"]): sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
        if sample.name == name
    }


def operator(platform: PlatformFixture, *words: str) -> str:
    """What `make parked` prints; raises AssertionError when it ends with another code than 0."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "deploy.local", "parked", *words],
        cwd=CHECKOUT,
        env={**os.environ, "JARING_STATE": str(platform.state.root), "JARING_TRACES": "none"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


async def test_every_class_in_every_topic_holds_its_key_alone_and_lets_go_when_it_is_discarded(
    platform: PlatformFixture, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    # The story in whose way the junk lies waits, rightly, until that is discarded.
    monkeypatch.setattr(story, "PATIENCE_SECONDS", STORYS_PATIENCE_S)
    held = StoryRunner(platform)
    await held.run_next_chapter()
    await held.run_next_chapter()
    async with foreign_client(platform) as producer:
        sent = await send_every_class(platform, producer) + await send_in_the_way(platform, producer, held)
    listeners = [service for service in SERVICES if topics_consumed_by(service)]
    for service in listeners:
        await until_parked(platform, service, sent)
    # Gauges are read again every few seconds.
    await asyncio.sleep(FRESH_SECONDS + 1)
    alarms = {service: await check_alarms(platform, service, sent) for service in listeners}
    others = await others_end_right(platform)
    waits = Traffic(platform)
    waits.begin(held)
    await check_that_it_waits(platform, held)
    discarded = {service: await discard_all(platform, service) for service in listeners}
    seconds = await waits.all_ended()
    assert "nothing is parked" in operator(platform)
    await ended_right(platform)
    show("service|records of junk|discarded", [(each, alarms[each], discarded[each]) for each in listeners])
    summary = (len(JUNK), len(TOPICS), f"{others:.1f}", f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("classes|topics|others' stories, s|the held story ended after the discard, s|seconds", [summary])


async def others_end_right(platform: PlatformFixture) -> float:
    """The stories of others, begun and ended while the junk lies there; the seconds that they took."""
    others = Traffic(platform)
    for _ in range(OTHERS):
        others.begin()
    return await others.all_ended()


async def check_that_it_waits(platform: PlatformFixture, held: StoryRunner) -> None:
    """The decision about the held person stands in benefits behind the junk, and nothing is paid on it."""
    person = number_of(held.story.worker.person)
    end = time.monotonic() + PATIENCE_S
    behind = "SELECT count(*) FROM parked WHERE topic = 'claim.assessed' AND fault = 'behind' AND key = $1"
    while not (await platform.fetch("benefits", behind, f"person:{person}"))[0][0]:
        assert time.monotonic() < end, "the decision did not come to benefits"
        await asyncio.sleep(0.5)
    await asyncio.sleep(HOLDS_BACK_S)
    assert (await platform.fetch("benefits", _PAID, person))[0][0] == 0


async def discard_all(platform: PlatformFixture, service: str) -> int:
    """A person discards all that is no event; how many that were."""
    rows = await platform.fetch(service, f"{_PARKED} WHERE fault <> 'behind'")
    ids = [str(row["id"]) for row in rows]
    await asyncio.to_thread(operator, platform, "discard", service, *ids, "--by", "aminah", "--reason", "foreign bytes")
    return len(ids)
