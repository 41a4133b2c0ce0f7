"""Notices of adjacent days about one person are never paid as two: two officers find whether it is one accident.

A night shift: the employer dates the accident on 5 August, the hospital, after midnight, on the 6th.
"""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from services.claims.tests.support import (
    ACCIDENT,
    answer_task,
    certificate,
    claim_of,
    decisions_of,
    read,
    report,
    standing_of,
    tasks_of,
)
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HOSPITAL = "hospital:1"
NEXT_DAY = {
    "happened_on": "2026-08-06",
    "certificate": certificate("2026-08-06", "2026-08-31"),
    "wages_paid_for": [],
}


async def both(claims: ServiceUnderTest, *, hospital_first: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """The employer's notice and the hospital's; whichever comes first is decided."""
    notices = [("employer:3", ACCIDENT), (HOSPITAL, NEXT_DAY)]
    reported = {}
    for party, body in reversed(notices) if hospital_first else notices:
        reported[party] = await report(claims, party, **body)
        await claims.work_off()
    return reported["employer:3"], reported[HOSPITAL]


async def days(claims: ServiceUnderTest, reported: dict[str, Any]) -> list[int]:
    return [each["days"] for each in await decisions_of(claims, reported)]


async def test_the_second_is_held_and_officers_are_shown_the_first(worker: ServiceUnderTest) -> None:
    first, second = await both(worker)
    assert await days(worker, first) == [19]
    assert (await standing_of(worker, second), await days(worker, second)) == (
        ("needs_officer", "adjacent_accident"),
        [],
    )
    [task] = await tasks_of(worker, "doubt")
    assert (task["facts"]["other_claim"], task["facts"]["other_day"]) == (first["claim"], "2026-08-05")


async def test_of_one_accident_the_second_joins_and_what_it_adds_waits_for_a_look(worker: ServiceUnderTest) -> None:
    first, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": first["claim"], "is_other_day": True}
    assert await answer_task(worker, task, **says) == (201, None)
    joined = await claim_of(worker, second)
    assert (joined["state"], joined["joined_to"]) == ("joined", first["claim"])
    assert await standing_of(worker, first) == ("decided", "evidence_waits"), "25 to 31 August extend what stands"
    assert await days(worker, first) == [19]
    [looked] = await tasks_of(worker, "evidence")
    shown = await read(worker, f"/v1/claims/{first['claim']}/evidence")
    (waits,) = (each for each in shown if each["standing"] == "waits")
    assert await answer_task(worker, looked, kind="evidence_counts", evidence=waits["evidence"]) == (201, None)
    assert await days(worker, first) == [19, 26]
    assert await tasks_of(worker, "doubt") == []


async def test_where_it_happened_on_the_second_day_the_first_joins_and_its_decision_is_taken_over(
    worker: ServiceUnderTest,
) -> None:
    first, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": first["claim"], "is_other_day": False}
    assert await answer_task(worker, task, **says) == (201, None)
    assert (await claim_of(worker, first))["joined_to"] == second["claim"]
    assert await standing_of(worker, second) == ("decided", None)
    assert (await days(worker, second))[-1] == 26
    async with worker.database.connection() as connection:
        told = await connection.fetch("SELECT payload FROM outbox WHERE type LIKE 'jaring.claim.assessed%'")
    by = f'"superseded_by":"{second["claim"]}"'.encode()
    assert len([each for each in told if by in each["payload"]]) == 1, "benefits turns what the first one owed"


async def test_two_accidents_go_on_by_themselves_and_share_no_day(worker: ServiceUnderTest) -> None:
    first, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    assert await answer_task(worker, task, kind="doubt_lifted") == (201, None)
    assert await days(worker, first) == [19]
    assert (await days(worker, second))[-1] == 7, "25 to 31 August: the others are the first one's"


async def test_whichever_comes_first_goes_on(worker: ServiceUnderTest) -> None:
    first, second = await both(worker, hospital_first=True)
    assert await days(worker, second) == [26]
    assert await standing_of(worker, first) == ("needs_officer", "adjacent_accident")


async def test_what_joined_the_second_joins_with_it(worker: ServiceUnderTest) -> None:
    first, second = await both(worker)
    third = await report(worker, HOSPITAL, **NEXT_DAY)
    await worker.work_off()
    assert (await claim_of(worker, third))["joined_to"] == second["claim"]
    [task] = await tasks_of(worker, "doubt")
    assert await answer_task(worker, task, kind="same_accident", claim=first["claim"]) == (201, None)
    assert (await claim_of(worker, third))["joined_to"] == first["claim"]
    assert await days(worker, first) == [19]


async def test_only_an_accident_of_the_person_on_an_adjacent_day_is_the_same(worker: ServiceUnderTest) -> None:
    _, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": second["claim"]}
    assert await answer_task(worker, task, **says) == (409, "accident_not_adjacent")


async def test_of_claims_that_are_decided_at_once_no_two_of_adjacent_days_go_on(worker: ServiceUnderTest) -> None:
    """Four workers, and four claims of one person, in any order."""
    days = range(5, 9)
    body = {"certificate": certificate("2026-08-08", "2026-08-24"), "wages_paid_for": []}
    reported = [await report(worker, **{**ACCIDENT, **body, "happened_on": f"2026-08-0{day}"}) for day in days]
    await asyncio.gather(*(asyncio.create_task(worker.work_off()) for _ in range(4)))
    await worker.work_off()
    decided = [day for day, each in zip(days, reported, strict=True) if await decisions_of(worker, each)]
    assert decided
    assert all(later - day > 1 for day, later in pairwise(decided))


async def test_two_days_apart_nobody_asks(worker: ServiceUnderTest) -> None:
    await report(worker, **ACCIDENT)
    apart = {**NEXT_DAY, "happened_on": "2026-08-07", "certificate": certificate("2026-08-25", "2026-08-31")}
    other = await report(worker, HOSPITAL, **apart)
    await worker.work_off()
    assert await standing_of(worker, other) == ("decided", None)
