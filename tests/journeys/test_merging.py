"""Somebody who was registered twice: merged and split around accidents, payments and work, over all five services.

The amounts are worked here from the Act. Each number has an employer and January to May 2026 at RM2,480.00 (class 29,
assumed RM2,450) and June at RM3,050.00 (assumed RM3,050), and 27 days of one accident:

    each by itself:  5 × 2,450 + 3,050 = 15,300;  / 6 / 30 × 80 % = 68.00;  27 × 68.00                  = 1,836.00
    as one person, the assumed wages of both employers added, up to the highest class's RM5,950 (s.6(10)): January to
    May 2 × 2,450 = 4,900, June 2 × 3,050 = 6,100, above it:
                     5 × 4,900 + 5,950 = 30,450;  / 6 / 30 × 80 % = 135.333… → 135.33;  27 × 135.33     = 3,653.91
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from deploy.local.officers import decide
from deploy.local.story import OFFICER, SEPTEMBER, Employer, Story, Worker, until
from tests.journeys.platform import Platform, at_work
from tests.journeys.test_correction import employed, six_months
from tests.journeys.ways import Outcome, Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

ALONE, BOTH = 183_600, 365_391
STATES = "officer-3"


def registered_again(platform: Platform, story: Story) -> Story:
    """The same human being under another number and id, with another employer."""
    return Story(
        platform,
        worker=Worker(story.worker.name, story.worker.born_on),
        old=Employer("KEDAI RUNCIT BATU PAHAT SDN BHD"),
    )


async def state(platform: Platform, what: str, **said: Any) -> str:
    """What an officer states of two numbers, once nothing else of either waits; the statement."""
    body = {"reason": "registered_twice", "evidence": "KB-1", **said}

    async def stated() -> Any:
        path = f"/v1/person-{what}s"
        return await platform.call("registration", "POST", path, party=OFFICER, subject=STATES, json=body)

    answer = await until(stated, lambda answer: answer.status_code == 202, f"that a {what} is stated")
    statement: str = answer.json()["statement"]
    return statement


async def merge(platform: Platform, goes: Story, stays: Story, kind: str = "persons_merge") -> None:
    """Three officers find both to be one, or two after all."""
    statement = await state(platform, "merge", person=goes.worker.person, survivor=stays.worker.person)
    says: dict[str, Any] = {"kind": kind, "keep": {}} if kind == "persons_merge" else {"kind": kind}
    await decide(platform, "person_merge", statement, says, service="registration")


async def split(platform: Platform, story: Story) -> None:
    """Three officers find that the number was merged wrongly."""
    statement = await state(platform, "split", person=story.worker.person, reason="merged_wrongly")
    await decide(platform, "person_merge", statement, {"kind": "persons_split"}, service="registration")


async def found_by(platform: Platform, story: Story) -> dict[str, set[str]]:
    """What an officer finds in each service by a number."""
    number, found = story.worker.person, dict[str, set[str]]()
    for service, path, name in (
        ("claims", "claims", "claim"),
        ("benefits", "payments", "claim"),
        ("rehab", "referrals", "claim"),
        ("jobs", "seekers", "claim"),
    ):
        answer = await platform.call(service, "GET", f"/v1/{path}?person={number}", party=OFFICER)
        assert answer.is_success, answer.text
        found[service] = {each[name] for each in answer.json()["data"]}
    return found


Act = Callable[[], Awaitable[object]]


@in_one_way(Way.SHUFFLED)
async def test_one_accident_of_two_numbers_is_paid_once_and_twice_when_they_are_split(platform: Platform) -> None:
    """The merge comes before, amid or after the decisions and the payments; the split after them."""
    first = Story(platform)
    again = registered_again(platform, first)
    apart = Outcome((("decided", ""), ("decided", "")), (ALONE, ALONE), (ALONE, ALONE))
    async with at_work(platform):
        await platform.run([partial(employed, first), partial(employed, again)])
        months: list[Act] = [*six_months(platform, first), *six_months(platform, again)]
        await platform.run(
            [*months, first.report_accident, again.report_accident, partial(merge, platform, again, first)]
        )
        merged = await platform.watch.outcome()
        assert merged == Outcome((("decided", ""), ("joined", "")), (BOTH,), (BOTH,))
        both = await found_by(platform, first)
        assert both["claims"] == {first.worker.claim, again.worker.claim}
        assert await found_by(platform, again) == both
        await platform.run([partial(split, platform, again)])
        assert (await found_by(platform, again))["claims"] == {again.worker.claim}
        assert await platform.watch.outcome() == apart
        # Both were paid by now: what the one got is set off against what both are owed together, and comes apart again.
        await platform.run([partial(merge, platform, again, first)])
        assert await platform.watch.outcome() == merged
        await platform.run([partial(split, platform, again)])
    assert platform.outcome == apart


@in_one_way(Way.DOUBLED)
async def test_a_proposal_that_comes_to_nothing_only_holds_what_is_paid(platform: Platform) -> None:
    first = Story(platform)
    again = registered_again(platform, first)
    async with at_work(platform):
        await platform.run([partial(employed, first), partial(employed, again)])
        months: list[Act] = [*six_months(platform, first), *six_months(platform, again)]
        refused = partial(merge, platform, again, first, "persons_stay")
        await platform.run([*months, first.report_accident, again.report_accident, refused])
    assert platform.outcome == Outcome((("decided", ""), ("decided", "")), (ALONE, ALONE), (ALONE, ALONE))


@in_one_way(Way.SHUFFLED)
async def test_three_numbers_are_one_person_link_by_link_and_the_middle_one_leaves_with_its_own(
    platform: Platform,
) -> None:
    """The third went into the second, and that into the first: a split of the second takes the third along."""
    first = Story(platform)
    second, third = registered_again(platform, first), registered_again(platform, first)
    all_three = (first, second, third)

    async def links() -> None:
        await merge(platform, third, second)
        await merge(platform, second, first)

    async with at_work(platform):
        await platform.run([partial(employed, each) for each in all_three])
        months: list[Act] = [step for each in all_three for step in six_months(platform, each)]
        await platform.run([*months, *(each.report_accident for each in all_three), links])
        assert [state for state, _ in (await platform.watch.outcome()).claims] == ["decided", "joined", "joined"]
        found = [await found_by(platform, each) for each in all_three]
        assert found[0]["claims"] == {each.worker.claim for each in all_three}
        assert found[1:] == found[:1] * 2
        await platform.run([partial(split, platform, second)])
        assert (await found_by(platform, third))["claims"] == {second.worker.claim, third.worker.claim}
    claims = (("decided", ""), ("decided", ""), ("joined", ""))
    assert platform.outcome == Outcome(claims, (ALONE, BOTH), (ALONE, BOTH))


@in_one_way(Way.SHUFFLED)
async def test_work_under_one_number_proves_what_was_found_for_the_other_while_both_are_one(platform: Platform) -> None:
    """Discharge and search are of the one number, the new employment of the other; a split leaves the search open."""
    first = Story(platform)
    again = registered_again(platform, first)

    async def hired_under_the_other_number() -> None:
        await again.start_spell(first.new, "2026-09-01", party=first.new.party)
        await again._send_file(first.new, "2026-09", SEPTEMBER)

    async with at_work(platform):
        await platform.run([partial(employed, first), partial(employed, again)])
        await platform.run([*six_months(platform, first), first.report_accident])
        await first.discharge()
        await first.find_work()
        await platform.run([hired_under_the_other_number, partial(merge, platform, again, first)])
        assert (await first.placement())["state"] == "confirmed"
        assert (await found_by(platform, again))["jobs"] == {first.worker.claim}
        await platform.run([partial(split, platform, again)])
        shown = await platform.call("jobs", "GET", f"/v1/placements?person={first.worker.person}", party=OFFICER)
        [placement] = shown.json()["data"]
        assert placement["proof"] is None
        # By the day on which this runs: a start of September is waited for until the end of November.
        assert placement["state"] in ("awaiting_proof", "unproved")
        assert (await found_by(platform, again))["jobs"] == set()
        async with platform.services["claims"].database.connection() as claims:
            assert [tuple(row) for row in await claims.fetch("SELECT month, revision FROM known_placement")] == [
                (None, 2)
            ]
    assert platform.outcome is not None
    assert platform.outcome.net == platform.outcome.entitled == (122_400,)
