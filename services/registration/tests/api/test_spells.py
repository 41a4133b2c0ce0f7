"""Spells of employment, and the memberships that follow from them."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.event import listen, remove

from services.registration.tests.support import MYKAD, OTHER_CODE, OTHER_MYKAD, Register, number_of, party_of
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_number, new_id, person_id

WRITE = "registration:spell:write"
READ_PERSON = "registration:person:read"


async def test_an_employer_starts_a_spell_for_itself_and_the_membership_follows(register: Register) -> None:
    """Both events in one transaction; born on 1 January 1990, in the first category until the sixtieth year."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person, employer, "2024-03-01", party_of(employer))
    assert answer.status_code == 201
    started, membership = (await register.events())[-2:]
    assert started["type"] == "jaring.spell.started.v1"
    assert (started["person"], started["employer"]) == (number_of(person), employer_number(employer))
    assert (started["spell"], started["revision"], started["started_on"]) == (answer.json()["spell"], 1, "2024-03-01")
    assert "ended_on" not in started
    assert membership["type"] == "jaring.membership.changed.v1"
    assert (membership["scheme"], membership["revision"]) == ("act4", 1)
    assert [period["category"] for period in membership["periods"]] == ["first", "second"]
    assert membership["periods"][0]["first"] == "2024-03-01"
    assert membership["periods"][1]["first"] in ("2050-01-01", "2050-02-01")


