"""Deletes what has been kept long enough, in small batches (rules M2, M9; docs/privacy.md lists every retention)."""

from dataclasses import dataclass

from sqlalchemy import text

from shared.kernel.clock import now
from shared.persistence.unit_of_work import UnitOfWork

_BATCH = 5_000
_OLD = {
    "outbox": ("id", "published_at", "14 days"),
    "inbox": ("ctid", "handled_at", "13 months"),
    "idempotency_key": ("ctid", "created_at", "30 days"),
}


@dataclass(frozen=True)
class CleanUpExpired:
    """Delete a batch of what is past its retention."""


async def clean_up_expired(_: CleanUpExpired, uow: UnitOfWork) -> None:
    """Published events go after 14 days, inbox entries after 13 months, idempotency keys after 30 days, and who read
    whose data after seven years.

    A full batch means that there is more: the next run follows at once instead of after the timer's interval.
    """
    most = await uow.reads.forget()
    for table, (row, instant, age) in _OLD.items():
        statement = f"""
            DELETE FROM {table} WHERE {row} IN (
                SELECT {row} FROM {table} WHERE {instant} < now() - interval '{age}' LIMIT {_BATCH})
        """  # noqa: S608 - constants above
        most = max(most, (await uow.connection.execute(text(statement))).rowcount)
    if most >= _BATCH:
        await uow.due.at(CleanUpExpired(), now())
