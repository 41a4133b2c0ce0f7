"""A person of whom registration keeps nothing any more is let go of once no referral is open."""

from services.rehab.tests.support import AN_INSTANT, PERSON, Rehab, accident, decided, refused
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock


def erased() -> PersonErasedV1:
    return PersonErasedV1(
        person=PERSON, erasure=new_id(), revision=1, whole=True, reason="time_over", erased_at=AN_INSTANT
    )


async def kept(rehab: Rehab) -> int:
    found = await rehab.rows("SELECT claim FROM accident UNION ALL SELECT claim FROM assessment")
    return len(found)


async def test_what_claims_published_is_let_go_of_and_does_not_come_back(rehab: Rehab) -> None:
    claim, other = new_id(), new_id()
    events = [accident(claim), refused(claim)]
    await rehab.consume(*events, accident(other, person=PERSON + 1))
    await rehab.consume(erased())
    await rehab.service.work_off()
    assert await kept(rehab) == 1, "another person's stays"
    await rehab.consume(*events, decided(claim, revision=2))
    assert await kept(rehab) == 1, "what was published before may come after it"
    assert len(await rehab.rows("SELECT FROM referral")) == 2, "what was done stands by number"


async def test_who_is_expected_at_a_centre_is_not_forgotten_before_that_is_over(
    rehab: Rehab, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    claim = new_id()
    await rehab.consume(accident(claim), erased())
    await rehab.service.work_off()
    assert await kept(rehab) == 1
    await rehab.consume(refused(claim))
    business_clock.set_day(2026, 8, 5)
    await rehab.service.work_off()
    assert await kept(rehab) == 0
