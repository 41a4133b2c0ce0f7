"""The real PostgreSQL and Kafka of a test run, started when the first test needs one and ended with the run."""

import asyncio
import secrets
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import asyncpg

from deploy.local.errors import LauncherError
from deploy.local.kafka import start_kafka
from deploy.local.postgres import Server, copy, remove, start_postgres
from deploy.local.processes import Identity, alive, fork, stop
from deploy.local.servers import tail
from deploy.platform import DATABASE_ROLES, SERVICES
from deploy.provision import Postgres, migrate_databases, provision_databases, provision_topics
from shared.contracts.topics import TOPICS, Topic
from shared.persistence.migrate import migrate
from shared.testing.connections import Connections, Engines, Lease
from shared.testing.emptying import Beginning, since_now

# Nobody pulls the plug of these servers or copies what they log, their tables are too young to be vacuumed, and their
# passwords are random: to stretch one by the usual 4,096 rounds takes each client two milliseconds. The buffers are
# looked through for each database that is dropped.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "scram_iterations": "1",
}
# All topics, with as many partitions as show that order holds in each alone: a broker works for each of them, a relay
# tells each how far it has sent, and every consumer reads that.
FEWER = [replace(topic, partitions=min(topic.partitions, 3)) for topic in TOPICS]
# A service, and the tables that tests add to its own.
Kind = tuple[str, str]

_numbers = count(1)


