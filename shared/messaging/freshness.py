"""Forgets up to when a topic has arrived, where a heartbeat not its owner's ended all that followed (rules M5)."""

from typing import TypeVar

import structlog
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.messaging.parked import Who
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

_FORGET = text("""
    WITH forgotten AS (DELETE FROM freshness WHERE topic = :topic RETURNING epoch)
    INSERT INTO freshness_forgotten (topic, epoch, forgotten_by, why)
    SELECT :topic, max(epoch), :name, :reason FROM forgotten HAVING count(*) > 0 RETURNING epoch
""")

log = structlog.get_logger()


class NothingKnown(RuntimeError):
    """Of this topic no heartbeat has come: there is nothing to forget."""


async def forget(database: Database, unit: type[U], topic: str, who: Who) -> None:
    """A person does not believe the epoch of a topic: the next heartbeats are taken as if they were the first.

    Until each partition has had one the topic is complete up to no instant, and nobody is refused. Who and why stands
    in ``freshness_forgotten`` for good. Raises NothingKnown.
    """
    values = {"topic": topic, "name": who.name, "reason": who.reason}
    async with database.begin(unit, Cause("forget")) as uow:
        epoch = (await uow.connection.execute(_FORGET, values)).scalar_one_or_none()
    if epoch is None:
        raise NothingKnown(f"nothing is known of {topic}")
    log.warning("freshness_forgotten", topic=topic, epoch=epoch)
