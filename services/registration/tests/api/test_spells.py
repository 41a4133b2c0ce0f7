"""Spells of employment, and the memberships that follow from them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import TextClause
from sqlalchemy.event import listen, remove

from services.registration.files.contribution_file import render
from services.registration.storage.spells import UNVERIFIED_OF_BOTH, UNVERIFIED_OF_EMPLOYER, UNVERIFIED_OF_PERSON
from services.registration.tests.support import (
    AT_2480,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    number_of,
    party_of,
)
from shared.kernel.clock import business_day, today
from shared.kernel.identifiers import employer_number, new_id, person_id
from shared.testing.clock import BusinessClock

WRITE, READ_SPELL = "registration:spell:write", "registration:spell:read"
READ_PERSON = "registration:person:read"
_FLAGS = "SELECT verified, refused FROM spell ORDER BY spell"
_DERIVED = """
    SELECT coalesce(said.granted, false) AS verified, coalesce(NOT said.granted, false) AS refused
    FROM (SELECT DISTINCT spell FROM spell_fact) AS stated LEFT JOIN LATERAL (
        SELECT granted FROM spell_verification WHERE spell = stated.spell ORDER BY id DESC LIMIT 1) AS said ON true
    ORDER BY stated.spell
"""
_MANY_SPELLS = """
    INSERT INTO person (person, revision, registered_at) SELECT n, 1, now() FROM generate_series(1, 1000) AS n;
    INSERT INTO employer (employer, tenant, revision, code, name, registered_at)
    SELECT n, 'employer:' || n, 1, 'F' || n, 'KILANG', now() FROM generate_series(1, 200) AS n;
    WITH stated AS (
        INSERT INTO spell_fact (spell, tenant, person, employer, days, source)
        SELECT uuidv7(), 'employer:' || 1 + n % 200, 1 + n % 997, 1 + n % 200, daterange(day, day + 1), 'x'
        FROM generate_series(1, 20000) AS n CROSS JOIN LATERAL (SELECT CAST('2000-01-01' AS date) + n AS day) AS d
        RETURNING *)
    INSERT INTO spell (spell, tenant, person, employer, days, fact, revision, stated_on, verified, refused,
                       end_stated_on, end_verified)
    SELECT spell, tenant, person, employer, days, id, 1, '2026-01-05', false, false, '2026-01-05', false FROM stated
"""


async def test_an_employer_starts_a_spell_for_itself_and_the_membership_follows(register: Register) -> None:
    """All events in one transaction; born on 1 January 1990, in the first category until the sixtieth year."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person, employer, "2024-03-01", party_of(employer))
    assert answer.status_code == 201
    started, membership, taking_part, insured = (await register.events())[-4:]
    assert started["type"] == "jaring.spell.started.v1"
    assert (started["person"], started["employer"]) == (number_of(person), employer_number(employer))
    assert (started["spell"], started["revision"], started["started_on"]) == (answer.json()["spell"], 1, "2024-03-01")
    assert "ended_on" not in started
    assert membership["type"] == "jaring.membership.changed.v1"
    assert (membership["scheme"], membership["revision"]) == ("act4", 1)
    assert [period["category"] for period in membership["periods"]] == ["first", "second"]
    assert membership["periods"][0]["first"] == "2024-03-01"
    assert membership["periods"][1]["first"] in ("2050-01-01", "2050-02-01")
    assert taking_part["scheme"] == "skbbk"
    assert (insured["scheme"], insured["periods"][0]) == (
        "act800",
        {"category": "insured", "first": "2024-03-01", "last": "2049-12-31"},
    )


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
    membership = (await register.memberships("act4"))[-1]
    assert membership["periods"][0]["first"] == "2019-01-01"
    stored = await register.rows("SELECT revision, periods FROM membership WHERE scheme = 'act4'")
    assert stored[0]["revision"] == membership["revision"]


async def test_a_spell_ends_once_and_another_may_follow(register: Register, business_clock: BusinessClock) -> None:
    """The fact of the start stays; the one of the end retracts it."""
    business_clock.set_day(2025, 1, 10)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    answer = await _end(register, spell, "2024-12-31", party_of(employer))
    assert (answer.status_code, answer.json()["ended_on"]) == (200, "2024-12-31")
    ended = (await register.events("spell.ended"))[-1]
    assert (ended["revision"], ended["started_on"], ended["ended_on"]) == (2, "2024-03-01", "2024-12-31")
    membership = (await register.memberships("act4"))[-1]
    assert (membership["revision"], len(membership["periods"])) == (2, 1)
    assert membership["periods"][0] == {"category": "first", "first": "2024-03-01", "last": "2024-12-31"}
    again = await _end(register, spell, "2025-01-31", party_of(employer))
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
    membership = (await register.memberships("act4"))[-1]
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


