"""The connection pool of a process, and the transaction in which a use case runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import orjson
import structlog
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from shared.contracts.envelope import Cause
from shared.kernel.failpoints import failpoint
from shared.persistence.connection import Connection, fill
from shared.persistence.idempotency import CLAIM, CLAIM_NEW, Claim
from shared.persistence.life import HELD, MAY_ANSWER, NOT_LOOKED_INTO, DatabaseHeld
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller

U = TypeVar("U", bound=UnitOfWork)
# Begins the transaction on a connection that may be gone.
Begin = Callable[[Connection], Awaitable[None]]

# No row where the database may not answer.
_SET_TENANT = text(f"""
    SELECT set_config('jaring.tenant', :tenant, true), set_config('jaring.role', :role, true)
    WHERE {MAY_ANSWER}
""")
_MAY_ANSWER = text(f"SELECT {MAY_ANSWER} AS may_answer, {HELD} AS held")
# By an administrator, a crash, or a server that stops: the pool's other connections are gone as well, or soon will be.
_SERVER_AWAY = ("57P01", "57P02", "57P03")
# Idle for too long, in a transaction or outside of one.
_SESSION_ENDED = ("25P03", "57P05")
_TIMEOUTS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "jit": "off",
}

log = structlog.get_logger()


class LineLost(TimeoutError):
    """Nothing came back on a connection on which a transaction was to be begun: nobody is at its other end."""


class KeyStillHeld(ConnectionError):
    """A key is not free for a transaction that was begun again: it may be held by what was begun on the line before.

    PostgreSQL was not told that the line is lost, and keeps that transaction until it has been idle for too long.
    """


class Database:
    """One service's database as one process sees it: a pool under one role, of at most ``pool_size`` connections.

    Nobody asks a connection whether it lives before it is used. A transaction that finds it gone when it begins is
    begun again on a new one, and the pool lets go of all that are as old.
    """

    def __init__(self, url: str, service: str, pool_size: int = 10) -> None:
        self.url = url
        self.service = service
        # The loops of this process that look for work: they look at once when a commit here left some, relays when it
        # published something and runners when it left due work or woke some. Only a hint, since another process's
        # commit is found by looking now and then.
        self.relays: list[asyncio.Event] = []
        self.runners: list[asyncio.Event] = []
        self._most_connections = pool_size
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            # One beyond the pool's size would be opened (a fork, SCRAM, look-ups of types) and thrown away again.
            max_overflow=0,
            # The one that was used last has its statements prepared and planned.
            pool_use_lifo=True,
            pool_recycle=1800,
            # A failed statement would quote its parameters, names and numbers among them, in its error and so in logs.
            hide_parameters=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "server_settings": {"application_name": f"jaring-{service}", **_TIMEOUTS},
                "command_timeout": 60,
                "timeout": 10,
                # Of each connection: a service has some hundred, and what is pushed out is prepared and planned again.
                "prepared_statement_cache_size": 1000,
            },
        )
        fill(self.engine.pool)
        event.listen(self.engine.sync_engine, "handle_error", _notice_the_end)

    @property
    def connections(self) -> tuple[int, int]:
        """How many of the pool's connections are in use, and how many it may open."""
        pool = self.engine.pool
        if not isinstance(pool, QueuePool):
            raise TypeError(f"{type(pool).__name__} does not count its connections")
        return pool.checkedout(), self._most_connections

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        """A connection in a transaction that nobody commits: to look at something."""
        connection = await self._opened(_begun)
        try:
            yield connection
        finally:
            await _to_its_end(connection.close())

    @asynccontextmanager
    async def begin(
        self, kind: type[U], cause: Cause, caller: Caller | None = None, key: str | None = None
    ) -> AsyncIterator[U]:
        """A unit of work in a transaction of its own: committed when the block ends, rolled back when it raises.

        With a caller the transaction sees only what row-level security lets that party see; with an idempotency key of
        that caller, the unit's ``claim`` says what it stands for. Raises DatabaseHeld for a caller while the database
        was put back and does not know again what it said; KeyStillHeld, which passes, for a key that may be held by
        nobody but a connection that was lost.
        """
        party = None if caller is None else _AsParty(caller, key)
        connection = await self._opened(party or _begun)
        try:
            uow = kind(connection, self.service, cause)
            uow.claim = None if party is None else party.claim
            try:
                yield uow
                await uow.flush()
                if uow.keeps_answer:
                    failpoint("request.before_commit")
            except BaseException:
                await _to_its_end(connection.rollback())
                raise
            await _to_its_end(self._commit(connection, uow))
        finally:
            # The transaction has ended: nothing is sent, and nothing waits.
            await connection.close()

    async def _opened(self, begin: Begin) -> Connection:
        """A connection on which a transaction was begun: again, on a new one, where it turns out to be gone.

        Until then nothing was asked of the transaction that outlives it: whoever asked for it does not know. But where
        only the answer was lost it is still there, and so is its lock on a key: then KeyStillHeld is raised.
        """
        try:
            return await self._opened_once(begin)
        except DBAPIError as reason:
            if not reason.connection_invalidated:
                raise
            log.info("connection_replaced", error=type(reason.orig).__name__)
        except LineLost:
            log.info("connection_replaced", error=LineLost.__name__)
        return await self._opened_once(begin)

    async def _opened_once(self, begin: Begin) -> Connection:
        connection = Connection(self.engine)
        await connection.start()
        try:
            await begin(connection)
        except BaseException as reason:
            await _to_its_end(connection.close())
            if isinstance(reason, TimeoutError):
                raise LineLost from reason
            raise
        return connection

    async def _commit(self, connection: Connection, uow: UnitOfWork) -> None:
        await connection.commit()
        for loop in (*(self.relays if uow.published else ()), *(self.runners if uow.due.left else ())):
            loop.set()
        uow.log_decisions()

    async def ready(self) -> None:
        """Raises when the database does not answer."""
        async with self.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def whole(self) -> None:
        """Raises DatabaseHeld while the database was put back and does not know again what it said (rules M8)."""
        async with self.connect() as connection:
            found = (await connection.execute(_MAY_ANSWER)).one()
        if not found.may_answer:
            raise DatabaseHeld(facts={"held": found.held or NOT_LOOKED_INTO})

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


