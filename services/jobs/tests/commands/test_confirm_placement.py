"""A placement is confirmed by its proof: before or after the offer, once, and never without."""

import asyncio
import json
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from services.jobs.commands.confirm_placement import ConfirmPlacement, confirm_placement
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from services.jobs.tests.support import EMPLOYER, PERSON, WAGE_SEN, Jobs, Spell, discharged
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.records import received


async def test_the_story_ends_with_a_proved_placement(jobs: Jobs) -> None:
    """Hired on 1 September at RM2,600.00; the September contribution confirms (story of the platform, step 7)."""
    event = discharged()
    await jobs.consume(event)
    [seeker] = (await jobs.get("/v1/seekers")).json()["data"]
    search = f"/v1/seekers/{seeker['seeker']}"
    placement = await jobs.accept(search)
    await jobs.work_off()
    [shown] = await jobs.placements()
    assert (shown["placement"], shown["state"], shown["proof"]) == (placement, "awaiting_proof", None)
    await jobs.consume(Spell().started, Spell(employer=99).confirmed, Spell(person=99).confirmed)
    await jobs.work_off()
    assert await jobs.published() == []
    await jobs.consume(Spell().confirmed)
    await jobs.work_off()
    [shown] = await jobs.placements()
    assert shown["state"] == "confirmed"
    assert shown["proof"] == {
        "started_on": "2026-09-01",
        "month": "2026-09",
        "wage": {"amount": "2600.00", "currency": "MYR"},
    }
    assert (shown["person"], shown["employer"]) == (person_id(PERSON), employer_id(EMPLOYER))
    [sent] = await jobs.published()
    data = json.loads(sent["data"])
    confirmed_at = data.pop("confirmed_at")
    assert confirmed_at == shown["confirmed_at"]
    assert (sent["type"], sent["key"], data) == (
        "jaring.placement.confirmed.v1",
        "person:12",
        {
            "person": PERSON,
            "placement": placement,
            "seeker": seeker["seeker"],
            "revision": 1,
            "claim": str(event.claim),
            "employer": EMPLOYER,
            "started_on": "2026-09-01",
            "month": "2026-09",
            "wage_sen": WAGE_SEN,
        },
    )
    assert (await jobs.get(search)).json()["state"] == "placed"


@pytest.mark.parametrize("due_work_runs", ["after each step", "at the end"])
async def test_offer_and_spell_in_whatever_order_make_one_placement_event(jobs: Jobs, due_work_runs: str) -> None:
    for person, order in enumerate(permutations(["offer", "started", "confirmed", "ended"]), start=100):
        spell, search = Spell(person=person), await jobs.search(person)
        for step in order:
            if step == "offer":
                await jobs.accept(search)
            else:
                record = received(getattr(spell, step))
                await jobs.consume(record, record)
            if due_work_runs == "after each step":
                await jobs.work_off()
        await jobs.consume(spell.confirmed)
        await jobs.work_off()
        [shown] = await jobs.placements(person)
        assert (shown["state"], shown["proof"]["month"]) == ("confirmed", "2026-09"), order
    sent = [json.loads(each["data"]) for each in await jobs.published()]
    assert sorted(each["person"] for each in sent) == list(range(100, 124))
    assert {(each["revision"], each["wage_sen"]) for each in sent} == {(1, WAGE_SEN)}


async def test_offer_and_confirmation_at_the_same_moment_do_not_miss_each_other(jobs: Jobs) -> None:
    for person in range(100, 112):
        search = await jobs.search(person)
        await asyncio.gather(jobs.accept(search), jobs.consume(Spell(person=person).confirmed), jobs.work_off())
    await jobs.work_off()
    assert len(await jobs.published()) == 12


async def test_a_spell_whose_start_is_far_from_the_agreed_one_proves_nothing(jobs: Jobs) -> None:
    await jobs.accept(await jobs.search())
    await jobs.consume(Spell(started_on=date(2026, 10, 3)).confirmed, Spell(started_on=date(2026, 7, 31)).confirmed)
    await jobs.work_off()
    assert await jobs.published() == []
    await jobs.consume(Spell(started_on=date(2026, 10, 2)).confirmed)
    await jobs.work_off()
    assert len(await jobs.published()) == 1