async def test_an_employer_hires_a_registered_worker_by_national_id_and_name(register: Register) -> None:
    """It knows no person number, and a small difference of the name passes."""
    employer, person = await register.employer(), await register.person()
    party = party_of(employer)
    answer = await _hire(register, employer, party, name="AHMAD B. ALI")
    assert (answer.status_code, answer.json()["person"]) == (201, person)
    whole = {"spell", "person", "employer", "started_on", "ended_on", "stated_on", "verified", "refused", "waiting_end"}
    whole |= {"kind_of_work", "spouse_of_employer", "allowance"}
    assert set(answer.json()) == whole
    assert (await register.as_party("GET", f"/v1/persons/{person}", READ_PERSON, party)).status_code == 200
    (fact,) = await register.rows("SELECT source FROM spell_fact")
    assert fact["source"] == party


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "SITI BINTI OMAR"},
        {"name": "ALI BIN AHMAD"},
        {"number": OTHER_MYKAD},
        {"number": "710203085511"},
        {"number": "710203085511", "name": "SITI BINTI OMAR"},
        {"person": person_id(2)},
        {"person": person_id(999)},
    ],
)
async def test_a_wrong_name_is_as_unknown_as_a_person_who_does_not_exist(
    register: Register, wrong: dict[str, str]
) -> None:
    """The same answer after the same statements: nobody learns whether a number is registered, or whose it is."""
    employer = await register.employer()
    await register.person()
    await register.person(OTHER_MYKAD, name="Siti binti Omar")
    party = party_of(employer)
    guessed = await _noted(register, lambda: _hire(register, employer, party, **wrong))
    nobody = await _noted(register, lambda: _hire(register, employer, party, number="010203085511", name="X Y"))
    assert guessed == nobody
    assert guessed[0]["code"] == "person_unknown"
    assert await register.rows("SELECT 1 FROM person_access") == []
    assert await register.rows("SELECT 1 FROM spell_fact") == []


