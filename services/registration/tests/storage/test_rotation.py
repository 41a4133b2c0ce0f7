"""Keys are rotated: what is sealed is put under the new one while everybody reads and registers under either."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from services.registration.commands.reseal_rows import ResealRows
from services.registration.domain.opening import PersonRow
from services.registration.files.contribution_file import render
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.storage import tables as t
from services.registration.storage.keys import Keys
from services.registration.storage.sealed import sealed_tables
from services.registration.tests.support import (
    AT_2480,
    MYKAD,
    OTHER_MYKAD,
    Died,
    Register,
    line,
    number_of,
    party_of,
)
from services.registration.worker import work
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.persistence.resealing import seal_again
from shared.testing.service import TEST_KEY, environment, eventually, service_under_test
from shared.testing.tokens import TestIssuer

NEW_KEY = base64.b64encode(b"fedcba9876543210fedcba9876543210").decode()
FIRST_KEYS = {"field": TEST_KEY, "index": TEST_KEY}
SECOND_KEYS = {"field": NEW_KEY, "index": NEW_KEY}
SEARCH, READ = "registration:person:search", "registration:person:read"
# Keyed hashes of what stays under the key of documents, and what is not sealed: a header of a file, without its rows.
NOT_SEALED = {
    *("national_id.blind_index", "national_id.number_index"),
    *("contribution_file.digest", "contribution_piece.digest", "opening_file.digest", "bank_statement.digest"),
    *("bank_statement.account_index", "bank_statement.identification_index", "bank_credit.account_index"),
    *("bank_credit.entry_index", "upload.header"),
}


@asynccontextmanager
async def _with_keys(register: Register, issuer: TestIssuer, **keys: Any) -> AsyncIterator[Register]:
    """Registration on the same database, with other keys."""
    made = service_under_test(RegistrationSettings, build, work, register.service.database, issuer, **keys)
    async with made as service:
        yield Register(service)


def _prepared(register: Register, issuer: TestIssuer) -> Any:
    """The new key is known, and nothing is written under it."""
    return _with_keys(register, issuer, other_keys={"2": SECOND_KEYS})


def _switched(register: Register, issuer: TestIssuer) -> Any:
    """The new key is the current one."""
    new = {"field_key": NEW_KEY, "blind_index_key": NEW_KEY, "field_key_id": "2", "document_index_key": TEST_KEY}
    return _with_keys(register, issuer, **new, other_keys={"1": FIRST_KEYS})


def _retired(register: Register, issuer: TestIssuer) -> Any:
    """The first key is gone."""
    new = {"field_key": NEW_KEY, "blind_index_key": NEW_KEY, "field_key_id": "2", "document_index_key": TEST_KEY}
    return _with_keys(register, issuer, **new)


async def _found(register: Register, **body: Any) -> list[str]:
    made = await register.as_party("POST", "/v1/person-searches", SEARCH, json=body)
    assert made.status_code == 201, made.text
    listed = await register.as_party("GET", made.headers["location"], SEARCH)
    return [each["person"] for each in listed.json()["data"]]


async def _under(register: Register) -> dict[str, int]:
    """How many values stand under each key."""
    counted = await register.rows("SELECT key_id, sum(sealed)::int AS count FROM sealed_values() GROUP BY 1")
    return {row["key_id"]: row["count"] for row in counted}


async def _reseal(register: Register, most: int | None = None, *, dies: bool = False) -> bool:
    """One piece, as the worker's command does it; whether there is more to do."""
    goes_on: list[object] = []

    async def again(at: object) -> None:
        goes_on.append(at)

    service = register.service.worker
    async with service.database.begin(service.work.unit, Cause("test")) as uow:
        await seal_again(sealed_tables(uow.keys), uow.keys.cipher, again, uow, most)
        if dies:
            await uow.flush()
            raise Died
    return bool(goes_on)


async def _resealed(register: Register) -> None:
    """All of it, by due work."""
    service = register.service.worker
    async with service.database.begin(service.work.unit, Cause("test")) as uow:
        await uow.due.at(ResealRows(), now())

    async def done() -> bool:
        await register.work_off()
        left = await register.rows("SELECT FROM resealing WHERE done_at IS NULL")
        return not left

    await eventually(done)


def test_every_sealed_column_is_rotated() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in t.metadata.tables.values()
        for column in table.columns
        if str(column.type) == "BLOB"
    }
    keys = Keys.of(bytes(32), bytes(32), bytes(32))
    rotated = {f"{each.name}.{column}" for each in sealed_tables(keys) for column in each.columns}
    # That of the platform stands in no file of tables.
    assert rotated - {"inbound_event.sealed"} == binary - NOT_SEALED


