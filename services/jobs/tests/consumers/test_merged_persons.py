"""Numbers of one person: an employment of either proves a placement of the other, for as long as both are one."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from services.jobs.tests.support import AN_INSTANT, EMPLOYER, PERSON, Jobs, Spell, discharged, jobs_on
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1
from shared.contracts.registration import PersonMergedV1, PersonMergeEvent, PersonSplitV1
from shared.kernel.identifiers import person_id
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

OTHER, THIRD = 40, 41
_TOLD = (PlacementConfirmedV1, PlacementWithdrawnV1)


def linked(
    revision: int, kind: type[PersonMergeEvent] = PersonMergedV1, person: int = OTHER, survivor: int = PERSON
) -> PersonMergeEvent:
    """How a number stands to another."""
    merged = kind is PersonMergedV1
    return kind(person=person, survivor=survivor, revision=revision, merged=merged, changed_at=AN_INSTANT)


async def state_of(jobs: Jobs, person: int = PERSON) -> list[str]:
    """The states of the placements that officers find by a number."""
    return [each["state"] for each in await jobs.placements(person)]


async def told(jobs: Jobs) -> list[tuple[str, int]]:
    """What was published of placements, each with its revision."""
    found = [each for each in await published_by(jobs.service) if isinstance(each, _TOLD)]
    return [(each.name, each.revision) for each in found]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_an_employment_of_the_other_number_proves_it_in_whatever_order(jobs: Jobs, order: Sequence[int]) -> None:
    """The merge before or after the offer and the proof."""

    async def offer() -> None:
        await jobs.accept(await jobs.search())

    async def employed() -> None:
        await jobs.consume(Spell(person=OTHER).confirmed)

    async def merged() -> None:
        await jobs.consume(linked(1))

    steps = (offer, employed, merged)
    for step in order:
        await steps[step]()
        await jobs.work_off()
    assert await state_of(jobs) == await state_of(jobs, OTHER) == ["confirmed"]


async def test_a_split_withdraws_what_the_other_ones_employment_proved_and_its_own_proves_it_still(jobs: Jobs) -> None:
    search = await jobs.search()
    await jobs.accept(search)
    await jobs.consume(linked(1), Spell(person=OTHER).confirmed)
    await jobs.work_off()
    others = await jobs.search(OTHER)
    waiting = await jobs.accept(others)
    await jobs.work_off()
    assert sorted(await state_of(jobs)) == ["awaiting_proof", "confirmed"]
    for _ in range(2):
        await jobs.consume(linked(2, PersonSplitV1))
        await jobs.work_off()
    assert (await jobs.get(search)).json()["state"] == "open", "the search goes on"
    assert await state_of(jobs) == ["awaiting_proof"]
    (proved,) = await jobs.placements(OTHER)
    assert (proved["placement"], proved["state"]) == (waiting, "confirmed"), "it proves its own one's"
    await jobs.consume(Spell().confirmed)
    await jobs.work_off()
    assert await state_of(jobs) == ["confirmed"]
    assert [each for each in await told(jobs) if each[1] > 1] == [
        ("placement.withdrawn", 2),
        ("placement.confirmed", 3),
    ]


async def test_its_own_employment_is_taken_before_another_numbers(jobs: Jobs) -> None:
    own, others = Spell(), Spell(person=OTHER)
    await jobs.accept(await jobs.search())
    await jobs.consume(linked(1), others.confirmed, own.confirmed)
    await jobs.work_off()
    await jobs.consume(linked(2, PersonSplitV1))
    await jobs.work_off()
    assert await told(jobs) == [("placement.confirmed", 1)], "a split takes nothing of it back"


async def test_links_follow_one_another_and_a_ring_of_late_words_comes_apart(jobs: Jobs) -> None:
    await jobs.accept(await jobs.search())
    await jobs.consume(linked(1, person=THIRD, survivor=OTHER), linked(1), Spell(person=THIRD).confirmed)
    await jobs.work_off()
    assert await state_of(jobs, THIRD) == ["confirmed"]
    # The other way round, as it was decided later: the word that the other one is split comes last.
    await jobs.consume(linked(1, person=PERSON, survivor=OTHER))
    await jobs.work_off()
    assert await state_of(jobs, OTHER) == ["confirmed"]
    await jobs.consume(linked(2, PersonSplitV1))
    await jobs.work_off()
    assert await state_of(jobs, THIRD) == await state_of(jobs, OTHER) == ["confirmed"]


async def test_a_placement_that_was_withdrawn_goes_on_above_what_was_published(
    jobs: Jobs, databases: Databases, issuer: TestIssuer
) -> None:
    leaving, proof = discharged(), Spell(person=OTHER).confirmed

    async def run(each: Jobs) -> None:
        await each.consume(leaving)
        (found,) = (await each.get(f"/v1/seekers?person={person_id(PERSON)}")).json()["data"]
        if each is not jobs:
            await recall(jobs.service, each.service)
        await each.accept(f"/v1/seekers/{found['seeker']}")
        await each.consume(linked(1), proof)
        await each.work_off()

    await run(jobs)
    await jobs.consume(linked(2, PersonSplitV1))
    await jobs.work_off()
    async with jobs_on(databases, issuer) as again:
        await run(again)
        assert await told(again) == [("placement.confirmed", 3)]
        assert proof.employer == EMPLOYER
