"""Nobody is refused for what is still on its way (rules M5)."""

from typing import Any

import pytest

from deploy.local.story import OFFICER, Story, until
from shared.kernel.clock import now
from shared.testing.clock import BusinessClock
from shared.testing.service import eventually
from tests.journeys.platform import Platform, at_work
from tests.journeys.ways import Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]


async def state_of(platform: Platform, claim: str) -> tuple[str, str | None]:
    answer = await platform.call("claims", "GET", f"/v1/claims/{claim}", party=OFFICER)
    body = answer.json()
    return body["state"], body["reason"]


async def decisions_of(platform: Platform, claim: str) -> list[dict[str, Any]]:
    answer = await platform.call("claims", "GET", f"/v1/claims/{claim}/decisions", party=OFFICER)
    assert answer.is_success, answer.text
    return list(answer.json())


async def registered_without_spell(story: Story) -> None:
    """The person is known, and no employer says that it employs her."""
    await story.register_employer(story.old)
    await story.register_person()


async def rests(platform: Platform) -> bool:
    """Whether claims looked at the claim and left it for later."""
    async with platform.services["claims"].database.connection() as connection:
        later = "SELECT due_at > $1 AND isfinite(due_at) AND recheck_after IS NULL FROM due_work WHERE kind = $2"
        return bool(await connection.fetchval(later, now(), "assess_claim"))


@in_one_way(Way.DOUBLED)
async def test_a_person_without_a_spell_is_refused_once_the_watermark_has_passed(platform: Platform) -> None:
    story = Story(platform)
    async with at_work(platform):
        await registered_without_spell(story)
        claim = await story.report_accident()
        state, reason = await until(lambda: state_of(platform, claim), lambda at: at[0] == "refused", "the refusal")
        assert (state, reason) == ("refused", "employed_under_a_contract_of_service_on_the_day_of_the_accident")
        async with platform.services["claims"].database.connection() as connection:
            received = await connection.fetchval("SELECT stored_at FROM claim")
            until_ = await connection.fetchval("SELECT min(complete_until) FROM freshness WHERE topic = 'registration'")
        assert until_ > received


@in_one_way(Way.IN_ORDER)
async def test_with_registrations_relay_stopped_nobody_is_refused(
    platform: Platform, business_clock: BusinessClock
) -> None:
    """The spell stands in registration's outbox: claims cannot know, and waits, however often it looks again; when it
    comes, it is entitled."""
    story = Story(platform)
    async with at_work(platform):
        await registered_without_spell(story)
    async with at_work(platform, without=["registration"]):
        claim = await story.report_accident()
        await story.start_spell(story.old, "2020-01-06", party=OFFICER)
        for _ in range(3):
            await eventually(lambda: rests(platform))
            business_clock.advance(hours=2)
        await eventually(lambda: rests(platform))
        assert (await state_of(platform, claim))[0] in ("awaiting_identity", "assessing")
        # Nor is one of its questions refused, while another waits.
        assert await decisions_of(platform, claim) == []
    async with at_work(platform):
        await story.send_early(5)
        state, _ = await until(lambda: state_of(platform, claim), lambda at: at[0] == "decided", "the decision")
        assert state == "decided"


@in_one_way(Way.SHUFFLED)
async def test_a_spell_that_its_employer_states_after_the_accident_counts_when_an_officer_verifies_it(
    platform: Platform,
) -> None:
    """Until then nothing is decided of it, although wages are declared too; nobody sends anything again."""
    story = Story(platform)
    async with at_work(platform):
        await registered_without_spell(story)
        spell = await story.start_spell(story.old, "2020-01-06", party=story.old.party)
        await story.send_early(5)
        claim = await story.report_accident()
        state, reason = await until(
            lambda: state_of(platform, claim), lambda at: at[0] == "needs_officer", "an officer"
        )
        assert (state, reason) == ("needs_officer", "employment_stated_late")
        verification = f"/v1/spells/{spell}/verification"
        assert (await platform.call("registration", "POST", verification, party=OFFICER)).status_code == 200
        assert await until(lambda: state_of(platform, claim), lambda at: at[0] == "decided", "the decision")
