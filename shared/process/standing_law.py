"""Keeps the statute book of a process as officers have it: what two of them let count is law here within a second."""

import asyncio

import structlog
from sqlalchemy.exc import DBAPIError

from shared.kernel.pace import pause
from shared.persistence.engine import Database
from shared.persistence.law_entries import LawEntries
from shared.persistence.transient import is_transient

LOOK_SECONDS = 1.0

log = structlog.get_logger()


async def lay_law(database: Database) -> None:
    """Look once; a database that does not answer is asked the next time."""
    try:
        async with database.connect() as connection:
            await LawEntries(connection).lay()
    except (DBAPIError, OSError, TimeoutError) as reason:
        log.warning("law_entries_unread", error=type(reason).__name__, transient=is_transient(reason))


async def keep_law(database: Database, stop: asyncio.Event) -> None:
    """Look again and again, until told to stop."""
    while not stop.is_set():
        await lay_law(database)
        await pause(stop, LOOK_SECONDS)
