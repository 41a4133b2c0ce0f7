"""A projection that is dropped is rebuilt by announcement, equal to the last row (rules M8)."""

import pytest

from deploy.local.story import OFFICER, Story, until
from services.claims.storage.tables import PROJECTIONS
from tests.journeys.platform import Platform, at_work

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

Rows = dict[str, list[tuple[object, ...]]]


async def projections_of(platform: Platform) -> Rows:
    async with platform.services["claims"].database.connection() as connection:
        return {
            table.name: sorted(tuple(row.values()) for row in await connection.fetch(f"TABLE {table.name}"))
            for table in PROJECTIONS
        }


async def test_claims_projections_dropped_and_rebuilt_are_equal(platform: Platform) -> None:
    story = Story(platform)
    async with at_work(platform):
        async for _ in story.tell():
            continue
        before = await until(lambda: projections_of(platform), lambda rows: all(rows.values()), "full projections")
        async with platform.services["claims"].database.connection() as connection:
            await connection.execute(f"TRUNCATE {', '.join(table.name for table in PROJECTIONS)}")
        assert not any((await projections_of(platform)).values())
        for owner in ("registration", "benefits", "jobs"):
            scopes = f"{owner}:announcement:write"
            answer = await platform.call(owner, "POST", "/v1/announcements", party=OFFICER, scopes=scopes)
            assert answer.status_code == 202, answer.text
        await until(lambda: projections_of(platform), lambda rows: rows == before, "equal projections")
        decisions = await platform.call("claims", "GET", f"/v1/claims/{story.worker.claim}/decisions", party=OFFICER)
        assert len(decisions.json()) == 3, "an announcement is no new fact"