async def test_the_database_knows_the_same_columns(register: Register) -> None:
    known = {row["sealed_table"]: row["columns"] for row in await register.rows("SELECT * FROM resealing")}
    keys = Keys.of(bytes(32), bytes(32), bytes(32))
    assert known == {each.name: list(each.columns) for each in sealed_tables(keys)}


async def test_who_stands_under_either_key_is_found_named_and_registered_once(
    register: Register, issuer: TestIssuer
) -> None:
    employer, ahmad = await register.worker_of()
    async with _switched(register, issuer) as switched, _prepared(register, issuer) as prepared:
        siti = await switched.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
        assert set(await _under(switched)) == {"1", "2"}
        for either in (switched, prepared):
            assert await _found(either, national_id={"kind": "mykad", "number": MYKAD}) == [ahmad]
            assert await _found(either, number=OTHER_MYKAD) == [siti]
            assert await _found(either, name="Siti bt. Omar") == [siti]
            again = await either.try_person(MYKAD)
            assert (again.status_code, again.json()["code"]) == (409, "national_id_registered")
            again = await either.try_person(OTHER_MYKAD)
            assert (again.status_code, again.json()["code"]) == (409, "national_id_registered")
            for number in (MYKAD, OTHER_MYKAD):
                other = await either.try_person(number, kind="passport")
                assert (other.status_code, other.json()["code"]) == (409, "national_id_of_another_kind")
        by_its_employer = await switched.try_spell(ahmad, employer, "2025-01-01", party_of(employer))
        assert by_its_employer.status_code != 404, by_its_employer.text
        job = await switched.sent(employer, render([line("2026-05", AT_2480)]))
        assert (job["accepted_lines"], job["rejected_lines"]) == (1, 0)


async def test_all_is_put_under_the_new_key_and_the_first_one_can_go(register: Register, issuer: TestIssuer) -> None:
    employer, ahmad = await register.worker_of()
    await register.corrected(ahmad, "name", "Ahmad bin Aly")
    await register.sent(employer, render([line("2026-05", AT_2480, name="Ahmad bin Aly")]))
    facts_before = await register.as_party("GET", f"/v1/persons/{ahmad}/facts", READ)
    async with _switched(register, issuer) as switched:
        assert set(await _under(switched)) == {"1"}
        await _resealed(switched)
        assert set(await _under(switched)) == {"2"}
    async with _retired(register, issuer) as retired:
        facts = await retired.as_party("GET", f"/v1/persons/{ahmad}/facts", READ)
        assert facts.json() == facts_before.json()
        assert await _found(retired, national_id={"kind": "mykad", "number": MYKAD}) == [ahmad]
        assert (await retired.try_person(MYKAD)).status_code == 409
        job = await retired.sent(employer, render([line("2026-06", AT_2480, name="Ahmad bin Aly")]))
        assert (job["accepted_lines"], job["rejected_lines"]) == (1, 0)


async def test_reads_and_registrations_go_on_while_rows_move_one_by_one(register: Register, issuer: TestIssuer) -> None:
    numbers = [f"9001{day:02}145678" for day in range(10, 22)]
    people = {number: await register.person(number, name="Ahmad bin Ali") for number in numbers}
    over = asyncio.Event()

    async def look(either: Register) -> int:
        looked = 0
        while not over.is_set():
            for number, person in people.items():
                assert await _found(either, national_id={"kind": "mykad", "number": number}) == [person]
                looked += 1
        return looked

    async def write(either: Register, begin: int) -> None:
        for day in range(begin, begin + 4):
            await either.person(f"8502{day:02}105432", name="Siti binti Omar", born_on="1985-02-01")

    async with _switched(register, issuer) as switched, _prepared(register, issuer) as prepared:
        looking = [asyncio.create_task(look(each)) for each in (switched, prepared)]
        writing = [asyncio.create_task(write(switched, 10)), asyncio.create_task(write(prepared, 20))]
        while await _reseal(switched, most=1):
            pass
        await asyncio.gather(*writing)
        over.set()
        assert all(await asyncio.gather(*looking))
        # What was written under the first key behind the last round is found by another one.
        async with switched.service.database.connection() as connection:
            await connection.execute("UPDATE resealing SET done_at = NULL")
        while await _reseal(switched, most=3):
            pass
        assert set(await _under(switched)) == {"2"}


