"""A text goes straight to the driver, and nobody can tell: rows, errors and transactions are SQLAlchemy's own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, TextClause, bindparam, event, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, ResourceClosedError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.asyncio import engine as asyncio_engine
from sqlalchemy.util import await_only, greenlet_spawn

from shared.contracts.envelope import Cause
from shared.persistence import connection
from shared.persistence.connection import Connection, Rows, _compiled
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

TABLES = """
    CREATE TABLE thing (id integer PRIMARY KEY, name text, CONSTRAINT ck_thing_id CHECK (id < 1000));
    INSERT INTO thing VALUES (1, 'one'), (2, 'two'), (3, NULL);
    GRANT SELECT, INSERT, UPDATE, DELETE ON thing TO claims_worker;
"""
THING = Table("thing", MetaData(), Column("id", Integer, primary_key=True))
_SESSION = text("SELECT pg_backend_pid()")
VALUES = text("""
    SELECT CAST(:uuid AS uuid) AS uuid, CAST(:json AS jsonb) AS json, CAST(:day AS date) AS day,
           CAST(:at AS timestamptz) AS at, CAST(:many AS text[]) AS many, CAST(:bytes AS bytea) AS bytes,
           CAST(:number AS numeric) AS number, CAST(:uuid AS uuid) AS again, NULL AS nothing, :text || '%' AS text
""")
TYPED = text("SELECT * FROM unnest(:numbers, :facts) AS given (number, facts)").bindparams(
    bindparam("numbers", type_=ARRAY(Integer)), bindparam("facts", type_=ARRAY(JSONB, dimensions=1))
)


@dataclass(frozen=True)
class Both:
    """One connection of ours, and SQLAlchemy's way on it."""

    connection: Connection

    async def straight(self, statement: TextClause, values: Any = None) -> Any:
        """As services ask."""
        result = await self.connection.execute(statement, values)
        assert isinstance(result, Rows)
        return result

    async def around(self, statement: TextClause, values: Any = None) -> Any:
        """As SQLAlchemy asks."""
        return await AsyncConnection.execute(self.connection, statement, values)


@pytest.fixture
async def fresh(databases: Databases) -> AsyncIterator[TestDatabase]:
    async with databases.fresh("claims", TABLES) as opened:
        yield opened


