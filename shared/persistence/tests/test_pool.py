"""Connections are kept, and none is asked whether it lives: whoever finds it gone begins again, and nobody notices."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy.local.postgres import start_postgres
from shared.contracts.envelope import Cause
from shared.persistence import connection, engine
from shared.persistence.engine import Database, KeyStillHeld
from shared.persistence.life import READING_BACK, DatabaseHeld
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.testing.servers import POSTGRES_SETTINGS, Databases, TestDatabase
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

TABLES = "CREATE TABLE thing (id integer PRIMARY KEY); GRANT SELECT, INSERT ON thing TO claims_api, claims_worker;"
CALLER = Caller("payroll", "employer:1", Role.PARTNER, frozenset())
_SESSION = text("SELECT pg_backend_pid()")
_HOLDING_A_KEY = """
    SELECT array_agg(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
OTHER = Caller("clinic", "hospital:2", Role.PARTNER, frozenset())
_BEGIN = connection._begin
_LEAVE_PARTY = """
    SELECT set_config('jaring.tenant', current_setting('jaring.tenant'), false),
           set_config('jaring.role', current_setting('jaring.role'), false)
"""
_PARTY = text("SELECT current_setting('jaring.tenant', true), current_setting('jaring.role', true)")


@dataclass(frozen=True)
class Pool:
    """A pool, and an administrator of its server."""

    database: Database
    administrator: asyncpg.Connection

    async def sessions(self, count: int) -> set[int]:
        """The sessions of so many transactions at once."""
        together = asyncio.Barrier(count)

        async def one() -> int:
            async with self.database.begin(UnitOfWork, Cause("test")) as uow:
                await together.wait()
                return int((await uow.connection.execute(_SESSION)).scalar_one())

        return set(await asyncio.gather(*(one() for _ in range(count))))

    async def end(self, sessions: set[int], wait_ms: int = 5000) -> None:
        """End them, as an administrator does."""
        ending = "SELECT pg_terminate_backend(pid, $2) FROM unnest($1::integer[]) AS pid"
        await self.administrator.execute(ending, sessions, wait_ms)


@pytest.fixture
async def fresh(databases: Databases) -> AsyncIterator[TestDatabase]:
    async with databases.fresh("claims", TABLES) as opened:
        yield opened


@asynccontextmanager
async def opened(fresh: TestDatabase, role: str, size: int = 4) -> AsyncIterator[Pool]:
    administrator = await asyncpg.connect(fresh.databases.postgres.url(fresh.name))
    database = Database(fresh.url(role), "claims", pool_size=size)
    try:
        yield Pool(database, administrator)
    finally:
        await database.close()
        await administrator.close()


async def check_that_ended_sessions_go_unnoticed(
    fresh: TestDatabase, role: str, caller: Caller | None, wait_ms: int = 5000
) -> None:
    """Raises DBAPIError for a transaction that met a session which the server had ended."""
    async with opened(fresh, role) as pool:
        before = await pool.sessions(4)
        async with pool.database.begin(UnitOfWork, Cause("test"), caller):
            # What opens a request is prepared.
            pass
        assert len(before) == 4
        await pool.end(before, wait_ms)
        for number in range(6):
            async with pool.database.begin(UnitOfWork, Cause("test"), caller) as uow:
                await uow.connection.execute(text("INSERT INTO thing VALUES (:id)"), {"id": number})
        assert not before & await pool.sessions(4)
        assert await pool.administrator.fetchval("SELECT count(*) FROM thing") == 6


@pytest.mark.parametrize("wait_ms", [5000, 0])
@pytest.mark.parametrize(("role", "caller"), [("worker", None), ("api", CALLER)])
async def test_a_transaction_that_meets_an_ended_session_is_begun_again(
    fresh: TestDatabase, role: str, caller: Caller | None, wait_ms: int
) -> None:
    """Also one that meets it while it ends."""
    await check_that_ended_sessions_go_unnoticed(fresh, role, caller, wait_ms)


async def test_begun_only_once_the_same_check_is_red(fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "_opened", Database._opened_once)
    with pytest.raises(DBAPIError):
        await check_that_ended_sessions_go_unnoticed(fresh, "worker", None)


async def test_the_page_of_health_answers_at_once_when_sessions_were_ended(fresh: TestDatabase) -> None:
    async with opened(fresh, "api") as pool:
        for look in (pool.database.ready, pool.database.whole):
            await pool.end(await pool.sessions(2))
            await look()


@dataclass
class Cut:
    """A way to the server on which what has been opened can be cut without a word, as a firewall does."""

    host: str
    port: int
    opened: int = 0
    cut: int = 0
    carries_one_more: bool = False
    ends: list[asyncio.StreamWriter] = field(default_factory=list)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, as long as the connection is not cut: then not even its end is heard of."""
        number = self.opened
        self.opened += 1
        there, onward = await asyncio.open_connection(self.host, self.port)
        self.ends += (writer, onward)

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                if number >= self.cut:
                    target.write(data)
                if self.carries_one_more and source is reader:
                    self.now()
            if number >= self.cut:
                target.close()

        await asyncio.gather(pump(reader, onward), pump(there, writer), return_exceptions=True)

    def now(self, *_: object) -> None:
        """Cut what is open."""
        self.cut, self.carries_one_more = self.opened, False

    def behind_what_is_asked_next(self) -> None:
        """Cut what is open when the server has been asked once more; its answer does not come back."""
        self.carries_one_more = True

    def close(self) -> None:
        """Let go of both ends."""
        for end in self.ends:
            end.close()


@asynccontextmanager
async def cuttable(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> AsyncIterator[tuple[Cut, Pool]]:
    """A pool whose statements are given up after so many seconds."""

    def patient(*args: Any, **options: Any) -> AsyncEngine:
        options["connect_args"]["command_timeout"] = seconds
        return create_async_engine(*args, **options)

    monkeypatch.setattr(engine, "create_async_engine", patient)
    url = urlsplit(fresh.url("api"))
    cut = Cut(str(url.hostname), int(url.port or 5432))
    async with await asyncio.start_server(cut.carry, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        there = url._replace(netloc=url.netloc.rpartition("@")[0] + "@" + place).geturl()
        async with AsyncExitStack() as stack:
            administrator = await asyncpg.connect(fresh.databases.postgres.url(fresh.name))
            stack.push_async_callback(administrator.close)
            stack.callback(cut.close)
            database = Database(there, "claims", pool_size=2)
            stack.push_async_callback(database.close)
            yield cut, Pool(database, administrator)


@pytest.mark.parametrize("prepared", [0, 1])
@pytest.mark.parametrize(("caller", "key"), [(None, None), (CALLER, None), (CALLER, "key-1")])
async def test_a_transaction_that_meets_a_line_that_is_cut_is_begun_again(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch, caller: Caller | None, key: str | None, prepared: int
) -> None:
    """And the rest of the pool, which is as old, is let go of."""
    monkeypatch.setattr(connection, "BEGIN_SECONDS", 0.5)
    async with cuttable(fresh, monkeypatch, 60) as (cut, pool):
        before = await pool.sessions(2)
        for _ in range(prepared):
            async with pool.database.begin(UnitOfWork, Cause("test"), caller, key and f"{key}-before"):
                pass
        cut.now()
        async with asyncio.timeout(20), pool.database.begin(UnitOfWork, Cause("test"), caller, key) as uow:
            assert (await uow.connection.execute(_SESSION)).scalar_one() not in before
        assert not before & await pool.sessions(2)


async def test_a_key_that_a_lost_opening_may_hold_is_not_said_to_be_in_flight(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server opened the request and answered in vain: that transaction has the key until PostgreSQL ends it."""
    monkeypatch.setattr(connection, "BEGIN_SECONDS", 0.5)
    async with cuttable(fresh, monkeypatch, 60) as (cut, pool):
        async with pool.database.begin(UnitOfWork, Cause("test"), CALLER, "key-0"):
            # What opens a request is prepared.
            pass
        cut.behind_what_is_asked_next()
        with pytest.raises(KeyStillHeld) as told:
            async with asyncio.timeout(20), pool.database.begin(UnitOfWork, Cause("test"), CALLER, "key-1"):
                raise AssertionError("it must not begin")
        assert is_transient(told.value)
        assert pool.database.connections == (0, 2)
        # A repeat on a sound line is told so, as long as it is, and the key is free when it has ended.
        async with pool.database.begin(UnitOfWork, Cause("test"), CALLER, "key-1") as repeated:
            assert repeated.claim is not None
            assert not repeated.claim.is_free
        await pool.end(set(await pool.administrator.fetchval(_HOLDING_A_KEY)))
        async with pool.database.begin(UnitOfWork, Cause("test"), CALLER, "key-1") as later:
            assert later.claim is not None
            assert later.claim.is_free


async def test_a_line_that_is_cut_before_the_opening_is_replaced(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cuttable(fresh, monkeypatch, 1) as (cut, pool):
        before = await pool.sessions(1)
        event.listen(pool.database.engine.sync_engine, "before_cursor_execute", cut.now, once=True)
        async with asyncio.timeout(20), pool.database.begin(UnitOfWork, Cause("test"), CALLER) as uow:
            assert (await uow.connection.execute(_SESSION)).scalar_one() not in before


async def test_a_session_that_ends_after_its_transaction_began_is_not_begun_again(fresh: TestDatabase) -> None:
    """Something of it may have happened, and only whoever asked for it knows whether it may be done again."""
    async with opened(fresh, "worker") as pool:
        attempts = 0
        with pytest.raises(DBAPIError) as lost:  # noqa: PT012 - the transaction is part of what is asked
            async with pool.database.begin(UnitOfWork, Cause("test")) as uow:
                attempts += 1
                await pool.end({(await uow.connection.execute(_SESSION)).scalar_one()})
                await uow.connection.execute(text("INSERT INTO thing VALUES (1)"))
        assert (attempts, is_transient(lost.value)) == (1, True)
        assert await pool.administrator.fetchval("SELECT count(*) FROM thing") == 0
        assert pool.database.connections == (0, 4)


async def test_a_pool_opens_as_many_as_its_size_and_keeps_them(fresh: TestDatabase) -> None:
    async with opened(fresh, "worker", size=3) as pool:
        assert len(await pool.sessions(3)) == 3
        seen: set[int] = set()
        waiting = asyncio.Event()

        async def one() -> None:
            async with pool.database.begin(UnitOfWork, Cause("test")) as uow:
                seen.add((await uow.connection.execute(_SESSION)).scalar_one())
                await asyncio.wait_for(waiting.wait(), 10)

        tasks = [asyncio.create_task(one()) for _ in range(8)]

        async def full() -> bool:
            return len(seen) == 3

        await eventually(full)
        assert pool.database.connections == (3, 3)
        waiting.set()
        await asyncio.gather(*tasks)
        assert len(seen) == 3
        assert seen == await pool.sessions(3)


RAISED: dict[str, AbstractContextManager[object]] = {
    "commit": nullcontext(),
    "rollback": pytest.raises(ZeroDivisionError),
    "held": pytest.raises(DatabaseHeld),
}


async def check_that_who_asked_is_forgotten(fresh: TestDatabase, key: str | None, ending: str, prepared: int) -> None:
    """Raises AssertionError where whoever takes the connection next is somebody before it says who it is."""
    async with opened(fresh, "api", size=1) as pool:
        before = await pool.sessions(1)
        for _ in range(prepared):
            async with pool.database.begin(UnitOfWork, Cause("test"), OTHER, key):
                pass
        if ending == "held":
            await pool.administrator.execute("UPDATE epoch SET held = $1", READING_BACK)
        with RAISED[ending]:
            async with pool.database.begin(UnitOfWork, Cause("test"), CALLER, key) as uow:
                assert (await uow.connection.execute(_PARTY)).one() == (CALLER.party, CALLER.role)
                if ending == "rollback":
                    raise ZeroDivisionError
        async with pool.database.connect() as later:
            assert set((await later.execute(_PARTY)).one()) <= {None, ""}
            assert {(await later.execute(_SESSION)).scalar_one()} == before


@pytest.mark.parametrize("ending", RAISED)
@pytest.mark.parametrize("key", [None, "key-1"])
async def test_who_asked_is_forgotten_when_its_transaction_ends(
    fresh: TestDatabase, key: str | None, ending: str
) -> None:
    """On a connection that has not prepared what opens a request: it goes behind the BEGIN."""
    await check_that_who_asked_is_forgotten(fresh, key, ending, prepared=0)


@pytest.mark.parametrize("ending", RAISED)
@pytest.mark.parametrize("key", [None, "key-1"])
async def test_so_it_is_where_the_transaction_was_begun_with_its_opening(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch, key: str | None, ending: str
) -> None:
    """As nearly every request is."""
    sent: list[str] = []

    async def begin(adapter: Any, sql: str) -> str:
        sent.append(sql)
        return await _BEGIN(adapter, sql)

    monkeypatch.setattr(connection, "_begin", begin)
    await check_that_who_asked_is_forgotten(fresh, key, ending, prepared=1)
    assert [sql for sql in sent if CALLER.party in sql and sql.startswith("BEGIN; EXECUTE ")]


@pytest.mark.parametrize("key", [None, "key-1"])
async def test_an_opening_that_leaves_its_party_on_the_session_makes_the_same_check_red(
    fresh: TestDatabase, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    async def begin(adapter: Any, sql: str) -> str:
        status = await _BEGIN(adapter, sql)
        if "EXECUTE" in sql:
            await adapter._connection.execute(_LEAVE_PARTY)
        return status

    monkeypatch.setattr(connection, "_begin", begin)
    await check_that_who_asked_is_forgotten(fresh, key, "commit", prepared=0)
    with pytest.raises(AssertionError):
        await check_that_who_asked_is_forgotten(fresh, key, "commit", prepared=1)


async def test_a_server_that_was_restarted_goes_unnoticed(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    server = start_postgres(folder, settings=POSTGRES_SETTINGS)
    database = Database(server.dsn, "claims", pool_size=2)
    try:
        await database.ready()
        server.stop()
        server = start_postgres(folder, server.port, settings=POSTGRES_SETTINGS)
        await database.ready()
    finally:
        await database.close()
        server.stop()
