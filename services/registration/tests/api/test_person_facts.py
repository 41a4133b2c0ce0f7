"""Corrections of what is known of a person: by whom, on both time axes, and what follows of them."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.registration.tests.api.test_events import hired, push
from services.registration.tests.support import (
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    number_of,
    party_of,
    self_of,
)
from shared.kernel.clock import now, today
from shared.kernel.identifiers import person_id
from shared.security.names import NameTokens, names_agree

READ, CORRECT = "registration:person:read", "registration:person:correct"
TOKENS = NameTokens(b"0123456789abcdef0123456789abcdef")


async def _read(register: Register, person: str, party: str = "", **asked: Any) -> httpx.Response:
    return await register.as_party("GET", f"/v1/persons/{person}", READ, party, params=asked)


async def _facts(register: Register, person: str, party: str = "") -> list[dict[str, Any]]:
    answer = await register.as_party("GET", f"/v1/persons/{person}/facts", READ, party)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_birth_is_corrected_by_two_officers_and_told_again_with_the_category(register: Register) -> None:
    """Born in 1966 in place of 1990, the second category begins in 2026: the membership follows."""
    _, person = await register.worker_of(started_on="2015-03-01")
    before = (await register.memberships("act4"))[-1]
    answer = await register.correct(person, "born_on", "1966-02-10", reason="wrong_document")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert (await _read(register, person)).json()["born_on"] == "1990-01-01", "one officer alone changes nothing"
    (task,) = await register.waiting("person_correction")
    assert (task["reason"], task["facts"]["person"]) == ("wrong_document", person)
    assert "1966" not in str(task), "no value stands in a task"
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    assert (await _read(register, person)).json()["born_on"] == "1966-02-10"
    told = (await register.events("person.registered"))[-1]
    assert (told["born_on"], told["revision"]) == ("1966-02-10", 2)
    after = (await register.memberships("act4"))[-1]
    assert after["revision"] == before["revision"] + 1
    assert [each["category"] for each in after["periods"]] == ["first", "second"]
    assert after["periods"][1]["first"] == "2026-02-01"


async def test_who_stated_a_correction_proposes_it_and_does_not_approve_it(register: Register) -> None:
    person = await register.person()
    await register.correct(person, "name", "Ahmad bin Alias", subject="officer-2")
    refused = await register.decided("person_correction", "correction_counts", "officer-1", "officer-2")
    assert (refused.status_code, refused.json()["code"]) == (403, "correction_of_oneself")
    assert (await _read(register, person)).json()["name"] == "Ahmad bin Ali"


async def test_a_refused_correction_changes_nothing_and_is_kept(register: Register) -> None:
    person = await register.person()
    await register.correct(person, "residence", "permanent_resident", reason="changed")
    assert (await register.decided("person_correction", "correction_refused")).status_code == 201
    assert (await _read(register, person)).json()["residence"] == "citizen"
    listed = await register.as_party("GET", f"/v1/persons/{person}/corrections", READ)
    assert [(each["state"], each["value"]) for each in listed.json()["data"]] == [("refused", "permanent_resident")]
    assert len(await register.events("person.registered")) == 1
    assert await register.waiting("person_correction") == []


async def test_a_name_is_told_by_new_tokens_and_the_name_of_before_still_finds(register: Register) -> None:
    person = await register.person()
    await register.corrected(person, "name", "Ahmad bin Alias")
    told = (await register.events("person.registered"))[-1]
    assert names_agree(told["name_tokens"], TOKENS.of("AHMAD BIN ALIAS"))
    assert not names_agree(told["name_tokens"], TOKENS.of("AHMAD BIN ALI"))
    for name in ("Ahmad bin Ali", "Ahmad bin Alias"):
        made = await register.as_party("POST", "/v1/person-searches", "registration:person:search", json={"name": name})
        assert made.json()["found"] == 1, name


async def test_what_is_known_is_asked_by_day_and_by_what_had_been_recorded(register: Register) -> None:
    """A permanent resident since 2025, as was recorded later: on a day before, and as it was known before."""
    person = await register.person(residence="foreign_worker")
    recorded = now()
    await register.corrected(person, "residence", "permanent_resident", first_day="2025-01-01", reason="changed")
    assert (await _read(register, person)).json()["residence"] == "permanent_resident"
    assert (await _read(register, person, at="2024-12-31")).json()["residence"] == "foreign_worker"
    known_at = recorded.isoformat()
    assert (await _read(register, person, known_at=known_at)).json()["residence"] == "foreign_worker"
    later = (datetime.fromisoformat(known_at) + timedelta(hours=1)).isoformat()
    assert (await _read(register, person, at="2025-01-01", known_at=later)).json()["residence"] == "permanent_resident"
    unborn = await _read(register, person, known_at="2020-01-01T00:00:00Z")
    assert (unborn.status_code, unborn.json()["code"]) == (404, "person_unknown")
    told = (await register.events("person.registered"))[-1]
    assert (told["residence"], told["residence_since"]) == ("permanent_resident", "2025-01-01")


async def test_the_history_says_who_stated_and_who_approved_and_tells_officers_alone_apart(register: Register) -> None:
    employer, person = await register.worker_of()
    await register.corrected(person, "name", "Ahmad bin Alias")
    stated, corrected = (each for each in await _facts(register, person) if each["attribute"] == "name")
    assert (stated["value"], corrected["value"]) == ("Ahmad bin Ali", "Ahmad bin Alias")
    assert (corrected["officer"], corrected["approved_by"]) == ("officer-3", "officer-2")
    assert (corrected["reason"], corrected["evidence"], corrected["source"]) == ("misspelt", "KB-1", "organisation:1")
    for party in (party_of(employer), self_of(person)):
        seen = await _facts(register, person, party)
        assert {each["officer"] for each in seen} | {each["approved_by"] for each in seen} == {None}
    of_employer = {each["attribute"] for each in await _facts(register, person, party_of(employer))}
    of_itself = {each["attribute"] for each in await _facts(register, person, self_of(person))}
    assert (of_employer, of_itself - of_employer) == ({"name", "born_on", "residence"}, {"address"})


async def test_a_retraction_gives_back_what_was_known_before(register: Register) -> None:
    person = await register.person()
    await register.corrected(person, "name", "Ahmad bin Alias")
    wrong = (await _facts(register, person))[-1]["fact"]
    path, body = f"/v1/persons/{person}/facts/{wrong}/retractions", {"reason": "wrong_person", "evidence": "KB-2"}
    answer = await register.as_party("POST", path, CORRECT, json=body)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting"), answer.text
    assert (await _read(register, person)).json()["name"] == "Ahmad bin Alias"
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    assert (await _read(register, person)).json()["name"] == "Ahmad bin Ali"
    known, retraction = (await _facts(register, person))[-2:]
    assert (retraction["retracts"], retraction["value"], known["retracted_by"]) == (wrong, None, retraction["fact"])
    told = (await register.events("person.registered"))[-1]
    assert names_agree(told["name_tokens"], TOKENS.of("AHMAD BIN ALI"))
    twice = await register.as_party("POST", path, CORRECT, json=body)
    assert (twice.status_code, twice.json()["code"]) == (404, "fact_unknown")


async def test_what_everything_rests_on_cannot_be_taken_back(register: Register) -> None:
    """The first name: without it nobody would know who the person is."""
    person = await register.person()
    first = next(each["fact"] for each in await _facts(register, person) if each["attribute"] == "born_on")
    path, body = f"/v1/persons/{person}/facts/{first}/retractions", {"reason": "wrong_person", "evidence": "KB-2"}
    answer = await register.as_party("POST", path, CORRECT, json=body, subject="officer-3")
    assert answer.status_code == 202
    refused = await register.decided("person_correction", "correction_counts")
    assert (refused.status_code, refused.json()["code"]) == (409, "fact_needed")
    assert (await _read(register, person)).json()["born_on"] == "1990-01-01"
    unknown = await register.as_party("POST", path.replace(f"facts/{first}/", "facts/999/"), CORRECT, json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "fact_unknown")


async def test_an_address_of_the_person_counts_at_once_and_that_of_an_employer_waits(register: Register) -> None:
    employer, person = await register.worker_of()
    own = await register.correct(person, "address", "2 Jalan Tun, Melaka", self_of(person), reason="changed")
    assert (own.status_code, own.json()["state"]) == (201, "counts"), own.text
    assert (await _read(register, person)).json()["address"] == "2 Jalan Tun, Melaka"
    assert (await _read(register, person, self_of(person))).json()["address"] == "2 Jalan Tun, Melaka"
    stated = await register.correct(person, "address", "3 Jalan Baru, Melaka", party_of(employer), reason="changed")
    assert (stated.status_code, stated.json()["state"]) == (202, "waiting")
    assert (await _read(register, person)).json()["address"] == "2 Jalan Tun, Melaka"
    (task,) = await register.waiting("person_correction")
    assert task["facts"]["stated_by"] == "employer"
    assert "jalan" not in str(await register.events()).lower()
    listed = await register.as_party("GET", f"/v1/persons/{person}/corrections", READ, party_of(employer))
    assert [each["value"] for each in listed.json()["data"]] == ["3 Jalan Baru, Melaka"]


async def test_where_somebody_is_reached_is_told_to_officers_and_the_person_alone(register: Register) -> None:
    employer, person = await register.worker_of()
    for attribute, value in (("email", "ahmad@example.org"), ("telephone", "+60 12 345 6789")):
        stated = await register.correct(person, attribute, value, self_of(person), reason="changed")
        assert (stated.status_code, stated.json()["state"]) == (201, "counts"), stated.text
        of_theirs = await register.correct(person, attribute, value, party_of(employer), reason="changed")
        assert (of_theirs.status_code, of_theirs.json()["state"]) == (202, "waiting")
    for party in (None, self_of(person)):
        shown = (await (_read(register, person) if party is None else _read(register, person, party))).json()
        assert (shown["email"], shown["telephone"]) == ("ahmad@example.org", "+60 12 345 6789")
    told = (await _read(register, person, party_of(employer))).json()
    assert (told["email"], told["telephone"]) == (None, None)
    of_employer = {each["attribute"] for each in await _facts(register, person, party_of(employer))}
    assert not of_employer & {"email", "telephone"}
    assert "example.org" not in str(await register.events())
    wrong = await register.correct(person, "email", "ahmad", self_of(person), reason="changed")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "fact_value_invalid")


@pytest.mark.parametrize(
    ("attribute", "value", "more", "answered"),
    [
        ("born_on", "1990-13-01", {}, (422, "fact_value_invalid")),
        ("born_on", "19910102", {}, (422, "fact_value_invalid")),
        ("born_on", "1990-W01-1", {}, (422, "fact_value_invalid")),
        ("born_on", "0001-01-01", {}, (422, "fact_value_invalid")),
        ("born_on", "1899-12-31", {}, (422, "fact_value_invalid")),
        ("name", "A" * 151, {}, (422, "fact_value_invalid")),
        ("born_on", "1989-01-01", {"first_day": "2020-01-01"}, (422, "fact_days_unfit")),
        ("born_on", str(today() + timedelta(days=1)), {}, (422, "born_in_future")),
        ("born_on", "2024-03-02", {}, (409, "birth_after_employment")),
        ("residence", "tourist", {}, (422, "fact_value_invalid")),
        (
            "residence",
            "foreign_worker",
            {"first_day": "2025-02-01", "last_day": "2025-01-01"},
            (422, "fact_days_unfit"),
        ),
        ("residence", "foreign_worker", {"first_day": str(today() + timedelta(days=1))}, (422, "fact_days_unfit")),
        ("national_id", "mykad", {}, (422, "fact_value_invalid")),
        ("name", "---", {}, (422, "name_without_letters")),
        ("name", "Ahmad \u202enib Ali", {}, (422, "request_invalid")),
        ("name", "Ahmad bin Alias", {"reason": "birth_differs_from_id"}, (422, "reason_of_registration")),
    ],
)
async def test_what_does_not_fit_is_refused_at_the_door(
    register: Register, attribute: str, value: str, more: dict[str, Any], answered: tuple[int, str]
) -> None:
    _, person = await register.worker_of()
    answer = await register.correct(person, attribute, value, **more)
    assert (answer.status_code, answer.json()["code"]) == answered
    assert await register.rows("SELECT 1 FROM person_correction") == []


async def test_who_has_no_relation_states_nothing_and_learns_nothing(register: Register) -> None:
    """An employer states no birth; a stranger and another person meet nobody, as of a number that nobody bears."""
    employer, person = await register.worker_of()
    other = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    stranger = party_of(await register.employer(OTHER_CODE))
    refused = await register.correct(person, "born_on", "1989-01-01", party_of(employer))
    assert (refused.status_code, refused.json()["code"]) == (403, "attribute_of_officers")
    for party in (stranger, self_of(other)):
        for asked in (person, person_id(9_999)):
            answer = await register.correct(asked, "name", "X Y", party)
            assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
        for path in ("facts", "corrections", "national-ids", "accesses"):
            hidden = await register.as_party("GET", f"/v1/persons/{person}/{path}", READ, party)
            assert (hidden.status_code, hidden.json()["code"]) == (404, "person_unknown"), path
    assert await register.rows("SELECT 1 FROM person_correction") == []


async def test_a_correction_that_counts_moves_on_the_revision_that_others_are_approved_of(register: Register) -> None:
    """Who approves the second one has seen what the first one made of the person."""
    person = await register.person()
    await register.correct(person, "name", "Ahmad bin Alias", subject="officer-3")
    (task,) = await register.waiting("person_correction")
    await register.correct(person, "address", "2 Jalan Tun, Melaka", self_of(person), reason="changed")
    scopes = ["registration:person:decide", "registration:task:write"]
    stale = {"revision": task["revision"], "says": {"kind": "correction_counts"}}
    path = f"/v1/tasks/{task['task']}"
    await register.service.call("POST", f"{path}/takings", scopes=scopes, subject="officer-1")
    refused = await register.service.call("POST", f"{path}/proposals", scopes=scopes, subject="officer-1", json=stale)
    assert (refused.status_code, refused.json()["code"]) == (412, "revision_stale")
    (restated,) = await register.waiting("person_correction")
    assert restated["revision"] == task["revision"] + 1


async def test_no_value_of_a_correction_stands_in_the_clear(register: Register) -> None:
    person = await register.person()
    await register.correct(person, "name", "Zainal bin Zulkifli")
    await register.correct(person, "born_on", "1966-02-10")
    await register.waiting("person_correction")
    for table in ("person_correction", "task", "task_event", "due_work", "outbox", "idempotency_key"):
        rows = await register.rows(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - a constant
        told = "\n".join(row[0] for row in rows).lower()
        assert "zainal" not in told
        assert "1966-02-10" not in told
    assert number_of(person)


@pytest.mark.parametrize("mark", ["\u061c", "\u200e", "\u202e", "\u2066"])
async def test_no_door_takes_a_name_that_is_shown_as_another_one(register: Register, mark: str) -> None:
    """REST, pushed events and registers alike."""
    employer, name = await register.employer(), f"Ahmad {mark}nib Ali"
    refused = await register.try_person(name=name)
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    (pushed,) = await push(register, employer, hired(name=name))
    assert pushed["state"] == "refused", pushed
    who = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": name}
    body = {"reference": "D-1", "says": {"kind": "person_died", "who": who, "died_on": "2026-06-30"}}
    scope = "registration:register_statement:write"
    stated = await register.as_party("POST", "/v1/register-statements", scope, "register:1", json=body)
    assert (stated.status_code, stated.json()["code"]) == (422, "request_invalid")
    assert await register.rows("SELECT 1 FROM person") == []


async def test_an_employer_learns_of_no_other_one_by_the_history(register: Register) -> None:
    """Neither who stated what, why and by which document, nor a name that is borne no more; its own it sees whole."""
    one, other = await register.employer(), await register.employer(OTHER_CODE)
    person = (await register.try_person(party=party_of(one))).json()["person"]
    await register.spell(person, one)
    await register.spell(person, other, "2025-03-01")
    before = now()
    own = await register.correct(person, "name", "Ahmad bin Alias", party_of(one))
    assert own.status_code == 202, own.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    await register.corrected(person, "residence", "permanent_resident", first_day="2025-01-01", reason="changed")
    seen = await _facts(register, person, party_of(other))
    assert [(each["attribute"], each["value"], each["source"]) for each in seen] == [
        ("born_on", "1990-01-01", "employer"),
        ("residence", "citizen", "employer"),
        ("name", "Ahmad bin Alias", "employer"),
        ("residence", "permanent_resident", "organisation"),
    ]
    assert {(each["reason"], each["evidence"]) for each in seen} == {(None, None)}
    for asked in ({"at": "2020-01-01"}, {"known_at": before.isoformat()}):
        answer = await _read(register, person, party_of(other), **asked)
        assert (answer.status_code, answer.json()["name"]) == (200, "Ahmad bin Alias"), answer.text
    stated = [each for each in await _facts(register, person, party_of(one)) if each["attribute"] == "name"]
    assert [(each["value"], each["source"], each["reason"], each["evidence"]) for each in stated] == [
        ("Ahmad bin Ali", party_of(one), None, None),
        ("Ahmad bin Alias", party_of(one), "misspelt", "KB-1"),
    ]
    of_itself = await _facts(register, person, self_of(person))
    assert {each["source"] for each in of_itself} == {party_of(one), "organisation:1"}
    assert of_itself[-1]["evidence"] == "KB-1"


async def test_a_retraction_makes_nobody_younger_than_the_work(register: Register) -> None:
    employer, person = await register.employer(), await register.person()
    await register.corrected(person, "born_on", "1970-01-01")
    await register.spell(person, employer, "1989-06-01")
    fact = (await _facts(register, person))[-1]["fact"]
    path, body = f"/v1/persons/{person}/facts/{fact}/retractions", {"reason": "wrong_document", "evidence": "KB-2"}
    assert (await register.as_party("POST", path, CORRECT, json=body, subject="officer-3")).status_code == 202
    refused = await register.decided("person_correction", "correction_counts")
    assert (refused.status_code, refused.json()["code"]) == (409, "birth_after_employment")
    assert (await _read(register, person)).json()["born_on"] == "1970-01-01"


async def test_nobody_is_born_after_the_death_that_is_known(register: Register) -> None:
    person = await register.person()
    says = {"kind": "person_died", "who": {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "AHMAD BIN ALI"}}
    body = {"reference": "D-1", "says": {**says, "died_on": "2010-06-30"}}
    scope = "registration:register_statement:write"
    pushed = await register.as_party("POST", "/v1/register-statements", scope, "register:1", json=body)
    assert pushed.status_code == 202, pushed.text
    await register.work_off()
    refused = await register.correct(person, "born_on", "2010-07-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "birth_after_death")
