"""Family relations count when two officers let them, once for both, and nobody else sees them."""

from typing import Any

import pytest

from services.registration.tests.api.family import (
    READ,
    STATED,
    WRITE,
    act,
    change,
    changed,
    decide,
    family,
    related,
    state,
    tasks,
)
from services.registration.tests.support import FIRST, OTHER_MYKAD, SECOND, Register, number_of, party_of, self_of
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

CHILD = {"name": "Nur Aisyah binti Ahmad", "born_on": "2017-03-09"}
OF_CHILD: dict[str, Any] = {"kind": "child", "named": CHILD, "first_on": "2017-03-09", "evidence": "SL-2017-0309"}
THIRD_MYKAD = "920303145555"


async def couple(register: Register) -> tuple[str, str]:
    """Two persons."""
    return await register.person(), await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")


async def test_a_marriage_counts_when_two_officers_let_it_and_both_see_it(register: Register) -> None:
    person, other = await couple(register)
    said = await state(register, person, relative=other)
    assert said.status_code == 202, said.text
    assert await family(register, person) == [], "one officer alone changes nothing"
    (task,) = await tasks(register)
    assert task["reason"] == "relation_to_be_confirmed"
    assert task["facts"] == {
        "act": "began",
        "kind": "spouse",
        "person": min(number_of(person), number_of(other)),
        "relative": max(number_of(person), number_of(other)),
        "first_on": "2016-05-14",
        "evidence": "NC-2016-0514",
    }
    assert (await decide(register, task)).status_code == 201
    for own, relative in ((person, other), (other, person)):
        (seen,) = await family(register, own, self_of(own))
        assert (seen["relation"], seen["kind"], seen["relative"]) == (said.json()["relation"], "spouse", relative)
    (told,) = await register.events("relation")
    assert told == {
        "type": "jaring.relation.stated.v1",
        "person": number_of(person),
        "relative": number_of(other),
        "relation": said.json()["relation"],
        "kind": "spouse",
        "revision": 1,
        "first_on": "2016-05-14",
        "withdrawn": False,
    }
    kept = await register.rows("SELECT source, stated_by, proposed_by, approved_by, retracts FROM relation_fact")
    assert [tuple(row) for row in kept] == [("organisation:1", "officer-0", FIRST, SECOND, None)]


async def test_who_stated_it_does_not_approve_it(register: Register) -> None:
    person, other = await couple(register)
    await state(register, person, officer=SECOND, relative=other)
    (task,) = await tasks(register)
    answer = await decide(register, task, approver=SECOND)
    assert (answer.status_code, answer.json()["code"]) == (409, "relation_of_oneself")
    assert await family(register, person) == []
    assert (await act(register, task, "approvals", "officer-3", revision=task["revision"])).status_code == 201
    assert len(await family(register, person)) == 1


async def test_what_is_dismissed_counts_for_nothing_and_may_be_stated_again(register: Register) -> None:
    person, other = await couple(register)
    await state(register, person, relative=other)
    (task,) = await tasks(register)
    assert (await decide(register, task, kind="relation_dismissed")).status_code == 201
    assert await family(register, person) == await register.events("relation") == []
    assert (await state(register, other, relative=person)).status_code == 202


async def test_the_same_is_stated_once_from_whichever_side(register: Register) -> None:
    person, other = await couple(register)
    await state(register, person, relative=other)
    for own, relative in ((person, other), (other, person)):
        again = await state(register, own, relative=relative)
        assert (again.status_code, again.json()["code"]) == (409, "relation_overlaps"), "it waits"
    (task,) = await tasks(register)
    await decide(register, task)
    again = await state(register, other, relative=person, first_on="2020-01-01")
    assert (again.status_code, again.json()["code"]) == (409, "relation_overlaps")


async def test_parent_and_child_are_one_fact(register: Register) -> None:
    parent = await register.person(born_on="1960-01-01")
    child = await register.person(OTHER_MYKAD, name="Siti binti Ahmad", born_on="1985-06-15")
    relation = await related(register, child, kind="parent", relative=parent, first_on="1985-06-15")
    (of_child,), (of_parent,) = await family(register, child), await family(register, parent)
    assert (of_child["relation"], of_child["kind"], of_child["relative"]) == (relation, "parent", parent)
    assert (of_parent["relation"], of_parent["kind"], of_parent["relative"]) == (relation, "child", child)
    again = await state(register, parent, kind="child", relative=child, first_on="1985-06-15")
    assert again.json()["code"] == "relation_overlaps"


