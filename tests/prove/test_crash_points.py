"""Every crash point that a process can reach in the story: it dies there, starts again, and all is right (rules P5).

By default each point of each process is tried once; with `make prove LONG=1 ARGS="-k crash"` in every chapter in which
it is passed.
"""

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.platform import PROCESSES
from shared.kernel.failpoints import FAILPOINTS
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import CHAPTERS, StoryRunner

LONG = bool(os.environ.get("LONG"))
AT_ONCE = 3
PATIENCE_S = 60.0

pytestmark = pytest.mark.timeout(3600 if LONG else 900)


def _all(kind: str) -> tuple[str, ...]:
    return tuple(point for point in FAILPOINTS if point.startswith(f"{kind}."))


REQUEST, RELAY, DUE, FILE = _all("request"), _all("relay"), _all("due"), _all("bank_file")
REACT = ("consumer.handled",)
CONSUME = tuple(point for point in _all("consumer") if point not in REACT)
RENDER, ANSWER = FILE[:-1], (FILE[-1], *_all("status_report"))

# Process, its points, and the chapters in which it passes them: the default run takes the first chapter.
PASSES: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("registration-api", REQUEST, (1, 2, 5, 7, 8)),
    ("registration-worker", DUE, (2, 5, 7, 8)),
    ("registration-worker", RELAY, (1, 2, 5, 7, 8)),
    ("registration-worker", CONSUME, (3, 5, 6)),
    ("claims-api", REQUEST, (3,)),
    ("claims-worker", CONSUME, (2, 1, 3, 5, 6, 7, 8)),
    ("claims-worker", REACT, (6,)),
    ("claims-worker", RELAY, (3, 5, 6)),
    ("claims-worker", DUE, (5, 3, 6)),
    ("benefits-api", REQUEST, (1,)),
    ("benefits-api", ANSWER, (3, 5)),
    ("benefits-worker", (*CONSUME, *REACT), (3, 5, 6)),
    ("benefits-worker", RENDER, (5, 3)),
    ("benefits-worker", RELAY, (5, 3)),
    ("benefits-worker", DUE, (6, 3, 5)),
    ("rehab-api", REQUEST, (6,)),
    ("rehab-worker", (*CONSUME, *REACT), (3, 5, 6)),
    ("rehab-worker", RELAY, (6,)),
    ("jobs-api", REQUEST, (7,)),
    ("jobs-worker", (*CONSUME, *REACT), (6,)),
    ("jobs-worker", RELAY, (7,)),
    ("jobs-worker", DUE, (7,)),
)


@dataclass
class Try:
    """One process that dies at one point while a chapter runs."""

    process: str
    point: str
    chapter: int
    armed: Path | None = None
    story: int = 0
    seconds: float = 0.0

    @property
    def reached(self) -> bool:
        """Whether the process came there, and died."""
        return self.armed is not None and not self.armed.exists()


@dataclass
class Plan:
    """What is tried in one story: at most one point of a process in a chapter."""

    tries: list[Try] = field(default_factory=list)

    def takes(self, new: Try) -> bool:
        """Whether it has room."""
        return (new.process, new.chapter) not in {(each.process, each.chapter) for each in self.tries}


def tries() -> list[Try]:
    """Every point of every process, in the chapters of this run."""
    chosen = [(process, points, chapters if LONG else chapters[:1]) for process, points, chapters in PASSES]
    return [
        Try(process, point, chapter) for process, points, chapters in chosen for point in points for chapter in chapters
    ]


def plans(wanted: Sequence[Try]) -> list[Plan]:
    """As few stories as will do, the tries spread evenly over them."""
    crowded = Counter((each.process, each.chapter) for each in wanted)
    made = [Plan() for _ in range(max(crowded.values()))]
    for each in sorted(wanted, key=lambda each: -crowded[each.process, each.chapter]):
        room = [plan for plan in made if plan.takes(each)]
        min(room, key=lambda plan: len(plan.tries)).tries.append(each)
    return made


def test_every_point_of_every_process_is_tried() -> None:
    """What the table leaves out is out of that process's reach in the story, for the reason given here."""
    tried: dict[str, set[str]] = defaultdict(set)
    for process, passed, _ in PASSES:
        tried[process] |= set(passed)
    workers = {process.name for process in PROCESSES if process.kind == "worker"}
    assert {process.name for process in PROCESSES} == set(tried)
    # Where partners' records are taken in, workers die in test_pushed_events.py; where letters are handed over, and
    # where it is written down who reads, in test_letter_crash_points.py.
    elsewhere = {*_all("inbound"), *_all("message"), *_all("reading")}
    assert set().union(*tried.values()) == set(FAILPOINTS) - elsewhere
    for process, points in tried.items():
        if process not in workers:
            assert points >= set(REQUEST)
            continue
        # Registration only keeps what it reads; in the story rehab leaves nothing for later
        # (test_owing_crash_points.py).
        reacts = set() if process == "registration-worker" else set(REACT)
        leaves = set() if process == "rehab-worker" else set(DUE)
        assert points >= {*RELAY, *CONSUME, *reacts, *leaves}, process


async def test_a_process_that_dies_at_any_point_loses_and_doubles_nothing(
    platform: PlatformFixture, show: Show
) -> None:
    wanted = tries()
    room, begun = asyncio.Semaphore(AT_ONCE), time.monotonic()

    async def run_plan(plan: Plan) -> None:
        async with room:
            await run_with(plan, platform)

    try:
        await asyncio.gather(*(run_plan(plan) for plan in plans(wanted)))
        await all_reached(wanted)
    finally:
        rows = [
            (each.process, each.point, each.chapter, "yes" if each.reached else "NO", each.story, f"{each.seconds:.1f}")
            for each in wanted
        ]
        show("process|point|armed in chapter|reached|story|seconds of the story", rows)
    await ended_right(platform)
    repeated = sum(story.client.repeated for story in platform.stories)  # type: ignore[attr-defined]
    summary = (len(wanted), len(platform.stories), repeated, f"{time.monotonic() - begun:.0f}")
    show("crashes|stories|requests repeated|seconds", [summary])


async def run_with(plan: Plan, platform: PlatformFixture) -> None:
    """Run a story, arming each point of the plan as its chapter begins."""
    runner, begun = StoryRunner(platform), time.monotonic()
    number = len(platform.stories)
    for chapter in range(1, CHAPTERS + 1):
        for each in plan.tries:
            if each.chapter == chapter:
                each.armed, each.story = await armed(platform, each), number
        await runner.run_next_chapter()
    for each in plan.tries:
        each.seconds = time.monotonic() - begun


async def armed(platform: PlatformFixture, wanted: Try) -> Path:
    """Arm a point; the same one that another story still waits for is let go first."""
    while True:
        try:
            return platform.arm(wanted.process, wanted.point)
        except FileExistsError:
            await asyncio.sleep(0.1)


async def all_reached(wanted: Sequence[Try]) -> None:
    """Fail when a process never came to where it was to die."""
    end = time.monotonic() + PATIENCE_S
    while missed := [f"{each.process}@{each.point}" for each in wanted if not each.reached]:
        assert time.monotonic() < end, f"never reached: {missed}"
        await asyncio.sleep(0.2)
