"""A Latin square of kills: in each round another process, while eight stories stand in the eight chapters (rules P5).

After as many rounds as there are processes and servers, each has been killed in each chapter. `make prove LONG=1
ARGS="-k kills"` goes round five times.
"""

import asyncio
import os
import time
from collections.abc import Sequence

import pytest

from deploy.platform import PROCESSES
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import CHAPTERS, StoryRunner

LONG = bool(os.environ.get("LONG"))
TIMES = 5 if LONG else 1
VICTIMS = ("kafka", "postgres", *(process.name for process in PROCESSES))
# The payment of the fourth chapter runs by itself since the third: the story may find it settled at the first read.
RUNS_BY_ITSELF = 4

pytestmark = pytest.mark.timeout(3600 if LONG else 900)


async def test_each_process_is_killed_in_each_chapter_and_every_story_ends_right(
    platform: PlatformFixture, show: Show
) -> None:
    begun, before = time.monotonic(), len(platform.stories)
    runners = [StoryRunner(platform) for _ in range(CHAPTERS)]
    await asyncio.gather(*(run_before(runner, chapters) for chapters, runner in enumerate(runners)))
    rows = []
    try:
        for victim in VICTIMS * TIMES:
            started = time.monotonic()
            hit = await one_round(platform, runners, victim)
            rows.append((victim, " ".join(map(str, hit)), f"{time.monotonic() - started:.1f}"))
            runners = [StoryRunner(platform) if runner.ended else runner for runner in runners]
        await asyncio.gather(*(runner.run_rest() for runner in runners))
    finally:
        show("killed|chapters under way|seconds until all had run and it was ready", rows)
    await ended_right(platform)
    summary = (len(rows), len(platform.stories) - before, f"{time.monotonic() - begun:.0f}")
    show("kills|stories|seconds", [summary])


async def run_before(runner: StoryRunner, chapters: int) -> None:
    """The stagger: each story one chapter further than the one before."""
    for _ in range(chapters):
        await runner.run_next_chapter()


async def one_round(platform: PlatformFixture, runners: Sequence[StoryRunner], victim: str) -> list[int]:
    """Each story's next chapter at once, and the kill as soon as each has begun; the chapters that it fell into."""
    assert sorted(runner.chapters_run for runner in runners) == list(range(CHAPTERS))
    begun = {id(runner): runner.partner.sent for runner in runners}
    tasks = {asyncio.create_task(runner.run_next_chapter()): runner for runner in runners}
    silent = list(tasks.items())
    while silent:
        await asyncio.sleep(0.005)
        silent = [
            (task, runner) for task, runner in silent if runner.partner.sent == begun[id(runner)] and not task.done()
        ]
    hit = sorted(runner.chapters_run + 1 for task, runner in tasks.items() if not task.done())
    pid = platform.kill(victim)
    await asyncio.gather(*tasks)
    await platform.until_running_again(victim, pid)
    assert set(range(1, CHAPTERS + 1)) - set(hit) <= {RUNS_BY_ITSELF}, f"{victim} was killed in the chapters {hit} only"
    return hit
