"""Refunds of contributions, from a contribution file or a release from SKBBK to the payable, by two officers.

Amounts are those of tests/support.py, by fund as in tests/domain/test_refund.py.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    FIRST,
    NOTHING,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    line,
    party_of,
    register_on,
    self_of,
)
from shared.law.canonical import canonical
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

SITI = "SITI BINTI OMAR"
# A month before SKBBK, and how it was sent by mistake.
MAY = {name: amount for name, amount in AT_2600.items() if name != "skbbk_employee"}
INJURY, INVALIDITY, ACT800, SKBBK = "employment_injury", "invalidity", "employment_insurance", "non_employment_injury"


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def lowered(register: Register) -> str:
    """An employer that sent May at RM2,600.00 and then at RM2,480.00."""
    employer, _ = await register.worker_of()
    for amounts in (MAY, AT_2480):
        await register.sent(employer, render([line("2026-05", amounts)]))
    return employer


async def test_the_skbbk_of_a_released_worker_is_refunded_to_the_employer(
    register: Register, business_clock: BusinessClock
) -> None:
    """Of July, not of June; not the other worker's; by two officers, who say what was paid as nobody knows it."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.worker_of()
    await register.spell(await register.person(OTHER_MYKAD, name=SITI), employer)
    both = [
        line(month, AT_2600, **who)
        for month in ("2026-06", "2026-07")
        for who in ({}, {"id_": OTHER_MYKAD, "name": SITI})
    ]
    await register.sent(employer, render(both))
    assert await register.refunds() == []
    assert (await register.claim_refund(employer, "2026-07")).json()["code"] == "nothing_to_refund"
    await register.stated_skbbk(person, "release", self_of(person))
    await register.work_off()
    (july,) = await register.refunds(party_of(employer))
    assert (july["month"], july["claimed"], july["claimable"], july["banked"]) == ("2026-07", False, True, None)
    assert _share(july, SKBBK) == ("38.30", "19.15", "0.00")
    assert "July 2026" in next(each["law"] for each in july["funds"] if each["fund"] == SKBBK)
    assert await register.refund_tasks() == [], "nobody has claimed it"
    assert (await register.claim_refund(employer, "2026-07")).status_code == 202
    (task,) = await register.refund_tasks()
    assert (task["reason"], task["subject"]["kind"], task["charter_days"]) == ("paid_not_due", "refund", 3)
    assert task["facts"] == {
        "month": "2026-07",
        "released_lines": 1,
        "banked": "unknown",
        "non_employment_injury_before_sen": 3_830,
        "non_employment_injury_after_sen": 1_915,
        "non_employment_injury_stated_sen": 0,
    }
    unknown = await register.decided_refund()
    assert (unknown.status_code, unknown.json()["code"]) == (409, "banked_unknown")
    assert (await register.act(task, "releases", FIRST)).status_code == 201
    # 44.65, 12.75, 5.10, 5.10 and 19.15 for each of two.
    task = await register.proposed_refund("173.50")
    assert (await register.act(task, "approvals", FIRST, revision=task["revision"])).status_code == 403
    assert (await register.act(task, "approvals", SECOND, revision=task["revision"])).status_code == 201
    (stated,) = await register.events("registration.payable")
    assert (stated["party"], "person" in stated, stated["scheme"]) == (party_of(employer), False, "act4")
    assert (stated["kind"], stated["fund"], stated["arose_on"]) == ("contribution_refund", SKBBK, "2026-07-31")
    assert stated["law"].startswith("Act 4, Third Schedule; ")
    assert stated["terms"] == [{"per": "once", "sen": 1_915, "first": "2026-07-20"}]
    # The employer takes it back by file, as it is told to: it is the same money.
    await register.sent(employer, render([line("2026-07", {**AT_2600, "skbbk_employee": 0})]))
    assert await register.payables() == [(SKBBK, 1, 1_915, None)]
    assert (await register.claim_refund(employer, "2026-07")).json()["code"] == "nothing_to_refund"


async def test_a_release_that_was_not_in_time_after_all_takes_the_refund_back(
    register: Register, business_clock: BusinessClock
) -> None:
    """An earlier employment is stated late: who stayed in then stays in, and October's SKBBK is due."""
    business_clock.set_day(2026, 10, 20)
    employer, person = await register.worker_of(started_on="2026-10-05")
    await register.sent(employer, render([line("2026-10", AT_2600)]))
    await register.stated_skbbk(person, "release", self_of(person))
    await register.work_off()
    await register.claim_refund(employer, "2026-10")
    assert (await register.decided_refund("86.75")).status_code == 201
    business_clock.set_day(2026, 11, 20)
    earlier = await register.spell(person, await register.employer(OTHER_CODE), "2026-07-01")
    await register.ended(earlier, "2026-07-31")
    await register.work_off()
    assert await register.payables() == [(SKBBK, 1, 1_915, None), (SKBBK, 2, 0, "due_after_all")]


