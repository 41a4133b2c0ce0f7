"""The client charter's clocks: begun with the complete file, listed, foreseen, missed, stopped and over."""

from datetime import date
from typing import Any

import pytest

from services.claims.tests.support import (
    EMPLOYER,
    FIRST,
    all_has_arrived,
    apply_events,
    contributed,
    decide,
    employed,
    notice,
    registered,
    report,
    spell_of,
    submit,
    tasks_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

OPERATOR = 12


async def clocks(claims: ServiceUnderTest, query: str = "") -> list[dict[str, Any]]:
    answer = await claims.call("GET", f"/v1/charter-clocks{query}", scopes=["claims:claim:read"])
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def hired_in_the_month(claims: ServiceUnderTest) -> None:
    """No month rates the benefit, and an operator in similar work has wages."""
    similar = [contributed(f"2026-0{month}", 229_000, person=OPERATOR) for month in range(1, 7)]
    operator = spell_of(EMPLOYER, date(2025, 1, 1), person=OPERATOR)
    hired = (*employed(started_on=date(2026, 7, 1)), contributed("2026-07", 107_000))
    await apply_events(claims, registered(), *hired, operator, *similar)
    await all_has_arrived(claims)
    await report(claims)
    await claims.work_off()


async def test_a_benefit_that_people_decide_is_foreseen_to_be_late_and_counted_as_such(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 17)
    await hired_in_the_month(claims)
    [clock] = await clocks(claims)
    assert (clock["of"], clock["promise"], clock["days"]) == ("temporary_disablement", "temporary_disablement", 5)
    assert (clock["state"], clock["due_at"]) == ("running", "2026-08-24T16:00:00Z")
    assert await clocks(claims, "?state=missed") == []
    business_clock.set_day(2026, 8, 24, hour=1)
    await claims.work_off()
    assert [each["state"] for each in await clocks(claims, "?state=predicted")] == ["predicted"]
    business_clock.set_day(2026, 8, 25, hour=1)
    await claims.work_off()
    [missed] = await clocks(claims, "?state=missed")
    assert missed["missed_at"] is not None
    assert await decide(claims, "no_wage_month", kind="similar_worker", person=person_id(OPERATOR)) == (201, None)
    await claims.work_off()
    assert await clocks(claims) == []
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT missed_at < ended_at FROM charter_clock")


async def test_it_stands_while_an_officer_waits_for_somebody_and_is_listed_by_office(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 17)
    await hired_in_the_month(claims)
    [task] = await tasks_of(claims, "no_wage_month")
    scopes = ["claims:task:write", "claims:wages:decide", "claims:task:all_offices"]
    said: tuple[tuple[str, Any], ...] = (
        ("transfers", {"office": "johor", "reason": "residence"}),
        ("takings", None),
        ("stops", {"waiting_for": "employer", "by": "KB-2026-0193"}),
    )
    for what, body in said:
        more: dict[str, Any] = {} if body is None else {"json": body}
        told = await claims.call("POST", f"/v1/tasks/{task['task']}/{what}", scopes=scopes, subject=FIRST, **more)
        assert told.status_code == 201, told.text
    business_clock.set_day(2026, 8, 24, hour=1)
    await claims.work_off()
    [clock] = await clocks(claims, "?office=johor")
    assert (clock["state"], clock["stands_for"], clock["due_at"]) == ("standing", "officers_stop", None)
    assert await clocks(claims, "?office=melaka") == []
    # Ten working days after the 17th, on 2 September, it runs again by itself; the 25th and the 31st are holidays.
    for day, state in ((3, "running"), (8, "predicted"), (9, "missed")):
        business_clock.set_day(2026, 9, day, hour=1)
        await claims.work_off()
        [clock] = await clocks(claims)
        assert (clock["state"], clock["due_at"]) == (state, "2026-09-08T16:00:00Z")


async def test_a_notice_that_a_person_looks_at_is_registered_within_a_day(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 17)
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    await submit(claims, notice(capacity="dependant"), party="person:50", role="partner")
    await claims.work_off()
    [clock] = await clocks(claims)
    assert (clock["of"], clock["days"], clock["due_at"]) == ("registration", 1, "2026-08-18T16:00:00Z")
    assert await decide(claims, "identity", kind="nobodys") == (201, None)
    await claims.work_off()
    assert await clocks(claims) == []


async def test_partners_see_no_clock(claims: ServiceUnderTest) -> None:
    told = await claims.call(
        "GET", "/v1/charter-clocks", scopes=["claims:claim:read"], party=f"employer:{EMPLOYER}", role="partner"
    )
    assert (told.status_code, told.json()["code"]) == (403, "officers_only")
