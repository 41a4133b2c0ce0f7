"""What was stated of a number before it was merged, and is decided or comes to light when it is."""

from typing import Any

import pytest

from services.registration.tests.api import test_register_statements as registers
from services.registration.tests.api.test_events import became, hired
from services.registration.tests.api.test_person_merges import (
    both,
    merged,
    parted,
)
from services.registration.tests.support import MYKAD, OTHER_CODE, OTHER_MYKAD, Register

THIRD_CODE = "F9999999999Z"
NAME = "AHMAD BIN ALI"
OF_OTHER = {"national_id": {"kind": "mykad", "number": OTHER_MYKAD}, "name": NAME}
PASSPORT = "A1234567"
FOREIGN: dict[str, Any] = {"kind": "passport", "residence": "foreign_worker"}


async def ends(register: Register) -> set[tuple[str, str]]:
    """Of whom an end of employment waits, and until when the employment went."""
    answer = await register.as_party("GET", "/v1/waiting-ends", "registration:spell:read")
    return {(each["person"], each["ended_on"]) for each in answer.json()["data"]}


async def died(register: Register, *numbers: int) -> list[str | None]:
    """The newest day of death that was published of each number."""
    told = {each["person"]: each.get("died_on") for each in await register.events("person.registered")}
    return [told[number] for number in numbers]


async def test_a_death_lets_the_ends_of_all_employments_wait_and_whoever_hires_later_is_told(
    register: Register,
) -> None:
    survivor, other, _, _ = await both(register)
    await merged(register, other, survivor)
    pushed = await registers.push(register, registers.death(who=OF_OTHER))
    assert await registers.stands(register, pushed) == ("applied", None)
    assert await ends(register) == {(survivor, "2026-06-30"), (other, "2026-06-30")}
    assert await died(register, 1) == ["2026-06-30"]
    third = await register.employer(THIRD_CODE)
    for number in (MYKAD, OTHER_MYKAD):
        (taken,) = await became(register, third, hired(number, started_on="2026-07-20"))
        assert taken["warnings"] == ["after_death"], number


async def test_a_death_that_a_merge_keeps_lets_the_ends_wait_of_who_lived_on(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    await registers.stands(register, await registers.push(register, registers.death(who=OF_OTHER)))
    assert await ends(register) == {(other, "2026-06-30")}
    await merged(register, other, survivor, died_on=other)
    assert await ends(register) == {(survivor, "2026-06-30"), (other, "2026-06-30")}


async def test_who_is_said_to_be_alive_is_so_after_a_split_too(register: Register) -> None:
    """The word that there was no death is the number's of which it is stated, and the survivor's while both are one."""
    survivor, other, _, _ = await both(register)
    await registers.stands(register, await registers.push(register, registers.death(who=OF_OTHER)))
    await merged(register, other, survivor, died_on=other)
    alive = {"kind": "person_alive", "who": OF_OTHER}
    pushed = await registers.push(register, alive, "D-2")
    await register.work_off()
    await registers.decide(register, kind="register_statement_applies", persons=[other])
    assert await registers.stands(register, pushed) == ("applied", None)
    assert await died(register, 1, 2) == [None, None]
    await parted(register, other)
    assert await died(register, 1, 2) == [None, None]


async def foreigners(register: Register) -> tuple[str, str]:
    """Two numbers of a foreign worker, each employed; by the second one's passport the pass ended."""
    first, second = await register.employer(), await register.employer(OTHER_CODE)
    survivor = await register.person("B7654321", **FOREIGN)
    other = await register.person(PASSPORT, **FOREIGN)
    await register.spell(survivor, first, "2024-03-01")
    await register.spell(other, second, "2025-01-01")
    return survivor, other


async def pass_ends(register: Register) -> None:
    """The register of foreign workers states it."""
    says = {"kind": "pass_ended", "passport": PASSPORT, "name": NAME, "ended_on": "2026-05-31"}
    assert (await registers.push(register, says, "I-1", "register:3")).status_code == 202


async def doubts(register: Register, number: str) -> list[str]:
    """Why cover is doubted on the day after."""
    path = f"/v1/persons/{number}/cover?at=2026-06-01"
    found: list[str] = (await register.as_party("GET", path, "registration:cover:read")).json()["doubts"]
    return found


async def test_the_end_of_a_pass_is_asked_about_once_for_all_employments_of_both_numbers(register: Register) -> None:
    survivor, other = await foreigners(register)
    await merged(register, other, survivor)
    await pass_ends(register)
    (task,) = await register.waiting("foreign_pass")
    assert (task["facts"]["person"], task["facts"]["spells"]) == (survivor, 2)
    assert await doubts(register, survivor) == await doubts(register, other) == ["pass_ended"]
    assert (await register.decided("foreign_pass", "pass_over")).status_code == 201
    assert await ends(register) == {(survivor, "2026-05-31"), (other, "2026-05-31")}


@pytest.mark.parametrize("hired_as", [1, 2])
async def test_who_is_hired_under_either_number_after_a_pass_ended_is_asked_about(
    register: Register, hired_as: int
) -> None:
    survivor = await register.person("B7654321", **FOREIGN)
    other = await register.person(PASSPORT, **FOREIGN)
    await merged(register, other, survivor)
    await pass_ends(register)
    assert await register.waiting("foreign_pass") == []
    await register.spell((survivor, other)[hired_as - 1], await register.employer(), "2026-06-10")
    (task,) = await register.waiting("foreign_pass")
    assert (task["facts"]["person"], task["facts"]["spells"]) == (survivor, 1)


async def test_what_is_asked_of_a_pass_moves_to_the_survivor_and_back(register: Register) -> None:
    survivor, other = await foreigners(register)
    await pass_ends(register)
    (task,) = await register.waiting("foreign_pass")
    assert (task["facts"]["person"], task["facts"]["spells"]) == (other, 1)
    await merged(register, other, survivor, pass_ended_on=other)
    (task,) = await register.waiting("foreign_pass")
    assert (task["facts"]["person"], task["facts"]["spells"]) == (survivor, 2)
    await parted(register, other)
    (task,) = await register.waiting("foreign_pass")
    assert (task["facts"]["person"], task["facts"]["spells"]) == (other, 1)
    assert await doubts(register, survivor) == []
