"""Another national id of the same person, the end of a wrong one, the same digits elsewhere, and SSFW numbers."""

from typing import Any

import httpx

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    party_of,
    self_of,
)
from shared.security.blind_index import IdTokens

READ, CORRECT = "registration:person:read", "registration:person:correct"
SSFW_READ, SSFW_ISSUE = "registration:ssfw:read", "registration:ssfw:issue"
TOKENS = IdTokens(b"0123456789abcdef0123456789abcdef")


async def _state(
    register: Register, person: str, kind: str, number: str, party: str = "", **more: Any
) -> httpx.Response:
    body = {"national_id": {"kind": kind, "number": number}, "reason": "document_renewed", "evidence": "PP-1", **more}
    how = {} if party else {"subject": "officer-3"}
    return await register.as_party("POST", f"/v1/persons/{person}/national-ids", CORRECT, party, json=body, **how)


async def _added(register: Register, person: str, kind: str, number: str, **more: Any) -> None:
    answer = await _state(register, person, kind, number, **more)
    assert answer.status_code == 202, answer.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    await register.work_off()


async def _ids(register: Register, person: str, party: str = "") -> list[dict[str, Any]]:
    answer = await register.as_party("GET", f"/v1/persons/{person}/national-ids", READ, party)
    assert answer.status_code == 200, answer.text
    assert MYKAD not in answer.text
    found: list[dict[str, Any]] = answer.json()["national_ids"]
    return found


async def _withdrawn(register: Register, person: str, national_id: str) -> httpx.Response:
    path = f"/v1/persons/{person}/national-ids/{national_id}/withdrawals"
    body = {"reason": "wrong_person", "evidence": "KB-2"}
    answer = await register.as_party("POST", path, CORRECT, json=body, subject="officer-3")
    if answer.status_code == 202:
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await register.work_off()
    return answer


async def test_an_old_card_beside_the_new_one_is_told_by_tokens_and_matches_a_line(register: Register) -> None:
    employer, person = await register.worker_of()
    assert (await _state(register, person, "old_ic", "A1234567", first_day="1980-01-01")).status_code == 202
    assert len(await _ids(register, person)) == 1, "one officer alone adds nothing"
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    first, second = await _ids(register, person)
    assert (first["kind"], second["kind"], second["first_day"]) == ("mykad", "old_ic", "1980-01-01")
    assert (second["officer"], second["approved_by"], second["reason"]) == (
        "officer-3",
        "officer-2",
        "document_renewed",
    )
    told = (await register.events("person.registered"))[-1]
    assert set(told["id_tokens"]) == {TOKENS.token("mykad", MYKAD), TOKENS.token("old_ic", "A1234567")}
    job = await register.sent(employer, render([line("2026-05", AT_2480, id_="A1234567")]))
    assert job["state"] == "accepted"
    own = await _ids(register, person, self_of(person))
    assert [each["officer"] for each in own] == [None, None]
    assert await _ids(register, person, party_of(employer)) == []


async def test_the_digits_of_another_person_are_409_and_a_task_with_both_numbers(register: Register) -> None:
    """Also under another kind, until two officers tell the two apart; the very same id is never borne by two."""
    ahmad = await register.person()
    siti = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    for kind in ("mykad", "ssfw"):
        refused = await _state(register, siti, kind, MYKAD)
        assert (refused.status_code, refused.json()["code"]) == (409, "national_id_of_another")
        assert MYKAD not in refused.text
        assert ahmad not in refused.text
    (task,) = await register.waiting("duplicate_person")
    assert (task["reason"], task["facts"]) == ("same_digits", {"person": ahmad, "other": siti})
    assert (await register.decided("duplicate_person", "different_persons")).status_code == 201
    await _added(register, siti, "ssfw", MYKAD)
    assert (await _state(register, siti, "mykad", MYKAD)).status_code == 409
    known = await _state(register, siti, "passport", OTHER_MYKAD)
    assert (known.status_code, known.json()["code"]) == (409, "national_id_known")


async def test_the_same_digits_at_the_time_of_the_approval_are_refused_there(register: Register) -> None:
    person = await register.person()
    assert (await _state(register, person, "passport", "B1234567")).status_code == 202
    await register.person("B1234567", kind="passport", name="Budi Santoso", born_on="1991-01-01")
    refused = await register.decided("person_correction", "correction_counts")
    assert (refused.status_code, refused.json()["code"]) == (409, "national_id_of_another")


