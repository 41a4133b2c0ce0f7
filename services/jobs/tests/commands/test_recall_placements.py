"""A placement that was published comes back under its own id after a restore (rules M8)."""

from collections.abc import AsyncIterator

import pytest

from services.jobs.tests.support import Jobs, Spell, discharged, jobs_on
from shared.kernel.identifiers import new_id
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Jobs]:
    """Jobs on a database that was put back."""
    async with jobs_on(databases, issuer) as fresh:
        yield fresh


async def test_search_and_placement_come_back_as_they_were_published(jobs: Jobs, again: Jobs) -> None:
    leaving, spell = discharged(referral=new_id()), Spell()
    placements = []
    for each in (jobs, again):
        await each.consume(leaving, spell.started, spell.confirmed)
        (search,) = (await each.get("/v1/seekers?person=P000000012T")).json()["data"]
        if each is again:
            await recall(jobs.service, again.service)
        placements.append(await each.accept(f"/v1/seekers/{search['seeker']}"))
        await each.work_off()
    assert placements[0] == placements[1]
    (before,), (after,) = await published_by(jobs.service), await published_by(again.service)
    assert before.model_dump(exclude={"confirmed_at"}) == after.model_dump(exclude={"confirmed_at"})
