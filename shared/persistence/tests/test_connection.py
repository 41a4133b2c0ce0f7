"""A text goes straight to the driver, and nobody can tell: rows, errors and transactions are SQLAlchemy's own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, TextClause, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, ResourceClosedError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause
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
