"""Which faults pass by themselves: the database away, a deadlock, a serialization failure, a time limit, and what came
between two looks of one transaction."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# 25006: a write that reached the former primary of a failover.
_SQLSTATES = ("08", "40", "53", "57", "55P03", "25P03", "25006")

# Serialization failure and deadlock: PostgreSQL took the whole transaction back so that another one can go on.
_CONTENTION = ("40001", "40P01")


class CameMeanwhile(Exception):
    """Something came between two looks of one transaction: the same, tried again, finds it and goes another way. No
    failure of whatever was asked, and not counted as one."""


def is_contention(reason: DBAPIError) -> bool:
    """Whether nothing of the transaction was kept, and the same at once can succeed."""
    return getattr(reason.orig, "sqlstate", None) in _CONTENTION


def is_transient(reason: BaseException) -> bool:
    """Whether trying the same again later can succeed without anybody changing anything."""
    if isinstance(reason, PoolTimeout | OSError | TimeoutError | CameMeanwhile):
        return True
    if isinstance(reason, DBAPIError):
        return reason.connection_invalidated or _transient_state(reason) or _lost_connection(reason)
    if isinstance(reason, asyncpg.PostgresError):
        return (reason.sqlstate or "").startswith(_SQLSTATES) or _is_closed_to_all(reason)
    return _lost_connection(reason)


def _is_closed_to_all(reason: asyncpg.PostgresError) -> bool:
    """ALLOW_CONNECTIONS is off, for maintenance: refused by a state that a defect of a statement has as well."""
    return reason.sqlstate == "55000" and getattr(reason, "severity_en", None) == "FATAL"


def _lost_connection(reason: BaseException) -> bool:
    """asyncpg raises InterfaceError for a connection that is gone, and for a defect such as too many arguments."""
    if isinstance(reason, OperationalError):
        return True
    return isinstance(reason, InterfaceError | asyncpg.InterfaceError) and "closed" in str(reason)


def _transient_state(reason: DBAPIError) -> bool:
    return str(getattr(reason.orig, "sqlstate", None) or "").startswith(_SQLSTATES)
