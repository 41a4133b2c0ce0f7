"""The connection pool of a process, and the transaction in which a use case runs."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from shared.contracts.envelope import Cause
from shared.kernel.failpoints import failpoint
from shared.persistence.life import HELD, MAY_ANSWER, NOT_LOOKED_INTO, DatabaseHeld
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller
from shared.telemetry.statements import fold_statements

U = TypeVar("U", bound=UnitOfWork)

_SET_TENANT = text(f"""
    SELECT set_config('jaring.tenant', :tenant, true), set_config('jaring.role', :role, true),
           {MAY_ANSWER} AS may_answer
""")
_MAY_ANSWER = text(f"SELECT {MAY_ANSWER} AS may_answer, {HELD} AS held")
_TIMEOUTS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "jit": "off",
}


class Database:
    """One service's database as one process sees it: a pool under one role."""

    def __init__(self, url: str, service: str, pool_size: int = 5) -> None:
        self.url = url
        self.service = service
        # The loops of this process that look for work: they look at once when a commit here left some. Only a hint,
        # since another process's commit is found by looking now and then.
        self.nudged: list[asyncio.Event] = []
        self._most_connections = 2 * pool_size
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_recycle=1800,
            # A failed statement would quote its parameters, names and numbers among them, in its error and so in logs.
            hide_parameters=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "server_settings": {"application_name": f"jaring-{service}", **_TIMEOUTS},
                "command_timeout": 60,
                "timeout": 10,
            },
        )
        fold_statements(self.engine.sync_engine)

    @property
    def connections(self) -> tuple[int, int]:
        """How many of the pool's connections are in use, and how many it may open."""
        pool = self.engine.pool
        if not isinstance(pool, QueuePool):
            raise TypeError(f"{type(pool).__name__} does not count its connections")
        return pool.checkedout(), self._most_connections

    @asynccontextmanager
    async def begin(self, kind: type[U], cause: Cause, caller: Caller | None = None) -> AsyncIterator[U]:
        """A unit of work in a transaction of its own: committed when the block ends, rolled back when it raises.

        With a caller the transaction sees only what row-level security lets that party see. Raises DatabaseHeld for a
        caller while the database was put back and does not know again what it said.
        """
        async with self.engine.connect() as connection:
            if caller is not None:
                party = {"tenant": caller.party, "role": caller.role}
                if not (await connection.execute(_SET_TENANT, party)).one().may_answer:
                    raise DatabaseHeld()
            uow = kind(connection, self.service, cause)
            try:
                yield uow
                await uow.flush()
                if uow.keeps_answer:
                    failpoint("request.before_commit")
            except BaseException:
                await _to_its_end(connection.rollback())
                raise
            await _to_its_end(self._commit(connection, uow))

    async def _commit(self, connection: AsyncConnection, uow: UnitOfWork) -> None:
        await connection.commit()
        if uow.left_work:
            for loop in self.nudged:
                loop.set()
        uow.log_decisions()

    async def ready(self) -> None:
        """Raises when the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def whole(self) -> None:
        """Raises DatabaseHeld while the database was put back and does not know again what it said (rules M8)."""
        async with self.engine.connect() as connection:
            found = (await connection.execute(_MAY_ANSWER)).one()
        if not found.may_answer:
            raise DatabaseHeld(facts={"held": found.held or NOT_LOOKED_INTO})

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


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
