"""A person of whom registration keeps nothing any more: nothing leads to it, once no claim is open; decisions stand."""

from datetime import date
from typing import Any

import pytest

from services.claims.commands.assess_claim import AssessClaim, assess_claim
from services.claims.commands.forget_person import FOLLOWER
from services.claims.consumers import registration
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_appeals import appeal, ordered, two
from services.claims.tests.api.test_boards import operator, put  # noqa: F401
from services.claims.tests.commands.test_merged_persons import link
from services.claims.tests.support import (
    ACCIDENT,
    OFFICER,
    PERSON,
    all_has_arrived,
    amounts,
    apply_events,
    decide,
    decisions_of,
    employed,
    january_to_may,
    registered,
    report,
    standing_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.erasure_followed import ErasureFollowedV1, Following
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def erased(claims: ServiceUnderTest, *, person: int = PERSON, whole: bool = True) -> PersonErasedV1:
    event = PersonErasedV1(
        person=person, erasure=new_id(), revision=1, whole=whole, reason="time_over", erased_at=now()
    )
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await FOLLOWER.apply([event, event], uow)
    await claims.work_off()
    return event


async def held(claims: ServiceUnderTest) -> list[Any]:
    """What officers read of what comes first."""
    answer = await claims.call("GET", "/v1/erasures?state=held", scopes=("claims:erasure:read",))
    found: list[Any] = answer.json()["data"]
    return found


async def traces(claims: ServiceUnderTest) -> list[Any]:
    """Whatever leads from a name or an id to the person, or tells its birth."""
    query = """
        SELECT id_token FROM known_identity UNION ALL SELECT CAST(born_on AS text) FROM known_person
        UNION ALL SELECT id_token FROM claim WHERE id_token IS NOT NULL
        UNION ALL SELECT name_tokens[1] FROM claim WHERE name_tokens <> '{}'
    """
    async with claims.database.connection() as connection:
        return [row[0] for row in await connection.fetch(query)]


async def test_nothing_leads_to_the_person_and_what_was_decided_stands(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await all_has_arrived(claims)
    reported = await report(claims)
    await claims.work_off()
    stood, decided = await standing_of(claims, reported), await decisions_of(claims, reported)
    assert stood[0] == "decided"
    assert await traces(claims) != []
    await erased(claims)
    assert await traces(claims) == []
    await apply_events(claims, registered())
    assert await traces(claims) == [], "what was published before may come after it"
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await assess_claim(AssessClaim(reported["claim"]), uow)
    await claims.work_off()
    assert await standing_of(claims, reported) == stood
    assert await decisions_of(claims, reported) == decided


async def test_it_may_be_told_before_the_person_is(claims: ServiceUnderTest) -> None:
    await erased(claims)
    await apply_events(claims, registered())
    assert await traces(claims) == []


async def test_what_is_being_kept_while_the_person_is_let_go_of_goes_too(claims: ServiceUnderTest) -> None:
    """A member that looked whom it is to keep stands still before its commit: neither sees what the other writes."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as slow:
        await registration.apply([registered()], slow)
        await erased(claims)
    await claims.work_off()
    assert await traces(claims) == []


async def test_a_claim_that_is_open_is_decided_first(claims: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 12)
    await apply_events(claims, registered(), *employed())
    reported = await report(claims)
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] not in ("decided", "refused")
    await erased(claims)
    assert await traces(claims) != []
    await apply_events(claims, *january_to_may())
    await all_has_arrived(claims)
    assert (await standing_of(claims, reported))[0] == "decided"
    said = await held(claims)
    assert [(each["reason"], each["owner"], each["until"]) for each in said] == [
        ("claim_open", "service:claims", "2026-11-10")
    ]
    business_clock.set_day(2026, 8, 14)
    await claims.work_off()
    assert await traces(claims) == []
    assert await held(claims) == []
    told = [each for each in await published_by(claims) if isinstance(each, ErasureFollowedV1)]
    assert [(each.revision, each.state) for each in told] == [(1, Following.HELD), (2, Following.FORGOTTEN)]


async def test_an_appeal_that_is_open_is_decided_first(worker: ServiceUnderTest, business_clock: BusinessClock) -> None:
    """What an order owes is owed to somebody who can be found."""
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT, place="commuting", interrupted=True)
    await worker.work_off()
    assert (await appeal(worker, str(reported["claim"]), ground="benefit"))[0] == 201
    before = await traces(worker)
    await erased(worker)
    assert await traces(worker) == before != []
    assert [each["reason"] for each in await held(worker)] == ["appeal_open"]
    facts = [{"fact": "interrupted or deviated", "found": "no"}]
    assert await two(worker, **ordered(date(2026, 9, 2), "set_aside", facts=facts)) == (201, None)
    assert amounts([(await decisions_of(worker, reported))[-1]]) == [("84.00", 19, "1596.00", False)]
    business_clock.set_day(2026, 9, 4)
    await worker.work_off()
    assert (await traces(worker), await held(worker)) == ([], [])


async def test_a_complaint_that_is_open_is_answered_first(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    herself: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner", "scopes": ["claims:complaint:write"]}
    body = {"kind": "delay", "claim": reported["claim"]}
    filed = await worker.call("POST", "/v1/complaints", json=body, **herself)
    assert filed.status_code == 201, filed.text
    await erased(worker)
    assert [each["reason"] for each in await held(worker)] == ["complaint_open"]
    taken = await worker.call("POST", f"/v1/complaints/{filed.json()['complaint']}/withdrawal", **herself)
    assert taken.status_code == 201, taken.text
    business_clock.set_day(2026, 9, 4)
    await worker.work_off()
    assert (await traces(worker), await held(worker)) == ([], [])


async def test_a_case_before_a_board_is_heard_first(
    claims: ServiceUnderTest,
    operator: str,  # noqa: F811
) -> None:
    await put(claims, operator)
    await erased(claims)
    assert [each["reason"] for each in await held(claims)] == ["board_case_open"]


async def test_how_long_it_is_held_is_not_stretched_by_looking_again(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await apply_events(claims, registered(), *employed())
    await report(claims)
    await claims.work_off()
    await erased(claims)
    business_clock.set_day(2026, 11, 20)
    await claims.work_off()
    assert [each["until"] for each in await held(claims)] == ["2026-11-10"], "somebody must look"
    assert len([each for each in await published_by(claims) if isinstance(each, ErasureFollowedV1)]) == 1


async def test_what_registration_said_is_dropped_and_rebuilt(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered())
    event = await erased(claims)
    async with claims.database.connection("migrate") as owner:
        before = await owner.fetch("SELECT * FROM erased_person")
        assert len(before) == 1
        await owner.execute("TRUNCATE erased_person")
        await apply_events(claims, registered())
        assert await traces(claims) == [], "whom claims has let go of it knows by itself"
        await claims.consume(received(event, announcement="run"))
        await claims.work_off()
        assert await owner.fetch("SELECT * FROM erased_person") == before


async def test_a_part_that_is_erased_elsewhere_changes_nothing_here(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered())
    await erased(claims, whole=False)
    assert await traces(claims) != []


@pytest.mark.parametrize(
    ("party", "named"), [(OFFICER, {}), ("hospital:1", {"name": "Somebody Else"})], ids=["confirmed", "name_differs"]
)
async def test_a_notice_that_waits_until_it_is_known_whom_it_is_about_comes_first(
    claims: ServiceUnderTest, business_clock: BusinessClock, party: str, named: dict[str, str]
) -> None:
    """It names the person by an id, and officers may find that it is the person's."""
    business_clock.set_day(2026, 8, 12)
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await all_has_arrived(claims)
    reported = await report(claims, party, **named)
    await claims.work_off()
    await erased(claims)
    assert [each["reason"] for each in await held(claims)] == ["claim_open"]
    assert await decide(claims, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "decided"
    business_clock.set_day(2026, 8, 14)
    await claims.work_off()
    assert await held(claims) == []
    assert await traces(claims) == []


async def test_a_notice_of_which_officers_found_no_relation_keeps_nothing_of_whom_it_named(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    reported = await report(claims, "hospital:1", name="Somebody Else")
    await claims.work_off()
    await erased(claims)
    assert await held(claims) != []
    assert await decide(claims, "identity", kind="nobodys") == (201, None)
    business_clock.set_day(2026, 8, 14)
    await claims.work_off()
    assert (await standing_of(claims, reported))[0] == "no_relation"
    assert await held(claims) == []
    assert await traces(claims) == []


async def test_a_notice_by_an_id_that_is_somebody_elses_by_now_holds_nobody_and_stands(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Whoever is erased bore it by mistake once."""
    business_clock.set_day(2026, 8, 12)
    await apply_events(claims, registered(), *employed())
    corrected = registered().model_copy(update={"revision": 2, "id_tokens": ("another",)})
    await apply_events(claims, corrected, registered(person=PERSON + 1))
    await all_has_arrived(claims)
    await report(claims, "hospital:1", name="Somebody Else")
    await claims.work_off()
    await erased(claims)
    assert await held(claims) == []
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM claim WHERE id_token IS NOT NULL") == 1


async def test_a_notice_that_names_another_number_of_the_person_comes_first_too(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """What is known of the number that survives decides it."""
    business_clock.set_day(2026, 8, 12)
    survivor = registered(PERSON - 1).model_copy(update={"id_tokens": ("another",)})
    await apply_events(claims, survivor, registered(), *employed(), link(PERSON, PERSON - 1, 2))
    await all_has_arrived(claims)
    await report(claims, OFFICER)
    await claims.work_off()
    await erased(claims, person=PERSON - 1)
    assert [each["reason"] for each in await held(claims)] == ["claim_open"]
