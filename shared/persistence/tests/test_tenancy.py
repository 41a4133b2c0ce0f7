"""What the database itself keeps apart: tenants by row-level security, and what each role may do."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.platform import DATABASE_ROLES, SERVICES
from shared.persistence.migrate import ROOT
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

MIGRATED = [service for service in SERVICES if list((ROOT / "services" / service / "migrations").glob("*.py"))]

_TENANT_TABLES = """
    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           ARRAY(SELECT pg_get_expr(polqual, polrelid) || ' / ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
                 FROM pg_policy WHERE polrelid = c.oid AND polpermissive AND NOT (polcmd = 'r' AND polname = ANY ($2))
                 AND NOT (polcmd = 'w' AND polname = ANY ($3))
                 AND (polroles = '{0}' OR to_regrole($1)::oid = ANY (polroles))) AS policies
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
# By these a person reads what stands about that very person (also who searched for it or asked about its cover, and its
# family), and an employer what was banked for it, is refunded to it or its files say, and a bank what became of its
# credits, a payee what is owed and paid to it, and nothing else (tests/hostile/claims; in services/registration/tests
# commands/test_allocate_receipt.py, test_decide_refund.py and api/test_accounts.py, test_bank_statements.py,
# test_cover.py, test_person_facts.py, test_person_searches.py, test_family.py, test_contribution_formats.py,
# test_scheme_cover.py; in
# services/benefits/tests api/test_party_statements.py, commands/test_increases.py).
_OF_A_PERSON = (
    *("claim_person", "decision_person", "record_person", "question_person", "skbbk_statement_own"),
    *("contribution_receipt_own", "refund_own", "refund_statement_own"),
    *("contribution_account_own", "interest_statement_own", "bank_credit_own"),
    *("cover_inquiry_own", "person_search_own", "person_search_hit_own"),
    *("person_correction_own", "person_correction_end_own", "spell_statement_own"),
    *("relation_named_own", "relation_fact_own", "relation_own"),
    *("scheme_registration_fact_own", "cover_payment_own", "cover_payment_act_own"),
    *("inspection_own", "enforcement_notice_own", "assessment_own", "assessment_line_own", "assessed_line_own"),
    *("compound_own", "compound_payment_own", "erasure_own"),
    *("inconsistency_person", "inconsistency_end_person"),
    # A person, and who acts for it, read what a board found of the claim (services/claims/tests/api/test_boards.py).
    "board_case_own",
    *("document_person", "document_content_person"),
    *("party_statement_own", "party_statement_answer_own", "certificate_request_own", "certificate_reminder_own"),
    # A person by all of its numbers (services/benefits/tests/api/test_receipts.py).
    *("receipt_consent_own", "receipt_consent_end_own"),
    *("payment_own", "transfer_own", "increase_order_own", "increase_order_answer_own", "increase_factor_own"),
    *("letter_person", "message_person", "message_event_person", "complaint_person", "appeal_own"),
    # A person reads by which hospital and for what its treatment was asked about and billed
    # (services/claims/tests/api/test_medical_authorisations.py, test_medical_bills.py).
    *("medical_authorisation_person", "medical_bill_person"),
    # A person reads who read its data (services/claims/tests/api/test_read_log.py).
    "read_log_own",
)
_OFFICERS = "(current_setting('jaring.role'::text, true) = 'officer'::text)"
_STORE_KEY = """
    INSERT INTO idempotency_key (tenant, client_id, key, request_hash, status, headers, body)
    VALUES ($1, $1, 'k', '', 201, '{}', 'secret')
"""


