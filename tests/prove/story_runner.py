"""Runs a story chapter by chapter, so that something can happen to the platform in each."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import asyncpg

from deploy.local.story import Story, StoryStep, until
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

CHAPTERS = 7
EARLY_MONTHS = 5


@dataclass
class StoryRunner:
    """One story and how far it ran."""

    platform: PlatformFixture
    story: Story = field(init=False)
    chapters_run: int = 0

    def __post_init__(self) -> None:
        self.story = self.platform.story()

    @property
    def partner(self) -> Partner:
        """Who sends the requests of the story's parties."""
        client = self.story.client
        assert isinstance(client, Partner)
        return client

    @property
    def ended(self) -> bool:
        """Whether all of it ran."""
        return self.chapters_run == CHAPTERS

    async def run_next_chapter(self) -> None:
        """One chapter; raises StoryFailed when the platform does something else."""
        number = self.chapters_run + 1
        async for _ in self._chapters()[number - 1]():
            continue
        if number == 2:
            await self._until_claims_consumed()
        self.chapters_run = number

    async def run_rest(self) -> None:
        """All the chapters that are left."""
        while not self.ended:
            await self.run_next_chapter()

    def _chapters(self) -> list[Callable[[], AsyncIterator[StoryStep]]]:
        story = self.story
        return [
            story.registered,
            story.contributed,
            story.injured,
            story.paid,
            story.june_arrives,
            story.rehabilitated,
            story.employed_again,
        ]

    async def _until_claims_consumed(self) -> None:
        """A month that claims consumes after its first decision makes a revision more, rightly, than the story counts.

        So the accident waits for the five months, also when claims was killed while they were on their way.
        """
        person = int(self.story.worker.person[1:-1])
        query = "SELECT count(DISTINCT month) FROM known_wage WHERE person = $1"

        async def months() -> int | None:
            try:
                return int((await self.platform.fetch("claims", query, person))[0][0])
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                return None

        await until(months, lambda count: count == EARLY_MONTHS, "claims' knowledge of five months")
