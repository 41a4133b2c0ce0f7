"""A Latin square of kills: in each round another process, while seven stories stand in the seven chapters (rules P5).

After as many rounds as there are processes and servers, each has been killed in each chapter. `make prove LONG=1
ARGS="-k kills"` goes round five times.
"""

import asyncio
import os
import time
from collections.abc import Sequence

import pytest

from deploy.platform import PROCESSES
from tests.prove.books import ended_right
from tests.prove.conftest import Show
from tests.prove.ground import Ground
from tests.prove.teller import CHAPTERS, Teller

LONG = bool(os.environ.get("LONG"))
TIMES = 5 if LONG else 1
VICTIMS = ("kafka", "postgres", *(process.name for process in PROCESSES))
# The payment of the fourth chapter runs by itself since the third: the story may find it settled at the first look.
RUNS_BY_ITSELF = 4

pytestmark = pytest.mark.timeout(3600 if LONG else 900)


async def test_each_process_is_killed_in_each_chapter_and_every_story_ends_right(ground: Ground, show: Show) -> None:
    begun, before = time.monotonic(), len(ground.stories)
    tellers = [Teller(ground) for _ in range(CHAPTERS)]
    await asyncio.gather(*(told_before(teller, chapters) for chapters, teller in enumerate(tellers)))
    rows = []
    try:
        for victim in VICTIMS * TIMES:
            started = time.monotonic()
            hit = await one_round(ground, tellers, victim)
            rows.append((victim, " ".join(map(str, hit)), f"{time.monotonic() - started:.1f}"))
            tellers = [Teller(ground) if teller.ended else teller for teller in tellers]
        await asyncio.gather(*(teller.tell_rest() for teller in tellers))
    finally:
        show("killed|chapters under way|seconds until all were told and it was ready", rows)
    await ended_right(ground)
    summary = (len(rows), len(ground.stories) - before, f"{time.monotonic() - begun:.0f}")
    show("kills|stories|seconds", [summary])


async def told_before(teller: Teller, chapters: int) -> None:
    """The stagger: each story one chapter further than the one before."""
    for _ in range(chapters):
        await teller.tell_next()


async def one_round(ground: Ground, tellers: Sequence[Teller], victim: str) -> list[int]:
    """Each story's next chapter at once, and the kill as soon as each has begun; the chapters that it fell into."""
    assert sorted(teller.told for teller in tellers) == list(range(CHAPTERS))
    begun = {id(teller): teller.partner.sent for teller in tellers}
    tasks = {asyncio.create_task(teller.tell_next()): teller for teller in tellers}
    silent = list(tasks.items())
    while silent:
        await asyncio.sleep(0.005)
        silent = [
            (task, teller) for task, teller in silent if teller.partner.sent == begun[id(teller)] and not task.done()
        ]
    hit = sorted(teller.told + 1 for task, teller in tasks.items() if not task.done())
    pid = ground.kill(victim)
    await asyncio.gather(*tasks)
    await ground.until_anew(victim, pid)
    assert set(range(1, CHAPTERS + 1)) - set(hit) <= {RUNS_BY_ITSELF}, f"{victim} was killed in the chapters {hit} only"
    return hit
