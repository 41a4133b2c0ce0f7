"""A person of whom registration keeps nothing any more is kept here no longer either, in whatever order it is told."""

from datetime import UTC, datetime
from itertools import permutations

from services.jobs.tests.support import PERSON, Jobs, Spell
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.identifiers import new_id


def erased(revision: int = 1, *, whole: bool = True) -> PersonErasedV1:
    at = datetime(2026, 9, 20, tzinfo=UTC)
    return PersonErasedV1(
        person=PERSON, erasure=new_id(), revision=revision, whole=whole, reason="time_over", erased_at=at
    )


async def test_its_employments_are_let_go_of_in_whatever_order_it_is_told(jobs: Jobs) -> None:
    spell, other = Spell(), Spell(person=PERSON + 1)
    for order in permutations([spell.started, spell.confirmed, erased(2), erased(1, whole=False)]):
        await jobs.rows("TRUNCATE spell, spell_proof, erased_person")
        await jobs.consume(other.started)
        for event in order:
            await jobs.consume(event)
            await jobs.service.work_off()
        await jobs.consume(*order)
        await jobs.service.work_off()
        assert [row["person"] for row in await jobs.rows("SELECT person FROM spell")] == [PERSON + 1], order
        [kept] = await jobs.rows("SELECT whole, revision FROM erased_person")
        assert (kept["whole"], kept["revision"]) == (True, 2)


async def test_a_part_that_is_erased_elsewhere_changes_nothing_here(jobs: Jobs) -> None:
    await jobs.consume(Spell().started, erased(whole=False))
    await jobs.service.work_off()
    assert len(await jobs.rows("SELECT FROM spell")) == 1


async def test_what_was_agreed_stands_by_number(jobs: Jobs) -> None:
    await jobs.accept(await jobs.search())
    before = await jobs.placements()
    await jobs.consume(erased())
    await jobs.service.work_off()
    assert await jobs.placements() == before
