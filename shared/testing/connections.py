"""Connections that outlive the test that opened them, each as new for whoever takes it next.

To open one takes both sides longer than what most tests ask of it: a backend is forked, learns the catalogs, and plans
every statement for the first time. SQLAlchemy compiles every statement again for each engine.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.persistence import engine as engines

# DISCARD ALL, but for the statements that the client has prepared and goes on using.
_AS_NEW = """
    SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT pg_advisory_unlock_all()
"""
# Of one database and one way to open it; whoever needs more at once opens more.
_MOST_KEPT = 6

Arguments = Mapping[str, Any]


class DatabaseTakenAway(OSError):
    """The test has ended, and its database belongs to another one."""


class KeptConnection(asyncpg.Connection):
    """A connection of a pool, which goes back to where it is kept when the pool closes it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.keep: Callable[[asyncpg.Connection], Awaitable[bool]] | None = None
        self._prepared: dict[str, PreparedStatement] = {}
        self._codecs: set[tuple[object, ...]] = set()

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the driver has it
        """Whoever sets a limit of time does not trust the connection, and it ends."""
        if timeout is None and self.keep is not None and await self.keep(self):
            return
        await super().close(timeout=timeout)

    async def prepare(self, query: str, **named: Any) -> PreparedStatement:  # type: ignore[override]
        """What was prepared once stays so: SQLAlchemy keeps its statements only as long as a pool lives."""
        if query not in self._prepared:
            self._prepared[query] = await super().prepare(query, **named)
        return self._prepared[query]

    async def reload_schema_state(self) -> None:
        """A statement that was prepared before a table changed is prepared again."""
        self._prepared.clear()
        await super().reload_schema_state()

    async def set_type_codec(self, typename: str, *, schema: str = "public", **named: Any) -> None:
        """Each pool sets the same ones, and each time the server would be asked what the type is."""
        codec = (typename, schema, named.get("format"))
        if codec not in self._codecs:
            await super().set_type_codec(typename, schema=schema, **named)
            self._codecs.add(codec)


@dataclass
class Lease:
    """The time for which a database is one test's."""

    database: str
    ended: bool = False


@dataclass(frozen=True)
class Connections:
    """Connections to the databases of one server that nobody uses just now, by database and the way to open them."""

    _idle: dict[str, dict[str, list[asyncpg.Connection]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator[asyncpg.Connection]:
        """A bare connection that nobody else uses meanwhile, in the state of a new one."""
        connection = await self.taken(url, {})
        try:
            yield connection
        finally:
            if not await self.kept(url, {}, connection):
                await connection.close()

    async def taken(self, url: str, arguments: Arguments) -> asyncpg.Connection:
        """One that was kept, or a new one."""
        # What the server ended meanwhile is known once the loop has looked at its sockets.
        await asyncio.sleep(0)
        idle = self._opened(url, arguments)
        while idle:
            if not (connection := idle.pop()).is_closed():
                return connection
        return await asyncpg.connect(url, **arguments)

    async def kept(self, url: str, arguments: Arguments, connection: asyncpg.Connection) -> bool:
        """Keep it for the next one; not when its test left it inside of something."""
        idle = self._opened(url, arguments)
        if len(idle) >= _MOST_KEPT or not await _is_as_new(connection):
            return False
        idle.append(connection)
        return True

    async def close(self, database: str) -> None:
        """Close those to this database that nobody uses."""
        for idle in self._idle.pop(database, {}).values():
            for connection in idle:
                await asyncpg.Connection.close(connection)

    def sessions(self, database: str) -> list[int]:
        """The server's processes behind those to this database that nobody uses."""
        return [each.get_server_pid() for idle in self._idle[database].values() for each in idle]

    def _opened(self, url: str, arguments: Arguments) -> list[asyncpg.Connection]:
        return self._idle[database_of(url)][f"{url} {sorted(arguments.items(), key=str)}"]


async def _is_as_new(connection: asyncpg.Connection) -> bool:
    """Whether it is again as it was opened; not when its test left it inside of something."""
    if connection.is_closed() or connection.is_in_transaction():
        return False
    try:
        await connection.execute(_AS_NEW)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False
    return True


def database_of(url: str) -> str:
    """The database in an address."""
    return urlsplit(url).path.removeprefix("/")


@dataclass
class Engines:
    """Makes the engines of services: on a test's database they take connections that are kept, and share what
    SQLAlchemy knows of the server and of the statements."""

    server: str
    connections: Connections
    leases: dict[str, Lease] = field(default_factory=dict)
    _known: Engine | None = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let every pool of this process come from here while the block lasts."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "create_async_engine", self.engine)
            yield

    def engine(self, url: str, **options: Any) -> AsyncEngine:
        """An engine as SQLAlchemy makes it, and as asked for where it is not a test's database on this server."""
        plain = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        lease = self.leases.get(database_of(plain))
        if lease is None or urlsplit(plain).netloc.rpartition("@")[2] != self.server:
            return create_async_engine(url, **options)
        arguments = {**options.pop("connect_args", {}), "connection_class": KeptConnection}
        # SQLAlchemy's own, which it does not give to a driver's connection that it did not open.
        arguments.pop("prepared_statement_cache_size", None)
        return self._sharing(url, async_creator=partial(self._connection, lease, plain, arguments), **options)

    async def _connection(self, lease: Lease, url: str, arguments: Arguments) -> asyncpg.Connection:
        """For a pool. One that outlives its test is refused, since another test has the database by now."""
        if lease.ended:
            raise DatabaseTakenAway(f"{lease.database} is another test's")
        connection = await self.connections.taken(url, arguments)
        assert isinstance(connection, KeptConnection)
        connection.keep = partial(self.connections.kept, url, arguments)
        return connection

    def _sharing(self, url: str, **options: Any) -> AsyncEngine:
        # An engine asks the server what it is when it connects first.
        if self._known is None or self._known.dialect.server_version_info is None:
            made = create_async_engine(url, query_cache_size=5000, **options)
            self._known = made.sync_engine
            return made
        made = create_async_engine(url, _initialize=False, **options)
        engine, on_connect = made.sync_engine, self._known.dialect.on_connect()
        engine.dialect, engine._compiled_cache = self._known.dialect, self._known._compiled_cache
        if on_connect is not None:
            event.listen(engine.pool, "connect", lambda connection, _: on_connect(connection))
        return made