async def test_a_start_that_registration_corrects_counts_as_corrected(jobs: Jobs) -> None:
    """The proof may be older than the correction: a spell confirmed for May turns out to have begun in September."""
    await jobs.accept(await jobs.search())
    wrong = Spell(started_on=date(2026, 5, 1))
    await jobs.consume(wrong.confirmed)
    await jobs.work_off()
    assert await jobs.published() == []
    await jobs.consume(Spell(spell=wrong.spell).ended)
    await jobs.work_off()
    [sent] = await jobs.published()
    assert json.loads(sent["data"])["started_on"] == "2026-09-01"


async def test_after_90_days_a_placement_is_unproved_and_a_late_proof_still_counts(
    jobs: Jobs, business_clock: BusinessClock
) -> None:
    long_ago = today()
    search = await jobs.search()
    await jobs.accept(search, starts_on=long_ago.isoformat())
    await jobs.work_off()
    business_clock.advance(days=90)
    await jobs.work_off()
    [shown] = await jobs.placements()
    assert (shown["state"], (await jobs.get(search)).json()["state"]) == ("awaiting_proof", "open")
    business_clock.advance(days=1)
    await jobs.work_off()
    [shown] = await jobs.placements()
    assert (shown["state"], (await jobs.get(search)).json()["state"]) == ("unproved", "open")
    assert await jobs.published() == []
    await jobs.consume(Spell(started_on=long_ago).confirmed)
    await jobs.work_off()
    assert [each["state"] for each in await jobs.placements()] == ["confirmed"]
    assert [json.loads(each["data"])["revision"] for each in await jobs.published()] == [1]


async def test_the_deadline_stands_in_the_due_work(jobs: Jobs) -> None:
    start = today() - timedelta(days=90)
    await jobs.accept(await jobs.search(), starts_on=start.isoformat())
    await jobs.work_off()
    [shown] = await jobs.placements()
    assert shown["state"] == "awaiting_proof"
    [waiting] = await jobs.rows(
        "SELECT waits_for, (due_at AT TIME ZONE 'Asia/Kuala_Lumpur')::text AS due FROM due_work "
        "WHERE kind = 'confirm_placement'"
    )
    assert waiting == {
        "waits_for": [f"spell/{PERSON}/{EMPLOYER}"],
        "due": f"{today() + timedelta(days=1)} 00:00:00",
    }


async def test_one_spell_proves_one_placement(jobs: Jobs) -> None:
    long_ago = (today() - timedelta(days=91)).isoformat()
    search = await jobs.search()
    await jobs.accept(search, starts_on=long_ago)
    await jobs.work_off()
    await jobs.accept(search, starts_on=long_ago)
    await jobs.consume(Spell(started_on=today() - timedelta(days=91)).confirmed)
    await jobs.work_off()
    assert sorted(each["state"] for each in await jobs.placements()) == ["confirmed", "unproved"]
    assert len(await jobs.published()) == 1
    assert await jobs.rows("SELECT kind FROM due_work WHERE failed IS NOT NULL OR attempts > 0") == []


async def test_a_confirmed_placement_is_not_confirmed_again_and_waits_for_nothing(jobs: Jobs) -> None:
    """Whoever woke the command while it ran makes it run once more."""
    placement = await jobs.accept(await jobs.search())
    await jobs.consume(Spell().confirmed)
    await jobs.work_off()
    await jobs.consume(Spell().confirmed)
    async with jobs.service.worker.database.begin(JobsUnitOfWork, Cause("test")) as uow:
        await confirm_placement(ConfirmPlacement(UUID(placement)), uow)
    assert len(await jobs.published()) == 1
    assert await jobs.rows("SELECT id FROM due_work WHERE kind = 'confirm_placement'") == []