async def test_one_id_is_added_once_by_two_processes_under_two_keys(register: Register, issuer: TestIssuer) -> None:
    async with _switched(register, issuer) as switched, _prepared(register, issuer) as prepared:
        for day in range(10, 20):
            number = f"8503{day:02}105432"
            both = [each.try_person(number, born_on=f"1985-03-{day:02}") for each in (switched, prepared)]
            answers = await asyncio.gather(*both)
            assert sorted(each.status_code for each in answers) == [201, 409]


async def test_who_dies_in_a_piece_loses_nothing_and_goes_on_where_it_was(
    register: Register, issuer: TestIssuer
) -> None:
    for day in range(10, 15):
        await register.person(f"9001{day:02}145678")
    async with _switched(register, issuer) as switched:
        before = await _under(switched)
        with pytest.raises(Died):
            await _reseal(switched, most=2, dies=True)
        assert await _under(switched) == before
        while await _reseal(switched, most=2):
            pass
        assert await _under(switched) == {"2": sum(before.values())}
        assert (await switched.rows("SELECT sum(sealed_again)::int FROM resealing"))[0][0] == sum(before.values())


async def test_what_stands_under_a_key_that_is_not_here_is_unavailable_and_no_defect(
    register: Register, issuer: TestIssuer
) -> None:
    ahmad = await register.person()
    async with _retired(register, issuer) as retired:
        read = await retired.as_party("GET", f"/v1/persons/{ahmad}", READ)
        assert (read.status_code, read.json()["code"]) == (503, "field_key_unknown")


async def test_whose_key_is_not_here_is_not_registered_a_second_time(register: Register, issuer: TestIssuer) -> None:
    """Neither by a registration, nor as another id that two officers add, nor by an opening file."""
    await register.person()
    await register.person("A7654321", kind="passport", name="BUDI", residence="foreign_worker")
    async with _retired(register, issuer) as retired:
        again = await retired.try_person(MYKAD)
        assert (again.status_code, again.json()["code"]) == (409, "national_id_registered")
        async with retired.service.worker.database.begin(retired.service.worker.work.unit, Cause("test")) as uow:
            row = PersonRow(1, ("mykad", MYKAD), "Ahmad bin Ali", date(1990, 1, 1), "citizen")
            with pytest.raises(IntegrityError, match="uq_national_id_token"):
                await uow.opening_rows.add_persons([row], uuid4(), now())
        ali = await retired.person("770101145679", name="Ali bin Ahmad", born_on="1977-01-01")
        said = {
            "national_id": {"kind": "passport", "number": "A7654321"},
            "reason": "document_renewed",
            "evidence": "PP-1",
        }
        path, scope = f"/v1/persons/{ali}/national-ids", "registration:person:correct"
        stated = await retired.as_party("POST", path, scope, json=said, subject="officer-3")
        assert stated.status_code == 202, stated.text
        decided = await retired.decided("person_correction", "correction_counts")
        assert (decided.status_code, decided.json()["code"]) == (409, "national_id_of_another")
    assert [row[0] for row in await register.rows("SELECT count(*) FROM national_id")] == [3]


async def test_the_same_digits_under_another_kind_are_found_whatever_key_they_stand_under(
    register: Register, issuer: TestIssuer
) -> None:
    """An army number whose key is not here, and an old card of the same digits; nor as another id of somebody."""
    await register.person("T1234567", kind="army")
    async with _retired(register, issuer) as retired:
        for kind in ("old_ic", "passport", "police"):
            other = await retired.try_person("T1234567", kind=kind)
            assert (other.status_code, other.json()["code"]) == (409, "national_id_of_another_kind"), kind
        ali = await retired.person("770101145679", name="Ali bin Ahmad", born_on="1977-01-01")
        said = {
            "national_id": {"kind": "passport", "number": "T1234567"},
            "reason": "document_renewed",
            "evidence": "PP-1",
        }
        path, scope = f"/v1/persons/{ali}/national-ids", "registration:person:correct"
        stated = await retired.as_party("POST", path, scope, json=said, subject="officer-3")
        assert stated.status_code == 202, stated.text
        decided = await retired.decided("person_correction", "correction_counts")
        assert (decided.status_code, decided.json()["code"]) == (409, "national_id_of_another")
        officer = await retired.try_person("T1234567", kind="old_ic", another_person=True)
        assert officer.status_code == 201, officer.text


