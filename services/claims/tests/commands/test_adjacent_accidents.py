"""Notices of adjacent days about one person are never paid as two: two officers find whether it is one accident.

A night shift: the employer dates the accident on 5 August, the hospital, after midnight, on the 6th.
"""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from services.claims.tests.support import (
    ACCIDENT,
    WRITE,
    all_has_arrived,
    answer_task,
    apply_events,
    certificate,
    claim_of,
    claims_on,
    contributed,
    decisions_of,
    employed,
    let_count,
    read,
    registered,
    report,
    standing_of,
    tasks_of,
)
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

HOSPITAL = "hospital:1"
DOUBT = {"reason": "day"}
LOOKS_INTO = ["claims:investigation:read", "claims:investigation:write"]
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


async def test_of_one_accident_the_second_joins_and_the_hospital_goes_on_with_the_days(
    worker: ServiceUnderTest,
) -> None:
    first, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": first["claim"], "is_other_day": True}
    assert await answer_task(worker, task, **says) == (201, None)
    joined = await claim_of(worker, second)
    assert (joined["state"], joined["joined_to"]) == ("joined", first["claim"])
    assert await standing_of(worker, first) == ("decided", None)
    assert await days(worker, first) == [19, 26], "25 to 31 August are without a gap behind what counts"
    assert await tasks_of(worker, "evidence") == []
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
    assert await superseded_by(worker, second) == 1, "benefits turns what the first one owed"


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
    assert await days(worker, first) == [19, 26]


async def test_what_joins_undecided_leaves_nothing_that_waits(worker: ServiceUnderTest) -> None:
    """She certified herself, and was asked for a doctor's certificate; an investigation was opened of her notice."""
    first = await report(worker, **ACCIDENT)
    await worker.work_off()
    second = await report(worker, "person:7", **NEXT_DAY)
    await worker.work_off()
    path = f"/v1/claims/{second['claim']}"
    opened = await worker.call("POST", f"{path}/investigations", scopes=LOOKS_INTO, json=DOUBT)
    assert opened.status_code == 201, opened.text
    assert await asked_of(worker, second, "doubt") == ["adjacent_accident"]
    assert await asked_of(worker, second, "evidence") != []
    [task] = [each for each in await tasks_of(worker, "doubt") if each["reason"] == "adjacent_accident"]
    assert await answer_task(worker, task, kind="same_accident", claim=first["claim"]) == (201, None)
    joined = await claim_of(worker, second)
    assert (joined["state"], joined["joined_to"]) == ("joined", first["claim"])
    assert [await asked_of(worker, second, queue) for queue in ("doubt", "evidence")] == [[], []]
    assert (await read(worker, f"{path}/questions")) == []
    requests = (await read(worker, f"/v1/evidence-requests?claim={second['claim']}"))["data"]
    assert [each["state"] for each in requests] == ["waived"]
    path = f"/v1/claims/{first['claim']}/investigations"
    listed = await worker.call("GET", path, scopes=LOOKS_INTO)
    assert [each["claim"] for each in listed.json()] == [second["claim"]], "how it ends counts there"
    assert await superseded_by(worker, first) == 1, "whoever heard of the notice learns that it is another's"


async def asked_of(claims: ServiceUnderTest, reported: dict[str, Any], queue: str) -> list[str]:
    """What waits of a claim in a queue."""
    return [each["reason"] for each in await tasks_of(claims, queue) if reported["claim"] in each["subject"]["id"]]


async def superseded_by(claims: ServiceUnderTest, reported: dict[str, Any]) -> int:
    """How many claims were told to have joined one."""
    async with claims.database.connection() as connection:
        told = await connection.fetch("SELECT payload FROM outbox WHERE type LIKE 'jaring.claim.assessed%'")
    by = f'"superseded_by":"{reported["claim"]}"'.encode()
    return len([each for each in told if by in each["payload"]])


async def test_two_officers_take_back_that_it_is_one_accident_and_each_stands_for_itself(
    worker: ServiceUnderTest,
) -> None:
    first, second = await both(worker)
    third = await report(worker, HOSPITAL, **NEXT_DAY)
    await worker.work_off()
    [task] = await tasks_of(worker, "doubt")
    assert await answer_task(worker, task, kind="same_accident", claim=first["claim"]) == (201, None)
    shown = await read(worker, f"/v1/claims/{second['claim']}/evidence")
    (found,) = (each for each in shown if each["kind"] == "finding")
    path = f"/v1/evidence/{found['evidence']}/withdrawal"
    taken_back = await worker.call("POST", path, scopes=WRITE, subject="officer-3")
    assert taken_back.status_code in (200, 202), taken_back.text
    await worker.work_off()
    assert (await claim_of(worker, second))["joined_to"] == first["claim"], "one officer alone changes nothing"
    assert await let_count(worker, taken_back.json()["evidence"], first["claim"], is_finding=True) == (201, None)
    await worker.work_off()
    assert (await claim_of(worker, second))["joined_to"] is None
    assert (await claim_of(worker, third))["joined_to"] == second["claim"], "what had come of its day follows it"
    assert await standing_of(worker, second) == ("needs_officer", "adjacent_accident"), "one or two: officers find"
    assert await days(worker, first) == [19, 26, 19], "the hospital's days go with its claim"
    assert await answer_task(worker, (await tasks_of(worker, "doubt"))[0], kind="doubt_lifted") == (201, None)
    assert (await days(worker, second))[-1] == 7


async def test_after_a_restore_they_are_one_accident_still(
    worker: ServiceUnderTest, databases: Databases, issuer: TestIssuer
) -> None:
    """The employer's claim, which was decided, had joined the hospital's: who sends a notice again joins that one."""
    first, second = await both(worker)
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": first["claim"], "is_other_day": False}
    assert await answer_task(worker, task, **says) == (201, None)
    published = (await days(worker, second))[-1]
    async with claims_on(databases, issuer) as again:
        await recall(worker, again)
        wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
        await apply_events(again, registered(), *employed(), *wages)
        await all_has_arrived(again)
        await again.work_off()
        assert (await claim_of(again, first))["joined_to"] == second["claim"]
        assert await standing_of(again, second) == ("needs_officer", "lost_since_backup")
        for party, body in (("employer:3", ACCIDENT), (HOSPITAL, NEXT_DAY)):
            repeated = await report(again, party, **body)
            await again.work_off()
            assert (await claim_of(again, repeated))["joined_to"] == second["claim"]
        assert await standing_of(again, second) == ("decided", None)
        assert (await days(again, second))[-1] == published
        assert await days(again, first) == []


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
