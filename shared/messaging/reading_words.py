"""The notes of who reads which partition, as the core asks for them: the consumer's and the simulation's alike."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from shared.messaging.consumer_core import Begin, End, Left, Place, TakeStock, TurnBack
from shared.messaging.consumer_store import Begun
from shared.messaging.received import Raw


class NotesOfReading(Protocol):
    """What the notes stand in, inside one transaction."""

    async def give_back(self, raws: Sequence[Raw], attempts: int = 1) -> None:
        """Taking these in flight was no attempt, where at least so many are counted."""

    async def left_over(self) -> Mapping[Place, int]:
        """The last offset that is still in flight, by topic and partition."""

    async def turn_back(self, offsets: Mapping[Place, int]) -> None:
        """Reading goes on from earlier records."""

    async def begin_reading(self, places: Collection[Place]) -> Mapping[Place, Begun]:
        """Leave a word in each that it is being read."""

    async def end_reading(self, words: Mapping[Place, datetime]) -> None:
        """Take these words back, and nobody else's."""


class ReadingWords:
    """Does what the core asks of the notes, each step in a transaction, and knows the words of its own process."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[NotesOfReading]]) -> None:
        self._begin = begin
        self._words: dict[Place, datetime] = {}

    async def do(self, step: object) -> Mapping[Place, int] | Mapping[Place, Left] | None:
        """The answer to a step."""
        if isinstance(step, Begin):
            return await self._begin_reading(step.places)
        async with self._begin() as notes:
            match step:
                case TakeStock(interrupted):
                    for each in interrupted:
                        await notes.give_back(each.raws, each.attempts)
                    return await notes.left_over()
                case TurnBack(offsets):
                    await notes.turn_back(offsets)
                case End(places):
                    await notes.end_reading({place: self._words.pop(place) for place in places})
        return None

    async def _begin_reading(self, places: Collection[Place]) -> Mapping[Place, Left]:
        async with self._begin() as notes:
            begun = await notes.begin_reading(places)
        # Once it is committed: a word of which only the answer was lost is not known when it is met again, and so what
        # stood there before is still suspected.
        own, self._words = self._words, self._words | {place: each.word for place, each in begun.items()}
        return {place: each.left for place, each in begun.items() if each.word_before not in (None, own.get(place))}
