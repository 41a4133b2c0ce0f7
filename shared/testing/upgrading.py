"""Rows of earlier releases, written into one database on its way through all migrations: the way is gone once."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby

import asyncpg

from shared.persistence.migrate import migrate
from shared.testing.servers import Databases, TestDatabase

# What a release left behind, written by nothing of this release's code.
Left = Callable[[asyncpg.Connection], Awaitable[object]]
Releases = Sequence[tuple[str, Left]]


@asynccontextmanager
async def upgraded_from(databases: Databases, service: str, releases: Releases) -> AsyncIterator[TestDatabase]:
    """A database in the newest shape, into which each wrote when the revision that it names was the newest."""
    async with databases.unmigrated(service) as database:
        for revision, those in groupby(sorted(releases, key=_revision), key=_revision):
            await migrate(service, database.url("migrate"), revision)
            async with database.connection("migrate") as owner:
                for _, leave in those:
                    await leave(owner)
        await migrate(service, database.url("migrate"))
        yield database


def _revision(release: tuple[str, Left]) -> str:
    return release[0]
