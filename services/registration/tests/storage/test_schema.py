"""The database has the shape that the code believes in, and keeps tenants apart by itself."""

from typing import Any

import asyncpg
import pytest

from services.registration.files.contribution_file import render
from services.registration.storage import tables as t
from services.registration.tests.api.family import NUR, related
from services.registration.tests.api.test_opening_files import FILES, loaded
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.api.test_scheme_cover import paid_for
from services.registration.tests.files.camt_messages import camt_053, entry
from services.registration.tests.support import (
    MYKAD,
    NOTHING,
    OTHER_MYKAD,
    Register,
    legacy_line,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.erasure_followed import JobsErasureFollowedV1
from shared.kernel.clock import now, today
from shared.kernel.identifiers import person_number
from shared.testing.never_changed import refused_to_every_role
from shared.testing.schema import declared_columns, migrated_columns

# What no partner reads, nor an employer of the person.
FOR_OFFICERS = {"receipt_word", "duplicate_verdict", "possible_duplicate", "person_name_token"}
FOR_OFFICERS |= {"person_search", "person_search_hit", "cover_inquiry"}
FOR_OFFICERS |= {"relation", "relation_fact", "relation_named", "relation_statement"}
# Of months that were taken over the employer and the person see their own (api/test_opening_files.py).
FOR_OFFICERS |= {"opening_file", "opening_piece", "opening_fault", "opening_month"}
FOR_OFFICERS |= {"person_merge", "person_merge_end", "person_merge_statement", "erasure", "erasure_followed"}
FOR_OFFICERS |= {"contribution_sender"}
# What officers do about employers has no rows here: api/test_enforcement.py asks as others.
OF_ENFORCEMENT = {
    *("inspection", "enforcement_notice", "assessment", "assessment_line", "assessment_objection"),
    *("assessed_line", "compound", "compound_payment"),
}
# A file of two lines has none of them: tests/api/test_uploads.py and test_contribution_archives.py ask as others.
OF_LARGE_FILES = {
    *("contribution_piece", "contribution_file_plan", "contribution_piece_done", "contribution_piece_sum"),
    *("upload", "upload_chunk", "contribution_archive", "archive_member", "employer_agent_fact", "contribution_rest"),
}
FOR_THE_WORKER = {"national_id", "known_claim", "claims_announced", "carried_line", "contribution_file_person"}
FOR_THE_WORKER |= {"scheme_cover"}
# What the person itself and a bank stated: api/test_scheme_cover.py asks as others.
OF_SCHEMES = {"scheme_registration_fact", "cover_payment", "cover_payment_act"}
FOR_REGISTERS = {"register_statement"}
SEARCH, ASK = "registration:person:search", "registration:cover_inquiry:write"
STATE = "registration:register_statement:write"


async def test_the_tables_are_those_that_the_migrations_leave(register: Register) -> None:
    """Names, types and nullability, column by column; a table that nobody declares is nobody's."""
    assert declared_columns(t.metadata) == await migrated_columns(register.service.database)


async def test_every_own_table_has_forced_row_level_security(register: Register) -> None:
    """Also those that have no tenant's column: persons go by access, contribution lines by their employer."""
    query = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relrowsecurity"
    forced = {row[0] for row in await register.rows(query)}
    assert {table.name for table in t.metadata.sorted_tables} <= forced


async def test_another_tenant_sees_no_row_of_any_table_even_without_a_filter(register: Register) -> None:
    """As the API's role, with nothing but the setting; the owner sees rows in the same tables."""
    employer, person = await register.worker_of()
    content = months_at_2480("2026-05", "2026-04") + months_at_2480("2026-03").replace(b"4285", b"4286")
    assert (await register.sent(employer, content))["state"] == "partly_rejected"
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    hired = await register.person(OTHER_MYKAD)
    await register.spell(hired, employer, str(today()))
    await register.stated_skbbk(hired, "release", party_of(employer))
    await _looked_at(register, person)
    end, body = f"/v1/spells/{spell}/end", {"ended_on": "2024-12-31"}
    waits = await register.as_party("POST", end, "registration:spell:write", party_of(employer), json=body)
    assert waits.status_code == 202
    await register.said(await register.banked(employer, "2026-05", "64.90"), "counter-entries")
    await _refunded(register, employer)
    named = await register.correct(str(hired), "name", "Ahmad bin Alias", party_of(employer))
    assert named.status_code == 202
    await register.banked(employer, "2026-04", "64.90", "late")
    claim, late = "registration:interest_waiver:write", {"employer": employer, "month": "2026-04"}
    claimed = await register.as_party("POST", "/v1/interest-waivers", claim, party_of(employer), json=late)
    assert claimed.status_code == 202, claimed.text
    how: dict[str, Any] = {"party": "bank:1", "role": "partner", "headers": {"content-type": "application/xml"}}
    send = ["registration:bank_statement:write"]
    content = camt_053([entry("1.00", "FPX1")])
    stated = await register.service.call("POST", "/v1/bank-statements", scopes=send, content=content, **how)
    assert stated.status_code == 202, stated.text
    await register.work_off()
    of_the_bank = {"bank_statement", "bank_credit"}
    assert await _counts(register, "bank:1", of_the_bank) == dict.fromkeys(of_the_bank, 1)
    for owner, table in (("register", "register_statement"), ("hospital", "cover_inquiry")):
        assert [(await _counts(register, f"{owner}:{n}", {table}))[table] for n in (1, 2)] == [1, 0]
    await _said_in_a_legacy_file(register, employer)
    await related(register, hired, kind="child", first_on="2017-03-09", named=NUR)
    director = {"attribute": "director", "details": {"name": "TAN AH KOW"}}
    for fact in (director, {"attribute": "state", "value": "melaka"}):
        path, scope = f"/v1/employers/{employer}/facts", "registration:employer:state"
        assert (await register.as_party("POST", path, scope, party_of(employer), json=fact)).status_code == 201
    moved, says = f"/v1/spells/{spell}/corrections", {"started_on": "2024-02-01", "reason": "mistyped"}
    waits = await register.as_party("POST", moved, "registration:spell:write", party_of(employer), json=says)
    assert waits.status_code == 201
    assert (await register.rows("SELECT count(*) FROM spell_verification")) == [(2,)], "the officer who stated them"
    for kind, rows in FILES.items():
        await loaded(register, kind, rows)
    await merged(register, await register.person("910202105433"), await register.person("910202105441"))
    await paid_for(register)
    erasing = {"person": hired, "reason": "registered_by_mistake"}
    stated = await register.as_party("POST", "/v1/erasures", "registration:erasure:write", json=erasing)
    assert stated.status_code == 202, stated.text
    told = {"person": person_number(hired), "erasure": stated.json()["erasure"], "state": "forgotten", "since": now()}
    await register.service.consume(JobsErasureFollowedV1(**told, revision=1))
    sent = "SELECT file, 'officer-1', now() FROM contribution_file LIMIT 1"
    await register.rows(f"INSERT INTO contribution_sender {sent}")
    after_a_restore = {name for name in t.metadata.tables if name.startswith("recalled_")}
    readable = {table.name for table in t.metadata.sorted_tables} - FOR_THE_WORKER - after_a_restore
    assert await _counts(register, "employer:999", readable) == dict.fromkeys(readable, 0)
    # Who sees months that were taken over: tests/api/test_opening_files.py.
    filled = readable - OF_LARGE_FILES - OF_ENFORCEMENT - {"opening_month"}
    kept = {name: await register.rows(f'SELECT EXISTS (SELECT FROM "{name}")') for name in filled}  # noqa: S608
    assert {name for name, ((is_there,),) in kept.items() if not is_there} == set(), "an empty table shows nothing"
    own = await _counts(register, party_of(employer), readable)
    others = FOR_REGISTERS | OF_LARGE_FILES | OF_SCHEMES | {"person_correction_end"}
    assert {name for name, count in own.items() if count == 0} == FOR_OFFICERS | others | of_the_bank | OF_ENFORCEMENT
    async with register.service.database.connection("api") as connection, connection.transaction():
        await _as_partner(connection, party_of(employer))
        assert await connection.execute("UPDATE refund SET paid_sen = 1") == "UPDATE 0", "it decides nothing itself"
        waived = await connection.execute("UPDATE contribution_account SET interest_left_sen = 0")
        assert waived == "UPDATE 0", "nor waives anything"
        assert await connection.execute("UPDATE spell_statement SET taken = true") == "UPDATE 0"
        assert await connection.execute("UPDATE spell_correction SET counts = true") == "UPDATE 0"
        assert await connection.execute("UPDATE employer_statement SET counts = true") == "UPDATE 0"


async def test_a_request_cannot_read_national_ids_nor_change_facts(register: Register) -> None:
    """By grant: whatever a route may come to do."""
    await register.worker_of()
    async with register.service.database.connection("api") as connection:
        for statement in (
            "SELECT number_sealed FROM national_id",
            "SELECT blind_index FROM national_id",
            "UPDATE spell_fact SET source = 'x'",
            "UPDATE spell_verification SET granted = true",
            "UPDATE skbbk_statement SET filed_on = '2026-07-13'",
            "DELETE FROM skbbk_statement",
            "UPDATE contribution_receipt SET funds = '[]'",
            "UPDATE receipt_word SET proposed_by = 'x'",
            "DELETE FROM receipt_word",
            "UPDATE contribution_account SET banked_sen = 0",
            "UPDATE interest_statement SET waived_sen = amount_sen",
            "DELETE FROM interest_appeal",
            "UPDATE bank_statement SET content_sealed = ''",
            "UPDATE bank_credit SET amount_sen = 1",
            "DELETE FROM bank_credit",
            "DELETE FROM person_fact",
            "DELETE FROM spell",
            "UPDATE refund SET shares = '[]'",
            "UPDATE refund_statement SET amount_sen = 1",
            "UPDATE changed_line SET invalidity_sen = 1",
            "DELETE FROM refund_claim",
            "UPDATE cover_inquiry SET person = 1",
            "DELETE FROM cover_inquiry",
            "SELECT known_of_cover(1, '2026-07-01', NULL, '', true)",
            "UPDATE person_correction SET reason = 'changed'",
            "DELETE FROM person_correction_end",
            "UPDATE national_id SET withdrawn_at = now()",
            "UPDATE duplicate_verdict SET verdict = 'same_person'",
            "DELETE FROM person_search",
            "DELETE FROM line_difference",
            "UPDATE legacy_template_fact SET amount = 'total'",
            "UPDATE spell_statement SET day = '2026-01-01'",
            "INSERT INTO spell_statement (statement) VALUES (gen_random_uuid())",
            "UPDATE relation_fact SET kind = 'child'",
            "UPDATE relation_named SET name_sealed = ''",
            "UPDATE relation_statement SET officer = 'x'",
            "UPDATE relation SET person = 1",
            "DELETE FROM relation",
            "UPDATE register_statement SET said_sealed = ''",
            "DELETE FROM register_statement",
            "UPDATE scheme_registration_fact SET plan = '4'",
            "UPDATE cover_payment SET paid_at = now()",
            "DELETE FROM cover_payment",
            "UPDATE cover_payment_act SET officer = 'x'",
            "SELECT revision FROM scheme_cover",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


NEVER = (
    "UPDATE person_fact SET source = 'x'",
    "DELETE FROM person_fact",
    "UPDATE spell_fact SET days = 'empty'",
    "TRUNCATE spell_fact CASCADE",
    "UPDATE spell_verification SET officer = 'x'",
    "DELETE FROM spell_verification",
    "UPDATE skbbk_statement SET kind = 'return'",
    "DELETE FROM skbbk_statement",
    "UPDATE national_id SET person = person + 1",
    "DELETE FROM national_id",
    "UPDATE contribution_upload SET content_sealed = ''",
    "UPDATE contribution_file SET digest = ''",
    "DELETE FROM contribution_file",
    "UPDATE contribution_file_fault SET code = 'x'",
    "UPDATE contribution_file_sum SET wages_sen = 0",
    "UPDATE contribution_receipt SET amount_sen = 1",
    "UPDATE contribution_receipt SET banked_on = '2026-01-01'",
    "DELETE FROM contribution_receipt",
    "UPDATE receipt_word SET evidence = 'X-1'",
    "DELETE FROM receipt_word",
    "UPDATE legacy_template_fact SET amount = 'total'",
    "DELETE FROM legacy_template_fact",
    "UPDATE scheme_registration_fact SET plan = '4'",
    "UPDATE cover_payment SET paid_at = paid_at - interval '1 minute'",
    "DELETE FROM cover_payment",
    "UPDATE cover_payment_act SET state = 'counts'",
    "UPDATE spell_statement SET day = '2026-01-01'",
    "DELETE FROM spell_statement",
    "UPDATE contribution_file SET months = '{202601}'",
    "UPDATE refund SET month = 202601",
    "DELETE FROM refund",
    "UPDATE refund_claim SET officer = 'x'",
    "DELETE FROM refund_claim",
    "UPDATE refund_statement SET amount_sen = 1",
    "DELETE FROM refund_statement",
    "UPDATE cover_inquiry SET client = 'x'",
    "DELETE FROM cover_inquiry",
    "UPDATE relation_fact SET approved_by = 'x'",
    "DELETE FROM relation_fact",
    "UPDATE relation_named SET born_on = NULL",
    "DELETE FROM relation_named",
    "UPDATE relation_statement SET evidence = 'X-1'",
    "DELETE FROM relation_statement",
    "UPDATE register_statement SET day = '2026-01-01'",
    "DELETE FROM register_statement",
    "UPDATE idempotency_key SET body = ''",
    "UPDATE person_correction SET reason = 'changed'",
    "DELETE FROM person_correction",
    "UPDATE person_correction_end SET counts = true",
    "UPDATE national_id SET valid = 'empty'",
    "UPDATE person_search SET criteria = '{name}'",
    "DELETE FROM person_search_hit",
    "DELETE FROM person_name_token",
    "UPDATE duplicate_verdict SET verdict = 'same_person'",
    "UPDATE possible_duplicate SET found_at = now()",
)


async def test_what_was_stated_is_never_changed_by_any_role(register: Register) -> None:
    employer, person = await register.worker_of()
    await register.stated_skbbk(person, "release", filed_on="2026-08-31")
    content = months_at_2480("2026-05", "2026-04") + months_at_2480("2026-03").replace(b"4285", b"4286")
    assert (await register.sent(employer, content))["state"] == "partly_rejected"
    await register.said(await register.banked(employer, "2026-05", "64.90"), "counter-entries")
    await _refunded(register, employer)
    admitted = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "Ahmad bin Ali"}
    await register.as_party("POST", "/v1/cover-inquiries", "registration:cover_inquiry:write", json=admitted)
    await _said_in_a_legacy_file(register, employer)
    await _told_apart(register, person)
    await related(register, person, kind="child", first_on="2017-03-09", named=NUR)
    who = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "AHMAD BIN ALI"}
    body = {"reference": "D-1", "says": {"kind": "person_died", "who": who, "died_on": "2026-06-30"}}
    scope = "registration:register_statement:write"
    died = await register.as_party("POST", "/v1/register-statements", scope, "register:1", json=body)
    assert died.status_code == 202
    await paid_for(register)
    await refused_to_every_role(register.service.database, "registration", NEVER)


