"""Values become the text of an array, and PostgreSQL reads the same values out of it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from asyncpg.pgproto import pgproto
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from shared.contracts.envelope import Cause
from shared.persistence.arrays import array_text
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Databases

AWKWARD = ["", " ", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a,b", "x\ny", "péché", "'", ":name", "{}", '","']


@pytest.fixture
async def connection(databases: Databases) -> AsyncIterator[AsyncConnection]:
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(UnitOfWork, Cause("test")) as opened:
            yield opened.connection
        await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (Text(), AWKWARD),
        (Text(), [None, *AWKWARD, None]),
        (Text(), ["plain", "texts"]),
        (Text(), []),
        (Text(), [""]),
        (BigInteger(), [0, -1, 2**62, None]),
        (Integer(), [1, 2]),
        (Boolean(), [True, False, None]),
        (Date(), [date(1, 1, 1), date(2026, 2, 28), None]),
        (DateTime(timezone=True), [datetime(2026, 7, 15, 8, 0, 0, 123, tzinfo=UTC), None]),
        (Uuid(), [UUID(int=0), UUID(int=2**128 - 1), None]),
        (Uuid(), [UUID(int=1), pgproto.UUID(str(UUID(int=2)))]),
        (JSONB(), [{"a": ['"', "\\", None]}, [], "text", 1]),
    ],
)
async def test_what_was_written_is_read(connection: AsyncConnection, type_: TypeEngine[Any], values: list[Any]) -> None:
    name = type_.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    unnested = f"SELECT value FROM unnest(CAST(CAST(:values AS text) AS {name}[])) AS value"  # noqa: S608 - a type
    statement = text(unnested).columns(value=type_)
    read = await connection.execute(statement, {"values": array_text(type_, values)})
    assert list(read.scalars()) == values


@pytest.mark.parametrize(
    ("type_", "value"),
    [(Integer(), "1,2"), (Integer(), True), (Date(), datetime(2026, 1, 1, tzinfo=UTC)), (Text(), 1), (Uuid(), "x")],
)
def test_a_value_of_another_type_is_refused(type_: TypeEngine[Any], value: object) -> None:
    with pytest.raises(TypeError):
        array_text(type_, [value])


def test_an_array_in_an_array_is_refused() -> None:
    with pytest.raises(ValueError, match="nest"):
        array_text(ARRAY(Date), [[date(2026, 1, 1)]])
