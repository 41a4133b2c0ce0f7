"""Which discharge opens a search for work, and how often."""

import asyncio

import pytest

from services.jobs.tests.support import EMPLOYER, PERSON, Jobs, Spell, discharged
from shared.contracts.rehab_discharged import RehabOutcome
from shared.kernel.identifiers import new_id, person_id
from shared.testing.records import received


@pytest.mark.parametrize("outcome", list(RehabOutcome))
async def test_fitness_for_other_or_modified_work_opens_a_search_and_nothing_else_does(
    jobs: Jobs, outcome: RehabOutcome
) -> None:
    event = discharged(outcome=outcome)
    await jobs.consume(event)
    listed = (await jobs.get(f"/v1/seekers?person={person_id(PERSON)}")).json()["data"]
    if outcome not in (RehabOutcome.FIT_FOR_OTHER_WORK, RehabOutcome.FIT_FOR_MODIFIED_WORK):
        assert listed == []
        return
    assert [{**each, "seeker": "", "opened_at": ""} for each in listed] == [
        {
            "seeker": "",
            "opened_at": "",
            "person": person_id(PERSON),
            "state": "open",
            "referral": str(event.referral),
            "claim": str(event.claim),
            "outcome": outcome.value,
            "discharged_on": "2026-08-02",
        }
    ]


async def test_a_repeat_opens_nothing_even_after_the_search_has_ended(jobs: Jobs) -> None:
    record = received(discharged())
    again = received(record.event)
    await jobs.consume(record, record, again)
    [seeker] = (await jobs.get("/v1/seekers")).json()["data"]
    search = f"/v1/seekers/{seeker['seeker']}"
    await jobs.accept(search)
    await jobs.consume(Spell().confirmed)
    await jobs.work_off()
    assert (await jobs.get(search)).json()["state"] == "placed"
    await jobs.consume(record, received(record.event))
    assert len(await jobs.rows("SELECT id FROM seeker")) == 1


async def test_a_person_has_one_open_search_and_a_new_one_after_a_later_referral(jobs: Jobs) -> None:
    search = await jobs.search()
    await jobs.consume(discharged(), discharged(person=13))
    assert await jobs.rows("SELECT person, count(*) FROM seeker GROUP BY 1 ORDER BY 1") == [
        {"person": PERSON, "count": 1},
        {"person": 13, "count": 1},
    ]
    await jobs.accept(search)
    await jobs.consume(Spell().confirmed)
    await jobs.work_off()
    assert await jobs.search() != search


async def test_two_discharges_of_one_person_at_once_open_one_search(jobs: Jobs) -> None:
    await asyncio.gather(*(jobs.consume(discharged(claim=new_id())) for _ in range(4)))
    assert len(await jobs.rows("SELECT id FROM seeker")) == 1


async def test_an_announced_discharge_opens_nothing(jobs: Jobs) -> None:
    """Reactions never see announcements (rules M8)."""
    await jobs.consume(received(discharged(), announcement="run"))
    assert await jobs.rows("SELECT id FROM seeker") == []


async def test_spells_of_others_open_nothing(jobs: Jobs) -> None:
    await jobs.consume(Spell(employer=EMPLOYER).started, Spell().confirmed)
    assert await jobs.rows("SELECT id FROM seeker") == []
