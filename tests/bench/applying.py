"""Projections of claims: events a second through ``apply`` and through the whole runtime, beside COPY of the same rows.

Everything is set-based and durable; batches are as large as a consumer's at most.
"""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg

from services.claims.consumers import contribution_received, registration
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import COLUMNS, ContributionsReceivedV1
from shared.contracts.envelope import Event
from shared.contracts.registration import PersonRegisteredV1, Residence
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import bounded
from shared.messaging.consumer_core import MAX_EVENTS
from shared.messaging.received import Reading
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.testing.records import received
from shared.testing.servers import Databases, TestDatabase
from tests.bench.figures import Part
from tests.bench.servers import CAUSE, Rates, beside, each_round

# Of small events in a second, and of lines beside COPY.
LIMIT, RATIO_LIMIT = 50_000.0, 0.5
COPY = "COPY of the same rows"
LINES_A_CHUNK = 1_000
MONTH, FIRST_DAY = "2026-06", date(2026, 6, 1)

Rows = dict[str, list[tuple[object, ...]]]
Apply = Callable[[Sequence[Any], ClaimsUnitOfWork], Awaitable[None]]


@dataclass(frozen=True)
class Load:
    """Events of one topic, how many pieces each counts for, and the same as rows of the projection's tables."""

    name: str
    unit: str
    topic: str
    apply: Apply
    events: Sequence[Event]
    pieces: int
    rows: Rows
    limit: float | None = None
    ratio_limit: float | None = None


async def applying(databases: Databases, events: int) -> Part:
    """Measure each kind in rounds, each on a fresh database."""
    part = Part(f"Projections of claims: {events:,} events")
    for load in (_persons(events), _single_lines(events), _chunks(events)):
        alone = [await _round(databases, load, _apply) for _ in each_round()]
        part.figures.extend(beside(f"{load.name}: apply", COPY, alone, load.unit))
        whole = [await _round(databases, load, _consume) for _ in each_round()]
        name = f"{load.name}: the whole consumer"
        part.figures.extend(beside(name, COPY, whole, load.unit, load.limit, load.ratio_limit))
    return part


async def _round(databases: Databases, load: Load, way: Callable[[TestDatabase, Load], Awaitable[float]]) -> Rates:
    async with databases.fresh("claims") as database:
        ours = await way(database, load)
        return Rates(load.pieces / ours, load.pieces / await _copy(database, load))


async def _apply(database: TestDatabase, load: Load) -> float:
    """Seconds for the projection alone, a transaction for each batch."""
    opened = Database(database.url("worker"), "claims")
    batches = [[each.event for each in batch] for batch in _batches(load)]  # type: ignore[union-attr]
    await opened.ready()
    begun = time.perf_counter()
    for batch in batches:
        async with opened.begin(ClaimsUnitOfWork, CAUSE) as uow:
            await load.apply(batch, uow)
    seconds = time.perf_counter() - begun
    await opened.close()
    return seconds


async def _consume(database: TestDatabase, load: Load) -> float:
    """Seconds for all that a consumer does with records that it has read."""
    opened = Database(database.url("worker"), "claims")
    handler = BatchHandler(opened, ClaimsUnitOfWork)
    subscription = Subscription(load.topic, apply=load.apply)
    batches = list(_batches(load))
    await handler.start()
    await handler.begin_reading({(load.topic, 0)})
    begun = time.perf_counter()
    for batch in batches:
        await handler.handle(subscription, batch)
    seconds = time.perf_counter() - begun
    await opened.close()
    return seconds


def _batches(load: Load) -> Iterator[list[Reading]]:
    readings: list[Reading] = [received(event) for event in load.events]
    for begin in range(0, len(readings), MAX_EVENTS):
        yield from bounded(readings[begin : begin + MAX_EVENTS])


async def _copy(database: TestDatabase, load: Load) -> float:
    """Seconds for COPY into empty tables of the same shape and indexes."""
    async with database.connection("migrate") as connection:
        for table in load.rows:
            await connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        begun = time.perf_counter()
        for table, rows in load.rows.items():
            await _copy_table(connection, table, rows)
        return time.perf_counter() - begun


async def _copy_table(connection: asyncpg.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    await connection.copy_records_to_table(f"bare_{table}", records=rows)


def _persons(count: int) -> Load:
    events = [
        PersonRegisteredV1(
            person=number,
            revision=1,
            id_tokens=(f"{number:064x}",),
            born_on=date(1990, 1, 1),
            residence=Residence.CITIZEN,
            registered_at=now(),
        )
        for number in range(1, count + 1)
    ]
    rows: Rows = {
        "known_person": [(each.person, each.born_on, str(each.residence), 1, "[]") for each in events],
        "known_identity": [(each.id_tokens[0], each.person) for each in events],
    }
    return Load("persons", "events/s", "registration", registration.apply, events, count, rows, LIMIT)


def _single_lines(count: int) -> Load:
    events = [_chunk(employer, range(employer, employer + 1)) for employer in range(1, count + 1)]
    return replace(_contributions("small employers (a line an event)", "events/s", events, count), limit=LIMIT)


def _chunks(count: int) -> Load:
    events = [
        _chunk(employer, range(employer * LINES_A_CHUNK, (employer + 1) * LINES_A_CHUNK))
        for employer in range(1, 1 + max(1, count * 10 // LINES_A_CHUNK))
    ]
    lines = len(events) * LINES_A_CHUNK
    name = "large employers (1,000 lines an event)"
    return replace(_contributions(name, "lines/s", events, lines), ratio_limit=RATIO_LIMIT)


def _chunk(employer: int, persons: range) -> ContributionsReceivedV1:
    ones = (1,) * len(persons)
    amounts = dict.fromkeys(COLUMNS[3:], ones)
    return ContributionsReceivedV1(
        file=new_id(),
        employer=employer,
        month=MONTH,
        received_at=now(),
        persons=tuple(persons),
        revisions=ones,
        wages_sen=tuple(map(_wage_sen, persons)),
        **amounts,
    )


def _wage_sen(person: int) -> int:
    return 170_000 + person % 1_000 * 500


def _contributions(name: str, unit: str, events: Sequence[ContributionsReceivedV1], pieces: int) -> Load:
    rows: Rows = {
        "known_wage": [
            (person, FIRST_DAY, each.employer, each.kind, _wage_sen(person), 1)
            for each in events
            for person in each.persons
        ]
    }
    return Load(name, unit, "contribution.received", contribution_received.apply, events, pieces, rows)