async def test_a_row_that_no_key_opens_keeps_no_other_from_being_sealed_again(
    register: Register, issuer: TestIssuer
) -> None:
    await register.person()
    other = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    async with _with_keys(register, issuer, field_key=NEW_KEY, field_key_id="9") as strange:
        third = await strange.person("770101145679", name="Ali bin Ahmad", born_on="1977-01-01")
    async with _switched(register, issuer) as switched:
        while await _reseal(switched, most=2):
            pass
        under = await _under(switched)
        assert set(under) == {"2", "9"}
        assert (await switched.as_party("GET", f"/v1/persons/{third}", READ)).status_code == 503
        assert (await switched.as_party("GET", f"/v1/persons/{other}", READ)).status_code == 200
        assert await switched.rows("SELECT FROM resealing WHERE done_at IS NULL") != []


async def test_the_database_lets_nobody_change_more_than_the_key(register: Register, issuer: TestIssuer) -> None:
    ahmad = number_of(await register.person())
    stood = (await register.rows("SELECT sealed FROM person_fact WHERE attribute = 'name'"))[0][0]
    head = stood[:3]
    longer = b"\x01\x012" + stood[3:] + b"x"
    for changed in (stood[:-1] + b"x", longer, b"\x01\x00", head):
        async with register.service.database.connection("migrate") as connection:
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute("UPDATE person_fact SET sealed = $1 WHERE attribute = 'name'", changed)
    async with register.service.database.connection("migrate") as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute(
                "UPDATE person_fact SET sealed = $1, source = 'x' WHERE attribute = 'name'", b"\x01\x012" + stood[3:]
            )
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("UPDATE national_id SET blind_index = $1 WHERE person = $2", b"x" * 32, ahmad)


async def test_every_table_says_by_its_columns_what_a_renewed_seal_may_change(register: Register) -> None:
    """One that was added and left to the general function would be sealed again many times slower."""
    made = await register.rows(
        "SELECT tgrelid::regclass::text AS name, tgfoid::regproc::text AS asked FROM pg_trigger "
        "WHERE tgname = 'never_changed' AND tgrelid::regclass::text = ANY (SELECT sealed_table FROM resealing)"
    )
    assert made
    assert {row["asked"] for row in made} == {f"{row['name']}_sealed_again" for row in made}


async def test_a_column_that_is_added_later_changes_with_no_seal(register: Register) -> None:
    await register.person()
    async with register.service.database.connection("migrate") as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("ALTER TABLE person_fact ADD COLUMN note text")
        stood = await connection.fetchval("SELECT sealed FROM person_fact WHERE attribute = 'name'")
        renewed = "UPDATE person_fact SET sealed = $1 WHERE attribute = 'name'"
        assert await connection.execute(renewed, b"\x01\x012" + stood[3:]) == "UPDATE 1"
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute(renewed.replace("$1", "$1, note = 'x'"), b"\x01\x013" + stood[3:])
        await transaction.rollback()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"other_keys": {"2": {"field": NEW_KEY}}}, "has an index"),
        ({"other_keys": {"1": SECOND_KEYS}}, "among the other keys"),
        ({"other_keys": {"2": {"field": "c2hvcnQ=", "index": NEW_KEY}}}, "32 bytes"),
    ],
)
def test_keys_that_are_not_whole_are_refused(issuer: TestIssuer, changed: Any, refusal: str) -> None:
    known: Any = environment(issuer, "postgresql://nowhere", "127.0.0.1:1", "")
    with pytest.raises(ValueError, match=refusal) as refused:
        RegistrationSettings(**known, **changed)
    assert NEW_KEY not in str(refused.value)


def test_no_key_is_shown(issuer: TestIssuer) -> None:
    known: Any = environment(issuer, "postgresql://nowhere", "127.0.0.1:1", "")
    settings = RegistrationSettings(**known, other_keys={"2": SECOND_KEYS}, document_index_key=NEW_KEY)
    told = f"{settings!r} {settings.model_dump_json()}"
    assert "fedcba" not in told
    assert "0123456789abcdef" not in told


async def test_a_piece_of_thousands_of_ids_takes_few_locks(register: Register) -> None:
    """PostgreSQL has room for some thousands, and two pieces may be loaded at once."""
    ids = [hashlib.sha256(str(number).encode()).digest() for number in range(5_000)]
    taken = "SELECT taken_under_any_key(ARRAY[]::bytea[], $1, false)"
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    async with register.service.database.connection("worker") as loading, loading.transaction():
        assert await loading.fetchval(taken, ids) is None
        assert await loading.fetchval(held) <= 256
        # Whoever adds one of these ids waits.
        async with register.service.database.connection("api") as other:
            await other.execute("SET lock_timeout = '50ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.fetchval(taken, ids[:1])