async def test_an_id_that_was_withdrawn_finds_nobody_and_is_free_for_who_bears_it(register: Register) -> None:
    employer, person = await register.worker_of()
    await _added(register, person, "passport", "B1234567")
    wrong = next(each["identity"] for each in await _ids(register, person) if each["kind"] == "passport")
    assert (await _withdrawn(register, person, wrong)).status_code == 202
    told = (await register.events("person.registered"))[-1]
    assert told["id_tokens"] == [TOKENS.token("mykad", MYKAD)]
    kept = {each["kind"]: each["withdrawn_at"] for each in await _ids(register, person)}
    assert kept["mykad"] is None
    assert kept["passport"] is not None
    await register.sent(employer, render([line("2026-05", AT_2480, id_="B1234567")]))
    assert await register.lines() == []
    proof = {"kind": "passport", "number": "B1234567"}
    other = await register.employer(OTHER_CODE)
    hired = await register.try_spell(person, other, "2024-03-01", party_of(other), national_id=proof)
    assert (hired.status_code, hired.json()["code"]) == (404, "person_unknown")
    await register.person("B1234567", kind="passport", name="Budi Santoso", born_on="1991-01-01")
    again = await _withdrawn(register, person, wrong)
    assert (again.status_code, again.json()["code"]) == (404, "national_id_unknown")


async def test_the_last_id_is_not_withdrawn(register: Register) -> None:
    person = await register.person()
    (only,) = await _ids(register, person)
    refused = await _withdrawn(register, person, only["identity"])
    assert (refused.status_code, refused.json()["code"]) == (409, "national_id_last")


async def test_partners_neither_add_nor_withdraw_ids(register: Register) -> None:
    employer, person = await register.worker_of()
    refused = await _state(register, person, "passport", "B1234567", party_of(employer))
    assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    assert await register.rows("SELECT 1 FROM possible_duplicate") == []


async def test_a_foreign_worker_is_given_a_number_once_which_its_employer_reads(register: Register) -> None:
    """And a line by that number is the worker's."""
    employer = await register.employer()
    person = await register.person("B1234567", kind="passport", residence="foreign_worker")
    await register.spell(person, employer)
    path = f"/v1/persons/{person}/ssfw-number"
    none = await register.as_party("GET", path, SSFW_READ, party_of(employer))
    assert (none.status_code, none.json()["code"]) == (404, "ssfw_unknown")
    issued = await register.as_party("POST", f"{path}s", SSFW_ISSUE, party_of(employer))
    assert (issued.status_code, issued.headers["location"]) == (201, path), issued.text
    number = (await register.as_party("GET", path, SSFW_READ, party_of(employer))).json()["number"]
    assert number == "900000000001"
    for table in ("idempotency_key", "outbox", "national_id"):
        rows = await register.rows(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - a constant
        assert number not in "\n".join(row[0] for row in rows)
    assert TOKENS.token("ssfw", number) in (await register.events("person.registered"))[-1]["id_tokens"]
    # Act 800 insures no foreign worker.
    foreign = {**AT_2480, "act800_employer": 0, "act800_employee": 0}
    job = await register.sent(employer, render([line("2026-05", foreign, id_=number)]))
    assert job["state"] == "accepted", await register.errors(job["file"], party_of(employer))
    twice = await register.as_party("POST", f"{path}s", SSFW_ISSUE)
    assert (twice.status_code, twice.json()["code"]) == (409, "ssfw_issued_already")
    stranger = party_of(await register.employer(OTHER_CODE))
    for method, where in (("GET", path), ("POST", f"{path}s")):
        scope = SSFW_READ if method == "GET" else SSFW_ISSUE
        hidden = await register.as_party(method, where, scope, stranger)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "person_unknown")


async def test_a_citizen_is_given_no_number_of_foreign_workers(register: Register) -> None:
    person = await register.person()
    refused = await register.as_party("POST", f"/v1/persons/{person}/ssfw-numbers", SSFW_ISSUE)
    assert (refused.status_code, refused.json()["code"]) == (409, "ssfw_of_foreign_workers")