async def test_a_spell_tells_when_it_was_stated_and_by_whom_it_stands(
    register: Register, business_clock: BusinessClock
) -> None:
    """An employer's word of 20 July stays one of 20 July, whatever is known of the spell afterwards."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.employer(), await register.person()
    stated = await register.try_spell(person, employer, "2024-03-01", party_of(employer))
    assert (stated.json()["stated_on"], stated.json()["verified"]) == ("2026-07-20", False)
    business_clock.set_day(2026, 8, 20)
    await register.sent(employer, render([line("2026-05", AT_2480)], "v1"))
    assert (await _end(register, stated.json()["spell"], "2026-08-10", party_of(employer))).status_code == 200
    told = [each for each in await register.events() if "spell" in each]
    assert [(each["stated_on"], each["verified"], each["revision"]) for each in told] == [
        ("2026-07-20", False, revision) for revision in (1, 2, 3)
    ]
    by_officer = await register.try_spell(person, await register.employer(OTHER_CODE), "2024-03-01")
    assert (by_officer.json()["stated_on"], by_officer.json()["verified"]) == ("2026-08-20", True)


async def test_an_officer_verifies_a_spell_once_and_nobody_else_does(register: Register) -> None:
    """It is published as it stands, above what was; again, it says nothing new."""
    employer, person = await register.employer(), await register.person()
    party = party_of(employer)
    spell = (await register.try_spell(person, employer, "2024-03-01", party)).json()["spell"]
    path = f"/v1/spells/{spell}/verification"
    refused = await register.as_party("POST", path, WRITE, party)
    assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    for _ in range(2):
        answer = await register.as_party("POST", path, WRITE)
        assert (answer.status_code, answer.json()["verified"]) == (200, True)
    told = await register.events("spell.started")
    assert [(each["verified"], each["revision"]) for each in told] == [(False, 1), (True, 2)]
    unknown = await register.as_party("POST", f"/v1/spells/{new_id()}/verification", WRITE)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "spell_unknown")


async def test_officers_find_what_waits_to_be_verified_and_an_employer_its_own(register: Register) -> None:
    first, second = await register.employer(), await register.employer(OTHER_CODE)
    person, other = await register.person(), await register.person(OTHER_MYKAD)
    stated = [
        (await register.try_spell(who, employer, "2024-03-01", party_of(employer), number)).json()["spell"]
        for who, employer, number in ((person, first, MYKAD), (person, second, MYKAD), (other, first, OTHER_MYKAD))
    ]
    await register.spell(other, second)
    assert await _unverified(register, person=person) == sorted(stated[:2])
    assert await _unverified(register, party_of(first)) == sorted([stated[0], stated[2]])
    assert await _unverified(register, party_of(first), person) == [stated[0]]
    assert await _unverified(register, party_of(second)) == [stated[1]]
    assert await _unverified(register, f"person:{number_of(person)}") == []
    await register.as_party("POST", f"/v1/spells/{stated[0]}/verification", WRITE)
    assert await _unverified(register, person=person) == [stated[1]]


async def test_an_officer_says_whose_unverified_spells_are_meant(register: Register) -> None:
    """Every spell that an employer stated stays unverified: without a person the list is the register, and no work."""
    answer = await register.as_party("GET", "/v1/unverified-spells", READ_SPELL)
    assert (answer.status_code, answer.json()["code"]) == (422, "person_filter_needed")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (UNVERIFIED_OF_PERSON, "ix_spell_unverified_person"),
        (UNVERIFIED_OF_EMPLOYER, "ix_spell_unverified_employer"),
        (UNVERIFIED_OF_BOTH, "Index Cond: ((person = $1) AND (employer = $2)"),
    ],
    ids=["person", "employer", "both"],
)
async def test_unverified_spells_are_found_without_reading_those_of_others(
    register: Register, statement: TextClause, index: str
) -> None:
    """Of 20,000 unverified spells a page reads its own, also under a plan for any value."""
    asked = {"person": 77, "employer": 77, "after": UUID(int=0), "limit": 50}
    async with register.service.database.connection("migrate") as owner:
        for each in _MANY_SPELLS.split(";"):
            await owner.execute(each)
        await owner.execute("ANALYZE spell")
        await owner.execute("SET plan_cache_mode = force_generic_plan")
        prepared, values = str(statement), []
        for name, value in asked.items():
            if f":{name}" in prepared:
                values.append(f"'{value}'")
                prepared = prepared.replace(f":{name}", f"${len(values)}")
        await owner.execute(f"PREPARE page AS {prepared}")
        plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN EXECUTE page ({', '.join(values)})"))
    assert index in plan
    assert "Seq Scan" not in plan


async def test_what_officers_said_of_a_spell_stands_with_their_names(
    register: Register, business_clock: BusinessClock
) -> None:
    """Verified by mistake, taken back, and verified again: three facts, from which the spell's flags are derived."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.employer(), await register.person()
    spell = (await register.try_spell(person, employer, "2024-03-01", party_of(employer))).json()["spell"]
    for said, path in ((True, ""), (False, "/refusal"), (False, "/refusal"), (True, "")):
        answer = await _say(register, spell, path)
        assert (answer.status_code, answer.json()["verified"], answer.json()["refused"]) == (200, said, not said)
        assert await register.rows(_FLAGS) == await register.rows(_DERIVED)
    words = await register.rows("SELECT granted, source, officer, said_at FROM spell_verification ORDER BY id")
    assert [tuple(word)[:3] for word in words] == [
        (granted, "organisation:1", "organisation:1") for granted in (True, False, True)
    ]
    assert {str(business_day(word["said_at"])) for word in words} == {"2026-07-20"}
    told = await register.events("spell.started")
    assert [(each["verified"], each["revision"]) for each in told] == [(False, 1), (True, 2), (False, 3), (True, 4)]


async def test_a_spell_that_was_found_false_is_refused_and_stays_so_when_it_ends(register: Register) -> None:
    """Others are told, and it makes nobody a member any more. Its employer reads that it was refused."""
    employer, person = await register.employer(), await register.person()
    party = party_of(employer)
    spell = (await register.try_spell(person, employer, "2024-03-01", party)).json()["spell"]
    refused = await _say(register, spell, "/refusal", party)
    assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    assert (await _say(register, spell, "/refusal")).json()["refused"] is True
    listed = await register.as_party("GET", "/v1/unverified-spells", READ_SPELL, party)
    assert [each["refused"] for each in listed.json()["data"]] == [True]
    told = await register.events("spell.started")
    assert [(each["refused"], each["revision"]) for each in told] == [(False, 1), (True, 2)]
    assert [each["periods"] for each in (await register.events("membership.changed"))[-2:]] == [[], []]
    ended = await _end(register, spell, str(today()), party)
    assert (ended.json()["verified"], ended.json()["refused"]) == (False, True)
    assert (await register.events("membership.changed"))[-1]["periods"] == []
    assert (await _say(register, spell, "")).json()["refused"] is False
    assert [len(each["periods"]) > 0 for each in (await register.events("membership.changed"))[-2:]] == [True, True]
    unknown = await _say(register, str(new_id()), "/refusal")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "spell_unknown")