@pytest.fixture
async def database(fresh: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(fresh.url("worker"), "claims")
    yield opened
    await opened.close()


@pytest.fixture
async def both(database: Database) -> AsyncIterator[Both]:
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        assert isinstance(uow.connection, Connection)
        yield Both(uow.connection)


async def test_values_come_and_go_as_through_sqlalchemy(both: Both) -> None:
    values = {
        "uuid": UUID(int=7),
        "json": '{"a": [1, null]}',
        "day": date(2026, 2, 3),
        "at": datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
        "many": ["a", None],
        "bytes": b"\x00\x01",
        "number": 7,
        "text": "hundred",
    }
    straight, around = (await both.straight(VALUES, values)).one(), (await both.around(VALUES, values)).one()
    assert straight == around
    assert straight._mapping == around._mapping
    assert [type(value) for value in straight] == [type(value) for value in around]
    typed = {"numbers": [1, 2], "facts": [[1, 2], {"b": "c"}]}
    assert (await both.straight(TYPED, typed)).all() == (await both.around(TYPED, typed)).all()


async def test_rows_answer_as_those_of_sqlalchemy(both: Both) -> None:
    listed = text("SELECT id, name FROM thing WHERE id >= :least ORDER BY id")

    async def told(least: int) -> list[Any]:
        return [await both.straight(listed, {"least": least}), await both.around(listed, {"least": least})]

    for each in await told(1):
        assert [(row.id, row.name) for row in each] == [(1, "one"), (2, "two"), (3, None)]
    for each in await told(1):
        assert each.mappings().all()[1] == {"id": 2, "name": "two"}
        assert list(each.keys()) == ["id", "name"]
    for each in await told(1):
        assert each.scalars().all() == [1, 2, 3]
    for each in await told(3):
        row = each.one()
        assert (row == (3, None), row[0], row._asdict()) == (True, 3, {"id": 3, "name": None})
        with pytest.raises(AttributeError):
            _ = row.other
    for each in await told(4):
        assert (each.one_or_none(), each.rowcount) == (None, 0)
    for each in await told(2):
        assert each.rowcount == 2
        with pytest.raises(Exception, match="Multiple rows"):
            each.one()
    assert [each.scalar_one() for each in await told(3)] == [3, 3]
    assert [each.scalar() for each in await told(4)] == [None, None]
    assert [each.first().name for each in await told(2)] == ["two", "two"]


async def test_a_statement_without_rows_tells_how_many_it_touched(both: Both) -> None:
    for ask in (both.straight, both.around):
        renamed = await ask(text("UPDATE thing SET name = 'x' WHERE id > :id"), {"id": 1})
        assert (renamed.rowcount, renamed.returns_rows) == (2, False)
        with pytest.raises(ResourceClosedError):
            renamed.all()
        assert (await ask(text("SELECT set_config('jaring.tenant', '', true)"))).rowcount == 1
        assert (await ask(text("LOCK TABLE thing IN SHARE MODE"))).rowcount == -1


async def test_tables_and_texts_share_the_transaction(fresh: TestDatabase, database: Database) -> None:
    with pytest.raises(ValueError, match="taken back"):  # noqa: PT012 - the transaction is part of what is asked
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            await uow.connection.execute(insert(THING), [{"id": 7}, {"id": 8}])
            assert (await uow.connection.execute(text("SELECT count(*) FROM thing"))).scalar_one() == 5
            await uow.connection.execute(text("INSERT INTO thing VALUES (9)"))
            assert await uow.connection.scalar(select(THING.c.id).where(THING.c.id == 9)) == 9
            raise ValueError("taken back")
    async with fresh.connection() as other:
        assert await other.fetchval("SELECT count(*) FROM thing") == 3


async def test_lists_of_values_and_lists_in_a_statement_go_through_sqlalchemy(both: Both) -> None:
    several = text("SELECT name FROM thing WHERE id IN :ids ORDER BY id").bindparams(bindparam("ids", expanding=True))
    assert (await both.connection.execute(several, {"ids": [1, 2]})).scalars().all() == ["one", "two"]
    await both.connection.execute(text("INSERT INTO thing VALUES (:id)"), [{"id": 10}, {"id": 11}])
    stated = text("SELECT CAST(:id AS integer)").bindparams(id=5)
    assert (await both.connection.execute(stated)).scalar_one() == 5
    with pytest.raises(StatementError, match="required for bind parameter 'id'"):
        await both.connection.execute(text("SELECT :id"))


async def test_a_statement_that_is_made_for_each_call_is_compiled_once(both: Both) -> None:
    dialect = both.connection.dialect
    first, second = (_compiled(text("SELECT CAST(:id AS integer)"), dialect) for _ in range(2))
    assert first is second is not None
    typed = text("SELECT CAST(:id AS integer)").bindparams(bindparam("id", type_=JSONB))
    assert _compiled(typed, dialect) != first


FAULTS = {
    "23505": (text("INSERT INTO thing VALUES (:id, :name)"), {"id": 1, "name": "secret"}),
    "23514": (text("INSERT INTO thing VALUES (:id, :name)"), {"id": 2000, "name": "secret"}),
    "42P01": (text("SELECT CAST(:name AS text) FROM nowhere"), {"name": "secret"}),
    "22P02": (text("SELECT CAST(CAST(:name AS text) AS integer)"), {"name": "secret"}),
    "57014": (text("SELECT pg_sleep(:seconds), CAST(:name AS text)"), {"seconds": 5, "name": "secret"}),
    "22000": (text("SELECT CAST(:id AS integer)"), {"id": "secret"}),
}


@pytest.mark.parametrize("state", FAULTS)
async def test_an_error_is_the_one_of_sqlalchemy_and_names_no_value(database: Database, state: str) -> None:
    statement, values = FAULTS[state]
    raised = []
    for way in (Both.straight, Both.around):
        with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - the transaction is part of what is asked
            async with database.begin(UnitOfWork, Cause("test")) as uow:
                assert isinstance(uow.connection, Connection)
                await uow.connection.execute(text("SET LOCAL statement_timeout = '50ms'"))
                await way(Both(uow.connection), statement, values)
        raised.append(caught.value)
    straight, around = raised
    assert type(straight) is type(around)
    assert type(straight.orig) is type(around.orig)
    assert isinstance(straight, IntegrityError) == (state in ("23505", "23514"))
    for each in raised:
        assert (getattr(each.orig, "sqlstate", None), each.connection_invalidated) == (state, False)
    assert is_transient(straight) == (state == "57014")
    assert "parameters hidden" in str(straight)
    assert str(straight).split("\n[SQL")[1] == str(around).split("\n[SQL")[1]
    await database.ready()


async def test_a_statement_whose_table_changed_is_prepared_again(fresh: TestDatabase, database: Database) -> None:
    """A kept plan that no longer fits fails once, as through SQLAlchemy; the next transaction works."""
    everything = text("TABLE thing")

    async def columns() -> int:
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            return len((await uow.connection.execute(everything)).all()[0])

    assert await columns() == 2
    async with fresh.connection("migrate") as owner:
        await owner.execute("ALTER TABLE thing ADD COLUMN more integer")
    with pytest.raises(DBAPIError, match="cached statement plan is invalid"):
        await columns()
    assert await columns() == 3


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions for which a greenlet was entered."""
    entered: list[str] = []

    async def spawn(function: Any, *arguments: Any, **named: Any) -> Any:
        entered.append(function.__name__)
        return await greenlet_spawn(function, *arguments, **named)

    for module in (asyncio_engine, connection):
        monkeypatch.setattr(module, "greenlet_spawn", spawn)
    return entered


async def name_of(database: Database, id_: int) -> Any:
    """What a row says, in a transaction of its own."""
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        return (await uow.connection.execute(text("SELECT name FROM thing WHERE id = :id"), {"id": id_})).scalar()


async def test_a_transaction_of_texts_enters_no_greenlet(database: Database, switched: list[str]) -> None:
    """Except to open its connection."""
    await name_of(database, 1)
    assert "connect" in switched
    switched.clear()
    assert await name_of(database, 1) == "one"
    async with database.connect() as looking:
        await looking.execute(text("SELECT 1"))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the transaction is part of what is asked
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            await uow.connection.execute(text("INSERT INTO thing VALUES (9)"))
            raise ZeroDivisionError
    assert (switched, database.connections[0]) == ([], 0)
    assert await name_of(database, 9) is None


async def test_whoever_listens_to_the_engine_hears_each_end_before_it_comes(database: Database) -> None:
    """Each before it happens, and may wait for something."""
    heard = []

    def hear(name: str) -> None:
        await_only(asyncio.sleep(0))
        heard.append(name)

    for name in ("before_cursor_execute", "commit", "rollback"):
        event.listen(database.engine.sync_engine, name, lambda *_, name=name: hear(name))
    await name_of(database, 1)
    with pytest.raises(ZeroDivisionError):
        async with database.begin(UnitOfWork, Cause("test")):
            raise ZeroDivisionError
    assert heard == ["before_cursor_execute", "commit", "rollback"]


async def test_a_savepoint_is_taken_back_alone(database: Database) -> None:
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        await uow.connection.execute(text("INSERT INTO thing VALUES (7, 'seven')"))
        with pytest.raises(IntegrityError):
            async with uow.connection.begin_nested():
                await uow.connection.execute(text("INSERT INTO thing VALUES (1)"))
        async with uow.connection.begin_nested():
            await uow.connection.execute(insert(THING), [{"id": 8}])
    assert (await name_of(database, 7), await name_of(database, 8)) == ("seven", None)


LATE = """
    CREATE TABLE late (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
    GRANT SELECT, INSERT ON late TO claims_worker;
    INSERT INTO late VALUES (1);
"""


@pytest.mark.parametrize("listened", [False, True])
async def test_a_commit_that_is_refused_is_an_error_of_sqlalchemy(
    fresh: TestDatabase, database: Database, listened: bool
) -> None:
    """By hand as by SQLAlchemy; and the connection is as good as before."""
    async with fresh.connection("migrate") as owner:
        await owner.execute(LATE)
    if listened:
        event.listen(database.engine.sync_engine, "commit", lambda _: None)
    with pytest.raises(IntegrityError) as refused:  # noqa: PT012 - the transaction is part of what is asked
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            session = (await uow.connection.execute(_SESSION)).scalar_one()
            await uow.connection.execute(text("INSERT INTO late VALUES (2), (1)"))
    assert (refused.value.statement, refused.value.connection_invalidated) == (None, False)
    assert getattr(refused.value.orig, "sqlstate", None) == "23505"
    async with database.begin(UnitOfWork, Cause("test")) as uow:
        assert (await uow.connection.execute(_SESSION)).scalar_one() == session
        assert (await uow.connection.execute(text("SELECT count(*) FROM late"))).scalar_one() == 1


@pytest.mark.parametrize("listened", [False, True])
@pytest.mark.parametrize("ending", ["commit", "rollback"])
async def test_an_ending_whose_session_is_gone_fails_for_a_time_and_leaves_nothing(
    databases: Databases, fresh: TestDatabase, database: Database, ending: str, listened: bool
) -> None:
    if listened:
        event.listen(database.engine.sync_engine, "commit", lambda _: None)
    administrator = await asyncpg.connect(databases.postgres.url(fresh.name))
    with pytest.raises(DBAPIError) as lost:  # noqa: PT012 - the transaction is part of what is asked
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            session = (await uow.connection.execute(_SESSION)).scalar_one()
            await uow.connection.execute(text("INSERT INTO thing VALUES (7, 'seven')"))
            await administrator.execute("SELECT pg_terminate_backend($1, 5000)", session)
            if ending == "rollback":
                raise ZeroDivisionError
    await administrator.close()
    assert (lost.value.connection_invalidated, is_transient(lost.value)) == (True, True)
    assert database.connections[0] == 0
    assert await name_of(database, 7) is None


async def test_a_connection_that_is_too_old_is_opened_again(database: Database) -> None:
    async def session() -> Any:
        async with database.connect() as looking:
            return (await looking.execute(_SESSION)).scalar_one()

    first = await session()
    assert await session() == first
    pool: Any = database.engine.pool
    pool._pool._queue._queue[-1].starttime -= pool._recycle
    assert await session() != first


# Whatever a header may hold, and what a driver could stumble over.
KEYS = ["key-1", "''", "\\'", "a' || 'b", "'); DELETE FROM thing; --", "$1", "%s", ":key", "k" * 200, "k" * 201]
KEYS += [chr(code) for code in range(33, 127)]


async def test_what_begins_a_transaction_reads_its_values_as_they_are(database: Database) -> None:
    """Also those that quotes do not hold."""
    statement = text("SELECT 1 WHERE set_config('jaring.tenant', :given, true) = :same")
    asked = text("SELECT current_setting('jaring.tenant')")
    for key in [KEYS[0], *KEYS, "\u00e9", ""]:
        taken = Connection(database.engine)
        await taken.start()
        try:
            assert await taken.begin_with(statement, {"given": key, "same": key}) == 1
            assert (await taken.execute(asked)).scalar_one() == key
            assert await AsyncConnection.scalar(taken, asked) == key
        finally:
            await taken.close()
    async with database.connect() as later:
        assert (await later.execute(asked)).scalar_one() == ""


async def test_what_begins_a_transaction_and_fails_is_taken_back(database: Database) -> None:
    """With SQLAlchemy's error, on the first time of a connection and later."""
    statement = text("SELECT CAST(:given AS integer)")
    raised = []
    for given in ("one", "1", "one", "1"):
        taken = Connection(database.engine)
        await taken.start()
        try:
            assert await taken.begin_with(statement, {"given": given}) == 1
        except DBAPIError as reason:
            raised.append(reason)
        finally:
            await taken.close()
    first, second = raised
    assert type(first) is type(second)
    assert {(each.statement, each.connection_invalidated) for each in raised} == {(first.statement, False)}
    assert database.connections[0] == 0
    await database.ready()
