"""What was kept long enough goes, class by class, and by no role before; what something rests on stays."""

import re
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from services.registration.commands.forget_record_class import ForgetRecordClass, forget_record_class
from services.registration.schedules.retention import retention
from services.registration.storage import retention as storage
from services.registration.storage.retention import RECORD_CLASSES
from services.registration.tests.files.camt_messages import camt_053, entry
from services.registration.tests.support import MYKAD, Register, months_at_2480, party_of
from shared.contracts.envelope import Cause

pytestmark = pytest.mark.postgres

SEARCH, ASK = "registration:person:search", "registration:cover_inquiry:write"


async def forget(register: Register) -> None:
    """What one run of the timer leaves, as the worker."""
    worker = register.service.worker
    for name in RECORD_CLASSES:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await forget_record_class(ForgetRecordClass(name), uow)


async def aged(register: Register, table: str, column: str, years: int) -> None:
    """Rows become older than they are: by the owner, past the trigger that says that they never do."""
    async with register.service.database.connection("migrate") as owner:
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await owner.execute(f"UPDATE {table} SET {column} = {column} - interval '{years} years'")  # noqa: S608
        await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def closed_before(register: Register, years: int) -> None:
    """A file that was received and closed so long ago."""
    for column in ("stored_at", "finished_at", "closed_at"):
        await aged(register, "contribution_file", column, years)


async def count(register: Register, query: str) -> int:
    ((found,),) = await register.rows(f"SELECT count(*) FROM {query}")  # noqa: S608
    return int(found)


@pytest.mark.parametrize(("years", "status"), [(1, 200), (3, 404)])
async def test_the_bytes_of_a_file_go_and_what_was_posted_of_it_stays(
    register: Register, years: int, status: int
) -> None:
    employer, _ = await register.worker_of()
    content = months_at_2480("2026-05") + months_at_2480("2026-04").replace(b"4285", b"4286")
    job = await register.sent(employer, content)
    await closed_before(register, years)
    await forget(register)
    assert await count(register, "contribution_upload") == (1 if status == 200 else 0)
    answer = await register.job(job["file"], party_of(employer), "/rejected-lines")
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["code"] == "upload_erased"
    assert len(await register.lines()) == 1
    assert await register.errors(job["file"], party_of(employer)) != []
    # The same bytes are still known: nothing is posted by them a second time.
    await register.sent(employer, content)
    assert len(await register.lines()) == 1


async def test_a_file_that_is_not_worked_off_is_kept_whatever_its_age(register: Register) -> None:
    employer, _ = await register.worker_of()
    assert (await register.send(employer, months_at_2480("2026-05"))).status_code == 202
    await aged(register, "contribution_file", "received_at", 9)
    await forget(register)
    assert await count(register, "contribution_upload") == 1


KEPT = ["contribution_upload", "contribution_piece", "person_search", "person_search_hit", "cover_inquiry"]


@pytest.mark.parametrize("table", KEPT)
async def test_no_role_deletes_what_is_not_over(register: Register, table: str) -> None:
    """The owner too is refused; of what is over it is not."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    await _in_a_piece(register)
    await _looked(register)
    async with register.service.database.connection("migrate") as owner:
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(f"DELETE FROM {table}")  # noqa: S608


async def test_who_searched_and_asked_is_kept_seven_years(register: Register) -> None:
    await register.person()
    await _looked(register)
    for years, kept in ((6, 1), (2, 0)):
        await aged(register, "person_search", "searched_at", years)
        await aged(register, "cover_inquiry", "asked_at", years)
        await forget(register)
        for table in ("person_search", "person_search_hit", "cover_inquiry"):
            assert await count(register, table) == kept, (table, years)


async def test_a_banks_message_is_emptied_and_its_money_stays_shown(register: Register) -> None:
    """Of money that is nobody's yet what its payer wrote stays, whatever its age."""
    how: dict[str, Any] = {"party": "bank:1", "role": "partner", "headers": {"content-type": "application/xml"}}
    scopes = ["registration:bank_statement:write"]
    content = camt_053([entry("1.00", "FPX1")])
    stated = await register.service.call("POST", "/v1/bank-statements", scopes=scopes, content=content, **how)
    assert stated.status_code == 202
    await register.work_off()
    full = "bank_statement WHERE content_sealed <> ''"
    for table, column in (("bank_statement", "content_sealed"), ("bank_credit", "said_sealed")):
        async with register.service.database.connection("migrate") as owner:
            with pytest.raises(asyncpg.RestrictViolationError):
                await owner.execute(f"UPDATE {table} SET {column} = ''")  # noqa: S608
        await aged(register, table, "received_at", 8)
    await forget(register)
    assert await count(register, full) == 0
    path, scope = "/v1/unallocated-receipts", "registration:contribution_receipt:read"
    shown = (await register.as_party("GET", path, scope)).json()["data"]
    assert [each["amount"]["amount"] for each in shown] == ["1.00"]
    assert await count(register, "bank_credit WHERE said_sealed <> ''") == 1