async def test_the_statement_of_an_officer_is_a_word_too_and_may_be_taken_back(register: Register) -> None:
    _, person = await register.worker_of()
    assert [tuple(row) for row in await register.rows(_FLAGS)] == [(True, False)]
    assert await register.rows(_FLAGS) == await register.rows(_DERIVED)
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    assert (await _say(register, spell, "/refusal")).json()["verified"] is False
    assert await _unverified(register, person=person) == [str(spell)]


async def test_a_spell_of_before_statements_were_kept_is_not_refused(register: Register) -> None:
    """It counts for every day: nothing waits for it."""
    await register.worker_of()
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("UPDATE spell SET stated_on = NULL")
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    answer = await _say(register, spell, "/refusal")
    assert (answer.status_code, answer.json()["code"]) == (409, "statement_day_unknown")


@pytest.mark.parametrize("party", ["", "employer"])
async def test_a_spell_names_somebody(register: Register, party: str) -> None:
    """A national id alone is a number that anybody may have typed."""
    employer = await register.employer()
    await register.person()
    answer = await _hire(register, employer, party and party_of(employer), name=None)
    assert (answer.status_code, answer.json()["code"]) == (422, "spell_names_nobody")


@pytest.mark.parametrize(
    ("ended_on", "reason"),
    [("2026-07-21", ""), ("2026-06-20", ""), ("2026-06-19", "dated_back"), ("2024-03-01", "dated_back")],
)
async def test_an_end_that_is_dated_back_waits_for_an_officer(
    register: Register, business_clock: BusinessClock, ended_on: str, reason: str
) -> None:
    """On 20 July 30 days back are taken; further back cover of days long past would go. Until then it goes on."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    answer = await _end(register, spell, ended_on, party_of(employer))
    if not reason:
        assert (answer.status_code, answer.json()["ended_on"]) == (200, ended_on)
        return
    assert (answer.status_code, answer.json()["ended_on"]) == (202, None)
    waiting = answer.json()["waiting_end"]
    assert (waiting["ended_on"], waiting["reason"]) == (ended_on, reason)
    assert await register.events("spell.ended") == []
    assert (await _waiting(register))[0] == waiting
    again = await _end(register, spell, ended_on, party_of(employer))
    assert again.status_code == 202
    assert len(await _waiting(register)) == 1
    confirmed = await _end(register, spell, ended_on)
    assert (confirmed.status_code, confirmed.json()["ended_on"]) == (200, ended_on)
    assert await _waiting(register) == []


async def test_an_end_before_a_month_with_wages_contradicts_the_employer_itself(
    register: Register, business_clock: BusinessClock
) -> None:
    """May was declared; the end of 30 April is said on 20 May."""
    business_clock.set_day(2026, 5, 20)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    assert (await register.sent(employer, render([line("2026-05", AT_2480)], "v1")))["state"] == "accepted"
    answer = await _end(register, spell, "2026-04-30", party_of(employer))
    assert (answer.status_code, answer.json()["waiting_end"]["reason"]) == (202, "wages_reported_after")
    answer = await _end(register, spell, "2026-05-01", party_of(employer))
    assert (answer.status_code, answer.json()["ended_on"]) == (200, "2026-05-01")
    assert await _waiting(register) == []


async def test_an_officer_may_refuse_an_end_that_waits_and_correct_one_that_is_known(
    register: Register, business_clock: BusinessClock
) -> None:
    """The spell goes on; and a wrong last day is put right, by a fact that retracts the other."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    await _end(register, spell, "2026-03-31", party_of(employer))
    path = f"/v1/spells/{spell}/waiting-end/refusal"
    answer = await register.as_party("POST", path, WRITE, party_of(employer))
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    answer = await register.as_party("POST", path, WRITE)
    assert (answer.status_code, answer.json()["ended_on"]) == (200, None)
    assert await _waiting(register) == []
    answer = await register.as_party("POST", path, WRITE)
    assert (answer.status_code, answer.json()["code"]) == (404, "waiting_end_unknown")
    for ended_on in ("2026-03-31", "2026-06-30"):
        assert (await _end(register, spell, ended_on)).status_code == 200
    ended = (await register.events("spell.ended"))[-1]
    assert (ended["revision"], ended["ended_on"]) == (3, "2026-06-30")


