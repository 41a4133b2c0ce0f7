"""A service as its commands see it: one transaction with due work and an outbox, on the model of a database."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from shared.contracts.envelope import Cause, Event
from shared.kernel.clock import now
from shared.kernel.subjects import Subject, Subjects
from shared.persistence.due_work import kind_of, payload_of
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Database, Transaction, TransientError

FOR_EVER = datetime.max.replace(tzinfo=UTC)
Work = tuple[str, str]


@dataclass(frozen=True)
class Due:
    """A row of due_work; ``recheck`` is the ticket by which it is looked at once more, 0 for none."""

    command: object
    due_at: datetime
    waits_for: frozenset[str] = frozenset()
    recheck: int = 0


@dataclass
class Service:
    """The database of one service, and which transactions were open when a ticket was committed."""

    name: str
    database: Database
    bounds: dict[int, list[Transaction]] = field(default_factory=dict)

    def has_ended(self, ticket: int) -> bool:
        """Whether all have ended that were open beside it."""
        return ticket in self.bounds and not any(each in self.database.open for each in self.bounds[ticket])

    def is_due(self, row: Due) -> bool:
        """Whether it is to be run now."""
        return row.due_at <= now() or (row.recheck > 0 and self.has_ended(row.recheck))


class DueModel:
    """``DueWork`` of one transaction."""

    def __init__(self, service: Service, uow: Transaction) -> None:
        self._service = service
        self._uow = uow
        self.armed: set[Work] = set()

    async def at(self, command: object, due_at: datetime) -> None:
        await self._keep(command, Due(command, due_at), sooner=True)

    async def all_at(self, commands: Sequence[object], due_at: datetime) -> None:
        for command in sorted(commands, key=payload_of):
            await self.at(command, due_at)

    async def when(self, command: object, subjects: Iterable[Subject], deadline: datetime | None) -> None:
        await self._keep(command, Due(command, deadline or FOR_EVER, frozenset(subjects)), sooner=False)

    async def after_concurrent(self, command: object) -> None:
        await self._keep(command, Due(command, FOR_EVER), sooner=True, recheck=True)

    async def wake(self, subjects: Collection[Subject | Subjects]) -> None:
        names = {text for each in subjects for text in (each.texts if isinstance(each, Subjects) else [each])}
        await self._uow.database.statement("wake")
        for work in [work for work, row in self._uow.rows("due") if row.waits_for & names]:
            await self._uow.lock("due", work)
            row = self._uow.get("due", work)
            if row is not None and row.waits_for & names:
                self._uow.put("due", work, replace(row, due_at=min(row.due_at, now())))
                self.armed.add(work)

    async def _keep(self, command: object, fresh: Due, *, sooner: bool, recheck: bool = False) -> None:
        work = kind_of(type(command)), payload_of(command)
        await self._uow.database.statement("due work")
        await self._uow.lock("due", work)
        known = self._uow.get("due", work)
        if recheck or (fresh.waits_for and not (known and known.waits_for >= fresh.waits_for)):
            ticket = self._ticket()
        else:
            ticket = known.recheck if known and (sooner or fresh.waits_for) else 0
        if known is not None and sooner:
            fresh = replace(known, due_at=min(known.due_at, fresh.due_at))
        self._uow.put("due", work, replace(fresh, recheck=ticket))
        self.armed.add(work)

    def _ticket(self) -> int:
        """Bounded when it is committed: whoever is open then may have written what nobody here saw."""
        ticket, opened = self._uow.database.next_id(), self._uow.database.open
        self._uow.once_committed(
            lambda: self._service.bounds.update({ticket: [each for each in opened if each is not self._uow]})
        )
        return ticket


@dataclass(frozen=True)
class OutEvent:
    """A row of the outbox."""

    topic: str
    key: str
    event: Event


class Unit:
    """What the commands of every service ask of their unit of work."""

    def __init__(self, service: Service, uow: Transaction) -> None:
        self.service = service
        self.uow = uow
        self.due = DueModel(service, uow)
        self.cause = Cause("simulation")
        self._published: list[Event] = []

    def publish(self, event: Event) -> None:
        """Leave an event in the outbox."""
        self._published.append(event)

    def decided(self, what: str, **about: str | int) -> None:
        """Note what was decided, once it is committed."""
        line = f"{what} {' '.join(f'{name}={value}' for name, value in about.items())}"
        self.uow.once_committed(lambda: self.service.database.clock.note(self.service.name, line))

    async def statement(self, at: str) -> None:
        """One round trip."""
        await self.service.database.statement(at)

    async def try_lock(self, *key: Any) -> bool:
        """An advisory lock, unless another transaction has it."""
        if self.uow.is_locked(*key):
            return False
        await self.uow.lock(*key)
        return True

    async def flush(self) -> None:
        """As ``Outbox.append``: the stream's row is locked first, then the id is taken."""
        for event in self._published:
            await self.statement("append")
            await self.uow.lock("stream", event.topic.name, event.key)
            id_ = self.service.database.next_id()
            self.uow.put("outbox", id_, OutEvent(event.topic.name, event.key, event))
        self._published.clear()


class Runner:
    """A worker process that runs due work until it is killed."""

    def __init__(
        self, service: Service, unit: Callable[[Transaction], Unit], handlers: dict[str, Callable[[Any, Any], Any]]
    ) -> None:
        self._service = service
        self._unit = unit
        self._handlers = handlers

    async def run(self) -> None:
        """One command after the other."""
        while True:
            try:
                while await self._run_next():
                    continue
            except TransientError:
                await Wait(0.3)
            await Wait(0.3, "due.idle")

    async def _run_next(self) -> bool:
        database = self._service.database
        async with database.begin() as uow:
            await database.statement("claim due work")
            rows = [(row.due_at, work) for work, row in uow.rows("due") if self._service.is_due(row)]
            free = [work for _, work in sorted(rows) if not uow.is_locked("due", work)]
            if not free:
                return False
            work = free[0]
            await uow.lock("due", work)
            row: Due = uow.get("due", work)
            ticket = 0 if self._service.has_ended(row.recheck) else row.recheck
            uow.put("due", work, replace(row, due_at=FOR_EVER, recheck=ticket))
            await Wait(0.001, "due.claimed")
            unit = self._unit(uow)
            await self._handlers[work[0]](row.command, unit)
            await unit.flush()
            if work not in unit.due.armed and ticket:
                # It was due before the look that is to come, and may have missed what that is there to find.
                uow.put("due", work, Due(row.command, FOR_EVER, recheck=ticket))
            elif work not in unit.due.armed:
                uow.delete("due", work)
            await Wait(0.001, "due.before_commit")
        return True


async def until_done(attempt: Callable[[], Awaitable[None]]) -> None:
    """As a client that repeats its request until it is answered."""
    while True:
        try:
            return await attempt()
        except TransientError:
            await Wait(0.4)


def of_topic(database: Database, topic: str) -> dict[str, Sequence[tuple[int, Event]]]:
    """What was published on a topic, by key in its order."""
    found: dict[str, list[tuple[int, Event]]] = {}
    for id_, row in sorted(database.table("outbox").items()):
        if row.topic == topic:
            found.setdefault(row.key, []).append((id_, row.event))
    return {**found}
