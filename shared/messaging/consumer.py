"""The consumer of a service: fetches, hands batches over, commits offsets as a hint, watches itself (rules M6)."""

import asyncio
import hashlib
import os
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Generic, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from shared.contracts.topics import physical
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import pause
from shared.messaging import tolerant_records
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer_core import MAX_EVENTS, Place, start_of
from shared.messaging.ending import ended_within
from shared.messaging.held_fetches import SHORT_MS, HeldFetches
from shared.messaging.member_name import MemberName
from shared.messaging.progress import Progress
from shared.messaging.publisher import RETRY_BACK_OFF_MS
from shared.messaging.received import Raw, Reading, Received, read, storable
from shared.messaging.subscription import Subscription
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics

U = TypeVar("U", bound=UnitOfWork)

MAX_ROWS = 20_000
STALL_SECONDS = 60.0
LOOK_SECONDS = 5.0
COMMIT_SECONDS = 5.0
# Events that nobody here uses are only counted: so long that may wait for more of them.
PASSED_OVER_SECONDS = 1.0
# Every owner sends a heartbeat every 30 s at least. Whoever hears nothing for a while asks the broker whether there is
# something.
SILENCE_SECONDS = 15.0
SILENT_STALL_SECONDS = 20.0
UNANSWERED_SECONDS = 180.0
ASK_LIMIT_SECONDS = 5.0
ASK_POSITIONS_SECONDS = 20.0
# The client waits without an end for its group to form again, and to learn where it stands; whoever waits with it looks
# at nothing any more, and its process looks ready.
FETCH_LIMIT_SECONDS = 30.0
COMMIT_LIMIT_SECONDS = 5.0
STOP_LIMIT_SECONDS = 10.0
FIRST_BACK_OFF_SECONDS = 0.2
LONGEST_BACK_OFF_SECONDS = 10.0
LONGEST_KEY = 200

log = structlog.get_logger()


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka states no types
    """Notes that partitions were assigned: what is fetched of them begins where the group stood, not the database."""

    def __init__(self, offsets: "_Offsets") -> None:
        self._offsets = offsets

    async def on_partitions_revoked(self, _: "set[TopicPartition]") -> None:
        """So that whoever reads on reads nothing again. A batch may be under way meanwhile."""
        await self._offsets.commit()

    async def on_partitions_assigned(self, _: "set[TopicPartition]") -> None:
        """Before the first of them is fetched."""
        self._offsets.are_new = True


class _Offsets:
    """How far each partition is done, told to the broker now and then: a hint (rules M6).

    ``are_new``: partitions were assigned, and what was done before says nothing of where they are read from.
    """

    def __init__(
        self, client: AIOKafkaConsumer, take_reached: Callable[[], Mapping[Place, int]], prefix: str = ""
    ) -> None:
        self._client = client
        self._take_reached = take_reached
        self._prefix = prefix
        self._topics: set[str] = set()
        self.are_new = True

    def concern(self, topic: str, records: Sequence[ConsumerRecord]) -> None:
        """These of a topic are among what is done."""
        if _has_events(records):
            self._topics.add(topic)

    def begin_again(self) -> None:
        """All is read from where the database stands."""
        self.are_new = False
        self._take_reached()

    async def commit(self) -> bool:
        """Whether there was anything to tell.

        Never raises what the broker raises: the database is the truth; read again, these are done already.
        """
        reached = {} if self.are_new else self._take_reached()
        places = {TopicPartition(physical(topic, self._prefix), number): at for (topic, number), at in reached.items()}
        offsets = {place: offset for place, offset in places.items() if place in self._client.assignment()}
        if not offsets:
            return False
        topics, self._topics = self._topics, set()
        try:
            async with asyncio.timeout(COMMIT_LIMIT_SECONDS):
                await self._client.commit(offsets)
            failpoint("consumer.offsets_committed", *topics)
        except (TimeoutError, KafkaError, IllegalStateError):
            metrics.COMMIT_FAILURES.labels(target="broker").inc()
        return True