async def test_an_employer_cannot_speak_for_another(register: Register) -> None:
    """Neither start nor end: the other is unknown to it."""
    employer, person = await register.employer(), await register.person()
    other = await register.employer(OTHER_CODE)
    answer = await register.try_spell(person, employer, "2024-03-01", party_of(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")
    spell = await register.spell(person, employer)
    answer = await _end(register, spell, "2024-12-31", party_of(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "spell_unknown")
    assert await register.events("spell.ended") == []


async def test_a_spell_of_an_unknown_person_or_employer_is_refused_and_leaves_nothing(register: Register) -> None:
    """Also no right to see the number, should somebody get it later."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person_id(999), employer, "2024-03-01", party_of(employer))
    assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
    answer = await register.try_spell(person, "E000000999K", "2024-03-01")
    assert (answer.status_code, answer.json()["code"]) in ((404, "employer_unknown"), (422, "public_id_invalid"))
    assert await register.rows("SELECT 1 FROM person_access") == []


async def test_an_employer_must_send_the_national_id_and_an_officer_need_not(register: Register) -> None:
    """422 whether or not there is such a person; nothing is written."""
    employer, person = await register.employer(), await register.person()
    party = party_of(employer)
    for asked in (person, person_id(999)):
        answer = await register.try_spell(asked, employer, "2024-03-01", party, national_id=None)
        assert (answer.status_code, answer.json()["code"]) == (422, "national_id_needed")
    await _sees_nothing(register, person, party)
    assert (await register.try_spell(person, employer, "2024-03-01")).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "mykad", "number": "710203085511"},
        {"kind": "mykad", "number": OTHER_MYKAD},
        {"kind": "ssfw", "number": MYKAD},
        {"kind": "old_ic", "number": "1234567"},
    ],
    ids=["nobody's", "another person's", "another kind", "another kind and number"],
)
async def test_a_guessed_person_is_as_unknown_as_one_who_does_not_exist(
    register: Register, wrong: dict[str, str]
) -> None:
    """The same answer after the same statements, and no sight of the person; an officer's proof counts as well."""
    employer, person = await register.employer(), await register.person()
    await register.person(OTHER_MYKAD)
    party = party_of(employer)
    guessed = await _statements(register, person, employer, party, wrong)
    unknown = await _statements(register, person_id(999), employer, party, wrong)
    assert guessed == unknown
    assert guessed[0]["code"] == "person_unknown"
    assert any("bears_national_id" in statement for statement in guessed[1])
    assert not any("person_access" in statement for statement in guessed[1])
    assert wrong["number"] not in str(guessed[0])
    await _sees_nothing(register, person, party)
    answer = await register.try_spell(person, employer, "2024-03-01", national_id=wrong)
    assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")


async def test_a_wrong_proof_hides_what_else_would_be_refused(register: Register) -> None:
    """Neither the day of birth nor a spell that is there already shows through, not even to the own employer."""
    employer, person = await register.worker_of()
    for day in ("1989-12-31", "2025-01-01"):
        answer = await register.try_spell(person, employer, day, party_of(employer), OTHER_MYKAD)
        assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")


async def test_a_proof_may_be_typed_with_dashes_and_must_be_well_formed(register: Register) -> None:
    """The number that is refused is not repeated."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person, employer, "2024-03-01", party_of(employer), "9001011456")
    assert (answer.status_code, answer.json()["code"]) == (422, "national_id_invalid")
    assert "9001011456" not in answer.text
    answer = await register.try_spell(person, employer, "2024-03-01", party_of(employer), "900101-14-5678")
    assert answer.status_code == 201
    read = await register.as_party("GET", f"/v1/persons/{person}", READ_PERSON, party_of(employer))
    assert read.json()["name"] == "Ahmad bin Ali"


async def test_overlapping_spells_with_one_employer_are_refused_and_with_two_are_not(register: Register) -> None:
    """The database refuses them, also when both come at once."""
    employer, person = await register.worker_of()
    answer = await register.try_spell(person, employer, "2025-01-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "spell_overlaps")
    other = await register.employer(OTHER_CODE)
    both = await asyncio.gather(*(register.try_spell(person, other, "2025-01-01") for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    assert len(await register.events("spell.started")) == 2


async def test_two_employers_that_hire_a_person_at_once_both_count_for_the_membership(register: Register) -> None:
    """The person's row orders them; neither is refused, and the last membership knows both spells."""
    person = await register.person()
    employers = [await register.employer(f"C{number:09d}") for number in range(4)]
    starts = ["2020-01-01", "2021-01-01", "2019-01-01", "2022-01-01"]
    pairs = zip(employers, starts, strict=True)
    answers = await asyncio.gather(*(register.try_spell(person, *pair, party_of(pair[0])) for pair in pairs))
    assert [answer.status_code for answer in answers] == [201] * 4
    membership = (await register.events("membership.changed"))[-1]
    assert membership["periods"][0]["first"] == "2019-01-01"
    stored = await register.rows("SELECT revision, periods FROM membership")
    assert stored[0]["revision"] == membership["revision"]


async def test_a_spell_ends_once_and_another_may_follow(register: Register) -> None:
    """The fact of the start stays; the one of the end retracts it."""
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    answer = await _end(register, spell, "2024-12-31", party_of(employer))
    assert (answer.status_code, answer.json()["ended_on"]) == (200, "2024-12-31")
    ended = (await register.events("spell.ended"))[-1]
    assert (ended["revision"], ended["started_on"], ended["ended_on"]) == (2, "2024-03-01", "2024-12-31")
    membership = (await register.events("membership.changed"))[-1]
    assert (membership["revision"], len(membership["periods"])) == (2, 1)
    assert membership["periods"][0] == {"category": "first", "first": "2024-03-01", "last": "2024-12-31"}
    again = await _end(register, spell, "2025-01-31")
    assert (again.status_code, again.json()["code"]) == (409, "spell_already_ended")
    overlapping = await register.try_spell(person, employer, "2024-12-31")
    assert overlapping.json()["code"] == "spell_overlaps"
    await register.spell(person, employer, "2025-01-01")
    facts = await register.rows("SELECT days::text, retracts IS NOT NULL, source FROM spell_fact ORDER BY id")
    assert [tuple(row) for row in facts[:2]] == [
        ("[2024-03-01,)", False, "organisation:1"),
        ("[2024-03-01,2025-01-01)", True, party_of(employer)),
    ]


async def test_the_category_rests_on_the_first_spell_with_any_employer_though_a_tenant_sees_its_own(
    register: Register,
) -> None:
    """Born in June 1969, first liable at 49: still in the first category when a second employer hires at 55."""
    first, second = await register.employer(), await register.employer(OTHER_CODE)
    person = await register.person(born_on="1969-06-01")
    await register.spell(person, first, "2019-01-01")
    answer = await register.try_spell(person, second, "2024-09-01", party_of(second))
    assert answer.status_code == 201
    membership = (await register.events("membership.changed"))[-1]
    assert membership["periods"][0]["category"] == "first"
    assert membership["periods"][0]["first"] == "2019-01-01"


@pytest.mark.parametrize(
    ("started_on", "code"),
    [
        ("1989-12-31", "spell_starts_before_birth"),
        ((today() + timedelta(days=61)).isoformat(), "spell_starts_too_far_ahead"),
        ("2024-02-30", "request_invalid"),
    ],
)
async def test_a_start_on_an_impossible_day_is_refused(register: Register, started_on: str, code: str) -> None:
    """Sixty days ahead is the usual setting."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person, employer, started_on)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await register.rows("SELECT 1 FROM spell_fact") == []
    allowed = await register.try_spell(person, employer, (today() + timedelta(days=60)).isoformat())
    assert allowed.status_code == 201


@pytest.mark.parametrize(
    ("ended_on", "code"),
    [
        ("2024-02-29", "spell_ends_before_start"),
        ((today() + timedelta(days=61)).isoformat(), "spell_ends_too_far_ahead"),
    ],
)
async def test_an_end_on_an_impossible_day_is_refused(register: Register, ended_on: str, code: str) -> None:
    """The spell stays open."""
    spell = await register.spell(await register.person(), await register.employer())
    answer = await _end(register, spell, ended_on)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await register.events("spell.ended") == []


async def test_an_unknown_spell_cannot_be_ended(register: Register) -> None:
    """404 for a number that nobody gave."""
    answer = await _end(register, str(new_id()), "2024-12-31")
    assert (answer.status_code, answer.json()["code"]) == (404, "spell_unknown")


async def _statements(
    register: Register, person: str, employer: str, party: str, proof: dict[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The problem without what differs from request to request, and every statement that led to it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = register.service.app.state.database.engine.sync_engine
    listen(engine, "before_cursor_execute", note)
    try:
        answer = await register.try_spell(person, employer, "2024-03-01", party, national_id=proof)
    finally:
        remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 404
    return {key: value for key, value in answer.json().items() if key not in ("instance", "request_id")}, sent


async def _sees_nothing(register: Register, person: str, party: str) -> None:
    read = await register.as_party("GET", f"/v1/persons/{person}", READ_PERSON, party)
    assert (read.status_code, read.json()["code"]) == (404, "person_unknown")
    assert await register.rows("SELECT 1 FROM person_access") == []
    assert await register.rows("SELECT 1 FROM spell_fact") == []


async def _end(register: Register, spell: str, ended_on: str, party: str = "") -> httpx.Response:
    return await register.as_party("POST", f"/v1/spells/{spell}/end", WRITE, party, json={"ended_on": ended_on})
