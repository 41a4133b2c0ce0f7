"""Lines, refunds and assessments of numbers that are one person's: what is due is asked of the person."""

from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api.test_enforcement import account, assessed, confirmed, officer, sums, wage
from services.registration.tests.api.test_person_merges import both, merged, parted
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    party_of,
    self_of,
)
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

NONE = AT_3050 | {"skbbk_employee": 0}
OF_OTHER: dict[str, Any] = {"code": OTHER_CODE, "id_": OTHER_MYKAD}


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def differing(register: Register) -> list[tuple[str, str]]:
    """Of whom lines differ, and what of the SKBBK is due."""
    found = await register.as_party("GET", "/v1/line-differences", "registration:contribution:read")
    assert found.status_code == 200, found.text
    return [(each["person"], each["due"]["skbbk_employee"]["amount"]) for each in found.json()["data"]]


async def test_who_was_released_by_one_number_pays_no_skbbk_by_either(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await register.stated_skbbk(other, "release", self_of(other))
    await merged(register, other, survivor)
    for employer, whose in ((second, OF_OTHER), (first, {})):
        job = await register.sent(employer, render([line("2026-07", NONE, **whose)]))
        assert job["state"] == "accepted", await register.errors(job["file"], party_of(employer))
    assert await differing(register) == []


async def test_the_category_is_that_of_the_first_employment_of_all_numbers(register: Register) -> None:
    """Employed before 55 by one number and after by the other: one person, of the first category, as cover says."""
    first, survivor = await register.employer(), await register.person(born_on="1966-06-15")
    await register.spell(survivor, first, "2015-03-01")
    second, other = await register.employer(OTHER_CODE), await register.person(OTHER_MYKAD, born_on="1966-06-15")
    await register.spell(other, second, "2025-01-01")
    content = render([line("2026-05", AT_2480, **OF_OTHER)])
    assert (await register.sent(second, content))["state"] == "rejected"
    await merged(register, other, survivor)
    job = await register.sent(second, content)
    assert job["state"] == "accepted", await register.errors(job["file"], party_of(second))
    assert await differing(register) == []
    await parted(register, other)
    assert [person for person, _ in await differing(register)] == [other]


async def test_a_line_counts_by_what_is_known_of_the_survivor(register: Register) -> None:
    """The officers kept the survivor's birth: the line of the other number is of the first category by it."""
    first, survivor = await register.employer(), await register.person(born_on="1986-06-15")
    await register.spell(survivor, first, "2025-01-01")
    second, other = await register.employer(OTHER_CODE), await register.person(OTHER_MYKAD, born_on="1962-06-15")
    await register.spell(other, second, "2025-01-01")
    await merged(register, other, survivor, born_on=survivor)
    job = await register.sent(second, render([line("2026-05", AT_2480, **OF_OTHER)]))
    assert job["state"] == "accepted", await register.errors(job["file"], party_of(second))
    assert await differing(register) == []


async def test_a_refund_that_two_officers_granted_stands_after_a_merge(register: Register) -> None:
    survivor, other, _, second = await both(register)
    await register.sent(second, render([line("2026-07", AT_3050, **OF_OTHER)]))
    await register.banked(second, "2026-07", "103.65")
    await register.stated_skbbk(other, "release", self_of(other))
    await register.work_off()
    assert (await register.claim_refund(second, "2026-07")).status_code == 202
    assert (await register.decided_refund()).status_code == 201
    await register.work_off()
    granted = [("non_employment_injury", 1, 2285, None)]
    assert await register.payables() == granted
    await merged(register, other, survivor)
    await register.banked(second, "2026-07", "1.00", "FPX 9")
    await register.work_off()
    assert await register.payables() == granted
    await parted(register, other)
    assert await register.payables() == granted


async def test_months_and_lines_of_every_number_are_looked_at_after_a_merge_and_a_split(register: Register) -> None:
    """What the survivor paid is over once the other one, who was released, is the same person; and due once parted."""
    survivor, other, first, _ = await both(register)
    await register.sent(first, render([line("2026-07", AT_3050)]))
    await register.banked(first, "2026-07", "103.65")
    await register.stated_skbbk(other, "release", self_of(other))
    assert (await register.refunds(), await differing(register)) == ([], [])
    await merged(register, other, survivor)
    (refund,) = await register.refunds()
    assert (refund["employer"], refund["claimable"]) == (first, True)
    assert await differing(register) == [(survivor, "0.00")]
    await parted(register, other)
    (refund,) = await register.refunds()
    assert not refund["claimable"]
    assert await differing(register) == []


async def test_what_is_stated_later_of_one_number_has_the_lines_of_every_number_looked_at(register: Register) -> None:
    """An officer refuses the employment by which the other one's line is of the first category."""
    first, survivor = await register.employer(), await register.person(born_on="1966-06-15")
    spell = await register.spell(survivor, first, "2015-03-01")
    second, other = await register.employer(OTHER_CODE), await register.person(OTHER_MYKAD, born_on="1966-06-15")
    await register.spell(other, second, "2025-01-01")
    await merged(register, other, survivor)
    assert (await register.sent(second, render([line("2026-05", AT_2480, **OF_OTHER)])))["state"] == "accepted"
    refused = await register.as_party("POST", f"/v1/spells/{spell}/verification/refusal", "registration:spell:write")
    assert refused.status_code == 200, refused.text
    await register.work_off()
    assert await differing(register) == [(other, "0.00")]


async def test_who_was_released_by_one_number_is_assessed_without_skbbk_by_either(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await register.stated_skbbk(other, "release", self_of(other))
    await merged(register, other, survivor)
    for employer, person in ((first, survivor), (second, other)):
        assert (await assessed(register, employer, wage(person)))["due"]["amount"] == "80.80"


async def test_taking_part_is_the_same_by_either_number(register: Register) -> None:
    """The officers kept the survivor's residence: nothing is closed to who was registered as a foreign worker too."""
    _, survivor = await register.worker_of()
    other = await register.person("A1234567", kind="passport", residence="foreign_worker")
    await register.spell(other, await register.employer(OTHER_CODE), "2025-01-01")
    apart = (await register.skbbk(other)).json()
    await merged(register, other, survivor, residence=survivor)
    by_either = [(await register.skbbk(number)).json() for number in (survivor, other)]
    assert [each["months"] for each in by_either] == [by_either[0]["months"]] * 2
    assert apart["months"] != by_either[0]["months"]


async def _assessed_of_other(register: Register, clock: BusinessClock) -> tuple[str, str, str]:
    """An employer, and two numbers with it: July of the second one is assessed, and of the first one declared."""
    employer, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await register.spell(other, employer, "2025-01-01")
    await confirmed(register, clock, employer, wage(other))
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    assert sums(await account(register, employer)) == ("103.65", "103.65", "207.30")
    return employer, survivor, other


async def test_what_was_assessed_of_one_number_and_declared_of_the_other_is_owed_once(
    register: Register, clock: BusinessClock
) -> None:
    employer, survivor, other = await _assessed_of_other(register, clock)
    await merged(register, other, survivor)
    assert sums(await account(register, employer)) == ("103.65", "0.00", "103.65")
    await parted(register, other)
    assert sums(await account(register, employer)) == ("103.65", "103.65", "207.30")


async def test_what_is_declared_after_a_merge_counts_for_what_was_assessed_of_either_number(
    register: Register, clock: BusinessClock
) -> None:
    employer, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await register.spell(other, employer, "2025-01-01")
    await confirmed(register, clock, employer, wage(other))
    await merged(register, other, survivor)
    assert sums(await account(register, employer)) == ("0.00", "103.65", "103.65")
    await register.sent(employer, render([line("2026-07", NONE)]))
    assert sums(await account(register, employer))[2] == "103.65", "the SKBBK is not declared yet"
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    assert sums(await account(register, employer)) == ("103.65", "0.00", "103.65")


async def test_one_person_is_not_assessed_twice_under_two_numbers(register: Register) -> None:
    survivor, other, first, _ = await both(register)
    await register.spell(other, first)
    await merged(register, other, survivor)
    said = await officer(
        register, "/v1/assessments", employer=first, evidence="LP-1", wages=[wage(survivor), wage(other)]
    )
    assert (said.status_code, said.json()["code"]) == (422, "assessed_twice"), said.text


async def test_what_was_assessed_last_of_the_one_person_counts_under_whichever_number(
    register: Register, clock: BusinessClock
) -> None:
    """It was assessed as of two people, who are one since: once, and what is declared of either takes its place."""
    first, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await register.spell(other, first)
    await confirmed(register, clock, first, wage(survivor, "2480.00"), wage(other))
    assert sums(await account(register, first))[1] == "186.90"
    await merged(register, other, survivor)
    assert sums(await account(register, first)) == ("0.00", "103.65", "103.65")
    await assessed(register, first, wage(survivor, "2480.00"))
    clock.set_day(2026, 9, 7)
    assert (await register.decided("enforcement", "assessment_confirmed")).status_code == 201
    await register.work_off()
    assert sums(await account(register, first)) == ("0.00", "83.25", "83.25")
    await register.sent(first, render([line("2026-07", AT_3050)]))
    assert sums(await account(register, first)) == ("103.65", "0.00", "103.65")
    await parted(register, other)
    assert sums(await account(register, first)) == ("103.65", "103.65", "207.30")