async def _in_a_piece(register: Register) -> None:
    """The bytes of the file as the one piece of it, as those of a large one are."""
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("""
            INSERT INTO contribution_piece (file, number, tenant, first_line, lines, digest, content_sealed)
            SELECT file, 1, tenant, 1, 1, '\\x01', '\\x01' FROM contribution_file
        """)


async def test_pieces_go_once_their_file_is_over_and_at_once_where_there_is_none(register: Register) -> None:
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    await _in_a_piece(register)
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("""
            INSERT INTO contribution_piece (file, number, tenant, first_line, lines, digest, content_sealed)
            SELECT gen_random_uuid(), 1, tenant, 1, 1, '\\x01', '\\x01' FROM contribution_file
        """)
        await owner.execute("DELETE FROM contribution_piece WHERE file NOT IN (SELECT file FROM contribution_file)")
    await closed_before(register, 3)
    await forget(register)
    assert await count(register, "contribution_piece") == 0


async def _looked(register: Register) -> None:
    """An officer searched, and a hospital asked for cover."""
    body = {"national_id": {"kind": "mykad", "number": MYKAD}}
    found = await register.as_party("POST", "/v1/person-searches", SEARCH, json=body)
    assert found.status_code in (200, 201), found.text
    asked = {**body, "name": "Ahmad bin Ali"}
    answer = await register.as_party("POST", "/v1/cover-inquiries", ASK, json=asked)
    assert answer.status_code in (200, 201), answer.text


async def test_rows_of_an_earlier_system_go_after_seven_years_and_by_no_role_before(
    register: Register,
) -> None:
    rows = f"id_kind,id_number,name,born_on,residence\nmykad,{MYKAD},Ahmad bin Ali,1990-01-01,citizen\n"
    sent = await register.as_party(
        "POST",
        "/v1/opening-files?kind=persons",
        "registration:opening_file:write",
        content=rows.encode(),
        headers={"content-type": "text/csv"},
    )
    assert sent.status_code == 202, sent.text
    assert (await register.decided("opening_file", "opening_released")).status_code == 201
    await register.work_off()
    full = "opening_piece WHERE content_sealed <> ''"
    for years, kept in ((6, 1), (2, 0)):
        async with register.service.database.connection("migrate") as owner:
            with pytest.raises(asyncpg.RestrictViolationError):
                await owner.execute("UPDATE opening_piece SET content_sealed = ''")
        await aged(register, "opening_file", "ended_at", years)
        await forget(register)
        assert await count(register, full) == kept, years
    path = f"/v1/opening-files/{sent.json()['opening_file']}/rejected-lines"
    gone = await register.as_party("GET", path, "registration:opening_file:read")
    assert gone.status_code in (200, 404)
    assert await count(register, "person") == 1


async def test_a_class_that_fails_keeps_no_other_from_going(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All were one transaction: what one of them met, time limits too, met all of them, day after day."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    await _looked(register)
    await closed_before(register, 3)
    await aged(register, "cover_inquiry", "asked_at", 8)
    monkeypatch.setitem(storage._CLASSES, "uploads", text("SELECT 1 / 0"))
    worker, timer = register.service.worker, retention()
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await timer.handler(timer.command(), uow)
    await register.work_off()
    assert await register.rows("SELECT payload FROM due_work WHERE attempts > 0") == [('{"name":"uploads"}',)]
    assert await count(register, "contribution_upload") == 1
    assert await count(register, "cover_inquiry") == await count(register, "contribution_file_person") == 0


@pytest.mark.parametrize("name", ["uploads", "pieces", "file_persons", "rests"])
async def test_what_is_over_of_files_is_found_by_when_they_were_closed(register: Register, name: str) -> None:
    """Most days nothing is over: to find that out read every file that there ever was."""
    query = str(storage._CLASSES[name]).replace(":limit", "1000")
    async with register.service.database.connection("migrate") as owner, owner.transaction():
        await owner.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {query}"))
    found = re.search(r"ix_contribution_file_closed_at.*\n\s+Index Cond: \((.*)\)", plan)
    assert found is not None, plan
    assert "closed_at <" in found[1]
    assert "closed_at >=" in found[1]
