"""A pooled connection on which plain SQL goes straight to the driver, inside the transaction that SQLAlchemy manages.

SQLAlchemy takes several times as long around a ``text()`` as the driver takes for it, in every statement of every
transaction. Here such a text is compiled once and then prepared and run by asyncpg on the same connection: same
transaction, same kept statements, same codecs, same errors. Everything else (tables, typed columns of a text, lists of
parameters) goes through SQLAlchemy as ever.

Around a transaction SQLAlchemy enters a greenlet for whatever might wait: to take a connection, to end a transaction,
to give the connection back. Here what waits is awaited first, on the driver; what is left of SQLAlchemy's steps then
waits for nothing and is called as it is (decision 58). Where somebody listens to the engine's events, the end is
SQLAlchemy's.

Hazard: this uses what SQLAlchemy's pool and its asyncpg dialect keep to themselves (``_execute_mutex``, ``_prepare``,
``_transaction``, ``_started``, ``_commit_and_discard``, ``_handle_dbapi_exception``, the pool's queue of records); its
version is locked, and `shared/persistence/tests/test_connection.py` holds the two ways side by side.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, NoReturn
from weakref import WeakKeyDictionary

from opentelemetry import trace
from sqlalchemy import BindParameter, TextClause, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.cursor import _NO_RESULT_METADATA
from sqlalchemy.engine.result import IteratorResult, ResultMetaData, SimpleResultMetaData
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.types import NullType
from sqlalchemy.util import greenlet_spawn

from shared.telemetry.statements import fold

# A BEGIN waits for no lock. What opens a request waits only for whoever has a table that it reads, `epoch` or
# `idempotency_key`, for itself alone, as where it is made again: where nothing comes back for so long, nobody is there.
BEGIN_SECONDS = 5.0

# Between quotes such a text is itself, whatever the session says of backslashes.
_PLAIN = re.compile(r"[A-Za-z0-9_:./+=-]{0,200}")

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
        return _rows_of(self._status)


def _rows_of(status: str) -> int:
    found = _ROWS.match(status or "")
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

    async def start(self, is_ctxmanager: bool = False) -> "Connection":
        """Take a connection from the pool: in a greenlet only where one must be waited for, opened or closed."""
        engine = self.sync_engine
        if self.sync_connection is not None or engine._has_events or not _is_at_hand(engine.pool):
            await super().start(is_ctxmanager)
        else:
            self.sync_connection = self._assign_proxied(engine.connect())
        return self

    async def begin_now(self) -> None:
        """Send the BEGIN, which SQLAlchemy sends with the first statement: whoever may begin again knows that nothing
        else was sent. Raises TimeoutError where nothing comes back."""
        connection = self._sync()
        connection.begin()
        try:
            await _begin(_driver(connection), "BEGIN")
        except BaseException as reason:
            await _raise_as_sqlalchemy(connection, reason, "BEGIN", {})

    async def begin_with(self, statement: TextClause, values: Mapping[str, str]) -> int:
        """Begin with a statement of which only the number of rows counts, in one round trip; that number.

        The driver gives parameters only to a statement that is alone. So one that this connection has prepared is asked
        for by its name, with values that no quoting could change; any other goes behind the BEGIN, with parameters.
        Raises TimeoutError where nothing comes back.
        """
        connection = self._sync()
        compiled = _compiled(statement, connection.dialect)
        name = None if compiled is None else _prepared_as(connection, compiled.sql)
        if compiled is None or name is None or not all(map(_PLAIN.fullmatch, values.values())):
            await self.begin_now()
            return int((await self.execute(statement, values)).rowcount)
        span, began = trace.get_current_span(), time.perf_counter()
        rows = await _begin_with(connection, compiled, name, values)
        if span.is_recording():
            fold(span, time.perf_counter() - began)
        return rows

    async def commit(self) -> None:
        """Commit what was begun; SQLAlchemy has its transaction end when it has."""
        connection = self._sync()
        if _may_end_by_hand(connection):
            await _end(connection, "commit")
            connection.commit()
        else:
            await super().commit()

    async def rollback(self) -> None:
        """Take back what was begun."""
        connection = self._sync()
        if _may_end_by_hand(connection):
            await _end(connection, "rollback")
            connection.rollback()
        else:
            await super().rollback()

    async def close(self) -> None:
        """Give the connection back to the pool; what it was in the midst of is taken back."""
        connection = self._sync()
        if _may_end_by_hand(connection):
            await self.rollback()
        if connection.engine._has_events or connection._dbapi_connection is None or _driver(connection)._started:
            await super().close()
        else:
            connection.close()

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


def fill(pool: Any) -> None:
    """Give a pool all its places at once, each to be opened when it is taken first.

    Whoever waits for a connection is woken by one that comes back. A place that was made for an opening which then
    failed, or was cancelled, did not come back but ceased to be: all who waited did so for half a minute, in vain.
    """
    for _ in range(pool.size()):
        pool._inc_overflow()
        pool._do_return_conn(_ConnectionRecord(pool, connect=False))


def _is_at_hand(pool: Any) -> bool:
    """Whether the connection that the pool would give is open and may stay so: then nothing is waited for."""
    idle = pool._pool._queue._queue
    if not idle:
        return False
    record = idle[-1]
    return not record._is_hard_or_soft_invalidated() and time.time() - record.starttime < pool._recycle - 1


class _Begun:
    """What was begun by hand, as the adapter ends it."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def commit(self) -> None:
        """Commit."""
        await self._driver.execute("COMMIT")

    async def rollback(self) -> None:
        """Roll back."""
        await self._driver.execute("ROLLBACK")


