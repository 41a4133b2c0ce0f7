"""The real PostgreSQL and Kafka of a test run, started when the first test needs one and ended with the run."""

import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg

from deploy.local.kafka import start_kafka
from deploy.local.postgres import remove, start_postgres
from deploy.platform import DATABASE_ROLES
from deploy.provision import Postgres, provision_databases, provision_topics
from shared.contracts.topics import TOPICS, Topic
from shared.persistence.migrate import migrate

# Nobody pulls the plug of these servers.
POSTGRES_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300", "max_wal_size": "256MB"}

_numbers = count(1)


@dataclass(frozen=True)
class Databases:
    """Makes databases for tests: each a copy of its service's migrated one, gone when the test is."""

    postgres: Postgres
    passwords: dict[str, str]
    migrated: set[str]

    @asynccontextmanager
    async def fresh(self, service: str) -> AsyncIterator["TestDatabase"]:
        """A database of a service in its newest shape, empty."""
        if service not in self.migrated:
            await provision_databases(self.postgres, self.passwords, [service])
            await migrate(service, self.url(service, service, "migrate"))
            self.migrated.add(service)
        name = f"{service}_{next(_numbers)}"
        await self._administer(
            f'CREATE DATABASE "{name}" TEMPLATE "{service}" OWNER {service}_migrate STRATEGY FILE_COPY'
        )
        try:
            yield TestDatabase(self, service, name)
        finally:
            await self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    @asynccontextmanager
    async def unmigrated(self, service: str) -> AsyncIterator["TestDatabase"]:
        """A database of a service without any table, for migrations from an earlier release."""
        async with self.fresh(service):
            name = f"{service}_{next(_numbers)}"
        await self._administer(f'CREATE DATABASE "{name}" OWNER {service}_migrate')
        try:
            yield TestDatabase(self, service, name)
        finally:
            await self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, service: str, database: str, role: str) -> str:
        """The address of a database for one of its service's roles: migrate, api or worker."""
        name = f"{service}_{role}"
        return self.postgres.url(database, name, self.passwords[name])

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.postgres.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


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
        connection = await asyncpg.connect(self.url(role))
        try:
            yield connection
        finally:
            await connection.close()


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
