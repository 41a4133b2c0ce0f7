"""Merges and splits of two numbers amid notices, wages and employments, in any order and repeated.

Whatever came when, what is decided at the end is what is decided where everything comes in its order: one claim on the
wages of both while they are one person's by the last word, and each number's own on its own wages after a split.
"""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.claims.tests.commands.test_merged_persons import (
    NAMED_BY_PASSPORT,
    OTHER,
    OTHER_EMPLOYER,
    link,
    other_registered,
    told,
    worked_elsewhere,
)
from services.claims.tests.support import (
    PERSON,
    all_has_arrived,
    apply_events,
    claim_of,
    claims_on,
    contributed,
    employed,
    registered,
    report,
)
from shared.contracts.envelope import Event
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1, PersonMergedV1, PersonSplitV1
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

PERIOD = MembershipPeriodV1(category="first", first=date(2020, 1, 6))


def history(times: int) -> Sequence[Event]:
    """All that registration and the files state: both numbers, and a merge or a split so often, each with what it has
    the other number be a member of."""
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    events: list[Event] = [registered(), *employed(), *wages, other_registered(), *worked_elsewhere()]
    for number in range(times):
        kind = PersonSplitV1 if number % 2 else PersonMergedV1
        periods = (PERIOD,) if number % 2 else ()
        events.append(link(OTHER, PERSON, number + 2, kind))
        events.append(MembershipChangedV1(person=OTHER, scheme="act4", revision=number + 2, periods=periods))
    return events


async def outcome(claims: ServiceUnderTest, reported: Sequence[dict[str, Any]]) -> list[Any]:
    """Where both claims stand at the end, and what was told last of each: what is owed, of whichever claim."""
    await claims.work_off()
    await all_has_arrived(claims)
    found = []
    for each in reported:
        claim = await claim_of(claims, each)
        last = (await told(claims, each["claim"]) or [{"entitlements": []}])[-1]
        owed = [(entitled["benefit"], entitled["terms"]) for entitled in last["entitlements"]]
        found.append((claim["state"], claim["person"], owed))
    return sorted(found, key=str)


async def both_reported(claims: ServiceUnderTest) -> list[dict[str, Any]]:
    """The accident, by the employer of each number."""
    second = await report(claims, f"employer:{OTHER_EMPLOYER}", **NAMED_BY_PASSPORT)
    return [await report(claims), second]


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_what_is_decided_at_the_end_is_what_the_last_word_makes_of_it(
    databases: Databases, issuer: TestIssuer, times: int
) -> None:
    async with claims_on(databases, issuer) as claims:
        await apply_events(claims, *history(times))
        wanted = await outcome(claims, await both_reported(claims))
    assert [each[0] for each in wanted] == (["decided", "joined"] if times % 2 else ["decided", "decided"])
    for seed in range(4):
        dice = random.Random(f"{times}/{seed}")
        events = list(history(times))
        events += dice.sample(events, len(events) // 3)
        dice.shuffle(events)
        cuts = sorted(dice.sample(range(len(events)), 5))
        async with claims_on(databases, issuer) as claims:
            reported: list[dict[str, Any]] = []
            when = dice.randrange(5)
            for number, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(events)], strict=True)):
                if number == when:
                    reported = await both_reported(claims)
                await apply_events(claims, *events[first:last])
                if dice.random() < 0.7:
                    await claims.work_off()
            assert await outcome(claims, reported) == wanted, f"seed {seed}"
