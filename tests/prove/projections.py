"""What the services know of each other: read, dropped, and compared with what comes back."""

import asyncpg

from services.benefits.storage import projections as benefits
from services.claims.storage import projections as claims
from services.jobs.storage import projections as jobs
from services.registration.storage import projections as registration
from services.rehab.storage import projections as rehab
from tests.prove.platform_fixture import PlatformFixture

# Tables that a service keeps only from what others publish, and that nothing else refers to.
PROJECTIONS: dict[str, tuple[str, ...]] = {
    service: tuple(table.name for table in tables)
    for service, tables in {
        "registration": registration.PROJECTIONS,
        "claims": claims.PROJECTIONS,
        "benefits": benefits.PROJECTIONS,
        "rehab": rehab.PROJECTIONS,
        "jobs": jobs.PROJECTIONS,
    }.items()
}
_REACTED = "SELECT consumer, count(*) FROM inbox GROUP BY 1"

Rows = dict[tuple[str, str], list[str]]


async def projections(platform: PlatformFixture) -> Rows:
    """Every row of every projection, in an order of its own."""
    return {
        (service, table): sorted(str(tuple(row)) for row in await platform.fetch(service, f"TABLE {table}"))
        for service, tables in PROJECTIONS.items()
        for table in tables
    }


async def drop_projections(platform: PlatformFixture) -> None:
    """Empty them all."""
    for service, tables in PROJECTIONS.items():
        connection = await asyncpg.connect(platform.postgres.url(service), timeout=10)
        try:
            await connection.execute(f"TRUNCATE {', '.join(tables)}")
        finally:
            await connection.close()


async def reactions(platform: PlatformFixture) -> dict[str, int]:
    """How many events each service has reacted to."""
    found: dict[str, int] = {}
    for service in PROJECTIONS:
        found.update({row[0]: row[1] for row in await platform.fetch(service, _REACTED)})
    return found


def difference(before: Rows, after: Rows) -> list[str]:
    """A sentence for each table that is not as it was."""
    return [
        f"{service}.{table}: {len(rows)} rows, now {len(after[service, table])}; "
        f"missing {sorted(set(rows) - set(after[service, table]))[:2]}, "
        f"new {sorted(set(after[service, table]) - set(rows))[:2]}"
        for (service, table), rows in before.items()
        if rows != after[service, table]
    ]
