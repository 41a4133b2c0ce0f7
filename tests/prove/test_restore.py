"""The database of each service put back from a backup under traffic: nothing is lost or doubled, nobody paid twice.

As the runbook has it (docs/operations.md): `make backup`, work that the backup does not know, `make restore`, and then
the partners of that service send again what they sent since. When the database is exchanged some stories have ended
since the backup, one has begun since, and some go on meanwhile.

Where money is decided and paid, also without the runbook: somebody puts the database back by hand, and tells nobody.
Its service must notice by itself, and until it knows again what it said nothing leaves it: no event, no answer, no
payment.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from deploy.local.client import HttpClient
from deploy.local.state import CHECKOUT
from deploy.local.story import OFFICER, Employer, Story, Worker, until
from deploy.platform import SERVICES
from shared.persistence.life import READING_AGAIN, READING_BACK
from tests.prove.conftest import Show
from tests.prove.invariants import _LEFT, _consumed, _money, to_the_sen
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.put_back import put_back_by_hand, watch_until_whole
from tests.prove.repeating import Repeating, said
from tests.prove.story_runner import CHAPTERS, StoryRunner

RESTORE_LIMIT_S = 180
RUNBOOK, BY_HAND = "by the runbook", "by hand"
WAYS = [*((service, RUNBOOK) for service in SERVICES), ("claims", BY_HAND), ("benefits", BY_HAND)]
QUIET_S = 120.0
# What a partner is told who sends again what is known: it stands already.
KNOWN = {409, 404}

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(("service", "way"), WAYS)
async def test_a_database_that_is_put_back_under_traffic_loses_and_doubles_nothing(
    service: str, way: str, platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    old, going_on = [_story(platform) for _ in range(2)], [_story(platform) for _ in range(2)]
    await asyncio.gather(*(_run_until_paid(each) for each in (*old, *going_on)))
    backed_up = time.monotonic()
    await _tool(platform, "backup", "--services", service)
    await asyncio.gather(*(_run_rest(each) for each in old))
    young = _story(platform)
    await _run_until_paid(young)
    numbers = _numbers([*old, *going_on, young])
    flowing = [asyncio.create_task(_send_june(each)) for each in going_on]
    restoring = time.monotonic()
    if way == RUNBOOK:
        await _tool(platform, "restore", service)
    else:
        put_back = await put_back_by_hand(platform, service)
        reasons = await watch_until_whole(platform, service, put_back, young.story.worker.person)
        assert set(reasons) <= {READING_BACK, READING_AGAIN}
        assert reasons, "nobody noticed"
    held_s = time.monotonic() - restoring
    stories = [*old, *going_on, young]
    repeated = [each for story in stories for each in await _partner(story).send_again(service, backed_up)]
    wrong = [f"{sent.path}: {said(answer)}" for sent, answer in repeated if not _is_taken(answer)]
    assert not wrong, "\n".join(wrong)
    same = [(sent.answer, answer.json()) for sent, answer in repeated if answer.is_success]
    assert [pair for pair in same if pair[0].get("person") != pair[1].get("person")] == []
    assert [pair for pair in same if pair[0].get("employer") != pair[1].get("employer")] == []
    await asyncio.gather(*flowing)
    await _send_june(young)
    await asyncio.gather(*(_run_rest(each) for each in (*going_on, young)))
    newcomer = _story(platform)
    await _run_until_paid(newcomer)
    assert _numbers([newcomer]).isdisjoint(numbers), "a number was given to another human being"
    await _run_rest(newcomer)
    await _ended_right(platform)
    run, seconds = len(platform.stories), f"{time.monotonic() - begun:.0f}"
    row = (f"{service}, {way}", len(repeated), run, f"{held_s:.1f}", seconds)
    show("database put back|requests sent again|stories to the sen|restored and whole after, s|seconds", [row])


def _story(platform: PlatformFixture) -> StoryRunner:
    """A story whose partner can send again."""
    runner = StoryRunner(platform)
    worker = Worker(mykad=runner.story.worker.mykad)
    names = (runner.story.old.name, runner.story.new.name)
    runner.story = Story(Repeating(HttpClient(platform.state)), worker, Employer(names[0]), Employer(names[1]))
    platform.stories[-1] = runner.story
    return runner


def _partner(runner: StoryRunner) -> Repeating:
    partner = runner.partner
    assert isinstance(partner, Repeating)
    return partner


async def _run_until_paid(runner: StoryRunner) -> None:
    while runner.chapters_run < 4:
        await runner.run_next_chapter()


async def _send_june(runner: StoryRunner) -> None:
    await runner.story.send_june()


async def _run_rest(runner: StoryRunner) -> None:
    """To the end by what it comes to: a decision may come back with a higher revision than the story counts."""
    story = runner.story
    if not any("2026-06" in str(each.content) for each in _partner(runner).writes):
        await story.send_june()
    await _until_paid(story, "1836.00")
    await story.discharge()
    await story.recovery("612.00")
    await story.find_work()
    await story.hire()
    await story.placement()
    await runner.erase_the_mistaken()
    runner.chapters_run = CHAPTERS


async def _until_paid(story: Story, amount: str) -> None:
    async def settled() -> Any:
        path = f"/v1/payments?person={story.worker.person}"
        answer = await story.client.call("benefits", "GET", path, party=OFFICER)
        if not answer.is_success:
            return None
        return sum(Decimal(e["amount"]["amount"]) for e in answer.json()["data"] if e["state"] == "settled")

    await until(settled, lambda paid: paid == Decimal(amount), f"{amount} paid to {story.worker.person}")


def _numbers(runners: Sequence[StoryRunner]) -> set[str]:
    return {each.story.worker.person for each in runners}


def _is_taken(answer: Any) -> bool:
    return bool(answer.is_success or answer.status_code in KNOWN)


async def _tool(platform: PlatformFixture, *arguments: str) -> None:
    """As an operator runs it."""
    environment = {**os.environ, "JARING_STATE": str(platform.state.root), "JARING_TRACES": "none"}
    command = [sys.executable, "-m", "deploy.local", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=RESTORE_LIMIT_S
    )
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"


async def _ended_right(platform: PlatformFixture) -> None:
    """Every story to the sen; the ledger, the bank, and what each service knows of the others' topics, even."""
    for story in platform.stories:
        await to_the_sen(story)
    end = time.monotonic() + QUIET_S
    while wrong := await _violations(platform):
        assert time.monotonic() < end, "\n".join(wrong)
        await asyncio.sleep(0.5)


async def _violations(platform: PlatformFixture) -> list[str]:
    wrong = await _money(platform)
    for service in SERVICES:
        for what, query in _LEFT.items():
            wrong += [f"{service}: {what}: {tuple(row)}" for row in await platform.fetch(service, query)]
        wrong += await _consumed(platform, service)
    doubled = "SELECT person FROM claim WHERE joined_to IS NULL GROUP BY person, happened_on, kind HAVING count(*) > 1"
    wrong += [f"claims: two claims for one accident of {row[0]}" for row in await platform.fetch("claims", doubled)]
    placements = "SELECT person FROM known_placement GROUP BY person HAVING count(*) > 1"
    wrong += [f"claims: two placements of {row[0]}" for row in await platform.fetch("claims", placements)]
    return wrong
