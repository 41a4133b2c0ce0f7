"""Events that raise, and events that kill the process: they are parked in order, all else is done, replay drains them.

Every service that listens to anything runs a poisoned worker (rules M7); honest ones follow it, and
what was parked is replayed while they work. In the end the invariants do not show that anything was parked.
"""

import asyncio
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from aiokafka import TopicPartition

from deploy.local import story
from deploy.local.supervisor import held_back
from deploy.platform import SERVICES
from shared.contracts.registry import event_class
from shared.messaging.subscription import Subscription
from tests.prove.broker import ends_of, lag_behind, topics_consumed_by
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.load import Load
from tests.prove.members import Member, Members, members, worker_of
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.poison import Effect, effect_of
from tests.prove.projections import difference, drop_projections, projections
from tests.prove.republisher import Republisher
from tests.prove.traffic import Traffic

CONSUMERS = tuple(service for service in SERVICES if service != "registration")
LEAST_EVENTS = 2_000
PERSONS_AT_ONCE = 200
STORIES = 5
MODULE = "tests.prove.poisoned_worker"
MOST_PERSONS, MOST_ROUNDS = 5_000, 5
PATIENCE_S, STORYS_PATIENCE_S = 400.0, 900.0
_MADE = "SELECT type, payload FROM outbox WHERE id > $1 AND topic = 'registration' AND day IS NOT NULL"
_LAST = "SELECT coalesce(max(id), 0) FROM outbox"
# Announcements are no news, and nobody listens to dead letters: neither belongs to a day.
_EVENTS = """
    SELECT topic, key, type, payload, kafka_partition, kafka_offset, headers ->> 'ce_subject' AS subject,
           CAST(headers ->> 'ce_streamversion' AS bigint) AS version
    FROM outbox WHERE id > $1 AND topic = ANY($2) AND day IS NOT NULL AND published_at IS NOT NULL
    ORDER BY kafka_partition, kafka_offset
"""
_UNSENT = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_PARKED = "SELECT topic, key, kafka_partition, kafka_offset FROM parked ORDER BY id"
_SEEN = "SELECT topic, aggregate, version FROM stream_seen"

pytestmark = pytest.mark.timeout(1200)


Place = tuple[TopicPartition, int]


@dataclass(frozen=True)
class ConsumedEvent:
    """An event that a service had to consume: where it stands, its key, its stream and version, and what it does."""

    place: TopicPartition
    offset: int
    key: str
    stream: tuple[str, str, int]
    effect: Effect | None


def subscriptions_of(service: str) -> Sequence[Subscription[Any]]:
    """What a service listens to."""
    found: Sequence[Subscription[Any]] = import_module(f"services.{service}.worker").SUBSCRIPTIONS
    return found


def to_be_parked(events: Sequence[ConsumedEvent]) -> set[Place]:
    """Of each topic and key, the first poison and all that stands behind it; the events are in the topics' order."""
    behind: set[tuple[str, str]] = set()
    due = set()
    for event in events:
        key = (event.place.topic, event.key)
        if event.effect is not None or key in behind:
            behind.add(key)
            due.add((event.place, event.offset))
    return due


@dataclass
class Poisoned:
    """The worker of a service that is started again as often as an event kills it."""

    service: str
    started: Members
    deaths: int = 0
    member: Member | None = None
    stopping: bool = False

    async def live(self) -> None:
        """Until it is told to stop; it is the same member of its group every time."""
        while not self.stopping:
            self.member = await self.started.start(self.service, f"{self.service}-0", MODULE, self.service)
            await self.member.until_ended(limit_s=None)
            self.deaths += not self.stopping

    async def end(self) -> None:
        """Tell it to stop."""
        self.stopping = True
        assert self.member is not None
        await self.member.end()


