"""Keeps the statute book of a process as officers have it: what two of them let count is law here within a second."""

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from shared.kernel.pace import pause
from shared.persistence.engine import Database
from shared.persistence.law_entries import LawEntries
from shared.persistence.transient import is_transient

LOOK_SECONDS = 1.0
# A database that stays away is said once, and again after so long.
SAID_AGAIN_SECONDS = 3600.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Said:
    """What kept this process from reading the entries, and until when it need not be said again; by the loop's time."""

    why: str | None = None
    until: float = 0.0


async def lay_law(database: Database, before: Said = Said()) -> Said:
    """Look once; a database that does not answer is asked the next time. What was said `before` is not said again."""
    why, at = await _laid(database), asyncio.get_running_loop().time()
    if why is None or (why == before.why and at < before.until):
        return Said() if why is None else before
    log.warning("law_entries_unread", error=why)
    return Said(why, at + SAID_AGAIN_SECONDS)


async def keep_law(database: Database, stop: asyncio.Event) -> None:
    """Look again and again, until told to stop."""
    said = Said()
    while not stop.is_set():
        said = await lay_law(database, said)
        await pause(stop, LOOK_SECONDS)


async def _laid(database: Database) -> str | None:
    """The error of a database that does not answer; else what is entered is law here."""
    try:
        async with database.connect() as connection:
            await LawEntries(connection).lay()
            return None
    except (DBAPIError, OSError, TimeoutError) as reason:
        return f"{type(reason).__name__}, {'transient' if is_transient(reason) else 'not transient'}"
