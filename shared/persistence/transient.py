"""Which faults pass by themselves: the database away, a deadlock, a serialization failure, a time limit."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SQLSTATES = ("08", "40", "53", "57", "55P03", "25P03")


def is_transient(reason: BaseException) -> bool:
    """Whether trying the same again later can succeed without anybody changing anything."""
    if isinstance(reason, PoolTimeout | OSError | TimeoutError):
        return True
    if isinstance(reason, DBAPIError):
        return (
            reason.connection_invalidated
            or _transient_state(reason)
            or isinstance(reason, InterfaceError | OperationalError)
        )
    if isinstance(reason, asyncpg.PostgresError):
        return (reason.sqlstate or "").startswith(_SQLSTATES)
    return isinstance(reason, asyncpg.InterfaceError)


def _transient_state(reason: DBAPIError) -> bool:
    return str(getattr(reason.orig, "sqlstate", None) or "").startswith(_SQLSTATES)
