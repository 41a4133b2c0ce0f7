"""Stories that begin one after another while something happens to the platform, and what became of each request."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.story import StoryFailed
from tests.prove.partner import Answer
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import StoryRunner

STUCK_S = 60.0


@dataclass
class StoryRun:
    """A story of the traffic: when it began and ended, in seconds of the monotonic clock."""

    runner: StoryRunner
    begun: float
    ended: float | None = None

    @property
    def moved_at(self) -> float:
        """When it last wrote something: one that waits only reads."""
        return max(
            [self.begun, *(each.at for each in self.runner.partner.answers if each.is_write and each.is_success)]
        )


@dataclass
class Traffic:
    """The stories that run, and the tasks that run them."""

    platform: PlatformFixture
    runs: list[StoryRun] = field(default_factory=list)
    tasks: "list[asyncio.Task[None]]" = field(default_factory=list)

    def begin(self, runner: StoryRunner | None = None) -> StoryRun:
        """One more story, or the rest of one, beside the others."""
        story = StoryRun(runner or StoryRunner(self.platform), time.monotonic())
        self.runs.append(story)
        self.tasks.append(asyncio.create_task(self._run(story)))
        return story

    async def flow(self, every: float) -> None:
        """Begin a story at a steady rate, however long each takes, until cancelled."""
        while True:
            self.begin()
            await asyncio.sleep(every)

    async def all_ended(self) -> float:
        """Wait, when the fault is over, until every story has ended; the seconds that it took.

        Raises AssertionError when one of them waits for longer than STUCK_S without a step forward: a busy machine may
        take its time for many stories, but none may wait for something that does not come.
        """
        begun = time.monotonic()
        try:
            while pending := [task for task in self.tasks if not task.done()]:
                await asyncio.wait(pending, timeout=1, return_when=asyncio.FIRST_EXCEPTION)
                for task in self.tasks:
                    if task.done():
                        task.result()
                stuck = self._stuck(begun)
                assert not stuck, f"stuck for {STUCK_S:.0f} s, of {len(self.tasks)} stories: {stuck}"
        finally:
            for task in self.tasks:
                task.cancel()
        return time.monotonic() - begun

    def _stuck(self, since: float) -> list[str]:
        standing = [each for each in self.runs if each.ended is None and time.monotonic() - since > STUCK_S]
        late = time.monotonic() - STUCK_S
        return [f"after chapter {each.runner.chapters_run}" for each in standing if each.moved_at < late]

    @property
    def answers(self) -> list[Answer]:
        """Every answer to every attempt of these stories, those that came to nothing included."""
        return [answer for each in self.runs for answer in each.runner.partner.answers]

    async def _run(self, story: StoryRun) -> None:
        try:
            await story.runner.run_rest()
        except StoryFailed as failed:
            raise AssertionError(f"after chapter {story.runner.chapters_run}: {failed}") from failed
        story.ended = time.monotonic()


@asynccontextmanager
async def traffic(platform: PlatformFixture, every: float) -> AsyncIterator[Traffic]:
    """A story every so many seconds as long as the block runs; the caller waits for their ends after it."""
    made = Traffic(platform)
    flowing = asyncio.create_task(made.flow(every))
    try:
        yield made
    finally:
        flowing.cancel()
        await asyncio.gather(flowing, return_exceptions=True)


async def run_before(platform: PlatformFixture, chapters: Iterable[int]) -> list[StoryRunner]:
    """A story before each of these chapters, the first being 1: each has the requests of its chapter before it."""

    async def one(chapter: int) -> StoryRunner:
        runner = StoryRunner(platform)
        while runner.chapters_run < chapter - 1:
            await runner.run_next_chapter()
        return runner

    return list(await asyncio.gather(*(one(chapter) for chapter in chapters)))


def within(answers: Iterable[Answer], begun: float, ended: float) -> list[Answer]:
    """Those that were asked for and given between two instants."""
    return [answer for answer in answers if begun <= answer.sent_at and answer.at <= ended]
