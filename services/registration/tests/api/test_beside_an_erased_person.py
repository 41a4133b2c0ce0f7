"""What stands beside a person who was erased: family, questions to officers, registers' statements, opening data."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from services.registration.commands.review_duplicate import ReviewDuplicate, review_duplicate
from services.registration.domain.duplicate import DuplicateReason
from services.registration.tests.api import test_opening_files as opening
from services.registration.tests.api import test_register_statements as registers
from services.registration.tests.api.family import change as change_relation
from services.registration.tests.api.family import changed, family, related
from services.registration.tests.api.family import state as state_relation
from services.registration.tests.api.test_erasures import (
    READ,
    another,
    certificate,
    erased,
    names_nobody,
    person,
    readable,
    state,
)
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.support import MYKAD, OTHER_MYKAD, Register, number_of, register_on, self_of
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

MISTAKE = {"reason": "registered_by_mistake"}
MARRIED: dict[str, Any] = {
    "kind": "marriage",
    "one": registers.AHMAD,
    "other": registers.SITI,
    "married_on": "2016-05-14",
}


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def test_the_other_spouse_ends_and_withdraws_the_marriage(register: Register) -> None:
    number, other = await register.person(), await another(register)
    relation = await related(register, number, relative=other)
    await erased(register, number, **MISTAKE)
    await changed(register, relation, "end", last_on="2020-01-01")
    (left,) = await family(register, other)
    assert left["last_on"] == "2020-01-01"
    await changed(register, relation, "withdrawal")
    assert await family(register, other) == []


async def test_a_marriage_that_ended_so_is_in_no_later_ones_way(register: Register) -> None:
    number, other = await register.person(), await another(register)
    third = await register.person("880101145676", name="Rahim", born_on="1988-01-01")
    relation = await related(register, number, relative=other)
    await erased(register, number, **MISTAKE)
    await changed(register, relation, "end", last_on="2019-12-31")
    assert (await state_relation(register, other, relative=third, first_on="2020-01-01")).status_code == 202
    (task,) = await register.waiting("family_relation")
    assert task["reason"] == "relation_to_be_confirmed"


async def test_of_two_who_are_both_erased_nothing_is_ended(register: Register) -> None:
    number, other = await register.person(), await another(register)
    relation = await related(register, number, relative=other)
    await erased(register, number, **MISTAKE)
    await erased(register, other, **MISTAKE)
    answer = await change_relation(register, relation, "end", last_on="2020-01-01")
    assert (answer.status_code, answer.json()["code"]) == (404, "person_erased")


async def held_by(register: Register, found: dict[str, Any], scope: str) -> list[dict[str, Any]]:
    """What postpones an erasure, to an officer who may read that matter too."""
    answer = await register.service.call("GET", f"/v1/erasures/{found['erasure']}", scopes=[READ, scope])
    holds: list[dict[str, Any]] = answer.json()["holds"]
    return holds


async def test_what_waits_of_the_family_is_decided_first(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    child = {"name": "Nurul Asli", "born_on": "2017-03-09"}
    stated = await state_relation(register, number, kind="child", named=child, first_on="2017-03-09", evidence="BC-1")
    assert stated.status_code == 202, stated.text
    found = await erased(register, number, **MISTAKE)
    assert found["state"] == "held"
    held = {"reason": "relation_waits", "owner": "officer:family_relation"}
    assert found["holds"] == [{**held, "about": None}]
    ((about,),) = await register.rows("SELECT CAST(id AS text) FROM relation_statement")
    assert await held_by(register, found, "registration:family:read") == [held | {"about": about}]
    assert (await register.decided("family_relation", "relation_dismissed")).status_code == 201
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert "Nurul Asli" not in await readable(register)


async def test_whether_it_looks_like_somebody_else_is_asked_no_more(register: Register) -> None:
    number = await register.person()
    await register.person(OTHER_MYKAD)
    (task,) = await register.waiting("duplicate_person")
    assert (await erased(register, number, **MISTAKE))["state"] == "erased"
    assert await register.waiting("duplicate_person") == []
    closed = "SELECT reason FROM task_event WHERE what = 'closed' AND task = $1"
    assert [row[0] for row in await register.rows(closed, UUID(task["task"]))] == ["erased"]
    answer = await register.decided_task(task, "different_persons")
    assert answer.status_code == 409, answer.text


async def test_a_question_that_comes_later_is_not_asked(register: Register) -> None:
    number, other = await register.person(), await another(register)
    await erased(register, number, **MISTAKE)
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        both = (number_of(other), number_of(number))
        await review_duplicate(ReviewDuplicate(*both, DuplicateReason.SAME_NAME_AND_BIRTH), uow)
    assert await register.waiting("duplicate_person") == []


async def test_a_registers_statement_about_an_erased_one_is_answered(register: Register) -> None:
    number, spouse = await register.person(), await another(register)
    pushed = await registers.push(register, MARRIED, "M-1")
    assert await registers.stands(register, pushed) == ("applied", None)
    await erased(register, number, **MISTAKE)
    path = f"{registers.PATH}/{pushed.json()['register_statement']}"
    for party, names in (("register:1", []), ("", ["SITI BT OMAR"])):
        answer = await register.as_party("GET", path, registers.READ, party)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["state"], answer.json()["names"], answer.json()["erased"]) == ("applied", names, True)
    same = await registers.push(register, MARRIED, "M-1")
    assert (same.status_code, same.json()["state"]) == (202, "applied"), same.text
    assert same.json()["register_statement"] == pushed.json()["register_statement"]
    other = await registers.push(register, {**MARRIED, "married_on": "2016-05-15"}, "M-1")
    assert (other.status_code, other.json()["code"]) == (409, "register_reference_taken")
    left = await readable(register)
    names_nobody(left)
    assert "AHMAD" not in left
    await erased(register, spouse, **MISTAKE)
    answer = await register.as_party("GET", path, registers.READ)
    assert (answer.json()["state"], answer.json()["names"], answer.json()["erased"]) == ("applied", [], True)
    assert "SITI" not in await readable(register)
    same = await registers.push(register, MARRIED, "M-1")
    assert (same.status_code, same.json()["state"]) == (202, "applied"), same.text


async def test_a_child_that_a_register_named_stays_with_the_other_parent(register: Register) -> None:
    number, _ = await register.person(), await another(register)
    born = {"child": {"name": "NUR AISYAH"}, "parents": [registers.AHMAD, registers.SITI], "born_on": "2017-03-09"}
    pushed = await registers.push(register, {"kind": "birth", **born}, "B-1")
    assert await registers.stands(register, pushed) == ("applied", None)
    await erased(register, number, **MISTAKE)
    assert await registers.named(register, pushed) == ["SITI BT OMAR", "NUR AISYAH"]


async def test_a_registers_statement_that_is_parked_is_decided_first(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    number = await register.person()
    await registers.push(register, registers.death("2026-06-30"), "D-1")
    pushed = await registers.push(register, registers.death("2026-06-29"), "D-2")
    assert await registers.stands(register, pushed) == ("parked", "contradicts_what_is_known")
    found = await erased(register, number, **MISTAKE)
    held = {"reason": "register_statement_waits", "owner": "officer:register_statement"}
    assert found["holds"] == [{**held, "about": None}]
    assert await held_by(register, found, registers.READ) == [held | {"about": pushed.json()["register_statement"]}]
    assert (await register.decided("register_statement", "register_statement_dismissed")).status_code == 201
    business_clock.set_day(2026, 8, 4)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] == "erased"
    assert (await registers.stands(register, pushed))[0] == "dismissed"


async def test_a_backup_in_which_officers_are_asked_about_it_asks_them_no_more(
    register: Register, again: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    for each in (register, again):
        number, other = await each.person(), await another(each)
        await registers.push(each, registers.death("2026-06-30"), "D-1")
        await registers.push(each, registers.death("2026-06-29"), "D-2")
        assert (await state_relation(each, number, relative=other)).status_code == 202
        assert (await each.correct(number, "name", "Ahmad bin Alias", subject="officer-3")).status_code == 202
    await register.decided("family_relation", "relation_dismissed")
    await register.decided("register_statement", "register_statement_dismissed")
    await register.decided("person_correction", "correction_refused")
    await erased(register, number, **MISTAKE)
    worker = again.service.worker
    async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
        await worker.work.recall((), uow)
        await worker.work.recall(await published_by(register.service), uow)
    assert (await person(again, number)).json()["code"] == "person_erased"
    for queue in ("family_relation", "register_statement", "person_correction"):
        assert await again.waiting(queue) == [], queue
    assert (await state_relation(again, other, named={"name": "Rahim", "born_on": "1988-01-01"})).status_code == 202
    (task,) = await again.waiting("family_relation")
    assert (await again.decided_task(task, "relation_stands")).status_code == 201


async def test_by_each_of_its_numbers_a_person_is_told_that_it_was_erased(register: Register) -> None:
    number, other = await register.person(), await another(register)
    await merged(register, other, number, name=number, born_on=number, address=number)
    found = await erased(register, number)
    for own in (number, other):
        for asked in (number, other):
            answer = await person(register, asked, self_of(own))
            assert (answer.status_code, answer.json()["code"]) == (404, "person_erased"), (own, asked)
        me = await register.as_party("GET", "/v1/me", "registration:me:read", self_of(own))
        assert me.json()["code"] == "person_erased", own
        assert (await certificate(register, found["erasure"], self_of(own)))["state"] == "erased"
    stranger = await register.person("880101145676", name="Rahim", born_on="1988-01-01")
    assert (await person(register, other, self_of(stranger))).json()["code"] == "person_unknown"


async def test_an_erasure_is_listed_by_each_number_of_the_person(register: Register) -> None:
    number, other = await register.person(), await another(register)
    stated = await state(register, other, **MISTAKE)
    assert (await register.decided("erasure", "erasure_refused")).status_code == 201
    await merged(register, other, number, name=number, born_on=number, address=number)
    found = await erased(register, number)
    both = {stated.json()["erasure"], found["erasure"]}
    for asked in (number, other):
        listed = await register.as_party("GET", f"/v1/erasures?person={asked}", READ)
        assert {each["erasure"] for each in listed.json()["data"]} == both, asked
    stranger = await register.person("880101145676", name="Rahim", born_on="1988-01-01")
    listed = await register.as_party("GET", f"/v1/erasures?person={stranger}", READ)
    assert listed.json()["data"] == []


async def test_a_row_that_was_known_when_it_was_checked_registers_nobody(register: Register) -> None:
    number = await register.person()
    row = f"mykad,{MYKAD},Ahmad bin Ali,1990-01-01,citizen"
    new = f"mykad,{OTHER_MYKAD},Siti binti Omar,1985-06-15,citizen"
    file = await opening.checked(register, "persons", [row, new, row])
    assert file["checked"] == {"new": 1, "known": 2, "rejected": 0}
    await erased(register, number, **MISTAKE)
    await opening.released(register)
    await register.work_off()
    found = (await opening.read(register, file["opening_file"])).json()
    assert found["loaded"] == {"new": 1, "known": 1, "rejected": 1}
    faults = (await opening.read(register, file["opening_file"], "/errors")).text.splitlines()
    assert faults[1:] == ["1,line,known_no_longer"]
    assert [row[0] for row in await register.rows("SELECT count(*) FROM national_id")] == [1]