async def test_a_late_workers_line_makes_up_no_other_workers_correction(register: Register) -> None:
    employer = await lowered(register)
    await register.spell(await register.person(OTHER_MYKAD, name=SITI), employer)
    await register.sent(employer, render([line("2026-05", MAY, id_=OTHER_MYKAD, name=SITI)]))
    (may,) = await register.refunds()
    assert _share(may, INJURY) == ("63.80", "62.50", "0.00")
    assert may["claimable"]


async def test_a_correction_is_refunded_as_far_as_it_was_paid_and_later_ones_revise_it(register: Register) -> None:
    employer = await lowered(register)
    (may,) = await register.refunds(party_of(employer))
    assert [_share(may, fund)[:2] for fund in (INJURY, INVALIDITY, ACT800)] == [
        ("31.90", "30.60"),
        ("25.50", "24.50"),
        ("10.20", "9.80"),
    ]
    assert (await register.claim_refund(employer, "2026-05", "")).status_code == 202, "an officer opens it"
    assert (await register.decided_refund("67.35")).status_code == 201
    assert await register.payables() == [(INJURY, 1, 130, None), (INVALIDITY, 1, 100, None), (ACT800, 1, 15, None)]
    records = await register.rows("SELECT record, decision_hash, proposed_by, approved_by FROM refund_statement")
    for row in records:
        assert row["decision_hash"] == hashlib.sha256(canonical(orjson.loads(row["record"]))).hexdigest()
        assert (row["proposed_by"], row["approved_by"]) == (FIRST, SECOND)
    await register.sent(employer, render([line("2026-05", MAY)]))
    ended = [(fund, 2, 0, "due_after_all") for fund in (INJURY, INVALIDITY, ACT800)]
    assert (await register.payables())[3:] == ended, "at once, without officers"
    await register.sent(employer, render([line("2026-05", NOTHING)]))
    assert len(await register.payables()) == 6, "nothing rises without officers"
    await register.claim_refund(employer, "2026-05")
    assert (await register.decided_refund("67.60")).status_code == 201
    whole = [(INJURY, 3, 3_190, None), (INVALIDITY, 3, 2_550, None), (ACT800, 3, 1_020, None)]
    assert (await register.payables())[6:] == whole
    await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    await register.work_off()
    assert sorted(await register.payables(announced=True)) == sorted(whole)
    newest = {each["payable"]: each for each in await register.events("registration.payable")}
    assert {each["payable"]: each for each in await register.events("registration.payable", announced=True)} == newest


@pytest.mark.parametrize("parts", [("67.60",), ("64.90", "2.70")])
async def test_what_is_known_as_banked_limits_a_refund_and_officers_need_not_find_it(
    register: Register, parts: tuple[str, ...]
) -> None:
    """RM67.60 was declared and banked, RM64.90 is due; a part of it counts, though it is of no fund."""
    employer, _ = await register.worker_of()
    await register.sent(employer, render([line("2026-05", MAY)]))
    for part in parts:
        await register.banked(employer, "2026-05", part, f"FPX {part}")
    await register.sent(employer, render([line("2026-05", AT_2480)]))
    (may,) = await register.refunds(party_of(employer))
    assert may["banked"] == {"amount": "67.60", "currency": "MYR"}
    await register.claim_refund(employer, "2026-05")
    assert (await register.decided_refund("99.00")).status_code == 201
    assert await register.payables() == [(INJURY, 1, 130, None), (INVALIDITY, 1, 100, None), (ACT800, 1, 40, None)]


async def test_money_that_comes_later_is_known_to_the_refund_that_waits(register: Register) -> None:
    employer = await lowered(register)
    await register.claim_refund(employer, "2026-05")
    await register.banked(employer, "2026-05", "64.90")
    (may,) = await register.refunds(party_of(employer))
    assert may["banked"]["amount"] == "64.90"
    assert await register.refund_tasks() == [], "no more was paid than is due"


async def test_what_officers_find_not_paid_is_refunded_to_nobody(register: Register) -> None:
    employer = await lowered(register)
    await register.claim_refund(employer, "2026-05")
    assert (await register.decided_refund(kind="refund_not_paid")).status_code == 201
    assert await register.payables() == []
    assert await register.refund_tasks() == []
    assert not (await register.refunds())[0]["claimed"], "it is answered"
    assert (await register.claim_refund(employer, "2026-05")).json()["claimed"], "it may show better papers"


