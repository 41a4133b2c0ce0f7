"""A member of the consumers' group: does what the runtime's core decides, as ``batch`` and ``consumer`` do."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any, cast

from shared.messaging.consumer import COMMIT_SECONDS, bounded
from shared.messaging.consumer_core import (
    Attempt,
    ConsumerCore,
    Park,
    Place,
    Project,
    React,
    SplitUp,
    Take,
    news,
    spans,
    start_of,
)
from shared.messaging.reading_words import ReadingWords
from shared.messaging.received import Aside, Raw, Reading, Received, ReceivedHeartbeat, Unreadable
from shared.messaging.steps import drive
from tests.prove.simulation.broker import Entry, Group
from tests.prove.simulation.clock import Killed, Wait
from tests.prove.simulation.database import Database, Transaction, TransientError, passes
from tests.prove.simulation.story import SimulatedEvent, reading_of
from tests.prove.simulation.tables import ConsumerStoreModel, parked_keys
from tests.prove.simulation.watch import Watch
from tests.prove.simulation.wiring import Wiring

REACTIONS = 2
MOST_FETCHED = 9
# Fewer than are read again after most kills: what ends a process may lie behind as many.
MOST_AT_ONCE = 4
Handle = Callable[[Sequence[Reading]], Coroutine[Any, Any, None]]


class Poison(Exception):
    """What an event raises that no repeat can mend."""


@dataclass
class Quarantine:
    """Which events are ill: until they are mended, and each that fails once has done so."""

    mended: bool = False
    failed_once: set[int] = field(default_factory=set)


class Member:
    """One worker process; the effects of its events are rows of the database."""

    def __init__(
        self, name: str, database: Database, group: Group, watch: Watch, wiring: Wiring, quarantine: Quarantine
    ) -> None:
        self._name = name
        self._database = database
        self._chance = database.chance
        self._group = group
        self._watch = watch
        self._wiring = wiring
        self._quarantine = quarantine
        self.alone: tuple[str, int, int] | None = None
        self._words = ReadingWords(self._notes)
        self._held: dict[str, Sequence[Reading]] = {}

    async def run(self) -> None:
        """Process after process, each until it ends in order, or until this one is killed."""
        while True:
            await self._consume()
            self._words = ReadingWords(self._notes)
            await Wait(1.0, "consumer.starts")

    async def _consume(self) -> None:
        """Transient errors back off and go on with a fresh client, as ``Consumer.run`` does."""
        consumer_core = self._wiring.consumer_core(passes, REACTIONS, MOST_AT_ONCE)
        while True:
            try:
                await drive(consumer_core.start(), self._words.do)
                self.alone = None
                self._group.join(self._name, partial(self._revoked, consumer_core))
                await self._read_on(consumer_core)
                return
            except TransientError:
                await self._commit(consumer_core)
                await Wait(0.3, "consumer.backs_off")
            finally:
                self._group.leave(self._name)

    async def _read_on(self, consumer_core: ConsumerCore) -> None:
        """As ``Consumer._consume``, to an end in order."""
        next_commit = 0.0
        while True:
            await Wait(0.2, "consumer.poll")
            fetched = self._group.fetch(self._name, 1 + self._chance.below(MOST_FETCHED))
            if self._group.is_new(self._name):
                next_commit = 0.0
                await self._go_to_positions(consumer_core)
            await self._hand_over(consumer_core.handle, fetched)
            if self._database.clock.now >= next_commit and await self._commit(consumer_core):
                next_commit = self._database.clock.now + COMMIT_SECONDS
            if self._chance.strikes("consumer ends in order", self._name):
                await self._commit(consumer_core)
                await drive(consumer_core.end(), self._words.do)
                return

    async def _go_to_positions(self, consumer_core: ConsumerCore) -> None:
        assigned = self._group.begin_again(self._name)
        consumer_core.take_reached()
        async with self._database.begin() as uow:
            positions = await ConsumerStoreModel(uow).positions()
        turned_back = {}
        for place in sorted(assigned):
            stands = positions.get(place, 0)
            start = start_of(stands, self._group.committed.get(place), len(self._watch.log[place]))
            self._group.seek(self._name, place, start)
            if start < stands:
                turned_back[place] = start
        await drive(consumer_core.begin(assigned, turned_back), self._words.do)

    async def _hand_over(self, handle: Handle, fetched: Mapping[Place, Sequence[tuple[int, Entry]]]) -> None:
        if not fetched:
            return
        await Wait(0.001, "consumer.fetched")
        due = {
            topic: [self._reading(place, *record) for place in places for record in fetched[place]]
            for topic, places in groupby(sorted(fetched), key=lambda place: place[0])
        }
        for topic, readings in (self._heard_together(due) if self._wiring.hears_together else due).items():
            for batch in bounded(readings):
                await drive(handle(batch), partial(self._do, topic))
                self.alone = None
                await Wait(0.002, "consumer.committed")

    def _heard_together(self, due: Mapping[str, Sequence[Reading]]) -> Mapping[str, Sequence[Reading]]:
        """Of one topic all, and of the others the heartbeats with it, past what is held back of their own topic."""
        first, *others = due
        readings = {topic: [*self._held.pop(topic, ()), *due[topic]] for topic in due}
        self._held |= {
            topic: [each for each in readings[topic] if not isinstance(each, ReceivedHeartbeat)] for topic in others
        }
        heard = [each for topic in others for each in readings[topic] if isinstance(each, ReceivedHeartbeat)]
        return {first: [*readings[first], *heard]}

    def _reading(self, place: Place, offset: int, entry: Entry) -> Reading:
        error = "" if self._quarantine.mended else getattr(entry.content, "error", "")
        return reading_of(place, offset, entry, error)

    async def _commit(self, consumer_core: ConsumerCore) -> bool:
        """As the consumer's offsets: whether there was anything to tell."""
        if self._group.is_new(self._name):
            return False
        generation, reached = self._group.generation, consumer_core.take_reached()
        if not reached:
            return False
        await Wait(0.001, "consumer.commits_offsets")
        self._tell(generation, reached)
        await Wait(0.001, "consumer.offsets_committed")
        return True

    def _revoked(self, consumer_core: ConsumerCore) -> None:
        if not self._group.is_new(self._name):
            self._tell(self._group.generation, consumer_core.take_reached())

    def _tell(self, generation: int, reached: Mapping[Place, int]) -> None:
        for place, offset in sorted(reached.items()):
            self._group.commit(self._name, generation, place, offset)

    async def _do(self, topic: str, step: object) -> object:
        match step:
            case Take(raws):
                return await self._take(raws)
            case Project(readings, at_once):
                return await self._project(topic, readings, at_once)
            case React(received, done):
                async with self._database.begin() as uow:
                    await self._react(uow, received)
                    if done:
                        await self._done(uow, done)
            case Attempt(reading):
                async with self._database.begin() as uow:
                    await self._react(uow, await self._apply(uow, topic, [reading]))
                    await self._done(uow, [reading])
            case Park(reading, fault, detail):
                async with self._database.begin() as uow:
                    await self._set_down(ConsumerStoreModel(uow), uow, Aside(reading.raw, fault, detail))
                    await self._done(uow, [reading])
            case SplitUp(readings, error):
                self._database.clock.note(self._name, f"splits up {len(readings)} for {error}")
        return None

    @asynccontextmanager
    async def _notes(self) -> AsyncIterator[ConsumerStoreModel]:
        async with self._database.begin() as uow:
            yield ConsumerStoreModel(uow)

    async def _take(self, raws: Sequence[Raw]) -> int:
        first = raws[0]
        self.alone = (first.topic, first.partition, first.offset) if len(raws) == 1 else None
        async with self._database.begin() as uow:
            return await ConsumerStoreModel(uow).take_in_flight(raws)

    async def _project(self, topic: str, readings: Sequence[Reading], at_once: int) -> Sequence[Received]:
        await Wait(0.001, "consumer.in_flight")
        async with self._database.begin() as uow:
            reactions = await self._apply(uow, topic, readings)
            if self._wiring.fresh_before_reactions:
                await self._note_freshness(uow, readings, [])
            if len(reactions) > at_once:
                return reactions
            await self._react(uow, reactions)
            await self._done(uow, readings)
        return ()

    async def _apply(self, uow: Transaction, topic: str, readings: Sequence[Reading]) -> list[Received]:
        store = ConsumerStoreModel(uow)
        ready, aside = self._wiring.set_aside(readings, (await store.known(topic, readings)).keys)
        for each in aside:
            await self._set_down(store, uow, each)
        for gap in (await store.follow_streams(ready)).gaps:
            self._watch.gap(gap)
        if ready:
            await self._bring_forward(uow, ready)
        return news(ready)

    async def _bring_forward(self, uow: Transaction, ready: Sequence[Received]) -> None:
        await self._database.statement("apply")
        for each in sorted(ready, key=lambda each: each.event.key):
            event = cast(SimulatedEvent, each.event)
            await uow.lock("projection", event.stream)
            known = uow.get("projection", event.stream)
            if known is None or self._wiring.replaces(known[0], event.revision):
                uow.put("projection", event.stream, (event.revision, event.amount_sen))
                uow.once_committed(partial(self._watch.committed_projection, event))
            if event.id % 2:
                self._suffer(event, each.raw)
        await Wait(0.001, "consumer.applied")

    async def _react(self, uow: Transaction, received: Sequence[Received]) -> None:
        for each in await self._new_among(uow, received):
            event = cast(SimulatedEvent, each.event)
            if not event.id % 2:
                self._suffer(event, each.raw)
            if event.topic == "decided":
                await uow.lock("due", event.claim)
                uow.put("due", event.claim, True)
            uow.once_committed(partial(self._watch.committed_reaction, event))
            uow.put("reaction", self._database.next_id(), event.id)
            await Wait(0.001, "consumer.handled")

    async def _new_among(self, uow: Transaction, received: Sequence[Received]) -> Sequence[Received]:
        if not self._wiring.inbox or not received:
            return received
        if not self._wiring.offsets_are_truth:
            return await ConsumerStoreModel(uow).new_among(received)
        return [each for each in received if await self._is_behind_all(uow, each)]

    async def _is_behind_all(self, uow: Transaction, received: Received) -> bool:
        place = (received.raw.topic, received.raw.partition)
        await uow.lock("reached", place)
        reached = uow.get("reached", place)
        uow.put("reached", place, max(received.raw.offset, -1 if reached is None else reached))
        return reached is None or received.raw.offset > reached

    def _suffer(self, event: SimulatedEvent, raw: Raw) -> None:
        """What this event does to whoever handles it."""
        if event.error == "once" and event.id not in self._quarantine.failed_once:
            self._quarantine.failed_once.add(event.id)
            raise Poison
        if self._quarantine.mended or event.error not in ("poison", "kills"):
            return
        if event.error == "kills":
            if self._name != "operator":
                self._watch.ended_a_process(event, raw)
            raise Killed(str(event))
        raise Poison

    async def _set_down(self, store: ConsumerStoreModel, uow: Transaction, aside: Aside) -> None:
        if await store.park(aside):
            uow.once_committed(partial(self._watch.committed_parking, aside.raw))

    async def _done(self, uow: Transaction, readings: Sequence[Reading]) -> None:
        raws = [each.raw for each in readings]
        for place, (_, last) in spans(raws).items():
            uow.once_committed(partial(self._watch.committed_done, place, last + 1))
        if not await self._note_freshness(uow, readings, raws):
            await ConsumerStoreModel(uow).release(raws)

    async def _note_freshness(self, uow: Transaction, readings: Sequence[Reading], raws: Sequence[Raw]) -> bool:
        heartbeats = [each for each in readings if isinstance(each, ReceivedHeartbeat)]
        if not heartbeats:
            return False
        await ConsumerStoreModel(uow).note_freshness(heartbeats, raws)
        for heartbeat in heartbeats:
            place, until = (heartbeat.raw.topic, heartbeat.raw.partition), heartbeat.heartbeat.complete_until
            uow.once_committed(partial(self._watch.committed_freshness, place, until))
        return True

    async def replay(self, topic: str) -> int:
        """As ``parking.replay_topic``: the parked records of each key in their order; raises what the first raises."""
        handled = 0
        for key in sorted(parked_keys(sorted(self._database.table("parked").items()), topic)):
            while await self._replay_next(topic, key):
                handled += 1
        return handled

    async def _replay_next(self, topic: str, key: str) -> bool:
        async with self._database.begin() as uow:
            await self._database.statement("next parked")
            waiting = [place for place, (raw, _) in uow.rows("parked") if raw.topic == topic and raw.key == key]
            if not waiting:
                return False
            await uow.lock("parked", *waiting[0])
            if uow.get("parked", waiting[0]) is None:
                return False
            reading = self._reading(waiting[0][:2], waiting[0][2], self._watch.log[waiting[0][:2]][waiting[0][2]])
            if isinstance(reading, Unreadable):
                raise Poison
            if isinstance(reading, Received):
                for gap in (await ConsumerStoreModel(uow).follow_streams([reading])).gaps:
                    self._watch.gap(gap)
                await self._bring_forward(uow, [reading])
                await self._react(uow, news([reading]))
            uow.delete("parked", waiting[0])
            return True
