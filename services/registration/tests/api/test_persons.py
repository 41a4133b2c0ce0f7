"""Registering, reading and listing persons."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.registration.tests.support import (
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    number_of,
    party_of,
)
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.security.blind_index import IdTokens
from shared.security.names import NameTokens, names_agree

READ = "registration:person:read"


async def test_a_person_is_registered_and_told_without_a_name_or_a_national_id(register: Register) -> None:
    """The tokens are what another service makes of the same number and name with the same key."""
    person = await register.person("900101-14-5678")
    told = await register.events("person.registered")
    assert [event["person"] for event in told] == [number_of(person)]
    assert told[0]["id_tokens"] == [IdTokens(b"0123456789abcdef0123456789abcdef").token("mykad", MYKAD)]
    assert names_agree(told[0]["name_tokens"], NameTokens(b"0123456789abcdef0123456789abcdef").of("AHMAD B. ALI"))
    assert told[0]["born_on"] == "1990-01-01"
    assert told[0]["residence"] == "citizen"
    assert set(told[0]) == {
        "type", "person", "revision", "id_tokens", "name_tokens", "born_on", "residence", "registered_at",
        "says_pass"
    }  # fmt: skip
    assert "ahmad" not in str(told).lower()


@pytest.mark.parametrize("name", ["-", "\u200b", "@", "'"])
async def test_a_name_in_which_nothing_can_be_compared_is_refused_at_the_door(register: Register, name: str) -> None:
    """Else no line and no notice would ever agree with it."""
    answer = await register.try_person(name=name)
    assert (answer.status_code, answer.json()["code"]) == (422, "name_without_letters")
    assert await register.rows("SELECT 1 FROM person") == []


async def test_an_officer_reads_a_person_without_the_national_id(register: Register) -> None:
    """Name and address are deciphered; the number stays where it is."""
    person = await register.person()
    answer = await register.as_party("GET", f"/v1/persons/{person}", READ)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["address"]) == ("Ahmad bin Ali", "1 Jalan Merdeka, 75000 Melaka")
    assert (body["person"], body["born_on"], body["residence"]) == (person, "1990-01-01", "citizen")
    assert MYKAD not in answer.text


async def test_a_national_id_is_registered_once_by_whomever(register: Register) -> None:
    """Another employer hears that it is taken, not whose it is; nothing is written."""
    await register.person()
    answer = await register.try_person(party="employer:9")
    assert (answer.status_code, answer.json()["code"]) == (409, "national_id_registered")
    assert MYKAD not in answer.text
    assert len(await register.rows("SELECT 1 FROM person")) == 1


async def test_the_same_digits_under_another_kind_are_one_person_until_an_officer_knows_better(
    register: Register,
) -> None:
    """Most often the kind is a slip. An employer's word is none; an officer's makes another person."""
    await register.person()
    who: dict[str, Any] = {"kind": "ssfw", "residence": "foreign_worker"}
    for changes in (who, who | {"another_person": True, "party": "employer:9"}, who | {"party": "employer:9"}):
        answer = await register.try_person(**changes)
        assert (answer.status_code, answer.json()["code"]) == (409, "national_id_of_another_kind")
        assert MYKAD not in answer.text
    answer = await register.try_person(kind="passport", another_person=False)
    assert answer.json()["code"] == "national_id_of_another_kind"
    assert len(await register.rows("SELECT 1 FROM person")) == 1
    await register.person(**who, another_person=True)
    answer = await register.try_person(**who, another_person=True)
    assert answer.json()["code"] == "national_id_registered"
    at_once = [register.try_person("A1234567", kind=kind, born_on="1980-01-01") for kind in ("passport", "army")]
    assert sorted(answer.status_code for answer in await asyncio.gather(*at_once)) == [201, 409]


async def test_an_address_is_shown_to_who_stated_it_and_to_officers(register: Register) -> None:
    """Whoever starts a spell by number and name learns no more than it knew, and when the person was born."""
    employer, person = await register.worker_of()
    hired = await register.as_party("GET", f"/v1/persons/{person}", READ, party_of(employer))
    assert (hired.json()["name"], hired.json()["address"]) == ("Ahmad bin Ali", None)
    own = await register.person(OTHER_MYKAD, party=party_of(employer))
    await register.spell(own, employer)
    read = await register.as_party("GET", f"/v1/persons/{own}", READ, party_of(employer))
    assert read.json()["address"] == "1 Jalan Merdeka, 75000 Melaka"
    listed = await register.as_party("GET", "/v1/persons", READ, party_of(employer))
    assert [each["address"] for each in listed.json()["data"]] == [None, "1 Jalan Merdeka, 75000 Melaka"]


async def test_asking_for_a_registered_person_shows_neither_who_nor_whose_it_is(register: Register) -> None:
    """The refusal is the same for anybody's national id, whatever else is sent, and opens no sight of the person."""
    employer, own = await register.worker_of()
    foreign = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    other = party_of(await register.employer(OTHER_CODE))
    answers = [await register.try_person(number, party=other) for number in (MYKAD, OTHER_MYKAD)]
    answers.append(
        await register.try_person(MYKAD, party=party_of(employer), name="Somebody", residence="foreign_worker")
    )
    told = [{**answer.json(), "instance": "", "request_id": ""} for answer in answers]
    assert [each["code"] for each in told] == ["national_id_registered"] * 3
    assert told[0] == told[1] == told[2]
    assert {"location", "content-location"} & {name for answer in answers for name in answer.headers} == set()
    for person in (own, foreign):
        read = await register.as_party("GET", f"/v1/persons/{person}", READ, other)
        assert (read.status_code, read.json()["code"]) == (404, "person_unknown")
    assert (await register.as_party("GET", "/v1/persons", READ, other)).json()["data"] == []
    access = await register.rows("SELECT tenant, person FROM person_access")
    assert [tuple(row) for row in access] == [(party_of(employer), number_of(own))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "900101145"}, "national_id_invalid"),
        ({"number": "991301145678"}, "national_id_invalid"),
        ({"kind": "licence"}, "request_invalid"),
        ({"residence": "tourist"}, "request_invalid"),
        ({"name": ""}, "request_invalid"),
        ({"religion": "none"}, "request_invalid"),
        ({"born_on": (today() + timedelta(days=1)).isoformat()}, "born_in_future"),
    ],
)
async def test_bad_input_is_a_problem_that_does_not_repeat_the_number(
    register: Register, changes: dict[str, str], code: str
) -> None:
    """422 with a stable code; nothing is half-written."""
    asked = {"number": MYKAD, **changes}
    answer = await register.try_person(asked.pop("number"), **asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert changes.get("number", MYKAD) not in answer.text
    assert await register.rows("SELECT 1 FROM person") == []
    assert await register.events() == []


async def test_an_employer_sees_the_persons_of_its_spells_only(register: Register) -> None:
    """Not even one that it registered itself; another's number is as unknown as one that does not exist."""
    employer, person = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    alone = await register.person(OTHER_MYKAD, party=party_of(other))
    own = await register.as_party("GET", f"/v1/persons/{person}", READ, party_of(employer))
    assert own.json()["person"] == person
    for number in (person, alone, person_id(999)):
        answer = await register.as_party("GET", f"/v1/persons/{number}", READ, party_of(other))
        assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
    listed = await register.as_party("GET", "/v1/persons", READ, party_of(other))
    assert listed.json() == {"data": [], "next_cursor": None, "has_more": False}
    listed = await register.as_party("GET", "/v1/persons", READ, party_of(employer))
    assert [each["person"] for each in listed.json()["data"]] == [person]


async def test_the_list_is_paged_and_its_cursor_belongs_to_one_caller(register: Register) -> None:
    """A foreign cursor and an unknown filter are 400."""
    employer, first = await register.worker_of()
    second = await register.person(OTHER_MYKAD)
    await register.spell(second, employer)
    page = await register.as_party("GET", "/v1/persons?limit=1", READ)
    assert [each["person"] for each in page.json()["data"]] == [first]
    path = f"/v1/persons?limit=1&cursor={page.json()['next_cursor']}"
    following = await register.as_party("GET", path, READ)
    assert [each["person"] for each in following.json()["data"]] == [second]
    assert following.json()["has_more"] is False
    foreign = await register.as_party("GET", path, READ, party_of(employer))
    assert (foreign.status_code, foreign.json()["code"]) == (400, "cursor_invalid")
    unknown = await register.as_party("GET", "/v1/persons?name=Ahmad", READ)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "filter_unknown")


