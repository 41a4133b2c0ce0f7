"""Processes die while people decide and a release of the law asks again; they start again, and all is right (rules P5).

Beside the story that `test_crash_points.py` takes apart: SKBBK beside employment injury, a question that evidence
answers, a death with three parties, a task that two officers decide, and a release of the statute book. Each command
of these passes the points of the pattern that it belongs to (a request, due work, a consumer, the relay), and in each
act processes of its path die at one of them.
"""

import pytest

from tests.prove.acts import run_all
from tests.prove.conftest import Show
from tests.prove.deciding import acts
from tests.prove.invariants import ended_right, left_beside
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import StoryRunner

_GAPS = "SELECT claim FROM decision GROUP BY claim HAVING max(revision) <> count(*)"
_OPEN_TASKS = "SELECT count(*) FROM task WHERE state IN ('open', 'taken', 'proposed') AND queue = 'no_wage_month'"

pytestmark = pytest.mark.timeout(900)


async def test_processes_that_die_while_people_decide_lose_and_double_nothing(
    platform: PlatformFixture, show: Show
) -> None:
    if not platform.stories:
        # So that every topic has been written and read.
        await StoryRunner(platform).run_rest()
    async with left_beside(platform):
        await run_all(await acts(platform), platform, show)
        assert not await platform.fetch("claims", _GAPS), "a revision is missing"
        assert (await platform.fetch("claims", _OPEN_TASKS))[0][0] == 0, "a task that was approved still waits"
    await ended_right(platform)
