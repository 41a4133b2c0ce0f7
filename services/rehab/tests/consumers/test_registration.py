"""Officers find referrals and bills by either number of one person; a provider finds its own by the number it named."""

import pytest

from services.rehab.tests.support import AN_INSTANT, OF_BILLS, PERSON, Rehab, accident
from shared.contracts.registration import PersonMergedV1, PersonSplitV1
from shared.kernel.identifiers import new_id, person_id

pytestmark = pytest.mark.postgres

OTHER, THIRD = 40, 41
MERGED = PersonMergedV1(person=OTHER, survivor=PERSON, revision=2, merged=True, changed_at=AN_INSTANT)
CHAINED = PersonMergedV1(person=PERSON, survivor=THIRD, revision=2, merged=True, changed_at=AN_INSTANT)
SPLIT = PersonSplitV1(person=OTHER, survivor=PERSON, revision=3, merged=False, changed_at=AN_INSTANT)


async def referrals(rehab: Rehab, person: int) -> set[str]:
    """The claims of the referrals that an officer finds by a number."""
    listed = await rehab.get(f"/v1/referrals?person={person_id(person)}")
    return {each["claim"] for each in listed.json()["data"]}


async def bills(rehab: Rehab, person: int) -> list[int]:
    """How many bills an officer, and the provider, finds by a number."""
    path = f"/v1/bills?person={person_id(person)}"
    officers, own = await rehab.get(path, scopes=OF_BILLS), await rehab.as_hospital("GET", path)
    return [len(each.json()["data"]) for each in (officers, own)]


async def test_an_officer_finds_by_either_number_what_was_stated_of_both(rehab: Rehab) -> None:
    mine, others = new_id(), new_id()
    await rehab.consume(accident(mine), accident(others, person=OTHER))
    await rehab.bill()
    for events, found in (
        ((), {PERSON: {mine}, OTHER: {others}, THIRD: set()}),
        ((MERGED,), {PERSON: {mine, others}, OTHER: {mine, others}, THIRD: set()}),
        ((CHAINED,), {number: {mine, others} for number in (PERSON, OTHER, THIRD)}),
        ((SPLIT, MERGED), {PERSON: {mine}, OTHER: {others}, THIRD: {mine}}),
    ):
        await rehab.consume(*events)
        for number, claims in found.items():
            assert await referrals(rehab, number) == {str(claim) for claim in claims}
            assert await bills(rehab, number) == [int(mine in claims), int(number == PERSON)]


async def test_a_bill_of_one_number_for_a_claim_of_the_other_is_of_the_person(rehab: Rehab) -> None:
    others = new_id()
    await rehab.consume(accident(others, person=OTHER), MERGED)
    await rehab.bill(claim=str(others))
    (task,) = await rehab.tasks()
    assert (task["facts"]["referrals"], task["facts"]["claim"]) == (1, "of_the_person")
