"""Values become the text of an array, and PostgreSQL reads the same values out of it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
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
from shared.kernel.clock import BUSINESS_ZONE
from shared.persistence.arrays import array_text, as_arrays, unnested
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
        (BigInteger(), [2**63 - 1, -(2**63)]),
        (Integer(), []),
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


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (Date(), [date.min, date(1, 1, 2), None, date(2026, 2, 28), date(9999, 12, 30), date.max]),
        (
            DateTime(timezone=True),
            [
                datetime.min.replace(tzinfo=UTC),
                datetime(1, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))),
                datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
                None,
                datetime(2026, 7, 15, 8, 0, 0, 123, tzinfo=BUSINESS_ZONE),
                datetime(9999, 12, 31, tzinfo=UTC),
                datetime.max.replace(tzinfo=timezone(timedelta(hours=8))),
                datetime(9999, 12, 31, 15, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-8))),
                datetime.max.replace(tzinfo=UTC),
            ],
        ),
    ],
)
async def test_what_was_written_is_what_asyncpg_writes(
    connection: AsyncConnection, type_: TypeEngine[Any], values: list[Any]
) -> None:
    name = type_.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    compared = f"""
        SELECT mine::text AS mine, theirs::text AS theirs
        FROM unnest(CAST(CAST(:mine AS text) AS {name}[]), CAST(:theirs AS {name}[])) AS value (mine, theirs)
    """  # noqa: S608 - a type
    read = (await connection.execute(text(compared), {"mine": array_text(type_, values), "theirs": values})).all()
    assert [row.mine for row in read] == [row.theirs for row in read]
    assert (read[0].mine, read[-1].mine) == ("-infinity", "infinity")


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        array_text(DateTime(timezone=True), [None, datetime(2026, 7, 15, 8)])  # noqa: DTZ001 - that is refused


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


@pytest.mark.postgres
async def test_rows_are_read_as_they_were_written(connection: AsyncConnection) -> None:
    columns = {
        "ids": "uuid",
        "numbers": "integer",
        "sums": "bigint",
        "days": "date",
        "texts": "text",
        "sealed": "bytea",
    }
    one, other = str(UUID(int=1)), str(UUID(int=2))
    rows = [(one, 1, 2**40, date(2026, 2, 28), '"a",{b}', b"\x00\xff"), (other, -1, 0, None, None, None)]
    for written in (rows, []):
        said = await connection.execute(text(f"SELECT * FROM {unnested(columns)}"), as_arrays(columns, written))  # noqa: S608
        assert [(str(id_), *rest) for id_, *rest in said] == written