async def _begun(connection: Connection) -> None:
    await connection.begin_now()


@dataclass
class _AsParty:
    """Begins a transaction that sees what one party may see, and claims its key; raises DatabaseHeld, KeyStillHeld."""

    caller: Caller
    key: str | None
    claim: Claim | None = None
    has_asked: bool = False

    async def __call__(self, connection: Connection) -> None:
        asked: dict[str, str] = {"tenant": self.caller.party, "role": self.caller.role}
        if self.key is not None:
            asked |= {"client_id": self.caller.client_id, "key": self.key}
            again, self.has_asked = self.has_asked, True
            self.claim = await _claimed(connection, asked)
            if again and not self.claim.is_free:
                raise KeyStillHeld()
        elif await connection.begin_with(_SET_TENANT, asked) != 1:
            raise DatabaseHeld()


async def _claimed(connection: Connection, asked: Mapping[str, str]) -> Claim:
    """Begin with a claim on a key; raises DatabaseHeld."""
    if await connection.begin_with(CLAIM_NEW, asked) == 1:
        return Claim.new(asked)
    opened = (await connection.execute(CLAIM, asked)).one()
    if not opened.may_answer:
        raise DatabaseHeld()
    return Claim.of(asked, opened)


def _notice_the_end(context: ExceptionContext) -> None:
    """A session that the server ends says so before it closes, and what is asked between the two fails otherwise than
    on a connection that is closed. On one that is cut without a word nothing comes back in any time: PostgreSQL gives
    up long before the driver does."""
    reason = context.original_exception
    state = getattr(reason, "sqlstate", None)
    if state in _SESSION_ENDED:
        context.invalidate_pool_on_disconnect = False
    # asyncpg has read that error and waits for the end: "cannot switch to state 12; another operation is in progress".
    lost_track: type[Exception] = context.dialect.loaded_dbapi.InternalClientError
    if state in (*_SERVER_AWAY, *_SESSION_ENDED) or isinstance(reason, lost_track | TimeoutError):
        context.is_disconnect = True


async def _to_its_end(operation: Coroutine[None, None, None]) -> None:
    """Await what must not be left half done: a cancellation is raised when it has ended.

    Whoever closed the connection under it would raise an error of the driver in the place of the cancellation, which
    would then be lost.
    """
    task = asyncio.create_task(operation)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError as cancelled:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise cancelled from None if task.cancelled() else task.exception()
