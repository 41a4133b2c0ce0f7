"""What was stated of a number before it was merged, and is decided or comes to light when it is."""

from datetime import timedelta
from typing import Any

import pytest

from services.registration.tests.api import test_register_statements as registers
from services.registration.tests.api.family import state as relate
from services.registration.tests.api.test_events import became, hired
from services.registration.tests.api.test_person_merges import (
    READ,
    SEE,
    both,
    decide,
    merged,
    parted,
    person,
    split,
)
from services.registration.tests.support import (
    FIRST,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    party_of,
    self_of,
)

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


async def residence(register: Register, number: str) -> str:
    """As it is known today."""
    found: str = (await person(register, number)).json()["residence"]
    return found


async def about_residence(register: Register) -> dict[str, Any]:
    """The one correction of a residence that waits; the births of these two are asked about too."""
    found = await register.waiting("person_correction")
    (task,) = [each for each in found if each["facts"]["attribute"] == "residence"]
    return task


async def counts(register: Register) -> None:
    """It counts on the word of two officers."""
    task = await about_residence(register)
    scopes = ["registration:person:decide", "registration:task:write"]
    says = {"kind": "correction_counts"}
    for what, officer, body in (
        ("takings", FIRST, None),
        ("proposals", FIRST, {"revision": task["revision"], "says": says}),
        ("approvals", SECOND, {"revision": task["revision"]}),
    ):
        path = f"/v1/tasks/{task['task']}/{what}"
        answer = await register.service.call("POST", path, scopes=scopes, subject=officer, json=body)
        assert answer.status_code == 201, answer.text
    await register.work_off()


@pytest.mark.parametrize("chain", [False, True])
async def test_a_correction_stated_before_a_merge_counts_of_the_survivor_and_is_told_apart_by_a_split(
    register: Register, chain: bool
) -> None:
    survivor, other, _, _ = await both(register)
    stated = await register.correct(other, "residence", "foreign_worker", subject="officer-9")
    assert stated.status_code == 202, stated.text
    before = await about_residence(register)
    await merged(register, other, survivor)
    if chain:
        third = await register.person("880101145676", born_on="1988-01-01")
        await merged(register, survivor, third, born_on=survivor)
        survivor = third
    task = await about_residence(register)
    assert task["revision"] > before["revision"], "officers are asked once more: whom it is about has changed"
    assert task["facts"]["person"] == survivor
    await counts(register)
    for number in (survivor, other):
        assert await residence(register, number) == "foreign_worker", number
    corrections = await register.as_party("GET", f"/v1/persons/{other}/corrections", SEE)
    states = {each["attribute"]: each["state"] for each in corrections.json()["data"]}
    assert states["residence"] == "counts", "under the number of which it was stated"
    if chain:
        return
    shown = await split(register, other)
    found = await register.as_party("GET", f"/v1/person-merges/{shown.json()['statement']}", READ)
    (since,) = found.json()["stated_since"]
    assert (since["attribute"], since["value"]) == ("residence", "foreign_worker")
    assert (await decide(register, "persons_stay")).status_code == 201
    await parted(register, other, officer="officer-4", assigned=[since["fact"]])
    assert [await residence(register, number) for number in (survivor, other)] == ["citizen", "foreign_worker"]


async def test_a_fact_that_a_merge_kept_is_taken_back_with_the_one_of_which_it_is_a_copy(register: Register) -> None:
    """The retraction was stated of the number that went, and would leave the survivor's copy standing."""
    survivor, other, _, _ = await both(register)
    assert (await register.correct(other, "residence", "foreign_worker", subject="officer-3")).status_code == 202
    await counts(register)
    listed = await register.as_party("GET", f"/v1/persons/{other}/facts", SEE)
    fact = next(each["fact"] for each in listed.json()["data"] if each["value"] == "foreign_worker")
    said = {"reason": "wrong_person", "evidence": "KB-2"}
    path = f"/v1/persons/{other}/facts/{fact}/retractions"
    stated = await register.as_party("POST", path, "registration:person:correct", json=said, subject="officer-3")
    assert stated.status_code == 202, stated.text
    await merged(register, other, survivor, residence=other)
    assert await residence(register, survivor) == "foreign_worker"
    await counts(register)
    assert [await residence(register, number) for number in (survivor, other)] == ["citizen", "citizen"]
    told = {each["person"]: each["residence"] for each in await register.events("person.registered")}
    assert told[1] == "citizen"
    await parted(register, other)
    assert [await residence(register, number) for number in (survivor, other)] == ["citizen", "citizen"]


async def test_two_numbers_of_one_person_are_no_relatives(register: Register) -> None:
    """Stated before the merge, and decided after it: nobody is married to oneself."""
    survivor, other, _, _ = await both(register)
    stated = await relate(register, survivor, relative=other)
    assert stated.status_code == 202, stated.text
    await merged(register, other, survivor)
    refused = await register.decided("family_relation", "relation_stands")
    assert (refused.status_code, refused.json()["code"]) == (422, "relative_is_person"), refused.text
    late = await relate(register, other, relative=survivor)
    assert (late.status_code, late.json()["code"]) == (422, "relative_is_person")


async def test_what_was_known_while_both_were_one_is_told_after_a_split_as_far_as_one_sees_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a number's own side all that was known of it, and of the other side nothing; an officer sees both as one."""
    monkeypatch.setattr("services.registration.queries.cover.SETTLED_AFTER", timedelta())
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    ((during,),) = await register.rows("SELECT clock_timestamp()")
    await parted(register, other)
    asked = {"known_at": during.isoformat()}
    for number, employer, stranger in ((other, second, first), (survivor, first, second)):
        for party in (self_of(number), party_of(employer)):
            told = await person(register, number, party, **asked)
            assert (told.status_code, told.json().get("merged_into")) == (200, None), (number, party)
            assert told.json()["name"] == (await person(register, number, party)).json()["name"]
            path, at = f"/v1/persons/{number}/cover", {**asked, "at": "2026-07-15"}
            cover = await register.as_party("GET", path, "registration:cover:read", party, params=at)
            assert cover.status_code == 200, cover.text
            employers = [each["employer"] for each in cover.json()["facts"] if each["kind"] == "spell"]
            assert employers == [employer], "not of the other one"
        hidden = await person(register, number, party_of(stranger), **asked)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "person_unknown")
    assert (await person(register, other, **asked)).json()["merged_into"] == survivor
    path, at = f"/v1/persons/{other}/cover", {**asked, "at": "2026-07-15"}
    cover = await register.as_party("GET", path, "registration:cover:read", params=at)
    assert {each["employer"] for each in cover.json()["facts"] if each["kind"] == "spell"} == {first, second}
