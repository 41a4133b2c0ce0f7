"""One accident, first under SKBBK, then under employment injury: a journey that was interrupted, and was not.

Then the employer corrects its certificate by ten days: the amount is the same, and the days are others.

The amounts are worked here from the Act. RM3,120.00 in each of the six months before August 2026 is assumed RM3,150.00,
by 30 RM105.00 a day; certified are 5 to 24 August, of which the employer paid the first: 19 days are payable.

    SKBBK, first phase:  48 % × 105.00 = 50.40;  19 × 50.40  =   957.60
    employment injury:   80 % × 105.00 = 84.00;  19 × 84.00  = 1,596.00;  638.40 more, and nothing to come back
    ten days later:      16 August to 3 September are 19 days too: no sen is paid, and none comes back
"""

from functools import partial

import pytest

from deploy.local.story import OFFICER
from tests.journeys.lives import Commuter
from tests.journeys.platform import Platform, at_work
from tests.journeys.story_runner import money_of
from tests.journeys.ways import Outcome, Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]


@in_one_way(Way.DOUBLED)
async def test_skbbk_is_turned_into_employment_injury_and_moved_by_ten_days(platform: Platform) -> None:
    story = Commuter(platform)

    async def registered() -> None:
        assert [step async for step in story.registered()]

    async with at_work(platform):
        await platform.run([registered])
        await platform.run([*(partial(story.contribute, month) for month in range(2, 8)), story.interrupted])
        money = await money_of(platform, story)
        assert (sum(money["paid"]), sum(money["entitled"]), money["open"]) == (95760, 95760, [])
        await platform.run([story.straight_home])
        money = await money_of(platform, story)
        assert (sum(money["paid"]), sum(money["entitled"]), money["open"]) == (159600, 159600, [])
        assert await days_of(platform, story) == [("2026-08-06", "2026-08-24")]
        await platform.run([story.ten_days_later])
        assert await money_of(platform, story) == money
        assert await days_of(platform, story) == [("2026-08-16", "2026-09-03")]
    assert platform.outcome == Outcome((("decided", ""),), (159600,), (159600,))


async def days_of(platform: Platform, story: Commuter) -> list[tuple[str, str]]:
    """The days that benefits owes for."""
    path = f"/v1/entitlements?person={story.worker.person}"
    answer = await platform.call("benefits", "GET", path, party=OFFICER)
    terms = [term for each in answer.json()["data"] for term in each["terms"]]
    return [(term["first"], term["last"]) for term in terms]