@dataclass
class Scene:
    """What is under way; where each outbox stood when it began, and where the topics ended when it was judged."""

    platform: PlatformFixture
    load: Load
    stories: Traffic
    workers: list[Poisoned]
    outboxes: dict[str, int] = field(default_factory=dict)
    ends: dict[TopicPartition, int] = field(default_factory=dict)

    async def events(self, service: str) -> list[ConsumedEvent]:
        """What a service had to consume since, in the order of the topics."""
        found = []
        subscribed = {each.topic: each for each in subscriptions_of(service)}
        for owner, begun in self.outboxes.items():
            for row in await self.platform.fetch(owner, _EVENTS, begun, list(subscribed)):
                place = TopicPartition(row["topic"], row["kafka_partition"])
                if row["kafka_offset"] < self.ends.get(place, 0):
                    effect = _effect_on(subscribed[row["topic"]], row["type"], row["payload"])
                    stream = (row["topic"], row["subject"], row["version"])
                    found.append(ConsumedEvent(place, row["kafka_offset"], row["key"], stream, effect))
        return found


def _effect_on(subscription: Subscription[Any], type_: str, payload: bytes) -> Effect | None:
    """What an event does to whoever is handed it; whoever uses no events of its type is not."""
    kind = event_class(type_)
    if kind is None or not issubclass(kind, subscription.uses):
        return None
    return effect_of(type_, payload, reacted_to=subscription.handle is not None)


def test_of_each_key_the_judge_expects_the_first_poison_and_all_behind_it() -> None:
    place, stream = TopicPartition("t", 0), ("t", "person/1", 1)
    effects: list[tuple[str, Effect | None]] = [("a", None), ("b", None), ("a", "kills"), ("b", None), ("a", None)]
    events = [ConsumedEvent(place, offset, key, stream, effect) for offset, (key, effect) in enumerate(effects)]
    assert to_be_parked(events) == {(place, 2), (place, 4)}


