"""Members of a consumer group that stand still, join, leave and are killed, under traffic.

Each test ends with the invariants of the whole platform: nothing lost, doubled or stuck over 60 s, and all to the sen.
"""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from deploy.platform import SERVICES
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.members import Member, Members, members, relaying, worker_of
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.traffic import Traffic, traffic

PAUSE_S = 60.0
RESUMED_S = 10.0
COMING_AND_GOING_S = 60.0
EVERY_S = 2.0
# Every so many of those that leave, one is killed instead of stopped.
KILLED_EVERY = 5
# A name comes back when its last bearer has ended.
NAMES = tuple(f"claims-{number}" for number in range(1, 7))

pytestmark = pytest.mark.timeout(1200)


@dataclass
class Pair:
    """A service's worker that is stopped, its partner, and what was seen of them."""

    service: str
    stopped: int
    partner: Member
    taken_after_s: float = 0.0
    holders: Sequence[int] = ()

    @property
    def only_the_partner_relays(self) -> bool:
        """Whether the one that was resumed has left the relay's lock to its partner."""
        return list(self.holders) == [self.partner.identity.pid]


async def test_a_worker_that_stands_still_for_a_minute_is_replaced_and_does_no_harm_afterwards(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    async with members(platform) as started:
        pairs = await _with_partners(platform, started)
        async with traffic(platform, every=4) as stories:
            await asyncio.sleep(8)
            stopped_at, resumed_at = await _stopped(platform, pairs)
            await asyncio.sleep(RESUMED_S)
            for pair in pairs:
                pair.holders = await relaying(platform, pair.service)
        seconds = await stories.all_ended()
        rows = [(f"{p.service}-worker", f"{p.taken_after_s:.1f}", p.only_the_partner_relays) for p in pairs]
        show("stopped for 60 s|partner relays after, s|only the partner relays when it is resumed", rows)
        assert all(pair.only_the_partner_relays for pair in pairs)
        assert all(platform.pid(worker_of(pair.service).name) == pair.stopped for pair in pairs)
        meanwhile = _begun_and_ended(stories, stopped_at, resumed_at)
        assert meanwhile, "no story was begun and ended while the workers stood still"
        await asyncio.gather(*(pair.partner.end() for pair in pairs))
    async with traffic(platform, every=1) as last:
        await asyncio.sleep(2)
    alone = await last.all_ended()
    await ended_right(platform)
    run = len(stories.runs) + len(last.runs)
    summary = (run, meanwhile, f"{seconds:.1f}", f"{alone:.1f}", f"{time.monotonic() - begun:.0f}")
    show("stories|begun and ended in the pause|last ended after it, s|run without partners, s|seconds", [summary])


async def _with_partners(platform: PlatformFixture, started: Members) -> list[Pair]:
    """A partner for every worker, ready."""
    partners = await asyncio.gather(*(started.start(service, f"{service}-1") for service in SERVICES))
    await asyncio.gather(*(partner.until_ready() for partner in partners))
    return [
        Pair(service, platform.pid(worker_of(service).name), partner)
        for service, partner in zip(SERVICES, partners, strict=True)
    ]


async def _stopped(platform: PlatformFixture, pairs: Sequence[Pair]) -> tuple[float, float]:
    """Stop every worker that is not a partner for the time of the pause; the instants of its begin and end."""
    begun = time.monotonic()
    try:
        for pair in pairs:
            os.kill(pair.stopped, signal.SIGSTOP)
        await asyncio.gather(*(_taken_over(platform, pair, begun) for pair in pairs))
        await asyncio.sleep(begun + PAUSE_S - time.monotonic())
    finally:
        for pair in pairs:
            os.kill(pair.stopped, signal.SIGCONT)
    return begun, time.monotonic()


async def _taken_over(platform: PlatformFixture, pair: Pair, begun: float) -> None:
    while await relaying(platform, pair.service) != [pair.partner.identity.pid]:
        assert time.monotonic() < begun + PAUSE_S, f"nobody took over the relay of {pair.service}"
        await asyncio.sleep(0.5)
    pair.taken_after_s = time.monotonic() - begun


def _begun_and_ended(stories: Traffic, after: float, before: float) -> int:
    return sum(1 for each in stories.runs if after < each.begun and each.ended is not None and each.ended < before)


async def test_members_that_come_and_go_every_two_seconds_lose_and_double_nothing(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    async with members(platform) as started:
        async with traffic(platform, every=3) as stories:
            joined, stopped, killed = await _coming_and_going(started)
        seconds = await stories.all_ended()
    await ended_right(platform)
    summary = (joined, stopped, killed, len(stories.runs), f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("members joined|stopped|killed|stories|last ended after it, s|seconds", [summary])
    assert joined + stopped + killed >= COMING_AND_GOING_S / EVERY_S, "they came and went more seldom than they should"


async def _coming_and_going(started: Members) -> tuple[int, int, int]:
    """Every two seconds a member joins or the oldest leaves; how many joined, were stopped, and were killed."""
    living: list[Member] = []
    leaving: list[asyncio.Task[None]] = []
    joined = killed = 0
    end = time.monotonic() + COMING_AND_GOING_S
    while time.monotonic() < end:
        due = time.monotonic() + EVERY_S
        if len(living) < 2:
            living.append(await started.start("claims", NAMES[joined % len(NAMES)]))
            joined += 1
        else:
            is_killed = (len(leaving) + 1) % KILLED_EVERY == 0
            killed += is_killed
            leaving.append(asyncio.create_task(living.pop(0).end(signal.SIGKILL if is_killed else signal.SIGTERM)))
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    await asyncio.gather(*leaving, *(member.end() for member in living))
    return joined, len(leaving) + len(living) - killed, killed
