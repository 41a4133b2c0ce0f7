"""The real PostgreSQL and Kafka of a test run, started when the first test needs one and ended with the run."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

from deploy.local.kafka import start_kafka
from deploy.local.postgres import remove, start_postgres
from deploy.platform import DATABASE_ROLES
from deploy.provision import Postgres, provision_databases, provision_topics
from shared.contracts.topics import TOPICS, Topic
from shared.persistence.migrate import migrate

# Nobody pulls the plug of these servers, whose tables are too young to be vacuumed, and whose passwords are random:
# to stretch one by the usual 4,096 rounds takes each client two milliseconds.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "scram_iterations": "1",
}
# DISCARD ALL, but for the statements that the client has prepared and goes on using.
_AS_NEW = """
    SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT pg_advisory_unlock_all()
"""

_numbers = count(1)


@dataclass(frozen=True)
class Connections:
    """Bare connections that are used again: to open one takes both sides longer than what most tests ask of it."""

    _idle: dict[str, list[asyncpg.Connection]] = field(default_factory=lambda: defaultdict(list))

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection that nobody else uses meanwhile, in the state of a new one."""
        connection = await self._taken(url) or await asyncpg.connect(url)
        try:
            yield connection
        finally:
            if await _is_as_new(connection):
                self._idle[url].append(connection)
            else:
                await connection.close()

    async def close(self, url: str) -> None:
        """Close those that nobody uses."""
        for connection in self._idle.pop(url, ()):
            await connection.close()

    async def _taken(self, url: str) -> asyncpg.Connection | None:
        # What the server ended meanwhile is known once the loop has looked at its sockets.
        await asyncio.sleep(0)
        idle = self._idle[url]
        while idle:
            if not (connection := idle.pop()).is_closed():
                return connection
        return None


async def _is_as_new(connection: asyncpg.Connection) -> bool:
    """Whether it is again as it was opened; not when its test left it inside of something."""
    if connection.is_closed() or connection.is_in_transaction():
        return False
    try:
        await connection.execute(_AS_NEW)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False
    return True


@dataclass(frozen=True)
class Databases:
    """Makes databases for tests: each a copy, most of them of their service's migrated one, gone when the test is."""

    postgres: Postgres
    passwords: dict[str, str]
    migrated: set[str]
    connections: Connections = field(default_factory=Connections)

    @asynccontextmanager
    async def fresh(self, service: str) -> AsyncIterator["TestDatabase"]:
        """A database of a service in its newest shape, empty."""
        if service not in self.migrated:
            await provision_databases(self.postgres, self.passwords, [service])
            await migrate(service, self.url(service, service, "migrate"))
            self.migrated.add(service)
        async with self._made(service, template=service) as database:
            yield database

    @asynccontextmanager
    async def unmigrated(self, service: str) -> AsyncIterator["TestDatabase"]:
        """A database of a service without any table, for migrations from an earlier release."""
        async with self.fresh(service):
            pass
        async with self._made(service, template="template1") as database:
            yield database

    @asynccontextmanager
    async def copied(self, original: "TestDatabase") -> AsyncIterator["TestDatabase"]:
        """A database as another one stands, which no service uses any more: what many tests begin with is made once."""
        await original.let_go()
        async with self._made(original.service, template=original.name) as database:
            yield database

    @asynccontextmanager
    async def _made(self, service: str, *, template: str) -> AsyncIterator["TestDatabase"]:
        database = TestDatabase(self, service, f"{service}_{next(_numbers)}")
        copy = f'TEMPLATE "{template}" OWNER {service}_migrate STRATEGY FILE_COPY'
        await self._administer(f'CREATE DATABASE "{database.name}" {copy}')
        try:
            yield database
        finally:
            await database.let_go()
            await self._administer(f'DROP DATABASE "{database.name}" WITH (FORCE)')

    def url(self, service: str, database: str, role: str) -> str:
        """The address of a database for one of its service's roles: migrate, api or worker."""
        name = f"{service}_{role}"
        return self.postgres.url(database, name, self.passwords[name])

    async def _administer(self, statement: str) -> None:
        async with self.connections.to(self.postgres.url("postgres")) as connection:
            await connection.execute(statement)


@dataclass(frozen=True)
class TestDatabase:
    """One test's database of a service."""

    __test__ = False

    databases: Databases
    service: str
    name: str

    def url(self, role: str) -> str:
        """Its address for the role ``api``, ``worker`` or ``migrate``."""
        return self.databases.url(self.service, self.name, role)

    @asynccontextmanager
    async def connection(self, role: str = "worker") -> AsyncIterator[asyncpg.Connection]:
        """A bare connection, to look at what a use case left behind."""
        async with self.databases.connections.to(self.url(role)) as connection:
            yield connection

    async def let_go(self) -> None:
        """Close what stands ready to look at it: it is dropped, or copied, which nobody's session may see."""
        for role in ("api", "worker", "migrate"):
            await self.databases.connections.close(self.url(role))


def postgres_for_tests(folder: Path) -> Iterator[Databases]:
    """Start PostgreSQL, and delete its data in the end."""
    server = start_postgres(folder, settings=POSTGRES_SETTINGS)
    passwords = {role.name: secrets.token_hex(16) for role in DATABASE_ROLES}
    try:
        yield Databases(Postgres(server.host, server.port, server.user, server.password), passwords, set())
    finally:
        server.stop()
        remove(folder)


@dataclass(frozen=True)
class Broker:
    """The Kafka of a test run; each test has topics of its own under a prefix, which names its lane where there are."""

    bootstrap: str
    lane: str = ""

    async def prefix(self, topics: Sequence[Topic] = TOPICS) -> str:
        """Fresh topics, all there are unless told otherwise; the prefix under which they stand."""
        prefix = f"{self.lane}t{next(_numbers)}."
        await provision_topics(self.bootstrap, prefix, topics=topics)
        return prefix


def kafka_for_tests(folder: Path) -> Iterator[Broker]:
    """Start Kafka."""
    server = start_kafka(folder)
    try:
        yield Broker(server.bootstrap)
    finally:
        server.stop()
