"""Matters of enforcement are published, republished alike, and known again after a restore."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from services.registration.tests.api.test_enforcement import (
    OBJECT,
    OWED,
    account,
    assessed,
    get,
    offered,
    officer,
    paid,
    sums,
    wage,
)
from services.registration.tests.support import Register, party_of, register_on
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

# What a restore does not know again: who of the organisation it was.
_OFFICERS = ("officer", "proposed_by", "approved_by", "reported_by")


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def matters(register: Register) -> dict[str, Any]:
    """All of them as officers read them, with their parts and without officers' names."""
    found: dict[str, Any] = {}
    for kind in ("inspections", "enforcement-notices", "assessments", "compounds"):
        found[kind] = [
            {name: value for name, value in each.items() if name not in _OFFICERS}
            for each in (await get(register, f"/v1/{kind}"))["data"]
        ]
    for each in found["assessments"]:
        each["lines"] = (await get(register, f"/v1/assessments/{each['assessment']}"))["lines"]
    for each in found["compounds"]:
        each["payments"] = (await get(register, f"/v1/compounds/{each['compound']}"))["payments"]
    return found


async def every_matter(register: Register, clock: BusinessClock) -> tuple[str, str]:
    """One of each, as far as it goes; the employer and the assessment to which it objects."""
    clock.set_day(2026, 8, 3)
    employer, person = await register.worker_of()
    planned = await officer(
        register, "/v1/inspections", employer=employer, reason="complaint", planned_for="2026-08-03"
    )
    inspection = planned.json()["inspection"]
    said = {"held_on": "2026-08-03", "findings": ["contributions_not_declared"], "evidence": "LP-1"}
    assert (await officer(register, f"/v1/inspections/{inspection}/reports", **said)).status_code == 201
    await officer(register, "/v1/inspections", employer=employer, reason="routine", planned_for="2026-12-01")
    notice = {"employer": employer, "inspection": inspection, "demand": "declare_contributions"}
    assert (await officer(register, "/v1/enforcement-notices", **notice)).status_code == 201
    compound = await offered(register, employer)
    await paid(register, compound["reference"], "500.00", "2026-08-03")
    first = await assessed(register, employer, wage(person))
    await register.as_party(
        "POST",
        f"/v1/assessments/{first['assessment']}/objections",
        OBJECT,
        party_of(employer),
        json={"reason": "wages_differ", "evidence": "SLIP-1"},
    )
    await register.work_off()
    return employer, str(first["assessment"])


async def test_they_are_known_again_as_they_were_published(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    await every_matter(register, business_clock)
    before = await matters(register)
    assert before["assessments"][0]["objection"]["reason"] == "wages_differ"
    assert before["compounds"][0]["payments"] != []
    assert await again.employer()
    await recall(register.service, again.service)
    await again.work_off()
    assert await matters(again) == before
    tasks = {task["reason"] for task in await again.waiting("enforcement")}
    assert tasks == {task["reason"] for task in await register.waiting("enforcement")}
    assert "objected" in tasks


async def test_what_was_confirmed_counts_again_and_the_next_compound_has_a_number_of_its_own(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    employer, _ = await every_matter(register, business_clock)
    decided = await register.decided("enforcement", "assessment_confirmed")
    assert decided.status_code == 201, decided.text
    await register.work_off()
    assert sums(await account(register, employer))[1] == OWED
    assert await again.employer() == employer
    await recall(register.service, again.service)
    await again.work_off()
    assert sums(await account(again, employer))[1] == OWED
    (known,) = (await get(again, "/v1/compounds"))["data"]
    stated = await officer(
        again,
        "/v1/compounds",
        employer=employer,
        offence="contributions_not_paid",
        amount={"amount": "1500.00", "currency": "MYR"},
        evidence="KOMP-2",
    )
    assert stated.status_code == 201, stated.text
    assert stated.json()["reference"] != known["reference"]


async def one_of_each(register: Register) -> None:
    """A notice, an assessment and a compound, of which nobody has decided anything."""
    employer, person = await register.worker_of()
    notice = {"employer": employer, "demand": "register_workers", "evidence": "N-1"}
    assert (await officer(register, "/v1/enforcement-notices", **notice)).status_code == 201
    await assessed(register, employer, wage(person))
    money = {"amount": "1500.00", "currency": "MYR"}
    offence = {"offence": "contributions_not_paid", "amount": money, "evidence": "K-1"}
    assert (await officer(register, "/v1/compounds", employer=employer, **offence)).status_code == 201
    await register.work_off()


DECIDED = {
    "notice_not_answered": "notice_complied",
    "time_to_object_over": "assessment_confirmed",
    "compound_stated": "compound_offered",
}


async def test_nobody_is_asked_of_what_was_decided_since_the_backup(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    await one_of_each(register)
    await again.worker_of()
    await recall(register.service, again.service)
    business_clock.set_day(2026, 8, 25)
    asked = {task["reason"] for task in await register.waiting("enforcement")}
    assert asked == set(DECIDED)
    assert {task["reason"] for task in await again.waiting("enforcement")} == asked, "the backup asks the same"
    for task in await register.waiting("enforcement"):
        decided = await register.decided_task(task, DECIDED[task["reason"]])
        assert decided.status_code == 201, decided.text
    await register.work_off()
    await recall(register.service, again.service)
    assert await again.waiting("enforcement") == []
    assert await matters(again) == await matters(register)


async def test_what_waits_since_the_backup_is_asked_of_its_newest_revision(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    """Also a notice that nobody answered, and a time to object that ends after the restore."""
    business_clock.set_day(2026, 8, 3)
    await one_of_each(register)
    await again.worker_of()
    await recall(register.service, again.service)
    await again.work_off()
    business_clock.set_day(2026, 8, 25)
    asked = {task["reason"]: task["revision"] for task in await register.waiting("enforcement")}
    assert {task["reason"]: task["revision"] for task in await again.waiting("enforcement")} == asked, "its days come"
    await recall(register.service, again.service)
    assert {task["reason"]: task["revision"] for task in await again.waiting("enforcement")} == asked


async def test_a_notice_that_lapsed_before_the_backup_was_put_back_is_asked_of(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    await one_of_each(register)
    business_clock.set_day(2026, 8, 25)
    asked = {task["reason"] for task in await register.waiting("enforcement")}
    assert "notice_not_answered" in asked
    await again.worker_of()
    await recall(register.service, again.service)
    assert {task["reason"] for task in await again.waiting("enforcement")} == asked


async def test_they_are_republished_as_they_were_published_last(
    register: Register, business_clock: BusinessClock
) -> None:
    await every_matter(register, business_clock)
    kinds = ("inspection", "enforcement_notice", "assessment", "compound")
    told = {kind: await register.events(f"{kind}.stated") for kind in kinds}
    last = {each[kind_of(each)]: each for events in told.values() for each in events}
    assert "officer" not in orjson.dumps(list(last.values())).decode(), "no event names an officer"
    answer = await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    assert answer.status_code == 202, answer.text
    await register.work_off()
    republished = [each for kind in kinds for each in await register.events(f"{kind}.stated", announced=True)]
    assert {each[kind_of(each)]: each for each in republished} == last
    assert all(event["revision"] >= 1 for event in last.values())


def kind_of(told: dict[str, Any]) -> str:
    """The member of an event that has the matter's id."""
    kind = str(told["type"]).removeprefix("jaring.").split(".")[0]
    return {"enforcement_notice": "notice"}.get(kind, kind)