class _Waiting(Generic[U]):
    """What was fetched of each topic and is not handled; what is of no type that is used waits a moment for more."""

    def __init__(self, by_topic: Mapping[str, Subscription[U]], reading: Callable[[Raw], Reading] = read) -> None:
        self._by_topic = by_topic
        self._reading = reading
        self._records: dict[str, list[tuple[ConsumerRecord, Reading]]] = {}
        self._since: dict[str, float] = {}

    def come(self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]], now: float) -> None:
        """These were fetched."""
        for topic, records in _by_topic(fetched):
            subscription = self._by_topic[topic]
            readings = [(record, self._reading(raw_of(record, subscription.topic))) for record in records]
            self._records.setdefault(topic, []).extend(readings)
            self._since.setdefault(topic, now)

    def due(self, now: float) -> Iterator[tuple[str, list[tuple[ConsumerRecord, Reading]]]]:
        """By topic what is to be handled now."""
        for topic in sorted(self._records):
            records, subscription = self._records[topic], self._by_topic[topic]
            may_wait = now - self._since[topic] < PASSED_OVER_SECONDS and len(records) < MAX_EVENTS
            if not may_wait or not all(_is_passed_over(reading, subscription) for _, reading in records):
                del self._records[topic], self._since[topic]
                yield topic, records

    def forget(self) -> None:
        """They are read again, by whoever reads their partitions."""
        self._records.clear()
        self._since.clear()


def _is_passed_over(reading: Reading, subscription: Subscription[U]) -> bool:
    return isinstance(reading, Received) and not subscription.wants(reading.event)


class _FoundByName(dict[str, Subscription[U]]):
    """By the physical name of each topic that a pattern finds, what is done with it."""

    def __init__(self, pattern: "Pattern[U]", prefix: str) -> None:
        super().__init__()
        self._pattern = pattern
        self._prefix = prefix

    def __missing__(self, name: str) -> Subscription[U]:
        self[name] = self._pattern.subscription(name.removeprefix(self._prefix))
        return self[name]


async def nothing_held() -> Collection[str]:
    """Every topic is read on."""
    return ()


@dataclass(frozen=True)
class Pattern(Generic[U]):
    """Topics that are known by their names alone, and come and go: what is done with one, and how its records are read.

    ``held`` names those that are not read on for now, since there is enough of them: no other waits for that.
    """

    names: str
    subscription: Callable[[str], Subscription[U]]
    reading: Callable[[Raw], Reading]
    held: Callable[[], Awaitable[Collection[str]]] = nothing_held
    # So many records are taken at a time, before it is asked again what is held.
    most: int = MAX_EVENTS


class Stalled(RuntimeError):
    """A position stands still although there is lag: the process ends and the supervisor starts a fresh one."""