async def test_a_relative_who_is_not_registered_is_named_and_the_name_leaves_nowhere(register: Register) -> None:
    person = await register.person()
    await related(register, person, **OF_CHILD)
    (seen,) = await family(register, person, self_of(person))
    assert (seen["kind"], seen["relative"], seen["named"]) == ("child", None, CHILD)
    again = await state(register, person, **{**OF_CHILD, "named": {**CHILD, "name": "NUR AISYAH BT AHMAD"}})
    assert again.json()["code"] == "relation_overlaps", "another spelling of the same name"
    twin = await state(register, person, **{**OF_CHILD, "named": {**CHILD, "name": "Nur Aina binti Ahmad"}})
    assert twin.status_code == 202
    (told,) = await register.events("relation")
    assert (told["relative_born_on"], "relative" in told) == ("2017-03-09", False)
    tables = [row[0] for row in await register.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("SET bytea_output = 'escape'")
        rows = {name: await owner.fetch(f'SELECT t::text FROM "{name}" AS t') for name in tables}  # noqa: S608
    assert len(rows["relation_named"]) == 2
    assert [name for name, found in rows.items() if "AISYAH" in str(found).upper()] == []


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"relative": "itself"}, 422, "relative_is_person"),
        ({"relative": "P000000999X"}, 422, "public_id_invalid"),
        ({"relative": "other", "first_on": "1985-01-01"}, 422, "relation_before_birth"),
        ({"relative": "other", "kind": "child"}, 422, "child_older_than_parent"),
        ({"relative": "other", "first_on": "2100-01-01"}, 422, "relation_in_future"),
        ({"relative": "other", "last_on": "2016-05-13"}, 422, "relation_ends_before_start"),
        ({}, 422, "relative_unnamed"),
        ({"relative": "other", "named": CHILD}, 422, "relative_unnamed"),
        ({"named": {"name": "---"}}, 422, "name_without_letters"),
    ],
)
async def test_what_contradicts_itself_is_refused(
    register: Register, said: dict[str, Any], status: int, code: str
) -> None:
    person, other = await couple(register)
    named = {"itself": person, "other": other}
    if "relative" in said:
        said = {**said, "relative": named.get(said["relative"], said["relative"])}
    answer = await state(register, person, **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await tasks(register) == []


async def test_a_second_marriage_needs_the_document_that_permits_it(register: Register) -> None:
    person, other = await couple(register)
    third = await register.person(THIRD_MYKAD, name="Zainab binti Musa")
    await related(register, person, relative=other)
    await state(register, third, relative=person, first_on="2022-01-01", evidence="NC-2022-0101")
    (task,) = await tasks(register)
    assert task["reason"] == "second_marriage"
    refused = await decide(register, task)
    assert (refused.status_code, refused.json()["code"]) == (409, "permission_needed")
    assert len(await family(register, person)) == 1
    assert (await act(register, task, "refusals", SECOND, reason="evidence_missing")).status_code == 201
    says = {"kind": "relation_stands", "permission": "MS-2021-0193"}
    await act(register, task, "takings", FIRST)
    await act(register, task, "proposals", FIRST, revision=task["revision"], says=says)
    assert (await act(register, task, "approvals", SECOND, revision=task["revision"])).status_code == 201
    permitted = {each["relative"]: each["permission"] for each in await family(register, person)}
    assert permitted == {other: None, third: "MS-2021-0193"}


async def test_what_waits_is_held_against_what_was_let_count_meanwhile(register: Register) -> None:
    """Of two marriages that wait the one that counts first makes the other a second one, and its proposal falls."""
    person, other = await couple(register)
    third = await register.person(THIRD_MYKAD, name="Zainab binti Musa")
    await state(register, person, relative=other)
    await state(register, person, relative=third, first_on="2022-01-01")
    first, second = sorted(await tasks(register), key=lambda task: task["facts"]["first_on"])
    await act(register, second, "takings", "officer-4")
    says = {"kind": "relation_stands"}
    await act(register, second, "proposals", "officer-4", revision=second["revision"], says=says)
    assert (await decide(register, first)).status_code == 201
    answer = await act(register, second, "approvals", SECOND, revision=second["revision"])
    assert answer.status_code in (409, 412)
    assert [each["relative"] for each in await family(register, person)] == [other]


async def test_an_end_waits_too_and_what_was_known_stays_known(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 7, 1)
    person, other = await couple(register)
    relation = await related(register, person, relative=other)
    business_clock.set_day(2026, 7, 10)
    said = await change(register, relation, "end", last_on="2026-06-30")
    assert said.status_code == 202, said.text
    assert (await family(register, person))[0]["last_on"] is None
    twice = await change(register, relation, "end", last_on="2026-06-29")
    assert (twice.status_code, twice.json()["code"]) == (409, "relation_statement_waits")
    (task,) = await tasks(register)
    assert (task["reason"], task["facts"]["last_on"]) == ("end_to_be_confirmed", "2026-06-30")
    assert (await decide(register, task)).status_code == 201
    (seen,) = await family(register, person, at="2026-06-30")
    assert (seen["last_on"], seen["evidence"]) == ("2026-06-30", "SC-2026-0131")
    assert await family(register, person, at="2026-07-01") == []
    (before,) = await family(register, person, at="2026-07-01", known_at="2026-07-05T00:00:00Z")
    assert (before["last_on"], before["evidence"]) == (None, "NC-2016-0514")
    told = (await register.events("relation"))[-1]
    assert (told["type"], told["revision"], told["last_on"]) == ("jaring.relation.ended.v1", 2, "2026-06-30")
    await changed(register, relation, "end", last_on="2026-06-15")
    assert (await family(register, person))[0]["last_on"] == "2026-06-15"
    again = await related(register, other, relative=person, first_on="2026-07-02")
    assert {each["relation"] for each in await family(register, person)} == {relation, again}


async def test_what_is_withdrawn_never_was(register: Register) -> None:
    person, other = await couple(register)
    relation = await related(register, person, relative=other)
    await changed(register, relation, "withdrawal")
    assert await family(register, person) == []
    told = (await register.events("relation"))[-1]
    assert (told["type"], told["withdrawn"], told["revision"]) == ("jaring.relation.ended.v1", True, 2)
    answer = await change(register, relation, "end", last_on="2026-06-30")
    assert (answer.status_code, answer.json()["code"]) == (409, "relation_withdrawn")
    assert (await register.rows("SELECT count(*) FROM relation_fact")) == [(2,)]
    await related(register, person, relative=other)


async def test_an_employer_sees_none_and_a_stranger_gets_the_answer_of_nobody(register: Register) -> None:
    """Also the employer of the person, with the scope."""
    employer, person = await register.worker_of()
    other = await register.person(OTHER_MYKAD, name="Siti binti Omar")
    await related(register, person, relative=other)
    answers = [
        await register.as_party("GET", f"/v1/persons/{whom}/family", READ, party)
        for whom in (person, "P000000021R")
        for party in (party_of(employer), "hospital:1", "person:21")
        if party != "person:21" or whom == person
    ]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "person_unknown")}
    body = {**STATED, "person": person, "relative": other}
    said = await register.as_party("POST", "/v1/family-relations", WRITE, party_of(employer), json=body)
    assert (said.status_code, said.json()["code"]) == (403, "officers_only")


