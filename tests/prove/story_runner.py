"""Runs a story chapter by chapter, so that something can happen to the platform in each.

Beside the worker's own seven chapters somebody is registered by mistake in the first, and erased in the eighth.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg

from deploy.local.officers import APPROVES, PROPOSES, decide
from deploy.local.story import OFFICER, Story, StoryFailed, StoryStep, until
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

CHAPTERS = 8
EARLY_MONTHS = 5


@dataclass
class StoryRunner:
    """One story and how far it ran."""

    platform: PlatformFixture
    story: Story = field(init=False)
    chapters_run: int = 0
    mistaken: str = ""

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
            self._registered,
            story.contributed,
            story.injured,
            story.paid,
            story.june_arrives,
            story.rehabilitated,
            story.employed_again,
            self._erased,
        ]

    async def _registered(self) -> AsyncIterator[StoryStep]:
        """The first chapter, and somebody who never worked there."""
        async for step in self.story.registered():
            yield step
        worker = self.story.worker
        born_on = date(1970, 1, 1) + timedelta(days=len(self.platform.stories))
        person = {
            "name": f"TERSILAP {worker.mykad[-4:]}",
            "national_id": {"kind": "mykad", "number": f"{born_on:%y%m%d}{worker.mykad[6:]}"},
            "born_on": born_on.isoformat(),
            "residence": "citizen",
        }
        party = self.story.old.party
        answer = await self._post("/v1/persons", party=party, json=person)
        self.mistaken = answer["person"]

    async def _erased(self) -> AsyncIterator[StoryStep]:
        """An officer states that it was a mistake, and two let what is kept of that person be erased."""
        await self.erase_the_mistaken()
        yield StoryStep(8, "Erased", (("person", self.mistaken),))

    async def erase_the_mistaken(self) -> None:
        """Who was registered by mistake is erased whole; raises StoryFailed when the platform does something else."""
        for officer in (PROPOSES, APPROVES):
            await self.partner.appoint(officer)
        body = {"person": self.mistaken, "reason": "registered_by_mistake", "evidence": "KB-1"}
        stated = await self._post("/v1/erasures", party=OFFICER, json=body)
        says = {"kind": "erasure_granted"}
        await decide(self.story.client, "erasure", stated["erasure"], says, service="registration")
        path = f"/v1/erasures/{stated['erasure']}"

        async def state() -> str | None:
            answer = await self.story.client.call("registration", "GET", path, party=OFFICER)
            return str(answer.json()["state"]) if answer.is_success else None

        await until(state, lambda found: found == "erased", f"that {path} is done")

    async def _post(self, path: str, *, party: str, **content: Any) -> Any:
        answer = await self.story.client.call("registration", "POST", path, party=party, **content)
        if not answer.is_success:
            raise StoryFailed(f"POST {path} answered {answer.status_code}: {answer.text}")
        return answer.json()

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
