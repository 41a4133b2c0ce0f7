"""Topics deleted and republished, and the offsets of every group deleted.

Each test ends with the invariants of the whole platform: nothing lost, doubled or stuck over 60 s, and all to the sen.
"""

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.client import HttpClient
from deploy.local.officers import APPROVES, PROPOSES, decide
from deploy.local.state import address_of
from deploy.local.story import OFFICER, Story, Worker, until
from deploy.local.supervisor import held_back
from deploy.platform import SERVICES
from shared.contracts.topics import TOPICS
from tests.prove.broker import delete_topics, ends_of, forget_group, make_topics, topics_consumed_by
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right, left_beside
from tests.prove.members import worker_of
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.projections import PROJECTIONS, difference, drop_projections, projections, reactions
from tests.prove.republisher import Republisher
from tests.prove.traffic import STUCK_S, Traffic

STORIES = 4
CONSUMERS = tuple(service for service in SERVICES if topics_consumed_by(service))
_CONSUMED = re.compile(r"^jaring_consumed_events_total\{.*\} (\S+)$", re.MULTILINE)
_REFUSED = {
    "benefits": "SELECT count(*) FROM refusal WHERE claim = $1",
    "rehab": "SELECT count(*) FROM referral WHERE claim = $1",
}

pytestmark = pytest.mark.timeout(1200)