async def test_a_repeated_key_answers_as_before_and_a_changed_body_is_refused(register: Register) -> None:
    """One person, one event."""
    body = {
        "name": "Ahmad bin Ali",
        "national_id": {"kind": "mykad", "number": MYKAD},
        "born_on": "1990-01-01",
        "residence": "citizen",
    }
    scopes = ["registration:person:write"]
    first = await register.service.call("POST", "/v1/persons", scopes=scopes, json=body, key="once")
    again = await register.service.call("POST", "/v1/persons", scopes=scopes, json=body, key="once")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"] == f"/v1/persons/{first.json()['person']}"
    changed = {**body, "name": "Somebody Else"}
    other = await register.service.call("POST", "/v1/persons", scopes=scopes, json=changed, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await register.events("person.registered")) == 1


async def test_a_later_fact_overwrites_the_days_that_it_covers_and_a_retraction_gives_them_back(
    register: Register,
) -> None:
    """Rules F1, on the residence of a person who became a permanent resident on 1 January 2025."""
    person = number_of(await register.person(residence="foreign_worker"))
    add = """
        INSERT INTO person_fact (id, person, attribute, valid, plain, source, retracts)
        VALUES (nextval('person_fact_id'), $1, 'residence', CAST($2 AS text)::daterange, $3, 'test', $4) RETURNING id
    """
    async with register.service.database.connection("migrate") as connection:

        async def known() -> list[tuple[str, str]]:
            await connection.execute("SELECT derive_person_attributes(ARRAY[$1::integer])", person)
            found = await connection.fetch("""
                SELECT known.valid::text, fact.plain FROM person_attribute AS known JOIN person_fact AS fact
                ON fact.id = known.fact WHERE known.attribute = 'residence' ORDER BY known.valid
            """)
            return [(row[0], row[1]) for row in found]

        later = await connection.fetchval(add, person, "[2025-01-01,)", "permanent_resident", None)
        resident = ("[2025-01-01,)", "permanent_resident")
        assert await known() == [("(,2025-01-01)", "foreign_worker"), resident]
        await connection.fetchval(add, person, "[2024-02-01,2024-03-01)", "citizen", None)
        assert [days for days, _ in await known()] == [
            "(,2024-02-01)",
            "[2024-02-01,2024-03-01)",
            "[2024-03-01,2025-01-01)",
            "[2025-01-01,)",
        ]
        await connection.fetchval(add, person, "[2026-01-01,)", "permanent_resident", later)
        assert (await known())[-2:] == [("[2024-03-01,2026-01-01)", "foreign_worker"), ("[2026-01-01,)", resident[1])]