async def test_an_approval_is_of_what_the_lines_say_by_then(register: Register) -> None:
    """A file that is on its way, one that changed the month, and one by which nothing is too much any more."""
    employer = await lowered(register)
    await register.claim_refund(employer, "2026-05")
    task = await register.proposed_refund("67.60")
    half = render([line("2026-05", NOTHING)])
    file = (await register.send(employer, half)).json()["file"]
    waits = await register.act(task, "approvals", SECOND, revision=task["revision"])
    assert (waits.status_code, waits.json()["code"]) == (409, "subject_changing")
    await register.process(file)
    waits = await register.act(task, "approvals", SECOND, revision=task["revision"])
    assert (waits.status_code, waits.json()["code"]) == (409, "subject_changing")
    await register.work_off()
    stale = await register.act(task, "approvals", SECOND, revision=task["revision"])
    assert (stale.status_code, stale.json()["code"]) == (412, "revision_stale")
    assert "employment_injury_after_sen: 3060 → 0" in str(stale.json()["errors"])
    await register.sent(employer, render([line("2026-05", MAY)]))
    assert await register.refund_tasks() == []
    rows = await register.rows("SELECT state FROM task")
    assert [row["state"] for row in rows] == ["closed"]
    assert not (await register.refunds())[0]["claimed"]
    assert await register.payables() == []


async def test_who_has_nothing_to_do_with_the_employer_reads_and_claims_nothing(register: Register) -> None:
    employer = await lowered(register)
    other = await register.employer(OTHER_CODE)
    (person,) = (row["person"] for row in await register.rows("SELECT person FROM person"))
    strangers = (party_of(other), f"person:{person}", "hospital:1")
    for party in strangers:
        assert await register.refunds(party) == []
        refused = await register.claim_refund(employer, "2026-05", party)
        assert (refused.status_code, refused.json()["code"]) == (404, "employer_unknown"), party
    await register.claim_refund(employer, "2026-05")
    assert await register.refund_tasks("registration:skbbk:read") == [], "of another role"
    (task,) = await register.refund_tasks()
    for party in (party_of(employer), *strangers):
        path, scopes = f"/v1/tasks/{task['task']}/takings", ["registration:refund:decide", "registration:task:write"]
        answer = await register.service.call("POST", path, scopes=scopes, party=party, role="partner")
        assert (answer.status_code, answer.json()["code"]) == (403, "officers_only"), party


async def test_who_claims_a_refund_for_an_employer_does_not_approve_it(register: Register) -> None:
    """That officer may propose it."""
    employer = await lowered(register)
    body, scopes = {"employer": employer, "month": "2026-05"}, ["registration:refund:write"]
    answer = await register.service.call("POST", "/v1/refunds", scopes=scopes, subject=SECOND, json=body)
    assert answer.status_code == 202, answer.text
    await register.work_off()
    refused = await register.decided_refund("67.60")
    assert (refused.status_code, refused.json()["code"]) == (403, "refund_of_oneself")
    assert await register.payables() == []
    (task,) = await register.refund_tasks()
    assert (await register.act(task, "approvals", "officer-3", revision=task["revision"])).status_code == 201
    assert len(await register.payables()) == 3


async def test_two_claims_at_once_are_one_task_and_one_payable(register: Register) -> None:
    employer = await lowered(register)
    await asyncio.gather(*(register.claim_refund(employer, "2026-05", party) for party in (None, "", None)))
    assert (await register.decided_refund("67.60")).status_code == 201
    await register.work_off()
    assert await register.refund_tasks() == []
    assert len(await register.payables()) == 3


async def test_a_refund_stands_after_a_restore_and_is_not_lowered_by_what_was_forgotten(
    register: Register, again: Register
) -> None:
    employer = await lowered(register)
    await register.claim_refund(employer, "2026-05")
    await register.decided_refund("67.60")
    await recall(register.service, again.service)
    await again.work_off()
    assert await again.payables() == []
    await again.as_party("POST", "/v1/announcements", "registration:announcement:write")
    await again.work_off()
    told = {each["payable"]: each for each in await register.events("registration.payable")}
    assert {each["payable"]: each for each in await again.events("registration.payable", announced=True)} == told
    (month,) = await again.refunds()
    assert _share(month, INJURY) == ("31.90", "30.60", "1.30"), "what lines declared before is in their events"
    assert await again.refund_tasks() == []
    await again.employer()
    await again.banked(employer, "2026-05", "64.90")
    (task,) = await again.refund_tasks()
    assert task["reason"] == "forgotten_after_restore", "nobody claimed it"
    assert (await again.decided_refund()).status_code == 201, "decided again"
    assert await again.payables() == [(fund, 2, 0, "not_paid") for fund in (INJURY, INVALIDITY, ACT800)]
    assert [row["recalled"] for row in await again.rows("SELECT recalled FROM refund")] == [False]


def _share(refund: dict[str, Any], fund: str) -> tuple[str, str, str]:
    """What was declared for a fund, what is due, and what is refunded."""
    (found,) = (each for each in refund["funds"] if each["fund"] == fund)
    declared, due, back = (str(found[name]["amount"]) for name in ("declared", "due", "refund"))
    return declared, due, back
