"""Records as a broker would deliver them, and a listener whose effects are rows of a real database."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from shared.contracts.envelope import Envelope, headers_of
from shared.contracts.heartbeat import HEARTBEAT_TYPE, Heartbeat
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.batch import BatchHandler
from shared.messaging.received import Raw, Reading, read
from shared.messaging.subscription import Subscription
from shared.messaging.tests.conftest import CAUSE, TOPIC, placed
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.rows import rows

_KEEP = text("""
    INSERT INTO projection (person, number) VALUES (:person, :number)
    ON CONFLICT (person) DO UPDATE SET number = greatest(projection.number, excluded.number)
""")
_REACT = text("INSERT INTO reaction (person, number) VALUES (:person, :number)")


class Poison(Exception):
    """What an event raises that no repeat can mend."""


class ProcessEnds(BaseException):
    """What an event does that ends the process: nothing after it runs, and no handler of errors sees it."""


@dataclass
class Listener:
    """A subscription whose projection and reactions are rows; ``faults`` maps an event's number to what it raises."""

    database: Database
    faults: dict[int, BaseException] = field(default_factory=dict)
    applied: list[list[str]] = field(default_factory=list)
    transactions: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    before_reacting: str | None = None

    @property
    def both(self) -> Subscription[UnitOfWork]:
        """Projection and reaction."""
        return Subscription(TOPIC.name, apply=self.apply, handle=self.handle)

    @property
    def projection(self) -> Subscription[UnitOfWork]:
        """The projection alone."""
        return Subscription(TOPIC.name, apply=self.apply)

    async def apply(self, events: Sequence[PlacementConfirmedV1], uow: UnitOfWork) -> None:
        self.applied.append([event.key for event in events])
        for event in events:
            await uow.connection.execute(_KEEP, {"person": event.person, "number": event.wage_sen})

    async def handle(self, event: PlacementConfirmedV1, uow: UnitOfWork) -> None:
        if self.before_reacting:
            await uow.connection.exec_driver_sql(self.before_reacting)
        await uow.connection.execute(_REACT, {"person": event.person, "number": event.wage_sen})
        self.transactions[(await uow.connection.exec_driver_sql("SELECT txid_current()")).scalar_one()] += 1
        if event.wage_sen in self.faults:
            raise self.faults[event.wage_sen]

    async def reactions(self) -> list[int]:
        """The numbers of the events that were reacted to, in that order."""
        return [int(str(row["number"])) for row in await self.query("SELECT number FROM reaction ORDER BY id")]

    async def projected(self) -> dict[int, int]:
        """The highest number by person."""
        return {
            int(str(row["person"])): int(str(row["number"])) for row in await self.query("SELECT * FROM projection")
        }

    async def parked(self) -> list[int]:
        """The offsets that are parked, in the order of their parking."""
        return [int(str(row["kafka_offset"])) for row in await self.query("SELECT * FROM parked ORDER BY id")]

    async def dead_letters(self) -> int:
        """How many copies wait in the outbox for the topic of dead letters."""
        found = await self.query("SELECT topic FROM outbox")
        return [row["topic"] for row in found].count(TOPIC.dead_letter.name)

    async def in_flight(self) -> list[dict[str, object]]:
        """What is noted as in flight; not that somebody reads."""
        return await self.query("SELECT first_offset, last_offset, attempts FROM in_flight WHERE first_offset >= 0")

    async def query(self, statement: str) -> list[dict[str, object]]:
        async with self.database.begin(UnitOfWork, CAUSE) as uow:
            return await rows(uow.connection, statement)


@dataclass
class Waits(Listener):
    """Its reaction waits for its gate."""

    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, event: PlacementConfirmedV1, uow: UnitOfWork) -> None:
        self.under_way.set()
        await self.gate.wait()
        await super().handle(event, uow)


async def started(
    database: Database, kind: type[BatchHandler[UnitOfWork]] = BatchHandler, *, reads: bool = False
) -> BatchHandler[UnitOfWork]:
    """A handler as a fresh process would start it; one that ``reads`` says so of the first partitions of the topic."""
    handler = kind(database, UnitOfWork)
    await handler.start()
    if reads:
        await handler.begin_reading({(TOPIC.name, partition) for partition in range(3)})
    return handler


def record(
    person: int,
    number: int,
    offset: int,
    *,
    partition: int = 0,
    version: int | None = None,
    run: str | None = None,
    payload: bytes | None = None,
) -> Raw:
    """The record of one event; ``number`` tells it from others and is its stream version unless one is given."""
    event = placed(person, number)
    envelope = Envelope(
        id=new_id(),
        source="/jobs",
        type=event.type(),
        time=now(),
        subject="/".join(event.aggregate),
        stream_version=number if version is None else version,
        correlation_id="test",
        announcement=run,
    )
    return Raw(TOPIC.name, partition, offset, event.key, tuple(headers_of(envelope)), payload or event.data())


def reading_of(raw: Raw) -> Reading:
    """What the record says; every record here says something."""
    reading = read(raw)
    assert reading is not None
    return reading


def event(person: int, number: int, offset: int, **more: object) -> Reading:
    """The reading of one event."""
    return reading_of(record(person, number, offset, **more))  # type: ignore[arg-type]


def heartbeat(partition: int, offset: int, until: datetime, *, partitions: int = 2, epoch: int = 1) -> Reading:
    """The reading of a heartbeat."""
    heartbeat = Heartbeat(epoch=epoch, partitions=partitions, last_offset=offset - 1, complete_until=until)
    envelope = Envelope(new_id(), "/jobs", HEARTBEAT_TYPE, now(), "jobs", 0, "jobs")
    payload = heartbeat.model_dump_json().encode()
    return reading_of(Raw(TOPIC.name, partition, offset, "", tuple(headers_of(envelope)), payload))