async def test_a_family_is_read_by_page(register: Register) -> None:
    person = await register.person()
    names = ("Nur Aisyah binti Ahmad", "Nur Aina binti Ahmad", "Nur Amira binti Ahmad")
    relations = sorted([await related(register, person, **{**OF_CHILD, "named": {"name": name}}) for name in names])
    path = f"/v1/persons/{person}/family"
    first = (await register.as_party("GET", path, READ, params={"limit": 2})).json()
    rest = (await register.as_party("GET", path, READ, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["relation"] for each in first["data"] + rest["data"]] == relations
    assert rest["has_more"] is False


async def test_what_a_corrected_birth_contradicts_is_withdrawn(register: Register) -> None:
    """It cannot be ended, since it never was; nothing of it is held against the withdrawal."""
    parent = await register.person()
    child = await register.person("A1234567", kind="passport", name="Siti binti Omar", born_on="2010-06-15")
    relation = await related(register, parent, kind="child", relative=child, first_on="2010-06-15")
    await register.corrected(child, "born_on", "1985-06-15")
    ended = await change(register, relation, "end", last_on="2026-01-31")
    assert (ended.status_code, ended.json()["code"]) == (422, "child_older_than_parent")
    await changed(register, relation, "withdrawal")
    assert await family(register, parent) == []