async def _begin(adapter: Any, sql: str) -> str:
    """Send what begins a transaction; the status of its last statement.

    Begun as soon as it is sent: whatever it comes to, the transaction is to be ended.
    """
    async with adapter._execute_mutex:
        adapter._transaction, adapter._started = _Begun(adapter._connection), True
        return str(await adapter._connection.execute(sql, timeout=BEGIN_SECONDS))


def _prepared_as(connection: SyncConnection, sql: str) -> str | None:
    """The name of a statement that the connection has prepared, since a kept plan was last found to fit no more."""
    adapter, dialect = _driver(connection), connection.dialect
    kept = adapter._prepared_statement_cache.get(sql)
    if kept is None or kept[2] <= dialect._invalidate_schema_cache_asof or adapter._connection.is_closed():  # type: ignore[attr-defined]
        return None
    return str(kept[0].get_name())


async def _begin_with(connection: SyncConnection, compiled: _Compiled, name: str, values: Mapping[str, str]) -> int:
    connection.begin()
    await _told(connection, compiled, values)
    given = ", ".join([f"'{values[each]}'" for each in compiled.names])
    try:
        return _rows_of(await _begin(_driver(connection), f"BEGIN; EXECUTE {name} ({given})"))
    except BaseException as reason:
        await _raise_as_sqlalchemy(connection, reason, compiled.sql, values)


def _may_end_by_hand(connection: SyncConnection) -> bool:
    """Whether a transaction is open, on a connection that was not let go of, and nobody listens to its end."""
    transaction = connection._transaction
    return (
        transaction is not None
        and transaction.is_active
        and connection._dbapi_connection is not None
        and not connection.engine._has_events
        and _driver(connection)._started
    )


async def _end(connection: SyncConnection, how: Literal["commit", "rollback"]) -> None:
    adapter = _driver(connection)
    try:
        await (adapter._commit_and_discard() if how == "commit" else adapter._rollback_and_discard())
    except BaseException as reason:
        await _raise_as_sqlalchemy(connection, reason, None, None)


async def _run(connection: SyncConnection, compiled: _Compiled, values: Mapping[str, Any]) -> Rows:
    if connection.get_transaction() is None:
        connection.begin()
    driver, dialect = _driver(connection), connection.dialect
    await _told(connection, compiled, values)
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


async def _told(connection: SyncConnection, compiled: _Compiled, values: Mapping[str, Any]) -> None:
    if connection.engine._has_events:
        await greenlet_spawn(_announce, connection, compiled.sql, values)


def _announce(connection: SyncConnection, sql: str, values: Mapping[str, Any]) -> None:
    """To whoever listens to the engine's statements: tests that count or cut them."""
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, sql, values, None, False)


async def _raise_as_sqlalchemy(
    connection: SyncConnection, reason: BaseException, sql: str | None, values: Mapping[str, Any] | None
) -> NoReturn:
    """Raise what SQLAlchemy would have raised, after it has let go of a connection that is gone."""
    await greenlet_spawn(_raise, connection, reason, sql, values)
    raise reason


def _raise(
    connection: SyncConnection, reason: BaseException, sql: str | None, values: Mapping[str, Any] | None
) -> NoReturn:
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
        connection._handle_dbapi_exception(translated, sql, None if values is None else dict(values), None, None)
    except BaseException as other:
        connection._handle_dbapi_exception(other, None, None, None, None)