@pytest.fixture(params=MIGRATED)
async def migrated(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[TestDatabase]:
    """A database of each service that has migrations."""
    async with databases.fresh(request.param) as database:
        yield database


@pytest.fixture
async def claims(databases: Databases) -> AsyncIterator[TestDatabase]:
    async with databases.fresh("claims") as database:
        yield database


# Whose claim it is takes back what was filed for it, and a restrictive policy leaves no other change
# (services/claims/tests/api/test_acting.py).
_TAKEN_BACK = ("appeal_of_oneself",)


async def check_tenant_tables(database: TestDatabase) -> None:
    """Raises AssertionError for a table with tenants whose rows are not kept apart by force.

    A restrictive policy only takes away.
    """
    async with database.connection("migrate") as owner:
        tables = await owner.fetch(_TENANT_TABLES, f"{database.service}_api", _OF_A_PERSON, _TAKEN_BACK)
    assert "idempotency_key" in {table["name"] for table in tables}
    for table in tables:
        assert table["forced"], f"{table['name']} does not force row-level security"
        assert len(table["policies"]) == 1, f"{table['name']}: two policies would add up"
        policy = table["policies"][0]
        is_officers_own = policy == f"{_OFFICERS} / {_OFFICERS}"
        assert is_officers_own or policy.count("jaring.tenant") == 2, f"{table['name']} is not kept apart on both ways"


async def test_every_table_with_a_tenant_forces_row_level_security_on_the_api(migrated: TestDatabase) -> None:
    await check_tenant_tables(migrated)


@pytest.mark.parametrize(
    "planted",
    [
        "ALTER TABLE idempotency_key NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE idempotency_key DISABLE ROW LEVEL SECURITY",
        "DROP POLICY idempotency_key_tenant ON idempotency_key",
        "CREATE POLICY open ON idempotency_key TO claims_api USING (true)",
        "CREATE POLICY open ON claim FOR SELECT TO claims_api USING (true)",
        "CREATE TABLE forgotten (tenant text)",
    ],
)
async def test_a_table_left_open_makes_the_same_check_red(claims: TestDatabase, planted: str) -> None:
    async with claims.connection("migrate") as owner:
        await owner.execute(planted)
    with pytest.raises(AssertionError):
        await check_tenant_tables(claims)


async def test_a_view_reads_with_the_rights_of_who_asks(migrated: TestDatabase) -> None:
    """A view reads with its owner's rights unless told otherwise, and so past the tenants' policies."""
    async with migrated.connection("migrate") as owner:
        open_views = await owner.fetch(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
            " AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'"
        )
    assert open_views == []


async def test_no_role_is_above_the_policies_and_the_running_ones_own_nothing(migrated: TestDatabase) -> None:
    names = [role.name for role in DATABASE_ROLES if role.service == migrated.service]
    async with migrated.connection("migrate") as owner:
        roles = await owner.fetch("SELECT * FROM pg_roles WHERE rolname = ANY ($1)", names)
        owners = await owner.fetch(
            "SELECT DISTINCT relowner::regrole::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
        memberships = await owner.fetch(
            "SELECT member::regrole::text AS name, roleid::regrole::text AS of FROM pg_auth_members"
            " WHERE member::regrole::text = ANY ($1)",
            names,
        )
    assert len(roles) == 3
    above = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert [(role["rolname"], right) for role in roles for right in above if role[right]] == []
    assert {row["name"] for row in owners} == {f"{migrated.service}_migrate"}
    assert [tuple(row) for row in memberships] == [(f"{migrated.service}_worker", "pg_read_all_stats")]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT payload FROM outbox",
        "UPDATE outbox SET published_at = now()",
        "DELETE FROM outbox",
        "TRUNCATE outbox",
        "SELECT 1 FROM parked",
        "SELECT 1 FROM inbox",
        "UPDATE freshness SET complete_until = now()",
        "UPDATE epoch SET epoch = 2",
        "DELETE FROM idempotency_key",
        "ALTER TABLE idempotency_key DISABLE ROW LEVEL SECURITY",
        "SET ROLE claims_worker",
    ],
)
async def test_the_api_may_add_to_the_outbox_and_nothing_more(claims: TestDatabase, statement: str) -> None:
    async with claims.connection("api") as api:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await api.execute(statement)


async def _as(api: asyncpg.Connection, tenant: str, role: str) -> None:
    await api.execute(
        "SELECT set_config('jaring.tenant', $1, false), set_config('jaring.role', $2, false)", tenant, role
    )


async def test_a_tenant_sees_its_own_stored_answers_and_an_officer_sees_all(claims: TestDatabase) -> None:
    async with claims.connection("api") as api:
        assert await api.fetch("SELECT body FROM idempotency_key") == []
        for tenant in ("employer:1", "employer:2"):
            await _as(api, tenant, "partner")
            await api.execute(_STORE_KEY, tenant)
        assert [row["tenant"] for row in await api.fetch("SELECT tenant FROM idempotency_key")] == ["employer:2"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await api.execute(_STORE_KEY, "employer:3")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await api.execute("UPDATE idempotency_key SET status = 500 WHERE tenant = 'employer:1'")
        await _as(api, "organisation:1", "officer")
        assert len(await api.fetch("SELECT body FROM idempotency_key")) == 2
        await _as(api, "", "")
        assert await api.fetch("SELECT body FROM idempotency_key") == []
