"""A pooled connection on which plain SQL goes straight to the driver, inside the transaction that SQLAlchemy manages.

SQLAlchemy takes several times as long around a ``text()`` as the driver takes for it, in every statement of every
transaction. Here such a text is compiled once and then prepared and run by asyncpg on the same connection: same
transaction, same kept statements, same codecs, same errors. Everything else (tables, typed columns of a text, lists of
parameters) goes through SQLAlchemy as ever.

Hazard: this uses what SQLAlchemy's asyncpg dialect keeps to itself (``_execute_mutex``, ``_start_transaction``,
``_prepare``, ``_handle_dbapi_exception``); its version is locked, and `shared/persistence/tests/test_connection.py`
holds the two ways side by side.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from opentelemetry import trace
from sqlalchemy import BindParameter, TextClause, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.cursor import _NO_RESULT_METADATA
from sqlalchemy.engine.result import IteratorResult, ResultMetaData, SimpleResultMetaData
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType
from sqlalchemy.util import greenlet_spawn

from shared.telemetry.statements import fold

# A BEGIN waits for no lock: where nothing comes back for so long, nobody is there.
BEGIN_SECONDS = 5.0

_ROWS = re.compile(r"(?:SELECT|UPDATE|DELETE|INSERT \d+|MERGE) (\d+)")


class Rows(IteratorResult[Any]):
    """What a text answered: rows as SQLAlchemy gives them, and how many the statement touched."""

    def __init__(self, names: tuple[str, ...], rows: Sequence[Any], status: str) -> None:
        super().__init__(_shape(names), iter(rows))
        self.returns_rows = bool(names)
        self._status = status

    @property
    def rowcount(self) -> int:
        """How many rows the statement read, wrote or deleted; -1 where it says nothing of rows."""
        found = _ROWS.match(self._status or "")
        return int(found[1]) if found else -1


@cache
def _shape(names: tuple[str, ...]) -> ResultMetaData:
    """The names of a row's columns; what answers no rows refuses to be asked for some."""
    return SimpleResultMetaData(names) if names else _NO_RESULT_METADATA


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A text as asyncpg prepares it: the names of its parameters by position, and what makes a value the driver's."""

    sql: str
    names: tuple[str, ...]
    processors: Mapping[str, Callable[[Any], Any]]

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values by position."""
        if not self.processors:
            return [parameters[name] for name in self.names]
        return [self._processed(name, parameters[name]) for name in self.names]

    def _processed(self, name: str, value: Any) -> Any:
        process = self.processors.get(name)
        return value if process is None else process(value)


# By the statement itself, which stands in a module.
_COMPILED: WeakKeyDictionary[TextClause, _Compiled | None] = WeakKeyDictionary()


def _compiled(statement: TextClause, dialect: Dialect) -> _Compiled | None:
    """None for a text whose SQL follows from its values (``IN`` of a list): SQLAlchemy writes it each time."""
    try:
        return _COMPILED[statement]
    except KeyError:
        plain = all(_is_plain(bind) for bind in statement._bindparams.values())
        found = _COMPILED[statement] = _of_text(statement.text, dialect) if plain else _of(statement, dialect)
        return found


def _is_plain(bind: BindParameter[Any]) -> bool:
    """Whether the text alone says all of a parameter."""
    return bind.required and isinstance(bind.type, NullType) and not bind.expanding and not bind.literal_execute


@lru_cache(maxsize=1000)
def _of_text(sql: str, dialect: Dialect) -> _Compiled | None:
    """Of a statement that is made for each call as well, which no module keeps."""
    return _of(text(sql), dialect)


def _of(statement: TextClause, dialect: Dialect) -> _Compiled | None:
    made = statement.compile(dialect=dialect)
    # Values that stand in the statement itself are SQLAlchemy's to find.
    bound = any(bind.value is not None or bind.callable is not None for bind in made.binds.values())
    if made.post_compile_params or made.literal_execute_params or bound:
        return None
    processors = {name: each for name, each in made._bind_processors.items() if callable(each)}
    return _Compiled(str(made), tuple(made.positiontup or ()), processors)


class Connection(AsyncConnection):
    """A connection of the pool; `execute` is the one of SQLAlchemy, and quick for a ``text()``."""

    async def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """Run a statement; its count and time are folded into the span in which it runs, where one records."""
        span = trace.get_current_span()
        if not span.is_recording():
            return await self._execute(statement, parameters, execution_options)
        began = time.perf_counter()
        result = await self._execute(statement, parameters, execution_options)
        fold(span, time.perf_counter() - began)
        return result

    async def begin_now(self) -> None:
        """Send the BEGIN, which SQLAlchemy sends with the first statement: whoever may begin again knows that nothing
        else was sent. Raises TimeoutError where nothing comes back."""
        connection = self._sync()
        connection.begin()
        driver = _driver(connection)
        try:
            async with driver._execute_mutex, asyncio.timeout(BEGIN_SECONDS):
                await driver._start_transaction()
        except BaseException as reason:
            await _raise_as_sqlalchemy(connection, reason, "BEGIN", {})

    async def _execute(self, statement: Any, parameters: Any, options: Any) -> Any:
        connection = self._sync()
        if type(statement) is TextClause and options is None and (connection.in_transaction() or _is_new(connection)):
            values = {} if parameters is None else parameters
            compiled = _compiled(statement, connection.dialect) if isinstance(values, Mapping) else None
            # Of a value that is missing SQLAlchemy tells.
            if compiled is not None and all(map(values.__contains__, compiled.names)):
                return await _run(connection, compiled, values)
        return await super().execute(statement, parameters, execution_options=options)

    def _sync(self) -> SyncConnection:
        return self.sync_connection if self.sync_connection is not None else self._raise_for_not_started()


def _is_new(connection: SyncConnection) -> bool:
    return connection.get_transaction() is None and not connection.invalidated and not connection.closed


def _driver(connection: SyncConnection) -> Any:
    """SQLAlchemy's adapter of the driver's connection."""
    return connection.connection.dbapi_connection


async def _run(connection: SyncConnection, compiled: _Compiled, values: Mapping[str, Any]) -> Rows:
    if connection.get_transaction() is None:
        connection.begin()
    driver, dialect = _driver(connection), connection.dialect
    if connection.engine._has_events:
        await greenlet_spawn(_announce, connection, compiled.sql, values)
    try:
        arguments = compiled.arguments(values)
        async with driver._execute_mutex:
            if not driver._started:
                await driver._start_transaction()
            prepared, attributes = await driver._prepare(compiled.sql, dialect._invalidate_schema_cache_asof)  # type: ignore[attr-defined]
            rows = await prepared.fetch(*arguments)
            return Rows(tuple([each.name for each in attributes]), rows, prepared.get_statusmsg())
    except BaseException as reason:
        await _raise_as_sqlalchemy(connection, reason, compiled.sql, values)


def _announce(connection: SyncConnection, sql: str, values: Mapping[str, Any]) -> None:
    """To whoever listens to the engine's statements: tests that count or cut them."""
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, sql, values, None, False)


async def _raise_as_sqlalchemy(
    connection: SyncConnection, reason: BaseException, sql: str, values: Mapping[str, Any]
) -> NoReturn:
    """Raise what SQLAlchemy would have raised, after it has let go of a connection that is gone."""
    await greenlet_spawn(_raise, connection, reason, sql, values)
    raise reason


def _raise(connection: SyncConnection, reason: BaseException, sql: str, values: Mapping[str, Any]) -> NoReturn:
    dialect: Any = connection.dialect
    try:
        if isinstance(reason, Exception) and not connection.invalidated:
            _driver(connection)._handle_exception(reason)
        raise reason
    except dialect.loaded_dbapi.Error as translated:
        if isinstance(
            translated, dialect.loaded_dbapi.InvalidCachedStatementError | dialect.loaded_dbapi.InternalServerError
        ):
            dialect._invalidate_schema_cache()
        connection._handle_dbapi_exception(translated, sql, dict(values), None, None)
    except BaseException as other:
        connection._handle_dbapi_exception(other, None, None, None, None)
