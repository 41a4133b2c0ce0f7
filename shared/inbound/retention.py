"""Forgets pushed events that have been kept long enough, and answers that nobody can be told (rules M9)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from shared.kernel.clock import now
from shared.persistence.unit_of_work import UnitOfWork

EVERY = timedelta(hours=1)
_BATCH = 5_000
_EVENTS = text(f"""
    DELETE FROM inbound_event WHERE event IN (
        SELECT event FROM inbound_event
        WHERE state NOT IN ('received', 'parked') AND
              received_at < now() - interval '13 months'
        LIMIT {_BATCH})
""")  # noqa: S608 - a constant
_ANSWERS = text(f"""
    DELETE FROM inbound_answer WHERE number IN (
        SELECT number FROM inbound_answer WHERE
              created_at < now() - interval '14 days'
        LIMIT {_BATCH})
""")  # noqa: S608 - a constant


@dataclass(frozen=True)
class ForgetInbound:
    """Delete a batch of what is past its retention."""


async def forget_inbound(_: ForgetInbound, uow: UnitOfWork) -> None:
    """Events that are worked off go after 13 months, as the inbox; answers without a topic after 14 days.

    A full batch means that there is more: the next run follows at once instead of after the timer's interval.
    """
    most = 0
    for statement in (_EVENTS, _ANSWERS):
        most = max(most, (await uow.connection.execute(statement)).rowcount)
    if most >= _BATCH:
        await uow.due.at(ForgetInbound(), now())
