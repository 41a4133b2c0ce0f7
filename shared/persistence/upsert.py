"""The upsert of a projection: of two states of one thing, the one with the higher revision stays."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.persistence.arrays import array_text

Rows = Sequence[Mapping[str, Any]]
Columns = Mapping[str, list[Any]]
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
# Of 500 the two questions more cost what the insert saves.
_MANY = 1_000
_LOOKED_AT_EVERY = 500
_SAVEPOINT = text("SAVEPOINT new_rows")
_TAKE_BACK = text("ROLLBACK TO SAVEPOINT new_rows")
_RELEASE = text("RELEASE SAVEPOINT new_rows")


async def keep_higher_revision(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    """Write whole rows, ``revision`` among them, in the order of the key; a repeat or an older one is no change.

    A column that the database fills is left to it. Raises KeyError for a row without one of the others.
    """
    if rows:
        await keep_higher_revision_columns(connection, table, columns_of(table, rows))


async def keep_higher_revision_columns(connection: AsyncConnection, table: Table, columns: Columns) -> None:
    """The same of rows that are given as a list for each column, all of one length.

    Many rows that seem to be new go by a plain insert (decision 61), in the order of the key as well.
    """
    if len(columns["revision"]) < _MANY or not await _kept_as_new(connection, table, columns):
        await connection.execute(_higher_revision(table), _arrays(table, columns))


async def keep_first(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    """Write whole rows in the order of the key; what stands under a key already is left as it is."""
    if rows:
        await keep_first_columns(connection, table, columns_of(table, rows))


async def keep_first_columns(connection: AsyncConnection, table: Table, columns: Columns) -> None:
    """The same of rows that are given as a list for each column, all of one length."""
    await connection.execute(_first(table), _arrays(table, columns))


def columns_of(table: Table, rows: Rows) -> dict[str, list[Any]]:
    """The rows as a list for each column that the database does not fill; raises ValueError for a value of one it does.

    Otherwise a column that a migration added with a default would be passed and silently left as it is.
    """
    filled = {column.name for column in table.c} - {column.name for column in _written(table)}
    if unused := filled & rows[0].keys():
        raise ValueError(f"{table.name}: the database fills {sorted(unused)}: its migration drops the default")
    return {column.name: [row[column.name] for row in rows] for column in _written(table)}


async def _kept_as_new(connection: AsyncConnection, table: Table, columns: Columns) -> bool:
    """Whether the rows were written as they are, since none of them was known; otherwise nothing was.

    That a few rows are new says of no other that it is: two states of one thing may be among them, and somebody else
    may be writing it. An insert waits for that one as an upsert does, fails where a row stands, and is taken back.
    """
    same = {column.name for column in _written(table) if _is_same(column, columns[column.name])}
    statement = _new(table, frozenset(same))
    values = {
        **_arrays(table, {name: values[:1] if name in same else values for name, values in columns.items()}),
        **_few(table, columns),
    }
    await connection.execute(_SAVEPOINT)
    try:
        written: bool = (await connection.execute(statement, values)).rowcount > 0
    except IntegrityError:
        await connection.execute(_TAKE_BACK)
        written = False
    await connection.execute(_RELEASE)
    return written


def _is_same(column: Column[Any], values: list[Any]) -> bool:
    """Whether one value stands for all. Python holds 1, 1.0 and True to be equal, also inside of documents."""
    first = values[0]
    if isinstance(column.type, JSON) or first != values[-1] or values.count(first) != len(values):
        return False
    return len(set(map(type, values))) == 1


def _few(table: Table, columns: Columns) -> dict[str, str]:
    """The keys of some rows: as they lie, and of the highest revision, which is the likeliest to be known before."""
    revisions = columns["revision"]
    places = [*range(0, len(revisions), _LOOKED_AT_EVERY), len(revisions) - 1, revisions.index(max(revisions))]
    keys = {column.name: [columns[column.name][place] for place in places] for column in table.primary_key}
    return {f"few_{column.name}": array_text(column.type, keys[column.name]) for column in table.primary_key}


@cache
def _new(table: Table, same: frozenset[str]) -> TextClause:
    """Rows of which some columns have the same value in all; none where one of a few is known.

    Without OFFSET the few may be joined with the whole table, by a plan that was made while it was small.
    """
    keys, written = _names(table)
    key, names, known = (", ".join(each) for each in (keys, written, [f"{table.name}.{name}" for name in keys]))
    values = [
        f"{f'(SELECT ({_array(each)})[1])' if each.name in same else f'unnest({_array(each)})'} AS {each.name}"
        for each in _written(table)
    ]
    few = ", ".join(_array(each, f"few_{each.name}") for each in table.primary_key)
    return text(f"""
        INSERT INTO {table.name} ({names}) SELECT {", ".join(values)}
        WHERE NOT EXISTS (SELECT FROM unnest({few}) AS few ({key})
                          WHERE EXISTS (SELECT FROM {table.name}
                                        WHERE ({known}) = ({", ".join(f"few.{name}" for name in keys)}) OFFSET 0))
        ORDER BY {key}
    """)  # noqa: S608 - the names stand in tables.py


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
    arrays = ", ".join(map(_array, _written(table)))
    return text(f"""
        INSERT INTO {table.name} AS known ({names})
        SELECT DISTINCT ON ({key}) {names} FROM unnest({arrays}) AS fresh ({names})
        {ending}
    """)  # noqa: S608 - the names stand in tables.py


def _array(column: Column[Any], parameter: str | None = None) -> str:
    return f"CAST(CAST(:{parameter or column.name} AS text) AS {column.type.compile(dialect=_POSTGRESQL)}[])"


def _names(table: Table) -> tuple[list[str], list[str]]:
    """The columns of the key, and all that are written."""
    return [column.name for column in table.primary_key], [column.name for column in _written(table)]


@cache
def _written(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.server_default is None]