async def test_no_table_holds_a_national_id_a_name_or_an_address_in_the_clear(register: Register) -> None:
    """Every row of every table, uploads, outbox and idempotency keys included, as text and as the bytes themselves."""
    employer, _ = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-05"))
    names = [row[0] for row in await register.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    async with register.service.database.connection("migrate") as connection:
        await connection.execute("SET bytea_output = 'escape'")
        raw = {name: await connection.fetch(f'SELECT t::text FROM "{name}" AS t') for name in names}  # noqa: S608
    text = "\n".join(row[0] for rows in raw.values() for row in rows)
    assert len(raw["national_id"]) == len(raw["contribution_upload"]) == 1
    assert len(text) > 2_000
    assert MYKAD not in text
    assert MYKAD[6:] not in text
    assert "AHMAD" not in text.upper()
    assert "MERDEKA" not in text.upper()


async def _refunded(register: Register, employer: str) -> None:
    """May at RM2,480.00 is withdrawn, claimed and refunded."""
    await register.sent(employer, render([line("2026-05", NOTHING)]))
    await register.claim_refund(employer, "2026-05")
    assert (await register.decided_refund("64.90")).status_code == 201


async def _looked_at(register: Register, person: str) -> None:
    """Two who look alike, a birth of another category, a search, an inquiry and a death."""
    assert (await register.decided("duplicate_person", "different_persons")).status_code == 201
    assert (await register.decided("person_correction", "correction_refused")).status_code == 201
    await register.corrected(person, "born_on", "1966-02-10")
    search = {"born_on": "1990-01-01"}
    assert (await register.as_party("POST", "/v1/person-searches", SEARCH, json=search)).json()["found"] == 1
    who = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "AHMAD BIN ALI"}
    asked = await register.as_party("POST", "/v1/cover-inquiries", ASK, "hospital:1", json=who)
    assert asked.status_code == 201, asked.text
    stranger = {"national_id": {"kind": "mykad", "number": "770707145555"}, "name": "SITI BINTI OMAR"}
    said = {"reference": "D-1", "says": {"kind": "person_died", "who": stranger, "died_on": "2026-06-30"}}
    pushed = await register.as_party("POST", "/v1/register-statements", STATE, "register:1", json=said)
    assert pushed.status_code == 202, pushed.text
    await register.work_off()


async def _told_apart(register: Register, person: str) -> None:
    """A search, a correction that counts, and a pair that two officers told apart."""
    await register.corrected(person, "name", "Ahmad bin Alias")
    await register.person("900101145686", name="Ahmad bin Alias")
    assert (await register.decided("duplicate_person", "different_persons")).status_code == 201
    scope = "registration:person:search"
    searched = await register.as_party("POST", "/v1/person-searches", scope, json={"born_on": "1990-01-01"})
    assert searched.json()["found"] == 2


async def _said_in_a_legacy_file(register: Register, employer: str) -> None:
    """What its amount means, and that the worker left."""
    await register.choose_template(employer, "both", "wage")
    left = legacy_line("2026-06", 260_000, status="H", day="2026-06-30")
    job = await register.sent(employer, left, params={"format": "legacy_223", "part": "both"})
    assert job["lines"] == 1


async def _as_partner(connection: Any, tenant: str) -> None:
    await connection.execute(
        "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', 'partner', true)", tenant
    )


async def _counts(register: Register, tenant: str, tables: set[str]) -> dict[str, int]:
    async with register.service.database.connection("api") as connection, connection.transaction():
        await _as_partner(connection, tenant)
        return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}  # noqa: S608