@dataclass
class Consumer(Generic[U]):
    """Reads the topics of a service's subscriptions until stopped.

    A member with a name keeps its partitions over a restart, and no other process may have that name meanwhile; without
    one the broker gives it an id of its own.
    """

    bootstrap: str
    group: str
    member: str
    subscriptions: Sequence[Subscription[U]]
    handler: BatchHandler[U]
    prefix: str = ""
    name: MemberName | None = None
    pattern: Pattern[U] | None = None
    commit_seconds: float = COMMIT_SECONDS
    ready: bool = False
    progress: Progress = field(init=False)
    assigned: set[TopicPartition] = field(default_factory=set)
    _went_well_until: float = 0.0

    def __post_init__(self) -> None:
        self.progress = Progress(self.prefix)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until stopped. Ends with Stalled when the client is stuck; transient errors back off and go on."""
        by_topic = self._by_topic()
        back_off = FIRST_BACK_OFF_SECONDS
        while not stop.is_set():
            if not self._may_consume:
                await pause(stop, FIRST_BACK_OFF_SECONDS)
                continue
            began = self._went_well_until = self._now()
            try:
                await self.handler.start()
                await self.handler.replay_understood(self.subscriptions, stop)
                await self._consume(by_topic, stop)
            except Exception as reason:
                if isinstance(reason, Stalled) or not (is_transient(reason) or isinstance(reason, KafkaError)):
                    raise
                # Not wherever something was done: beside a fault that stays, something nearly always is.
                went_well = self._went_well_until - began > LONGEST_BACK_OFF_SECONDS
                back_off = FIRST_BACK_OFF_SECONDS if went_well else back_off
                log.warning("consumer_backs_off", seconds=back_off, error=type(reason).__name__)
                await pause(stop, back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
            finally:
                self.ready = False

    @property
    def _may_consume(self) -> bool:
        return self.name is None or self.name.is_mine

    def _by_topic(self) -> Mapping[str, Subscription[U]]:
        if self.pattern is not None:
            return _FoundByName(self.pattern, self.prefix)
        return {physical(each.topic, self.prefix): each for each in self.subscriptions}

    async def _consume(self, by_topic: Mapping[str, Subscription[U]], stop: asyncio.Event) -> None:
        client = self._client()
        offsets = _Offsets(client, self.handler.take_reached, self.prefix)
        if self.pattern is None:
            client.subscribe(list(by_topic), listener=_Assignments(offsets))
        else:
            client.subscribe(pattern=self.pattern.names, listener=_Assignments(offsets))
        try:
            async with asyncio.timeout(60):
                await client.start()
            reader = _Reader(self, client, offsets, by_topic, stop)
            self.progress.begin()
            while not stop.is_set() and self._may_consume:
                await reader.turn()
                self._went_well_until = self._now()
            await reader.end()
        except Exception:
            # Reading goes on from what is committed: else a fault that passes now and then would have all read again.
            self.ready = False
            await offsets.commit()
            raise
        finally:
            # First: to stop a client whose group does not form takes as long as it may.
            self.ready = False
            self.progress.end()
            await _stop(client)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _client(self) -> AIOKafkaConsumer:
        tolerant_records.install()
        return AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id=self.member or process_id(),
            group_id=self.group,
            group_instance_id=self.member or None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=300_000,
            # A topic that is new is known by then.
            metadata_max_age_ms=30_000 if self.pattern is None else 5_000,
            fetch_max_wait_ms=SHORT_MS,
            retry_backoff_ms=RETRY_BACK_OFF_MS,
        )


class _Reader(Generic[U]):
    """What one client of a consumer reads, from its start to an end in order, turn by turn."""

    def __init__(
        self,
        consumer: Consumer[U],
        client: AIOKafkaConsumer,
        offsets: _Offsets,
        by_topic: Mapping[str, Subscription[U]],
        stop: asyncio.Event,
    ) -> None:
        self._consumer = consumer
        self._client = client
        self._offsets = offsets
        self._by_topic = by_topic
        self._stop = stop
        self._now = asyncio.get_running_loop().time
        self._held = HeldFetches(client, self._now())
        self._silence = Silence(self._now())
        self._watchdog = Watchdog()
        pattern = consumer.pattern
        self._waiting = _Waiting(by_topic, read if pattern is None else pattern.reading)
        self._held_topics = nothing_held if pattern is None else pattern.held
        self._most = MAX_EVENTS if pattern is None else pattern.most
        # At once what was done first: who ends soon after each start comes forward all the same.
        self._next_commit = self._next_look = 0.0

    async def turn(self) -> None:
        """Fetch, handle what is due, and now and then tell what is done and look at how it goes."""
        await self._hold()
        fetched = await self._fetch()
        self._note_assignment(self._client.assignment())
        if fetched:
            failpoint("consumer.fetched", *{at.topic for at, records in fetched.items() if _has_events(records)})
        self._waiting.come(fetched, self._now())
        await self._hand_over(self._waiting.due(self._now()))
        if fetched:
            self._silence.broken(self._now())
        if self._now() >= self._next_commit and await self._offsets.commit():
            self._next_commit = self._now() + self._consumer.commit_seconds
        if self._now() >= self._next_look:
            self._next_look = self._now() + LOOK_SECONDS
            await self._look()

    async def end(self) -> None:
        """Handle what still waits, tell what is done, and take back that this process reads."""
        await self._hand_over(self._waiting.due(self._now() + PASSED_OVER_SECONDS))
        await self._offsets.commit()
        await self._consumer.handler.end_reading()

    async def _hold(self) -> None:
        """Read on in all partitions but those of which there is enough for now."""
        held, assigned = await self._held_topics(), self._client.assignment()
        too_much = {each for each in assigned if self._by_topic[each.topic].topic in held} if held else set()
        paused = self._client.paused()
        if too_much - paused:
            self._client.pause(*(too_much - paused))
        if paused - too_much:
            self._client.resume(*((paused - too_much) & assigned))

    async def _fetch(self) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]:
        """Nothing where partitions were assigned: what was fetched of them began where the group stood."""
        async with asyncio.timeout(FETCH_LIMIT_SECONDS):
            fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]] = await self._client.getmany(
                timeout_ms=200, max_records=self._most
            )
        self._held.look(fetched, self._now())
        if not self._offsets.are_new or not self._client.assignment():
            return fetched
        self._next_commit = 0.0
        self._offsets.begin_again()
        self._waiting.forget()
        await self._go_to_positions()
        return {}

    async def _go_to_positions(self) -> None:
        """Read on from where the database stands, in whose transactions the effects are: it may have been put back.

        From an earlier record where the broker knows of no later one: its topics were made again, or put back too. What
        is read a second time is done once.
        """
        handler, consumer, by_topic = self._consumer.handler, self._client, self._by_topic
        positions = await handler.wait_for_positions(self._stop)
        if positions is None:
            return
        assigned = consumer.assignment()
        async with asyncio.timeout(ASK_POSITIONS_SECONDS):
            first, ends = await consumer.beginning_offsets(assigned), await consumer.end_offsets(assigned)
            committed = {each: await consumer.committed(each) for each in assigned}
        turned_back = {}
        for partition in assigned:
            place = (by_topic[partition.topic].topic, partition.partition)
            stands = positions.get(place, 0)
            start = start_of(stands, committed[partition], ends[partition])
            consumer.seek(partition, max(start, first[partition]))
            if start < stands:
                turned_back[place] = start
        places = {(by_topic[each.topic].topic, each.partition) for each in assigned}
        await handler.begin_reading(places, turned_back)

    def _note_assignment(self, assigned: set[TopicPartition]) -> None:
        self._consumer.ready = bool(assigned)
        if assigned != self._consumer.assigned:
            self._consumer.assigned = assigned
            metrics.REASSIGNMENTS.labels(consumer=self._consumer.group).inc()

    async def _hand_over(self, due: Iterator[tuple[str, list[tuple[ConsumerRecord, Reading]]]]) -> None:
        for topic, read_records in due:
            records = [record for record, _ in read_records]
            await self._handle(self._by_topic[topic], [reading for _, reading in read_records])
            self._consumer.progress.handled(records)
            self._offsets.concern(topic, records)

    async def _handle(self, subscription: Subscription[U], readings: Sequence[Reading]) -> None:
        for batch in bounded(readings):
            await self._consumer.handler.handle(subscription, batch)
            metrics.CONSUMED_EVENTS.labels(topic=subscription.label, consumer=self._consumer.group).inc(len(batch))

    async def _look(self) -> None:
        async with asyncio.timeout(FETCH_LIMIT_SECONDS):
            lags = await lags_of(self._client)
        self._consumer.progress.look(lags)
        self._watchdog.look(lags, self._now())
        if self._silence.is_long(self._now()):
            self._silence.look(await asked_lags_of(self._client), self._now())


class Watchdog:
    """Notices a client that has stopped reading although there is something to read (aiokafka#1037)."""

    def __init__(self, stall_seconds: float = STALL_SECONDS) -> None:
        self._stall_seconds = stall_seconds
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self._looked_at: float | None = None

    def look(self, lags: Mapping[TopicPartition, tuple[int, int]], now: float) -> None:
        """Raise Stalled when a partition has lag and its position has not moved; ``lags`` gives (position, end)."""
        # What is not in ``lags`` is forgotten: a partition that comes back from another member starts afresh. So does
        # everything when nobody looked for as long: then this process itself stood still, stopped or suspended.
        stood_still = self._looked_at is not None and now - self._looked_at > self._stall_seconds
        before, self._moved = {} if stood_still else self._moved, {}
        self._looked_at = now
        for partition, (position, end) in lags.items():
            known, since = before.get(partition, (-1, now))
            moved = position != known or position >= end
            self._moved[partition] = (position, now if moved else since)
            if not moved and now - since > self._stall_seconds:
                raise Stalled(f"{partition.topic}/{partition.partition} stands at {position}, {end - position} behind")


class Silence:
    """Notices a client that hears nothing although there is something, and does not know it.

    After the broker was killed twice within seconds a client stood for minutes, assigned and without an error, with the
    end offsets that it had heard before: by those it had no lag. So in a silence the broker itself is asked.
    """

    def __init__(self, now: float) -> None:
        self._heard = self._answered = now
        self._watchdog = Watchdog(SILENT_STALL_SECONDS)

    def broken(self, now: float) -> None:
        """Something was fetched, and has been handled."""
        self._heard = self._answered = now

    def is_long(self, now: float) -> bool:
        """Whether it has lasted long enough to ask."""
        return now - self._heard > SILENCE_SECONDS

    def look(self, lags: Mapping[TopicPartition, tuple[int, int]] | None, now: float) -> None:
        """Raise Stalled when the broker has records that do not come, or has not answered for very long (None)."""
        if lags is not None:
            self._answered = now
            self._watchdog.look(lags, now)
        elif now - self._answered > UNANSWERED_SECONDS:
            raise Stalled(f"nothing heard, and no answer from the broker, for {now - self._answered:.0f} s")


async def asked_lags_of(consumer: AIOKafkaConsumer) -> dict[TopicPartition, tuple[int, int]] | None:
    """Position and end of each partition that is read, as the broker says now; None when it does not answer."""
    partitions = consumer.assignment() - consumer.paused()
    if not partitions:
        return {}
    try:
        async with asyncio.timeout(ASK_LIMIT_SECONDS):
            ends = await consumer.end_offsets(partitions)
            return {partition: (await consumer.position(partition), end) for partition, end in ends.items()}
    except (TimeoutError, KafkaError, OSError):
        return None


async def lags_of(consumer: AIOKafkaConsumer) -> dict[TopicPartition, tuple[int, int]]:
    """Position and known end of each assigned partition that is read."""
    lags = {}
    for partition in consumer.assignment() - consumer.paused():
        end = consumer.highwater(partition)
        if end is not None:
            lags[partition] = (await consumer.position(partition), end)
    return lags


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Let go of the broker, and leave nothing of the client that would go on fetching beside the next one."""
    if await ended_within(STOP_LIMIT_SECONDS, consumer.stop()):
        return
    for part in (consumer._fetcher, consumer._client):
        if part is not None:
            await ended_within(STOP_LIMIT_SECONDS, part.close())


def raw_of(record: ConsumerRecord, topic: str) -> Raw:
    """A record of the client as a record of ours; ``topic`` is the logical name."""
    return Raw(
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        key=key_of(record.key or b""),
        # A header without a value says nothing: it is not there.
        headers=tuple([header for header in record.headers if header[1] is not None]),
        payload=record.value or b"",
    )


def key_of(key: bytes) -> str:
    """The key as text; a foreign one that is too long for an index is told apart by its hash."""
    text = storable(key.decode("utf-8", "replace"))
    return text if len(text) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key).hexdigest()}"


def process_id() -> str:
    """By what this process is told apart from every other one, also where each has a machine of its own."""
    return f"{socket.gethostname()}-{os.getpid()}"


def bounded(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Batches of at most MAX_EVENTS records and MAX_ROWS rows; a single larger event goes alone."""
    batch: list[Reading] = []
    rows = 0
    for reading in readings:
        size = reading.event.rows if isinstance(reading, Received) else 0
        if batch and (len(batch) >= MAX_EVENTS or rows + size > MAX_ROWS):
            yield batch
            batch, rows = [], 0
        batch.append(reading)
        rows += size
    if batch:
        yield batch


def _has_events(records: Sequence[ConsumerRecord]) -> bool:
    """Heartbeats, which have no key, come all the time."""
    return any(each.key for each in records)


def _by_topic(
    fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]],
) -> Iterator[tuple[str, list[ConsumerRecord]]]:
    partitions = sorted(fetched)
    for topic, group in groupby(partitions, key=lambda partition: partition.topic):
        yield topic, [record for partition in group for record in fetched[partition]]
