"""Processes die while people decide and a release of the law asks again; they start again, and all is right (rules P5).

Beside the story that `test_crash_points.py` takes apart: SKBBK beside employment injury, a question that evidence
answers, a death with three parties, a task that two officers decide, and a release of the statute book. Each command
of these passes the points of the pattern that it belongs to (a request, due work, a consumer, the relay), and in each
act processes of its path die at one of them.
"""

import asyncio
import time

import pytest

from deploy.platform import PROCESSES
from shared.kernel.failpoints import FAILPOINTS
from tests.prove.conftest import Show
from tests.prove.deciding import Act, acts
from tests.prove.invariants import ended_right, left_beside
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import StoryRunner

PATIENCE_S = 60.0
_GAPS = "SELECT claim FROM decision GROUP BY claim HAVING max(revision) <> count(*)"
_OPEN_TASKS = "SELECT count(*) FROM task WHERE state IN ('open', 'taken', 'proposed') AND queue = 'no_wage_month'"

pytestmark = pytest.mark.timeout(900)


async def test_processes_that_die_while_people_decide_lose_and_double_nothing(
    platform: PlatformFixture, show: Show
) -> None:
    if not platform.stories:
        # So that every topic has been written and read.
        await StoryRunner(platform).run_rest()
    rows: list[tuple[str, str, str, str]] = []
    async with left_beside(platform):
        try:
            for act in await acts(platform):
                begun = time.monotonic()
                await run_with_deaths(act, platform)
                died = ", ".join(f"{process}@{point}" for process, point in act.deaths) or "-"
                rows.append((act.name, died, "yes", f"{time.monotonic() - begun:.1f}"))
        finally:
            show("act|died in it|came to what it should|seconds", rows)
        assert not await platform.fetch("claims", _GAPS), "a revision is missing"
        assert (await platform.fetch("claims", _OPEN_TASKS))[0][0] == 0, "a task that was approved still waits"
    await ended_right(platform)


async def run_with_deaths(act: Act, platform: PlatformFixture) -> None:
    """Arm the points of an act, do it, and see that each process came there and what the act comes to."""
    for process, point in act.deaths:
        assert point in FAILPOINTS
        assert process in {each.name for each in PROCESSES}
    armed = {f"{process}@{point}": platform.arm(process, point) for process, point in act.deaths}
    await act.do()
    await act.comes_to()
    end = time.monotonic() + PATIENCE_S
    while missed := [name for name, file in armed.items() if file.exists()]:
        assert time.monotonic() < end, f"{act.name}: never reached {missed}"
        await asyncio.sleep(0.2)