@dataclass(frozen=True)
class Databases:
    """Makes databases for tests: each a copy, most of them of their service's migrated one.

    A database of which only rows are left is emptied and used again; every other one is gone when its test is.
    """

    postgres: Postgres
    passwords: dict[str, str]
    beginnings: dict[Kind, Beginning] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)
    engines: Engines = field(init=False)
    _templates: dict[Kind, str] = field(default_factory=dict)
    _idle: dict[Kind, list["TestDatabase"]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        server = f"{self.postgres.host}:{self.postgres.port}"
        object.__setattr__(self, "engines", Engines(server, self.connections))

    def know(self, services: Sequence[str]) -> None:
        """The databases of these services are there, in their newest shape."""
        self._templates.update({(service, ""): service for service in services})

    @asynccontextmanager
    async def fresh(self, service: str, tables: str = "") -> AsyncIterator["TestDatabase"]:
        """A database of a service in its newest shape, as it begins; with tables of the test's own, if it says them."""
        kind = (service, tables)
        database = self._idle[kind].pop() if self._idle[kind] else await self._begun(kind)
        try:
            with self._leased(database):
                yield database
        finally:
            await self._taken_back(kind, database)

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

    def url(self, service: str, database: str, role: str) -> str:
        """The address of a database for one of its service's roles: migrate, api or worker."""
        name = f"{service}_{role}"
        return self.postgres.url(database, name, self.passwords[name])

    async def _begun(self, kind: Kind) -> "TestDatabase":
        """A new one, copied from that of its kind, which no test uses."""
        service, _ = kind
        if kind not in self._templates:
            self._templates[kind] = await self._template(*kind)
        name = await self._create(service, template=self._templates[kind])
        async with self._administering(name) as administrator:
            if kind not in self.beginnings:
                self.beginnings[kind] = await Beginning.of(administrator)
            return TestDatabase(self, service, name, await since_now(administrator))

    async def _template(self, service: str, tables: str) -> str:
        if not tables:
            await provision_databases(self.postgres, self.passwords, [service])
            await migrate(service, self.url(service, service, "migrate"))
            return service
        async with self.fresh(service):
            pass
        name = await self._create(service, template=service)
        async with self.connections.to(self.url(service, name, "migrate")) as owner:
            await owner.execute(tables)
        await self.connections.close(name)
        return name

    async def _taken_back(self, kind: Kind, database: "TestDatabase") -> None:
        """Keep it for the next test when it is as it began."""
        idle = self.connections.sessions(database.name)
        try:
            async with self._administering(database.name) as administrator:
                if await self.beginnings[kind].is_back(administrator, database.since, idle):
                    self._idle[kind].append(replace(database, since=await since_now(administrator)))
                    return
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            pass
        await self._drop(database)

    @asynccontextmanager
    async def _made(self, service: str, *, template: str) -> AsyncIterator["TestDatabase"]:
        database = TestDatabase(self, service, await self._create(service, template=template))
        try:
            with self._leased(database):
                yield database
        finally:
            await self._drop(database)

    @contextmanager
    def _leased(self, database: "TestDatabase") -> Iterator[None]:
        lease = self.engines.leases[database.name] = Lease(database.name)
        try:
            yield
        finally:
            lease.ended = True

    async def _create(self, service: str, *, template: str) -> str:
        name = f"{service}_{next(_numbers)}"
        copy = f'TEMPLATE "{template}" OWNER {service}_migrate STRATEGY FILE_COPY'
        await self._administer(f'CREATE DATABASE "{name}" {copy}')
        return name

    async def _drop(self, database: "TestDatabase") -> None:
        await database.let_go()
        await self._administer(f'DROP DATABASE "{database.name}" WITH (FORCE)')

    async def settle(self, database: str) -> None:
        """Clean up, count and write out what was written there."""
        async with self._administering(database) as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")

    async def _administer(self, statement: str) -> None:
        async with self._administering("postgres") as connection:
            await connection.execute(statement)

    def _administering(self, database: str) -> AbstractAsyncContextManager[asyncpg.Connection]:
        return self.connections.to(self.postgres.url(database))


@dataclass(frozen=True)
class TestDatabase:
    """One test's database of a service."""

    __test__ = False

    databases: Databases
    service: str
    name: str
    # The transaction from which on what changes is a test's.
    since: str = ""

    def url(self, role: str) -> str:
        """Its address for the role ``api``, ``worker`` or ``migrate``."""
        return self.databases.url(self.service, self.name, role)

    @asynccontextmanager
    async def connection(self, role: str = "worker") -> AsyncIterator[asyncpg.Connection]:
        """A bare connection, to look at what a use case left behind."""
        async with self.databases.connections.to(self.url(role)) as connection:
            yield connection

    async def settle(self) -> None:
        """Do now what the server would do later of what was written: nobody measures it with something else."""
        await self.databases.settle(self.name)

    async def let_go(self) -> None:
        """Close what is kept of its connections: it is dropped, or copied, which nobody's session may see."""
        await self.databases.connections.close(self.name)


@dataclass(frozen=True)
class Template:
    """A PostgreSQL with the database of each service in its newest shape: made once a run, and copied by each lane."""

    folder: Path
    passwords: dict[str, str]
    maker: Identity

    @classmethod
    def begun(cls, folder: Path) -> "Template":
        """Let a process make it, and do not wait."""
        folder.mkdir()
        passwords = _passwords()
        return cls(folder, passwords, fork(lambda: cls._make(folder, passwords), folder / "maker.log"))

    @staticmethod
    def _make(folder: Path, passwords: dict[str, str]) -> None:
        server = start_postgres(folder, settings=POSTGRES_SETTINGS)
        try:
            asyncio.run(_in_newest_shape(_of(server), passwords))
        finally:
            server.stop()
        (folder / "whole").touch()

    def copied_to(self, folder: Path) -> None:
        """Copy it, once it is there.

        Raises:
            LauncherError: it could not be made; the text ends with what its maker said.
        """
        works = True
        while not (self.folder / "whole").exists():
            if not works:
                log = self.folder / "maker.log"
                raise LauncherError(f"There are no databases to copy; the end of {log}:\n{tail(log)}")
            time.sleep(0.05)
            # What it leaves behind is looked for once more after its end.
            works = alive(self.maker)
        copy(self.folder, folder)

    def stop(self) -> None:
        """Nobody waits for it any more."""
        stop([(self.maker, signal.SIGKILL)], 5)
        remove(self.folder)


async def _in_newest_shape(postgres: Postgres, passwords: dict[str, str]) -> None:
    await provision_databases(postgres, passwords)
    await migrate_databases(postgres, passwords)


def _passwords() -> dict[str, str]:
    return {role.name: secrets.token_hex(16) for role in DATABASE_ROLES}


def _of(server: Server) -> Postgres:
    return Postgres(server.host, server.port, server.user, server.password)


def postgres_for_tests(folder: Path, template: Template | None = None) -> Iterator[Databases]:
    """Start PostgreSQL, with the databases of the template when there is one, and delete its data in the end."""
    if template is not None:
        template.copied_to(folder)
    server = start_postgres(folder, settings=POSTGRES_SETTINGS)
    try:
        databases = Databases(_of(server), _passwords() if template is None else template.passwords)
        if template is not None:
            databases.know(SERVICES)
        with databases.engines.in_use():
            yield databases
    finally:
        server.stop()
        remove(folder)


@dataclass(frozen=True)
class Broker:
    """The Kafka of a test run; each test has topics of its own under a prefix, which names its lane where there are."""

    bootstrap: str
    lane: str = ""
    # Where partners reach it, by name and secret.
    partners: str = ""

    async def prefix(self, topics: Sequence[Topic] = FEWER) -> str:
        """Fresh topics, all there are unless told otherwise; the prefix under which they stand."""
        prefix = f"{self.lane}t{next(_numbers)}."
        await provision_topics(self.bootstrap, prefix, topics=topics)
        return prefix


def kafka_for_tests(folder: Path) -> Iterator[Broker]:
    """Start Kafka."""
    server = start_kafka(folder)
    try:
        yield Broker(server.bootstrap, partners=server.partners)
    finally:
        server.stop()
