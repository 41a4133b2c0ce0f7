"""What is known late: a wage corrected after the payment, and an employment that had ended before the accident.

The amounts are worked here from the Act. Six months before July 2026 (Fourth Schedule), declared before the accident:
January to May at RM2,480.00 are class 29, assumed RM2,450; June at RM3,050.00 is assumed RM3,050, at RM2,600.00
RM2,550.

    June at RM3,050:  5 × 2,450 + 3,050 = 15,300;  / 6 / 30 × 80 % = 68.00;  27 × 68.00                = 1,836.00
    June at RM2,600:  5 × 2,450 + 2,550 = 14,800;  / 6 / 30 × 80 % = 65.777… → 65.78;  27 × 65.78      = 1,776.06
                      1,836.00 paid less 1,776.06 owed, to be recovered (s.50)                         =    59.94
    not employed on the day: nothing is owed (s.2(5)); said behind a payment, a person looks before it comes back.
"""

from functools import partial

import pytest

from deploy.local.story import OFFICER, SEPTEMBER, Story
from tests.journeys.platform import Platform, at_work
from tests.journeys.story_runner import money_of
from tests.journeys.ways import Outcome, Step, Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

# What June 2026 would have been at September's wage: both months are in the first phase of SKBBK.
LOWER_JUNE = SEPTEMBER
NOT_EMPLOYED = "employed_under_a_contract_of_service_on_the_day_of_the_accident"


async def employed(story: Story) -> str:
    """She is registered and employed, and her account is known; the spell."""
    (step,) = [step async for step in story.registered()]
    return dict(step.facts)["spell"]


def six_months(platform: Platform, story: Story) -> list[Step]:
    """January to June; in order they are one step, since nothing waits for any of them."""
    months: list[Step] = [*(partial(story.send_early, month) for month in range(1, 6)), story.send_june]

    async def one_by_one() -> None:
        for month in months:
            await month()

    return [one_by_one] if platform.in_order else months


class Corrected(Story):
    """The story of somebody whose June is declared again."""

    async def correct_june(self) -> None:
        """The employer sends June once more, at a lower wage."""
        await self._send_file(self.old, "2026-06", LOWER_JUNE)


@in_one_way(Way.SHUFFLED)
async def test_a_wage_corrected_after_the_payment_leaves_a_recovery(platform: Platform) -> None:
    story = Corrected(platform)
    async with at_work(platform):
        await platform.run(
            [partial(employed, story)],
            six_months(platform, story),
            # Two notices of one accident: the second joins the claim of the first.
            [story.report_accident, story.report_accident],
        )
        assert sum((await money_of(platform, story))["paid"]) == 183600
        await platform.run([story.correct_june])
        money = await money_of(platform, story)
    assert (sum(money["paid"]), money["entitled"], money["open"]) == (183600, [177606], [5994])
    assert platform.outcome == Outcome((("decided", ""), ("joined", "")), (177606,), (177606,))


async def end_of_spell(platform: Platform, story: Story, spell: str) -> None:
    """The employer says that it ended on 10 July, before the accident, and an officer confirms it."""
    path, body = f"/v1/spells/{spell}/end", {"ended_on": "2026-07-10"}
    stated = await platform.call("registration", "POST", path, party=story.old.party, json=body)
    assert stated.status_code == 202, stated.text
    answer = await platform.call("registration", "POST", path, party=OFFICER, json=body)
    assert answer.status_code == 200, answer.text


@in_one_way(Way.IN_ORDER)
async def test_a_spell_that_had_ended_before_the_accident_leaves_nothing_owed(platform: Platform) -> None:
    story = Story(platform)
    async with at_work(platform):
        spell = await employed(story)
        await end_of_spell(platform, story, spell)
        await platform.rest()
        await platform.run([*six_months(platform, story), story.report_accident])
    assert platform.outcome == Outcome((("refused", NOT_EMPLOYED),), (0,), (0,))


@in_one_way(Way.DOUBLED)
async def test_a_spell_that_is_ended_behind_a_payment_is_asked_about(platform: Platform) -> None:
    """It is said late: what was decided and paid stands until a person has looked at the claim too."""
    story = Story(platform)
    async with at_work(platform):
        if not platform.in_order:
            await story.report_accident()
        spell = await employed(story)
        await platform.run([*six_months(platform, story), *([story.report_accident] if platform.in_order else [])])
        await platform.run([partial(end_of_spell, platform, story, spell)])
        if platform.in_order:
            assert (await money_of(platform, story))["open"] == []
    assert platform.outcome == Outcome((("needs_officer", "cover_taken_back"),), (183600,), (183600,))
