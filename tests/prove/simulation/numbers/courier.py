"""How events come: at least once, in the order of their key; all else as badly as the rules of messaging allow (M2-M8).

What this takes for granted is what the simulation of relay and consumer runtime proves.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.envelope import Event
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Database, Transaction, TransientError
from tests.prove.simulation.numbers.service import Service, Unit, of_topic

MOST_OF_A_KEY = 4
Apply = Callable[[Sequence[Any], Any], Awaitable[None]]
Handle = Callable[[Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """A topic, who owns it, and what its events do here."""

    topic: str
    owner: Database
    apply: Apply
    handle: Handle | None = None


class Courier:
    """A member that reads a topic; ``is_late``: one that lost its partitions and hands over once more what was read."""

    def __init__(
        self, reader: Service, unit: Callable[[Transaction], Unit], subscription: Subscription, *, is_late: bool = False
    ) -> None:
        self._reader = reader
        self._unit = unit
        self._said = subscription
        self._is_late = is_late
        self._chance = reader.database.chance

    async def run(self) -> None:
        """Look after look."""
        while True:
            await Wait(self._chance.between(0.1, 0.8) * (6 if self._is_late else 1), "courier.poll")
            if self._chance.strikes("topic held back", self._said.topic):
                await Wait(self._chance.between(2.0, 9.0), "courier.held")
            try:
                await self._look()
            except TransientError:
                await Wait(0.3, "courier.backs_off")

    async def _look(self) -> None:
        told = of_topic(self._said.owner, self._said.topic)
        if not any(self._has_some(key, len(rows)) for key, rows in told.items()):
            return
        async with self._reader.database.begin() as uow:
            await self._reader.database.statement("positions")
            spans = {key: self._span(uow, key, len(rows)) for key, rows in sorted(told.items())}
            records = [(key, *row) for key, (first, last) in spans.items() for row in told[key][first:last]]
            if not records:
                return
            await self._take([records[number] for number in self._in_any_order(records)], uow)
            for key, (_, last) in spans.items():
                await uow.lock("read", self._said.topic, key)
                uow.put("read", (self._said.topic, key), max(last, uow.get("read", (self._said.topic, key)) or 0))
            await Wait(0.001, "courier.before_commit")

    async def _take(self, records: Sequence[tuple[str, int, Event]], uow: Transaction) -> None:
        unit = self._unit(uow)
        await self._said.apply([event for _, _, event in records], unit)
        await Wait(0.001, "courier.applied")
        if self._said.handle is not None:
            for id_, event in sorted({id_: event for _, id_, event in records}.items()):
                await uow.lock("inbox", self._said.topic, id_)
                if uow.get("inbox", (self._said.topic, id_)) is None:
                    uow.put("inbox", (self._said.topic, id_), True)
                    await self._said.handle(event, unit)
        await unit.flush()

    def _has_some(self, key: str, end: int) -> bool:
        at: int = self._reader.database.table("read").get((self._said.topic, key), 0)
        return at > 0 if self._is_late else at < end

    def _span(self, uow: Transaction, key: str, end: int) -> tuple[int, int]:
        """Which of a key's events are handed over now: none of a key that is held back."""
        at = uow.get("read", (self._said.topic, key)) or 0
        if self._chance.strikes("key held back", key) or (self._is_late and (not at or self._chance.quiet)):
            return at, at
        first = self._chance.below(at) if self._is_late else at
        if at and self._chance.strikes("read again from before", key):
            first = self._chance.below(at)
        most = first + 1 + self._chance.below(MOST_OF_A_KEY)
        return first, min(most, at if self._is_late else end)

    def _in_any_order(self, records: Sequence[tuple[str, int, Event]]) -> list[int]:
        return self._chance.interleaved([(key, number) for number, (key, *_) in enumerate(records)])
