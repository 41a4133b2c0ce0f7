"""The consumer runtime's core: whole batches, one by one where that fails, and parking (rules M6, M7)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.messaging.received import Aside, Fault, Raw, Reading, Received, ReceivedHeartbeat, Totals, Unreadable
from shared.messaging.steps import Step

MAX_EVENTS = 1_000
REACTIONS = 50
ATTEMPTS = 4
# In so many steps batches grow again to what they may hold: twice as large at once, every other one would fail again.
_STEPS_UP = 50

Place = tuple[str, int]


@dataclass(frozen=True)
class Interrupted:
    """Records that were noted as in flight when a transient error came; ``attempts`` counts this one, where the answer
    of the note was heard: given back by it, it is given back once.
    """

    raws: Sequence[Raw]
    attempts: int = 1


@dataclass(frozen=True)
class TakeStock(Step[Mapping[Place, int]]):
    """Give back what transient errors interrupted; the last offset that is still in flight, by topic and partition."""

    interrupted: Sequence[Interrupted]


@dataclass(frozen=True)
class Left:
    """How a partition stands whose reader ended without a word: where reading goes on in it, and the last offset that
    was noted as in flight, -1 where none was.
    """

    position: int
    last_in_flight: int = -1


@dataclass(frozen=True)
class Begin(Step[Mapping[Place, Left]]):
    """Write down that this process reads these from now on; those of them that another one left without a word."""

    places: Collection[Place]


@dataclass(frozen=True)
class TurnBack(Step[None]):
    """Let reading go on from these, which lie before where the database stands."""

    offsets: Mapping[Place, int]


@dataclass(frozen=True)
class End(Step[None]):
    """Take back that this process reads these: nothing of them is in flight."""

    places: Collection[Place]


@dataclass(frozen=True)
class Take(Step[int]):
    """Note that these are in flight; how often exactly these were."""

    raws: Sequence[Raw]


@dataclass(frozen=True)
class Project(Step[Sequence[Received]]):
    """Bring the projection forward in one transaction, and react in it as well where there is no more to react to than
    ``at_once``; what is still to be reacted to. Where nothing is, all are done.
    """

    readings: Sequence[Reading]
    at_once: int


@dataclass(frozen=True)
class React(Step[None]):
    """React to these in one transaction, after which ``done`` are done."""

    received: Sequence[Received]
    done: Sequence[Reading]


@dataclass(frozen=True)
class Attempt(Step[None]):
    """Bring the projection forward, react and be done with one record, all in one transaction."""

    reading: Reading


@dataclass(frozen=True)
class Park(Step[None]):
    """Set one record aside with its key, in a transaction after which it is done."""

    reading: Reading
    fault: Fault
    detail: str


@dataclass(frozen=True)
class SplitUp(Step[None]):
    """A batch failed as a whole; now its records go one by one."""

    readings: Sequence[Reading]
    error: str


@dataclass(frozen=True)
class Gap:
    """Events of an aggregate that should have come between two that came: an alarm, never a reason to stop."""

    topic: str
    aggregate: str
    after: int
    seen: int


@dataclass
class _Suspicion:
    """How many more records from a position on may be what ended the process that read there before."""

    position: int
    left: int


class ConsumerCore:
    """What one process has in flight, and how it goes about it; ``passes`` says which errors are transient.

    A batch leaves no note of its own while the process has written down that it reads the partition: that word, which
    an orderly end takes back, says afterwards that it ended amid something. Only behind such an end, and in a partition
    of which nothing is written, is each batch noted before it is tried (decision 51).
    """

    def __init__(
        self, passes: Callable[[BaseException], bool], reactions: int = REACTIONS, most: int = MAX_EVENTS
    ) -> None:
        self._passes = passes
        self._reactions = reactions
        self._most = self._at_a_time = most
        self._careful_until: dict[Place, int] = {}
        self._read: set[Place] = set()
        self._suspected: dict[Place, _Suspicion] = {}
        self._reached: dict[Place, int] = {}
        self.interrupted: list[Interrupted] = []

    async def start(self) -> None:
        """What an earlier process had in flight when it ended goes one by one; what a transient error interrupted in
        this one was no attempt. Nothing counts as being read any more.
        """
        self._read.clear()
        left_over = await TakeStock(tuple(self.interrupted))
        self.interrupted.clear()
        for place, last_offset in left_over.items():
            self._be_careful(place, last_offset)

    async def begin(self, places: Collection[Place], turned_back: Mapping[Place, int] | None = None) -> None:
        """Read these partitions from now on, and no others; nothing is being handled meanwhile.

        Some are read from before where the database stands. Those are turned back last: what ended the process before
        lies behind where that stood, and is looked for from there.
        """
        await self._end(self._read - set(places))
        fresh = sorted(set(places) - self._read)
        left = await Begin(fresh) if fresh else {}
        self._read.update(fresh)
        for place, found in left.items():
            self._suspected[place] = _Suspicion(found.position, self._most)
            self._be_careful(place, found.last_in_flight)
        if turned_back:
            await TurnBack(turned_back)

    async def end(self) -> None:
        """Read no more: whoever reads on has nothing to suspect."""
        await self._end(self._read)

    async def _end(self, places: Collection[Place]) -> None:
        # What this process suspects itself the next one must suspect too.
        ended = sorted(place for place in places if place not in self._suspected)
        self._read = self._read.difference(places)
        if ended:
            await End(ended)

    def take_reached(self) -> Mapping[Place, int]:
        """The offset behind what is done, of each partition that came forward since this was asked last."""
        reached, self._reached = self._reached, {}
        return reached

    async def handle(self, readings: Sequence[Reading]) -> None:
        """Handle one topic's records; returns when each is done or parked. Raises only faults that pass."""
        careful, rest = self._sorted_out(readings)
        await self._one_by_one(careful)
        for run in runs(rest):
            while run:
                some, run = run[: self._at_a_time], run[self._at_a_time :]
                await self._at_once(some)

    async def _at_once(self, readings: Sequence[Reading]) -> None:
        raws = [each.raw for each in readings]
        noted = any(map(self._is_suspect, {(raw.topic, raw.partition) for raw in raws}))
        if noted:
            await Take(raws)
        try:
            await self._whole(readings)
        except Exception as reason:
            if self._passes(reason):
                # What is too much for a limit of time would be too much each time.
                self._at_a_time = max(1, len(readings) // 2)
                if noted:
                    self.interrupted.append(Interrupted(raws))
                raise
            await SplitUp(readings, type(reason).__name__)
            await self._one_by_one(readings)
        else:
            self._at_a_time = min(self._most, self._at_a_time + max(1, self._most // _STEPS_UP))
            self._are_done(raws)
        self._suspect_less(raws)

    def _are_done(self, raws: Sequence[Raw]) -> None:
        self._reached |= {(raw.topic, raw.partition): raw.offset + 1 for raw in raws}

    def _sorted_out(self, readings: Sequence[Reading]) -> tuple[Sequence[Reading], Sequence[Reading]]:
        """What goes one by one, and the rest."""
        if not self._careful_until:
            return (), readings
        careful = [self._is_careful(each.raw) for each in readings]
        one_by_one = [each for each, alone in zip(readings, careful, strict=True) if alone]
        return one_by_one, [each for each, alone in zip(readings, careful, strict=True) if not alone]

    def _be_careful(self, place: Place, last_offset: int) -> None:
        self._careful_until[place] = max(last_offset, self._careful_until.get(place, last_offset))

    def _is_careful(self, raw: Raw) -> bool:
        return raw.offset <= self._careful_until.get((raw.topic, raw.partition), -1)

    def _is_suspect(self, place: Place) -> bool:
        return place not in self._read or place in self._suspected

    def _suspect_less(self, raws: Sequence[Raw]) -> None:
        """Among the first so many behind where the process stood is what it had in flight when it ended."""
        for raw in raws if self._suspected else ():
            place = (raw.topic, raw.partition)
            if place in self._suspected and raw.offset >= self._suspected[place].position:
                self._suspected[place].left -= 1
                if self._suspected[place].left == 0:
                    del self._suspected[place]

    async def _whole(self, readings: Sequence[Reading]) -> None:
        reactions = await Project(readings, self._reactions)
        for start in range(0, len(reactions), self._reactions):
            end = start + self._reactions
            await React(reactions[start:end], readings if end >= len(reactions) else ())

    async def _one_by_one(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            while not await self._alone(reading):
                continue
            self._are_done([reading.raw])

    async def _alone(self, reading: Reading) -> bool:
        """One attempt at one record; True when it is done or parked."""
        attempts = 1
        try:
            # Within: whether it was taken is unknown where the answer of the commit was lost.
            attempts = await Take([reading.raw])
            if attempts > ATTEMPTS:
                await Park(reading, Fault.ENDED_THE_PROCESS, f"{ATTEMPTS} times")
                return True
            reason = await self._attempt(reading)
            if reason is not None and attempts == ATTEMPTS:
                await Park(reading, Fault.FAILED, reason)
            return reason is None or attempts == ATTEMPTS
        except Exception as fault:
            if self._passes(fault):
                self.interrupted.append(Interrupted([reading.raw], attempts))
            raise

    async def _attempt(self, reading: Reading) -> str | None:
        """None, or why it failed. Raises faults that pass."""
        try:
            await Attempt(reading)
        except Exception as fault:
            if self._passes(fault):
                raise
            return type(fault).__name__
        return None


def start_of(stands: int, committed: int | None, end: int) -> int:
    """Where a partition is read from whose effects are in the database up to ``stands``.

    The end, and what the group committed, are earlier where the topic was made again or the broker's volume was put
    back, and then other records may stand behind them than those that were read. What was committed is also earlier, by
    some seconds, where a process was killed: nothing tells the two apart, and what is read again is done once.
    """
    return min(stands, committed or 0, end)


def runs(readings: Sequence[Reading]) -> list[Sequence[Reading]]:
    """The readings cut before each that cannot be read and stands behind an event.

    The transaction that parks it must come after the reactions to what stands in front of it: a replay in between would
    pass them.
    """
    found: list[Sequence[Reading]] = []
    begin, reacts = 0, False
    for at, reading in enumerate(readings):
        if isinstance(reading, Received):
            reacts = True
        elif reacts and isinstance(reading, Unreadable) and reading.holds:
            found.append(readings[begin:at])
            begin, reacts = at, False
    return [*found, readings[begin:]] if readings else []


def set_aside(readings: Sequence[Reading], parked: Mapping[str, int]) -> tuple[list[Received], list[Aside]]:
    """What is ready, and what is set aside and why: the unreadable, and what stands behind a parked record of its key.

    ``parked`` gives the first parked offset by key.
    """
    first = dict(parked)
    ready: list[Received] = []
    aside: list[Aside] = []
    for reading in readings:
        raw = reading.raw
        # What stands in front of the parked one was read before it and must not fall behind it.
        if isinstance(reading, Received) and not (first and raw.offset >= first.get(raw.key, raw.offset + 1)):
            ready.append(reading)
            continue
        if isinstance(reading, ReceivedHeartbeat | Totals):
            continue
        aside.append(reading if isinstance(reading, Unreadable) else Aside(raw, Fault.BEHIND))
        if aside[-1].holds:
            first.setdefault(raw.key, raw.offset)
    return ready, aside


def news(received: Sequence[Received]) -> list[Received]:
    """What may be reacted to: republished events state again what was reacted to when it happened (rules M8)."""
    return [each for each in received if each.envelope.announcement is None]


def each_once(received: Sequence[Received], fresh: Collection[tuple[str, UUID]]) -> list[Received]:
    """Those whose topic and id are among the fresh ones, each once, in their order."""
    left, found = set(fresh), []
    for each in received:
        event = (each.raw.topic, each.envelope.id)
        if event in left:
            left.remove(event)
            found.append(each)
    return found


def spans(raws: Sequence[Raw]) -> dict[Place, tuple[int, int]]:
    """The first and last offset by topic and partition."""
    found: dict[Place, list[int]] = {}
    for raw in raws:
        found.setdefault((raw.topic, raw.partition), []).append(raw.offset)
    return {place: (min(offsets), max(offsets)) for place, offsets in found.items()}


def gaps(stream: tuple[str, str], before: int | None, versions: Sequence[int]) -> list[Gap]:
    """What is missing among the versions of a stream, of which ``before`` was the last one seen (rules M3)."""
    found = []
    for version in sorted(versions):
        if before is not None and version > before + 1:
            found.append(Gap(*stream, after=before, seen=version))
        before = version if before is None else max(before, version)
    return found