async def test_poison_is_parked_with_its_key_and_replayed_and_all_else_is_done(
    platform: PlatformFixture, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    # A story whose event is parked waits, rightly, until the replay.
    monkeypatch.setattr(story, "PATIENCE_SECONDS", STORYS_PATIENCE_S)
    async with members(platform) as started:
        workers = [Poisoned(service, started) for service in CONSUMERS]
        scene = Scene(platform, Load(platform), Traffic(platform), workers)
        async with _poisoned(scene):
            events = await _make_events(scene)
            await _until_all_was_taken(scene)
            wrong, rows = await _judged(scene)
        columns = "poisoned worker of|events|that raise|that kill|deaths|keys parked|events parked, in order"
        show(columns, rows)
        assert wrong == []
        assert sum(worker.deaths for worker in workers) > 0
        rounds = await _replayed(platform, started)
    seconds = await scene.stories.all_ended()
    await ended_right(platform)
    await _is_as_the_honest_one(platform)
    summary = (events, len(scene.stories.runs), rounds, f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("events|stories|rounds of replay|last ended after it, s|seconds", [summary])


@asynccontextmanager
async def _poisoned(scene: Scene) -> AsyncIterator[None]:
    """Poisoned workers in the place of the honest ones, which are back when it ends."""
    platform, names = scene.platform, [worker_of(service).name for service in CONSUMERS]
    scene.outboxes = {service: (await platform.fetch(service, _LAST))[0][0] for service in SERVICES}
    with ExitStack() as held:
        for name in names:
            held.enter_context(held_back(platform.state, name))
        killed = {name: platform.kill(name, signal.SIGTERM) for name in names}
        await asyncio.gather(*(platform.until_gone(name) for name in names))
        lives = [asyncio.create_task(worker.live()) for worker in scene.workers]
        yield
        await asyncio.gather(*(worker.end() for worker in scene.workers))
        await asyncio.gather(*lives)
    await asyncio.gather(*(platform.until_running_again(name, pid) for name, pid in killed.items()))


async def _make_events(scene: Scene) -> int:
    """Stories, and persons until there are enough events, and one that kills; how many events."""
    for _ in range(STORIES):
        scene.stories.begin()
    made = killers = 0
    while made < LEAST_EVENTS or not killers:
        await scene.load.hire(PERSONS_AT_ONCE)
        rows = await scene.platform.fetch("registration", _MADE, scene.outboxes["registration"])
        made = len(rows)
        killers = sum(effect_of(row["type"], row["payload"], reacted_to=False) == "kills" for row in rows)
        assert len(scene.load.persons) < MOST_PERSONS, "no event that kills is among them"
    return made


async def _until_all_was_taken(scene: Scene) -> None:
    """Every record that stands on the topics now was done or parked by each group."""
    await _until(lambda: _unsent(scene.platform), "registration has not sent its events")
    for service in CONSUMERS:
        scene.ends.update(await ends_of(scene.platform, topics_consumed_by(service)))
    for service in CONSUMERS:
        ends = {place: end for place, end in scene.ends.items() if place.topic in topics_consumed_by(service)}
        await _until(partial(lag_behind, scene.platform, service, ends), f"{service} has not come to the end")


async def _unsent(platform: PlatformFixture) -> int:
    return int((await platform.fetch("registration", _UNSENT))[0][0])


async def _until(left: Callable[[], Awaitable[int]], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while count := await left():
        assert time.monotonic() < end, f"{what}: {count} left after {PATIENCE_S:.0f} s"
        await asyncio.sleep(0.5)


async def _judged(scene: Scene) -> tuple[list[str], list[tuple[object, ...]]]:
    """What is wrong with what each service parked and did, and the row of each for the table."""
    wrong: list[str] = []
    rows: list[tuple[object, ...]] = []
    for worker in scene.workers:
        service, events = worker.service, await scene.events(worker.service)
        due, parked = to_be_parked(events), await _parked(scene.platform, service)
        standing = {(event.place, event.offset) for event in events}
        found = {place for offsets in parked.values() for place in offsets} & standing
        wrong += [f"{service}: not parked: {each}" for each in sorted(due - found)]
        wrong += [f"{service}: parked: {each}" for each in sorted(found - due)]
        wrong += [f"{service}: out of order: {key}" for key, places in parked.items() if places != sorted(places)]
        seen = {(row[0], row[1]): row[2] for row in await scene.platform.fetch(service, _SEEN)}
        others = [event for event in events if (event.place, event.offset) not in due]
        wrong += [
            f"{service}: not done: {event}" for event in others if seen.get(event.stream[:2], 0) < event.stream[2]
        ]
        effects = Counter(event.effect for event in events)
        rows.append((service, len(events), effects["raises"], effects["kills"], worker.deaths, len(parked), len(found)))
    return wrong, rows


async def _parked(platform: PlatformFixture, service: str) -> dict[tuple[str, str], list[Place]]:
    """What a service has parked, by topic and key, in the order of parking."""
    parked: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for topic, key, partition, offset in await platform.fetch(service, _PARKED):
        parked[topic, key].append((TopicPartition(topic, partition), offset))
    return parked


async def _replayed(platform: PlatformFixture, started: Members) -> int:
    """Run the operator's command for each service until nothing is parked; how many rounds it took."""
    for number in range(1, MOST_ROUNDS + 1):
        for service in CONSUMERS:
            command = await started.start(service, f"{service}-replay", worker_of(service).module, "replay")
            await command.until_ended()
        if not any([await _parked(platform, service) for service in CONSUMERS]):
            return number
    raise AssertionError(f"something is parked after {MOST_ROUNDS} rounds of replay")


async def _is_as_the_honest_one(platform: PlatformFixture) -> None:
    """Drop what the services know and have it stated again to honest workers: the rows must be the same."""
    before, republisher = await projections(platform), Republisher(platform)
    await drop_projections(platform)
    await republisher.republish_all()

    async def differing() -> int:
        return len(difference(before, await projections(platform)))

    await _until(differing, "tables differ from the honest ones")
