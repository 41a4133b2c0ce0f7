"""Two numbers that cannot be one person's: relatives, and people of whom two things cannot both be true."""

from typing import Any

import pytest

from services.registration.tests.api.family import changed, related
from services.registration.tests.api.family import state as relate
from services.registration.tests.api.test_person_merges import READ, decide, merge, person, split
from services.registration.tests.api.test_register_statements import death, push
from services.registration.tests.support import CODE, OTHER_CODE, OTHER_MYKAD, Register

pytestmark = pytest.mark.postgres

OTHER = {"national_id": {"kind": "mykad", "number": OTHER_MYKAD}, "name": "AHMAD BIN ALI"}
THIRD_MYKAD = "880101145676"


async def two(register: Register, **changes: Any) -> tuple[str, str]:
    """Two numbers, of which nothing differs unless it is said."""
    return await register.person(), await register.person(OTHER_MYKAD, **changes)


async def refusal(register: Register, one: str, other: str, **said: Any) -> str:
    answer = await merge(register, other, one, **said)
    assert answer.status_code == 409, answer.text
    assert (await register.waiting("person_merge"), await register.events("person.held")) == ([], [])
    return str(answer.json()["code"])


@pytest.mark.parametrize("kind", ["spouse", "child", "sibling"])
async def test_relatives_of_each_other_are_never_one(register: Register, kind: str) -> None:
    """Not by a court's order either; where the relation never was, its withdrawal comes first."""
    one, other = await two(register, **({"born_on": "2010-06-15"} if kind == "child" else {}))
    relation = await related(register, one, kind=kind, relative=other, evidence="NC-1")
    for reason in ("registered_twice", "court_order"):
        assert await refusal(register, one, other, reason=reason) == "merge_of_relatives"
        assert await refusal(register, other, one, reason=reason) == "merge_of_relatives"
    await changed(register, relation, "withdrawal")
    assert (await merge(register, other, one)).status_code == 202


async def test_who_married_before_the_approval_is_merged_no_more(register: Register) -> None:
    one, other = await two(register)
    assert (await merge(register, other, one)).status_code == 202
    await related(register, one, kind="spouse", relative=other, evidence="NC-1")
    late = await decide(register, "persons_merge")
    assert (late.status_code, late.json()["code"]) == (409, "merge_of_relatives")
    assert (await person(register, other)).json()["merged_into"] is None


async def test_relatives_by_numbers_that_are_one_with_theirs_are_never_one_either(register: Register) -> None:
    one, other = await two(register)
    third = await register.person(THIRD_MYKAD)
    await related(register, other, kind="spouse", relative=third, evidence="NC-1")
    assert (await merge(register, third, one)).status_code == 202
    assert (await decide(register, "persons_merge")).status_code == 201
    assert await refusal_of(register, one, other) == "merge_of_relatives"


async def refusal_of(register: Register, one: str, other: str) -> str:
    return str((await merge(register, other, one)).json()["code"])


async def test_two_who_died_on_different_days_are_one_by_a_courts_order_alone(register: Register) -> None:
    one, other = await two(register)
    await push(register, death())
    await push(register, death("2026-06-29", who=OTHER), "D-2")
    assert await refusal(register, one, other) == "merge_contradicts"
    stated = await merge(register, other, one, reason="court_order", evidence="HC-1")
    assert stated.status_code == 202, stated.text
    (task,) = await register.waiting("person_merge")
    assert task["facts"]["contradicts"] == "two_deaths"
    shown = await register.as_party("GET", f"/v1/person-merges/{stated.json()['statement']}", READ)
    assert shown.json()["contradicts"] == ["two_deaths"]
    assert (await decide(register, "persons_merge", keep={"died_on": one})).status_code == 201


async def test_who_died_is_not_who_was_employed_later(register: Register) -> None:
    """Nor where it becomes true between the statement and its approval."""
    one, other = await two(register)
    await push(register, death("2026-05-31"))
    assert (await merge(register, other, one)).status_code == 202
    await register.spell(other, await register.employer(CODE), "2026-06-01")
    late = await decide(register, "persons_merge", keep={})
    assert (late.status_code, late.json()["code"]) == (409, "merge_contradicts")
    assert "employed_after_death" in late.json()["detail"]
    assert (await register.waiting("person_merge"))[0]["facts"]["contradicts"] == "employed_after_death"


async def test_who_died_is_not_who_married_later(register: Register) -> None:
    one, other = await two(register)
    third = await register.person(THIRD_MYKAD)
    await push(register, death("2016-05-13"))
    await related(register, other, kind="spouse", relative=third, first_on="2016-05-14", evidence="NC-1")
    assert await refusal(register, one, other) == "merge_contradicts"


async def test_nobody_has_more_than_two_parents_by_birth(register: Register) -> None:
    one, other = await two(register)
    parents = [
        await register.person(number, born_on="1960-01-01") for number in (THIRD_MYKAD, "600101145671", "600101145673")
    ]
    for parent, child in zip(parents, (one, one, other), strict=True):
        await related(register, parent, kind="child", relative=child, first_on="1990-01-01", evidence="SL-1")
    assert await refusal(register, one, other) == "merge_contradicts"


async def test_no_birth_is_kept_that_makes_somebody_younger_than_the_first_employment(register: Register) -> None:
    one, other = await two(register, born_on="2010-06-15")
    await register.spell(one, await register.employer(OTHER_CODE), "2008-03-01")
    assert (await merge(register, other, one)).status_code == 202
    kept = await decide(register, "persons_merge", keep={"born_on": other})
    assert (kept.status_code, kept.json()["code"]) == (409, "birth_after_employment")
    assert (await person(register, one)).json()["merged_into"] is None


async def test_a_relation_that_waits_keeps_nobody_from_being_one(register: Register) -> None:
    """It cannot count any more then."""
    one, other = await two(register)
    assert (await relate(register, one, relative=other)).status_code == 202
    assert (await merge(register, other, one)).status_code == 202
    assert (await decide(register, "persons_merge")).status_code == 201
    assert (await split(register, other)).status_code == 202
