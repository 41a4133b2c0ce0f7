"""The upsert of a projection: of two states of one thing, the one with the higher revision stays."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.persistence.arrays import array_text

Rows = Sequence[Mapping[str, Any]]
Columns = Mapping[str, list[Any]]
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


async def keep_higher_revision(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    """Write whole rows, ``revision`` among them, in the order of the key; a repeat or an older one is no change.

    A column that the database fills is left to it. Raises KeyError for a row without one of the others.
    """
    if rows:
        await keep_higher_revision_columns(connection, table, columns_of(table, rows))


async def keep_higher_revision_columns(connection: AsyncConnection, table: Table, columns: Columns) -> None:
    """The same of rows that are given as a list for each column, all of one length."""
    await connection.execute(_higher_revision(table), _arrays(table, columns))


async def keep_first(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    """Write whole rows in the order of the key; what stands under a key already is left as it is."""
    if rows:
        await connection.execute(_first(table), _arrays(table, columns_of(table, rows)))


def columns_of(table: Table, rows: Rows) -> dict[str, list[Any]]:
    """The rows as a list for each column that the database does not fill; raises ValueError for a value of one it does.

    Otherwise a column that a migration added with a default would be passed and silently left as it is.
    """
    filled = {column.name for column in table.c} - {column.name for column in _written(table)}
    if unused := filled & rows[0].keys():
        raise ValueError(f"{table.name}: the database fills {sorted(unused)}: its migration drops the default")
    return {column.name: [row[column.name] for row in rows] for column in _written(table)}


@cache
def _higher_revision(table: Table) -> TextClause:
    # Two states of one thing in one batch keep the higher before the table does: an upsert touches a row once.
    key, names = _names(table)
    changing = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return _statement(
        table,
        f"ORDER BY {', '.join(key)}, revision DESC ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changing} "
        "WHERE excluded.revision > known.revision",
    )


@cache
def _first(table: Table) -> TextClause:
    key = ", ".join(_names(table)[0])
    return _statement(table, f"ORDER BY {key} ON CONFLICT ({key}) DO NOTHING")


def _arrays(table: Table, columns: Columns) -> dict[str, str]:
    return {column.name: array_text(column.type, columns[column.name]) for column in _written(table)}


def _statement(table: Table, ending: str) -> TextClause:
    """One text for any number of rows, an array a column: a VALUES list would be compiled again for every batch.

    The arrays are texts that PostgreSQL reads: see `array_text`.
    """
    key, names = (", ".join(each) for each in _names(table))
    arrays = ", ".join(f"CAST(CAST(:{each.name} AS text) AS {_type(each)}[])" for each in _written(table))
    return text(f"""
        INSERT INTO {table.name} AS known ({names})
        SELECT DISTINCT ON ({key}) {names} FROM unnest({arrays}) AS fresh ({names})
        {ending}
    """)  # noqa: S608 - the names stand in tables.py


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=_POSTGRESQL)


def _names(table: Table) -> tuple[list[str], list[str]]:
    """The columns of the key, and all that are written."""
    return [column.name for column in table.primary_key], [column.name for column in _written(table)]


@cache
def _written(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.server_default is None]