async def test_topics_deleted_and_announced_again_give_the_same_projections_and_no_second_reaction(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    async with left_beside(platform):
        await _somebody_refused(platform)
        await _somebody_under_two_numbers(platform)
        await _somebody_taken_over(platform)
    await _run_some_stories(platform)
    before, reacted = await projections(platform), await reactions(platform)
    assert all(before.values()), f"nothing to compare: {[name for name, rows in before.items() if not rows]}"
    # As the runbook asks: a consumer that goes on may pass over what is written again below its place.
    async with _workers_stopped(platform, SERVICES):
        await delete_topics(platform, [topic.name for topic in TOPICS])
        await drop_projections(platform)
        await make_topics(platform)
    republisher, republished_at = Republisher(platform), time.monotonic()
    await republisher.republish_all()

    async def wrong() -> list[str]:
        return difference(before, await projections(platform))

    await _until_nothing(wrong)
    seconds = time.monotonic() - republished_at
    assert await reactions(platform) == reacted, "an announcement is no news: nobody reacts to it"
    await _run_some_stories(platform)
    assert len(before) == sum(map(len, PROJECTIONS.values()))
    rows = sum(map(len, before.values()))
    summary = (len(TOPICS), len(before), rows, f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("topics deleted|projections dropped|rows, equal again|after the announcement, s|seconds", [summary])


async def test_with_every_groups_offsets_deleted_all_is_read_again_and_nothing_is_done_twice(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    await _run_some_stories(platform)
    reacted = await reactions(platform)
    async with _workers_stopped(platform, CONSUMERS):
        await asyncio.gather(*(forget_group(platform, service) for service in CONSUMERS))
        stood = {service: sum((await ends_of(platform, topics_consumed_by(service))).values()) for service in CONSUMERS}

    async def unread() -> list[str]:
        read = {service: await _consumed(platform, service) for service in CONSUMERS}
        return [
            f"{service}: {read[service]} of {stood[service]}" for service in stood if read[service] < stood[service]
        ]

    await _until_nothing(unread)
    await ended_right(platform)
    assert await reactions(platform) == reacted
    await _run_some_stories(platform)
    show("group|records read again|reacted to before and after", [(s, stood[s], reacted.get(s, 0)) for s in CONSUMERS])
    show("seconds", [(f"{time.monotonic() - begun:.0f}",)])


@asynccontextmanager
async def _workers_stopped(platform: PlatformFixture, services: Sequence[str]) -> AsyncIterator[None]:
    """The workers of these services have ended while the block lasts; afterwards they run again."""
    workers = [worker_of(service).name for service in services]
    with ExitStack() as held:
        for name in workers:
            held.enter_context(held_back(platform.state, name))
        killed = {name: platform.kill(name, signal.SIGTERM) for name in workers}
        await asyncio.gather(*(platform.until_gone(name) for name in workers))
        yield
    await asyncio.gather(*(platform.until_running_again(name, pid) for name, pid in killed.items()))


async def _somebody_refused(platform: PlatformFixture) -> None:
    """A worker whom nobody employed, hurt and refused: no story leaves a refusal that stands."""
    story = Story(Partner(HttpClient(platform.state)))
    await story.register_employer(story.old)
    await story.register_person()
    claim = UUID(await story.report_accident())

    async def known() -> list[int]:
        return [(await platform.fetch(service, query, claim))[0][0] for service, query in _REFUSED.items()]

    await until(known, all, f"that everybody knows that {claim} is refused")


async def _somebody_under_two_numbers(platform: PlatformFixture) -> None:
    """Officers found that both are one, and every service knows it."""
    client = await _with_officers(platform)
    one = Story(client)
    other = Story(client, worker=Worker(one.worker.name, one.worker.born_on))
    for each in (one, other):
        await each.register_employer(each.old)
        await each.register_person()
    numbers = {"person": other.worker.person, "survivor": one.worker.person}
    body = {**numbers, "reason": "registered_twice", "evidence": "KB-1"}
    stated = await _post(client, "/v1/person-merges", body)
    says = {"kind": "persons_merge", "keep": {}}
    await decide(client, "person_merge", stated["statement"], says, service="registration")

    async def known() -> list[int]:
        others = [service for service in SERVICES if service != "registration"]
        return [(await platform.fetch(service, "SELECT count(*) FROM known_merge"))[0][0] for service in others]

    await until(known, all, f"that everybody knows of the merge of {other.worker.person}")


async def _somebody_taken_over(platform: PlatformFixture) -> None:
    """Months of before this platform, which are told by ranges."""
    client = await _with_officers(platform)
    story = Story(client)
    await story.register_employer(story.old)
    await story.register_person()
    await story.start_spell(story.old, "2020-01-06", party=OFFICER)
    amounts = {"wage": "2300.00", "act4_employer": "39.35", "act4_employee": "11.25", "skbbk_employee": "0.00"}
    amounts |= dict.fromkeys(("act800_employer", "act800_employee"), "4.50")
    months = {
        "national_id": {"kind": "mykad", "number": story.worker.mykad},
        "employer_code": story.old.code,
        "first_month": "2024-01",
        "last_month": "2024-12",
        **{name: {"amount": amount, "currency": "MYR"} for name, amount in amounts.items()},
    }
    stated = await _post(client, "/v1/opening-statements", {"months": [months]})
    file = stated["files"][0]["opening_file"]
    await decide(client, "opening_file", file, {"kind": "opening_released"}, service="registration")

    async def known() -> int:
        return int((await platform.fetch("claims", "SELECT count(*) FROM known_wage_range"))[0][0])

    await until(known, bool, f"that claims knows what was taken over of {story.worker.person}")


async def _with_officers(platform: PlatformFixture) -> Partner:
    client = Partner(HttpClient(platform.state))
    for officer in (PROPOSES, APPROVES):
        await client.appoint(officer)
    return client


async def _post(client: Partner, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.call("registration", "POST", path, party=OFFICER, json=body)
    assert answer.is_success, f"{path} answered {answer.status_code}: {answer.text}"
    told: dict[str, Any] = answer.json()
    return told


async def _run_some_stories(platform: PlatformFixture) -> None:
    """A few stories at once, to their ends, and every invariant held."""
    stories = Traffic(platform)
    for _ in range(STORIES):
        stories.begin()
    await stories.all_ended()
    await ended_right(platform)


async def _until_nothing(wrong: Callable[[], Awaitable[Sequence[str]]]) -> None:
    end = time.monotonic() + STUCK_S
    while found := await wrong():
        assert time.monotonic() < end, "\n".join(found)
        await asyncio.sleep(0.5)


async def _consumed(platform: PlatformFixture, service: str) -> int:
    """How many records the worker has handed over since it started."""
    async with httpx.AsyncClient(timeout=10) as client:
        page = await client.get(f"{address_of(platform.state, worker_of(service).name)}/metrics")
    return int(sum(float(found) for found in _CONSUMED.findall(page.text)))
