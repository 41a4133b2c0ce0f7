"""A projection that is dropped is rebuilt by announcement, equal to the last row (rules M8)."""

import asyncpg

from deploy.local.story import OFFICER, Story, until
from services.claims.storage.projections import PROJECTIONS
from tests.journeys.platform import Platform
from tests.journeys.ways import PATIENCE_S

Rows = dict[str, list[tuple[object, ...]]]


async def projections_of(platform: Platform) -> Rows:
    async with platform.services["claims"].database.connection() as connection:
        return await _rows(connection)


async def _rows(connection: asyncpg.Connection) -> Rows:
    return {
        table.name: sorted(tuple(row.values()) for row in await connection.fetch(f"TABLE {table.name}"))
        for table in PROJECTIONS
    }


async def decided(platform: Platform, story: Story) -> int:
    """How many decisions there are."""
    answer = await platform.call("claims", "GET", f"/v1/claims/{story.worker.claim}/decisions", party=OFFICER)
    return len(answer.json())


async def rebuild_claims(platform: Platform, story: Story) -> None:
    """Drop what claims knows of others, and have it republished; raises AssertionError unless all is as before.

    The story ran to its end and the workers are at work.
    """
    await platform.rest()
    before, decisions = await projections_of(platform), await decided(platform, story)
    # Nobody of the story has two numbers, was taken over from an earlier system, or is erased; no order raised anything
    # yet.
    nothing = {"known_merge", "known_wage_range", "erased_person", "known_increase"}
    empty = {name for name, rows in before.items() if not rows} - nothing
    assert not empty, "a projection was empty before it was dropped"
    async with platform.services["claims"].database.connection() as connection, connection.transaction():
        await connection.execute(f"TRUNCATE {', '.join(table.name for table in PROJECTIONS)}")
        # Before it is committed: what is delivered twice may come again at once.
        assert not any((await _rows(connection)).values())
    for owner in ("registration", "benefits", "jobs"):
        scopes = f"{owner}:announcement:write"
        answer = await platform.call(owner, "POST", "/v1/announcements", party=OFFICER, scopes=scopes)
        assert answer.status_code == 202, answer.text
    await until(lambda: projections_of(platform), lambda rows: rows == before, "equal projections", PATIENCE_S)
    await platform.rest()
    assert await decided(platform, story) == decisions, "an announcement is no new fact"