async def test_an_end_of_a_spell_that_is_refused_waits_until_it_is_verified(
    register: Register, business_clock: BusinessClock
) -> None:
    """There is nothing to end; if it did begin after all, the end is looked at."""
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    await _end(register, spell, "2026-03-31", party_of(employer))
    (waiting,) = await _waiting(register)
    assert (await _say(register, spell, "/refusal")).is_success
    assert await _waiting(register) == []
    assert (await _say(register, spell, "")).is_success
    assert await _waiting(register) == [waiting]


async def test_an_end_tells_when_it_was_stated_and_by_whom_it_stands(
    register: Register, business_clock: BusinessClock
) -> None:
    """An employer's word of 16 July on the 14th, and an officer's of 20 July on the same day."""
    business_clock.set_day(2026, 7, 16)
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    assert (await _end(register, spell, "2026-07-14", party_of(employer))).status_code == 200
    business_clock.set_day(2026, 7, 20)
    assert (await _end(register, spell, "2026-07-14")).status_code == 200
    started, *ended = [each for each in await register.events() if "spell" in each]
    assert (started.get("end_stated_on"), started["end_verified"]) == (None, True)
    assert [(each["end_stated_on"], each["end_verified"]) for each in ended] == [
        ("2026-07-16", False),
        ("2026-07-20", True),
    ]


async def test_an_employer_lists_its_own_waiting_ends(register: Register) -> None:
    """In pages; an officer all of them."""
    employer, person = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    second = await register.spell(person, other)
    first = (await register.rows("SELECT spell::text FROM spell WHERE employer = $1", employer_number(employer)))[0][0]
    for spell, whose in ((first, employer), (second, other)):
        assert (await _end(register, spell, "2024-12-31", party_of(whose))).status_code == 202
    assert [each["spell"] for each in await _waiting(register, party_of(other))] == [second]
    page = (await register.as_party("GET", "/v1/waiting-ends?limit=1", READ_SPELL)).json()
    rest = (await register.as_party("GET", f"/v1/waiting-ends?cursor={page['next_cursor']}", READ_SPELL)).json()
    assert [each["spell"] for each in page["data"] + rest["data"]] == sorted([first, second])


async def _waiting(register: Register, party: str = "") -> list[dict[str, Any]]:
    answer = await register.as_party("GET", "/v1/waiting-ends", READ_SPELL, party)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def _hire(register: Register, employer: str, party: str, **changes: str | None) -> httpx.Response:
    """Start a spell by national id and name."""
    body = {
        "employer": employer,
        "started_on": "2024-03-01",
        "national_id": {"kind": "mykad", "number": changes.pop("number", MYKAD)},
        "name": "Ahmad bin Ali",
        **changes,
    }
    stated = {name: value for name, value in body.items() if value is not None}
    return await register.as_party("POST", "/v1/spells", WRITE, party, json=stated)


async def _statements(
    register: Register, person: str, employer: str, party: str, proof: dict[str, str]
) -> tuple[dict[str, Any], list[str]]:
    return await _noted(register, lambda: register.try_spell(person, employer, "2024-03-01", party, national_id=proof))


async def _noted(
    register: Register, request: Callable[[], Awaitable[httpx.Response]]
) -> tuple[dict[str, Any], list[str]]:
    """The problem without what differs from request to request, and every statement that led to it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = register.service.app.state.database.engine.sync_engine
    listen(engine, "before_cursor_execute", note)
    try:
        answer = await request()
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


async def _say(register: Register, spell: str, path: str, party: str = "") -> httpx.Response:
    return await register.as_party("POST", f"/v1/spells/{spell}/verification{path}", WRITE, party)


async def _unverified(register: Register, party: str = "", person: str = "") -> list[str]:
    path = f"/v1/unverified-spells?person={person}" if person else "/v1/unverified-spells"
    answer = await register.as_party("GET", path, READ_SPELL, party)
    assert answer.status_code == 200, answer.text
    return [each["spell"] for each in answer.json()["data"]]
