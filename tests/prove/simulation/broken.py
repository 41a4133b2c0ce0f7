"""Broken cores: each is a classic mistake, wired into the same world, and must be found within so many seeds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.benefits.domain.payments import Outcome, PaymentState, moved_on
from shared.messaging.consumer_core import ConsumerCore, Place, Project, React, TakeStock, TurnBack, set_aside
from shared.messaging.publisher import Position
from shared.messaging.received import Aside, Reading, Received
from shared.messaging.relay_core import (
    BOUNDS,
    Acknowledged,
    Bound,
    ConfirmLife,
    HandOver,
    Mark,
    Read,
    ReadBound,
    RelayCore,
    Unsent,
    acknowledged_prefix,
)
from tests.prove.simulation.wiring import Wiring


class MarksBeforeAcknowledged(RelayCore):
    """Marks what is under way, and not what was acknowledged before it."""

    async def relay_batches(self) -> int:
        batch = await Read(self.batch)
        if batch:
            await HandOver(batch)
            await Mark([(row, Position(0, 0)) for row in batch])
            await Acknowledged()
        return len(batch)


class MarksWithoutAcknowledgement(RelayCore):
    """Marks the whole batch when it was sent, whatever came back."""

    async def relay_batches(self) -> int:
        batch = await Read(self.batch)
        if batch:
            await HandOver(batch)
            await Acknowledged()
            await Mark([(row, Position(0, 0)) for row in batch])
        return len(batch)


class HandsOverTwo(RelayCore):
    """Sends the next batch before it knows what became of the one before it."""

    async def relay_batches(self) -> int:
        batches = [await Read(self.batch)]
        if not batches[0]:
            return 0
        await HandOver(batches[0])
        if ahead := await Read(self.batch, under_way=batches[0]):
            batches.append(ahead)
            await HandOver(ahead)
        for batch in batches:
            await self._mark(acknowledged_prefix(batch, await Acknowledged()))
        return sum(map(len, batches))


class FollowsALostRow(RelayCore):
    """Sends what it read ahead also behind a row that was not acknowledged."""

    async def _next(
        self, _batch: Sequence[Unsent], _sent: Sequence[tuple[Unsent, Position]], ahead: Sequence[Unsent]
    ) -> Sequence[Unsent]:
        await ConfirmLife()
        return ahead


class TrustsWhatItReadAhead(RelayCore):
    """Does not ask whether it is still the same database from which it read."""

    async def _next(
        self, batch: Sequence[Unsent], sent: Sequence[tuple[Unsent, Position]], ahead: Sequence[Unsent]
    ) -> Sequence[Unsent]:
        return ahead if len(sent) == len(batch) else ()


class LooksElsewhere(RelayCore):
    """Makes the watermark of other looks, or in another order."""

    bounds: Sequence[Bound] = ()

    async def complete_until(self) -> datetime:
        seen = [await ReadBound(bound) for bound in self.bounds]
        return min(look for look in seen if look is not None)


class OverlooksWriters(LooksElsewhere):
    """Passes open transactions."""

    bounds = tuple(bound for bound in BOUNDS if bound is not Bound.WRITERS)


class OverlooksUnsent(LooksElsewhere):
    """Passes rows that are not sent."""

    bounds = tuple(bound for bound in BOUNDS if bound is not Bound.UNSENT)


class LooksForWritersLast(LooksElsewhere):
    """A transaction that commits between the two looks is seen by neither."""

    bounds = (Bound.NOW, Bound.UNSENT, Bound.HELD_BACK, Bound.WRITERS)


class LooksAtTheTimeLast(LooksElsewhere):
    """A transaction that begins and commits after the other looks has an earlier stamp than the time."""

    bounds = (Bound.WRITERS, Bound.UNSENT, Bound.HELD_BACK, Bound.NOW)


class CountsTransientErrors(ConsumerCore):
    """What a transient error interrupted counts as if it had ended the process."""

    async def start(self) -> None:
        self.interrupted.clear()
        await super().start()

    async def begin(self, *_: object) -> None:
        """So that each batch is noted, and it comes to that soon."""


class ForgetsWhatWasInFlight(ConsumerCore):
    """A fresh process takes the same batch again, as if nothing had happened."""

    async def start(self) -> None:
        await TakeStock(tuple(self.interrupted))
        self.interrupted.clear()

    def _be_careful(self, *_: object) -> None:
        return


class BelievesThatEveryProcessEndedInOrder(ConsumerCore):
    """Suspects nothing where another process ended without a word."""

    async def begin(self, places: Collection[Place], turned_back: Mapping[Place, int] | None = None) -> None:
        await super().begin(places, turned_back)
        self._suspected.clear()


class TurnsBackBeforeItBegins(ConsumerCore):
    """Looks for what ended the process before from where reading goes on, and not from where the database stood."""

    async def begin(self, places: Collection[Place], turned_back: Mapping[Place, int] | None = None) -> None:
        if turned_back:
            await TurnBack(turned_back)
        await super().begin(places)


class DoneBeforeItIs(ConsumerCore):
    """Says of a batch that it is done before it is tried: whoever commits offsets meanwhile commits behind it."""

    async def _at_once(self, readings: Sequence[Reading]) -> None:
        self._are_done([each.raw for each in readings])
        await super()._at_once(readings)


class GivesUpABatch(ConsumerCore):
    """A batch that failed as a whole is left behind."""

    async def _one_by_one(self, _: Sequence[Reading]) -> None:
        return


class DoneTooEarly(ConsumerCore):
    """Is done with all records after the first of several transactions of reactions."""

    async def _whole(self, readings: Sequence[Reading]) -> None:
        reactions = await Project(readings, 0)
        for start in range(0, len(reactions), self._reactions):
            await React(reactions[start : start + self._reactions], readings if start == 0 else ())


def without_keys(readings: Sequence[Reading], parked: Mapping[str, int]) -> tuple[list[Received], list[Aside]]:
    """Nothing waits behind a parked record of its key."""
    return set_aside(readings, {})


def the_last_wins(_: int, __: int) -> bool:
    """What came last stays, also where its revision is lower."""
    return True


def every_answer_moves(stands: PaymentState, outcome: Outcome) -> PaymentState | None:
    """A repeated answer is booked once more."""
    return moved_on(stands, outcome) or (stands if stands.value == outcome.value else None)


@dataclass(frozen=True)
class Broken:
    """A broken wiring, and what the run must say of it, within how many seeds."""

    name: str
    wiring: Wiring
    violation: tuple[str, ...]
    within: int = 60


_NOT_SENT = ("order in the log", "stuck: every committed event", "the watermark", "complete up to")
_WATERMARK = ("the watermark", "complete up to")
_LOST = ("stuck", "order of reactions", "a gap", "complete up to")
BROKEN = (
    Broken("mark before ack", Wiring(relay_core=MarksBeforeAcknowledged), _NOT_SENT),
    Broken("mark without ack", Wiring(relay_core=MarksWithoutAcknowledgement), _NOT_SENT),
    Broken("next before ack", Wiring(relay_core=HandsOverTwo), ("order in the log",), 300),
    Broken("next behind a lost row", Wiring(relay_core=FollowsALostRow), ("order in the log",)),
    Broken("another life's rows", Wiring(relay_core=TrustsWhatItReadAhead), ("nothing of another life",), 300),
    Broken("bare cursor", Wiring(cursor=True), ("order in the log", "stuck: not marked as sent", "complete up to")),
    Broken("watermark past an open transaction", Wiring(relay_core=OverlooksWriters), _WATERMARK),
    Broken("watermark past an unsent event", Wiring(relay_core=OverlooksUnsent), _WATERMARK),
    Broken("writers looked for last", Wiring(relay_core=LooksForWritersLast), _WATERMARK, 300),
    Broken("time looked at last", Wiring(relay_core=LooksAtTheTimeLast), _WATERMARK, 300),
    Broken("upload held until it is finished only", Wiring(uploads_held_until_finished=True), _WATERMARK, 150),
    Broken("inbox off", Wiring(inbox=False), ("a reaction once",)),
    Broken(
        "offset taken as truth",
        Wiring(offsets_are_truth=True),
        ("a reaction once", "order of reactions", "stuck", "complete up to"),
    ),
    Broken("offset before commit", Wiring(consumer_core=DoneBeforeItIs), ("the group stands further",)),
    Broken("lower revision wins", Wiring(replaces=the_last_wins), ("projection went back",)),
    Broken("park without key", Wiring(set_aside=without_keys), _LOST),
    Broken(
        "transient errors counted as attempts",
        Wiring(consumer_core=CountsTransientErrors),
        ("nothing but the poisoned",),
        300,
    ),
    Broken("work in flight forgotten", Wiring(consumer_core=ForgetsWhatWasInFlight), ("a killer is parked",), 300),
    Broken(
        "every end believed to be in order",
        Wiring(consumer_core=BelievesThatEveryProcessEndedInOrder),
        ("a killer is parked",),
        300,
    ),
    Broken(
        "turned back before it begins",
        Wiring(consumer_core=TurnsBackBeforeItBegins),
        ("a killer is parked",),
        300,
    ),
    Broken("failed batch given up", Wiring(consumer_core=GivesUpABatch), _LOST),
    Broken("done with the first reactions", Wiring(consumer_core=DoneTooEarly), ("complete up to",)),
    Broken(
        "heartbeats of several topics heard together",
        Wiring(hears_together=True),
        (*_LOST, "the group stands further", "projection went back", "a reaction once"),
    ),
    Broken("fresh before the reactions", Wiring(fresh_before_reactions=True), ("complete up to",)),
    Broken("resend on unknown outcome", Wiring(resends_unknown=True), ("none is sent again",)),
    Broken("file frozen without locks", Wiring(locks_unsent=False), ("none is sent again", "paid is what is owed")),
    Broken(
        "every answer booked",
        Wiring(moved_on=every_answer_moves),
        ("the ledger is even", "paid is what is owed", "one key"),
    ),
)
