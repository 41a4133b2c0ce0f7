"""The worker's story run on the platform under test, and what benefits then says of her money."""

import asyncio

from deploy.local.story import OFFICER, Story
from shared.kernel.money import sen_from_ringgit
from tests.journeys.platform import Platform
from tests.journeys.ways import PATIENCE_S

CONTRIBUTED = 2


async def run_story(platform: Platform, story: Story) -> list[str]:
    """The whole story; the titles of its steps in order, none where nobody waited."""
    # Beside other lanes a step takes longer than it may in the demo.
    story.patience_s = PATIENCE_S
    if not platform.in_order:
        await run_without_waiting(story)
        return []
    titles = []
    async for step in story.run():
        titles.append(step.title)
        if step.chapter == CONTRIBUTED:
            # What the decision reads is known when the accident is reported: nothing else completes it.
            await platform.rest()
    return titles


async def run_without_waiting(story: Story) -> None:
    """The accident first, then registration and every month at once, and the rest as soon as it can be said."""
    await story.report_accident()
    async for _ in story.registered():
        continue
    await asyncio.gather(*(story.send_early(month) for month in range(5, 0, -1)), story.send_june())
    await story.discharge()
    await story.find_work()
    await story.hire()


async def money_of(platform: Platform, story: Story) -> dict[str, list[int]]:
    """What benefits settled, owes and has open for the worker, in sen."""

    async def sums(path: str, amount: str = "amount", **wanted: str) -> list[int]:
        answer = await platform.call("benefits", "GET", f"/v1/{path}?person={story.worker.person}", party=OFFICER)
        assert answer.status_code == 200, answer.text
        rows = [row for row in answer.json()["data"] if all(row[name] == value for name, value in wanted.items())]
        return [sen_from_ringgit(row[amount]["amount"]) for row in rows]

    return {
        "paid": sorted(await sums("payments", state="settled"), reverse=True),
        "entitled": await sums("entitlements"),
        "open": await sums("recoveries", "open", state="open"),
    }
