"""A person of whom registration keeps nothing any more is let go of once no referral is open."""

from datetime import date

from services.rehab.tests.support import AN_INSTANT, PERSON, Rehab, accident, decided, refused
from shared.contracts.erasure_followed import ErasureFollowedV1, Following
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.records import received


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
    business_clock.set_day(2026, 8, 4)
    await rehab.service.work_off()
    answer = await rehab.get("/v1/erasures?state=held", scopes=("rehab:erasure:read",))
    (shown,) = answer.json()["data"]
    assert (shown["reason"], shown["owner"], shown["until"]) == ("referral_open", "officer:case_manager", "2026-11-01")
    await rehab.consume(refused(claim))
    business_clock.set_day(2026, 8, 5)
    await rehab.service.work_off()
    assert await kept(rehab) == 0
    told = [each for each in await published_by(rehab.service) if isinstance(each, ErasureFollowedV1)]
    assert [(each.revision, each.state, each.until) for each in told] == [
        (1, Following.HELD, date(2026, 11, 1)),
        (2, Following.FORGOTTEN, None),
    ]


async def test_what_registration_said_is_dropped_and_rebuilt(rehab: Rehab) -> None:
    event, claim = erased(), new_id()
    await rehab.consume(event)
    await rehab.service.work_off()
    before = await rehab.rows("SELECT * FROM erased_person")
    assert len(before) == 1
    await rehab.rows("TRUNCATE erased_person")
    await rehab.consume(accident(claim))
    assert await kept(rehab) == 0, "whom rehab has let go of it knows by itself"
    await rehab.consume(received(event, announcement="run"))
    await rehab.service.work_off()
    assert await rehab.rows("SELECT * FROM erased_person") == before
