"""Finding people by number, name and birth: only officers do, no value is kept, and the person reads who looked."""

from typing import Any

import httpx
import pytest

from services.registration.commands.index_names import IndexNames, index_names
from services.registration.tests.support import (
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    number_of,
    party_of,
    self_of,
)
from shared.contracts.envelope import Cause

SEARCH = "registration:person:search"
READ = "registration:person:read"


async def _search(register: Register, party: str = "", **body: Any) -> httpx.Response:
    return await register.as_party("POST", "/v1/person-searches", SEARCH, party, json=body)


async def _found(register: Register, **body: Any) -> list[str]:
    """The numbers of those whom an officer finds."""
    made = await _search(register, **body)
    assert made.status_code == 201, made.text
    listed = await register.as_party("GET", made.headers["location"], SEARCH)
    assert listed.status_code == 200, listed.text
    assert made.json()["found"] == len(listed.json()["data"])
    return [each["person"] for each in listed.json()["data"]]


async def test_a_person_is_found_by_each_criterion_and_by_all_together(register: Register) -> None:
    ahmad = await register.person()
    siti = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    assert await _found(register, national_id={"kind": "mykad", "number": "900101-14-5678"}) == [ahmad]
    assert await _found(register, national_id={"kind": "ssfw", "number": MYKAD}) == []
    assert await _found(register, number="850615-10-5432") == [siti]
    assert await _found(register, name="AHMAD B. ALI") == [ahmad]
    assert await _found(register, born_on="1985-06-15") == [siti]
    assert await _found(register, name="Siti bt. Omar", born_on="1985-06-15", number=OTHER_MYKAD) == [siti]
    assert await _found(register, name="Siti bt. Omar", born_on="1990-01-01") == []
    assert await _found(register, name="Ahmad") == [], "a part of a name is no name"


async def test_what_names_nothing_and_what_nobody_may_ask_is_refused(register: Register) -> None:
    employer, _ = await register.worker_of()
    nothing = await _search(register)
    assert (nothing.status_code, nothing.json()["code"]) == (422, "search_names_nothing")
    for party in (party_of(employer), "person:1"):
        refused = await _search(register, party, number=MYKAD)
        assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    assert await register.rows("SELECT 1 FROM person_search") == []


async def test_whom_a_search_found_is_paged_and_read_by_who_made_it_alone(register: Register) -> None:
    people = [await register.person(number) for number in (MYKAD, OTHER_MYKAD)]
    made = await _search(register, name="Ahmad bin Ali")
    path = f"{made.headers['location']}?limit=1"
    first = (await register.as_party("GET", path, SEARCH)).json()
    following = (await register.as_party("GET", f"{path}&cursor={first['next_cursor']}", SEARCH)).json()
    assert [first["data"][0]["person"], following["data"][0]["person"]] == people
    assert (first["has_more"], following["has_more"]) == (True, False)
    other = await register.service.call("GET", path, scopes=[SEARCH], subject="officer-9")
    assert (other.status_code, other.json()["code"]) == (404, "person_search_unknown")


async def test_every_search_is_kept_by_its_kinds_and_the_person_reads_who_looked(register: Register) -> None:
    employer, person = await register.worker_of()
    other = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    await _found(register, name="Ahmad bin Ali", born_on="1990-01-01")
    await _found(register, number="999999999999")
    kept = await register.rows("SELECT criteria, found, officer FROM person_search ORDER BY searched_at")
    assert [(row["criteria"], row["found"]) for row in kept] == [(["name", "born_on"], 1), (["number"], 0)]
    own = await register.as_party("GET", f"/v1/persons/{person}/accesses", READ, self_of(person))
    (access,) = own.json()["data"]
    assert (access["criteria"], access["party"]) == (["name", "born_on"], "organisation:1")
    assert access["officer"] == kept[0]["officer"]
    nobody = await register.as_party("GET", f"/v1/persons/{other}/accesses", READ, self_of(other))
    assert nobody.json()["data"] == []
    of_another = await register.as_party("GET", f"/v1/persons/{person}/accesses", READ, self_of(other))
    assert (of_another.status_code, of_another.json()["code"]) == (404, "person_unknown")
    of_employer = await register.as_party("GET", f"/v1/persons/{person}/accesses", READ, party_of(employer))
    assert of_employer.json()["data"] == []
    stranger = party_of(await register.employer(OTHER_CODE))
    hidden = await register.as_party("GET", f"/v1/persons/{person}/accesses", READ, stranger)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "person_unknown")


async def test_no_value_of_a_search_stands_in_any_table(register: Register) -> None:
    await register.person()
    await _found(register, name="Ahmad bin Ali", number=MYKAD, born_on="1990-01-01")
    for table in ("person_search", "person_search_hit", "idempotency_key", "due_work", "outbox"):
        rows = await register.rows(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - a constant
        told = "\n".join(row[0] for row in rows)
        assert MYKAD not in told
        assert "ahmad" not in told.lower()
    assert "1990" not in str(await register.rows("SELECT criteria FROM person_search"))


async def test_names_of_before_the_index_are_made_by_the_worker_page_by_page(register: Register) -> None:
    """As after the migration: the facts are there, their tokens are not."""
    people = [await register.person(number) for number in (MYKAD, OTHER_MYKAD)]
    async with register.service.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE person_name_token DISABLE TRIGGER USER")
        await connection.execute("DELETE FROM person_name_token")
        await connection.execute("ALTER TABLE person_name_token ENABLE TRIGGER USER")
    assert await _found(register, name="Ahmad bin Ali") == []
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await index_names(IndexNames(), uow)
    await register.work_off()
    assert await _found(register, name="Ahmad bin Ali") == people
    assert await register.rows("SELECT 1 FROM due_work WHERE kind = 'index_names'") == []


@pytest.mark.parametrize("table", ["person_name_token", "person_search", "possible_duplicate", "person_correction"])
async def test_an_employer_reads_no_row_that_officers_search_by(register: Register, table: str) -> None:
    """By row-level security, whatever a route may come to do."""
    employer, person = await register.worker_of()
    await _found(register, name="Ahmad bin Ali")
    await register.person(OTHER_MYKAD)
    await register.work_off()
    async with register.service.database.connection("api") as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', 'partner', true)",
            party_of(employer),
        )
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - a constant
        mine = number_of(person)
        assert (
            await connection.fetch("SELECT bearers_of_number(blind_index) FROM (SELECT 'x'::bytea) AS n(blind_index)")
            == []
        )
        assert await connection.fetch("SELECT * FROM national_ids_of($1)", mine) == []
