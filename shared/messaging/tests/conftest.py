"""A database with the platform's tables, and events to send through it."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest

from shared.contracts.envelope import Cause, Envelope, PersonEvent, headers_of
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.received import Raw
from shared.persistence.engine import Database
from shared.testing.servers import Broker, Databases, TestDatabase

TOPIC = PlacementConfirmedV1.topic
# Where listeners of these tests keep what they heard.
TABLES = """
    CREATE TABLE projection (person bigint PRIMARY KEY, number bigint NOT NULL);
    CREATE TABLE reaction (id bigint GENERATED ALWAYS AS IDENTITY, person bigint, number bigint);
    GRANT SELECT, INSERT, UPDATE ON projection, reaction TO claims_worker;
"""


@pytest.fixture
async def topic_prefix(broker: Broker) -> str:
    """The one topic of these tests, of the test's own: all of them would be 129 partitions for each test."""
    return await broker.prefix([TOPIC])


@pytest.fixture
async def platform(databases: Databases) -> AsyncIterator[TestDatabase]:
    """A database that has the platform's tables, and those of these tests."""
    async with databases.fresh("claims", TABLES) as database:
        yield database


@pytest.fixture
async def database(platform: TestDatabase) -> AsyncIterator[Database]:
    """The same, as a worker sees it."""
    opened = Database(platform.url("worker"), "jobs")
    yield opened
    await opened.close()


def placed(person: int, number: int = 1) -> PlacementConfirmedV1:
    """An event about the one placement of a person; ``number`` tells one event from another."""
    return PlacementConfirmedV1(
        person=person,
        placement=UUID(int=person + 1),
        seeker=new_id(),
        revision=number,
        employer=1,
        started_on=date(2026, 9, 1),
        month="2026-09",
        wage_sen=number,
        confirmed_at=now(),
    )


def raw(
    event: PersonEvent, offset: int, *, type_: str | None = None, payload: bytes | None = None, announced: bool = False
) -> Raw:
    """The record that the event would be."""
    envelope = Envelope(
        id=new_id(),
        source="/jobs",
        type=type_ or event.type(),
        time=now(),
        subject="/".join(event.aggregate),
        stream_version=1,
        correlation_id="test",
        announcement="run" if announced else None,
    )
    return Raw(TOPIC.name, 0, offset, event.key, tuple(headers_of(envelope)), payload or event.data())


CAUSE = Cause("test")
