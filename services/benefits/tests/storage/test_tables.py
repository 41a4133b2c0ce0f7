"""The tables are what the migrations leave, partners see their own rows only, and the ledger is append-only."""

from datetime import date

import asyncpg
import pytest
from sqlalchemy import text

from services.benefits.storage import tables as t
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import bank_answers, enter_payee, first, refused, settle
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.security.tokens import Caller, Role
from shared.testing.never_changed import refused_to_every_role
from shared.testing.schema import declared_columns, migrated_columns, unprotected_tables
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_the_tables_are_those_of_the_migrated_database(benefits: ServiceUnderTest) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(benefits.database)


async def test_every_table_with_a_tenant_or_a_person_has_forced_row_level_security(benefits: ServiceUnderTest) -> None:
    assert await unprotected_tables(benefits.database) == set()


async def test_another_tenant_sees_no_row_of_any_table(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await settle(benefits, refused(2))
    tables = [table for table in t.metadata.tables if table != "account"]
    counts: dict[str, dict[str, int]] = {}
    for party, role in (("organisation:1", Role.OFFICER), ("bank:1", Role.PARTNER), ("bank:2", Role.PARTNER)):
        caller = Caller("test", party, role, frozenset())
        async with benefits.app.state.database.begin(BenefitsUnitOfWork, Cause("test"), caller) as uow:
            counts[party] = {
                table: (await uow.connection.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one()  # noqa: S608
                for table in tables
            }
    assert {table for table, count in counts["organisation:1"].items() if not count} <= {
        "entitlement",
        "entitlement_term",
        "owed_days",
        "held_status",
        "payee_release",
        "payee_lost",
        "payee_erased",
        "payment_day",
        "rendered_again",
        "statement_line",
        "repayment",
        "repayment_waiting",
        "repayment_word",
        "counter_entry",
        "recovery_agreement",
        "recovery_agreement_word",
        "banked_receipt",
        "overtaken",
        "ledger_day",
        "known_merge",
        "known_death",
        "dead_party",
        "audit_draw",
        "audit_seed",
        "receipt_consent",
        "receipt_consent_end",
        "party_statement",
        "party_statement_answer",
        "increase_order",
        "increase_factor",
        "increase_order_answer",
        "certificate_request",
        "certificate_reminder",
        "letter_told",
    }
    assert {table for table, count in counts["bank:1"].items() if count} == {"bank_file", "payment", "transfer"}
    assert {table for table, count in counts["bank:2"].items() if count} == set()


FORBIDDEN = (
    ("worker", "UPDATE transfer SET amount_sen = 1"),
    ("worker", "DELETE FROM transfer"),
    ("worker", "UPDATE bank_file SET sha256 = ''"),
    ("worker", "UPDATE payee SET version = 9"),
    ("worker", "UPDATE payment SET amount_sen = 1"),
    ("worker", "UPDATE settlement SET person = 1"),
    ("worker", "DELETE FROM payment"),
    ("worker", "UPDATE idempotency_key SET body = ''"),
    ("api", "UPDATE idempotency_key SET body = ''"),
    ("api", "DELETE FROM idempotency_key"),
    ("worker", "UPDATE owed_days SET claim = gen_random_uuid()"),
    ("api", "DELETE FROM owed_days"),
    ("api", "UPDATE transfer SET amount_sen = 1"),
    ("api", "DELETE FROM transfer"),
    ("api", "UPDATE payment SET amount_sen = 1"),
    ("api", "UPDATE payment SET tenant = 'bank:1'"),
    ("api", "INSERT INTO payment DEFAULT VALUES"),
    ("api", "UPDATE bank_file SET content = ''"),
    ("api", "UPDATE bank_file SET sha256 = ''"),
    ("api", "DELETE FROM payee"),
    ("api", "UPDATE payee SET version = 9"),
    ("api", "UPDATE repayment SET amount_sen = 1"),
    ("api", "INSERT INTO recovery DEFAULT VALUES"),
    ("worker", "INSERT INTO repayment_word DEFAULT VALUES"),
    ("worker", "UPDATE recovery_agreement_word SET word = 'withdrawn'"),
    ("worker", "INSERT INTO counter_entry DEFAULT VALUES"),
    ("worker", "UPDATE statement_line SET amount_sen = 1"),
    ("worker", "UPDATE party_statement SET first_on = 'today'"),
    ("api", "UPDATE party_statement_answer SET counts = true"),
    ("api", "DELETE FROM increase_order"),
    ("api", "INSERT INTO certificate_request DEFAULT VALUES"),
)


async def test_transfers_payees_and_rendered_files_are_changed_by_nobody(benefits: ServiceUnderTest) -> None:
    for role in ("api", "worker"):
        async with benefits.database.connection(role) as connection:
            for statement in (statement for owner, statement in FORBIDDEN if owner == role):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)


NEVER = (
    "UPDATE transfer SET amount_sen = amount_sen + 1",
    "DELETE FROM transfer",
    "TRUNCATE transfer",
    "UPDATE payment SET amount_sen = amount_sen + 1",
    "UPDATE payment SET period_last = period_last + 1",
    "UPDATE payment SET end_to_end_id = 'other'",
    "UPDATE payment SET person = 13",
    "UPDATE payment SET party = 'person:13'",
    "UPDATE payment SET fund = 'invalidity'",
    "UPDATE payment SET source = 'payable'",
    "DELETE FROM payment",
    "UPDATE bank_file SET content = ''",
    "UPDATE bank_file SET control_sum_sen = 1",
    "DELETE FROM bank_file",
    "UPDATE payee SET account_number = ''",
    "UPDATE payee SET holder = 'person:13'",
    "UPDATE payee SET until_on = NULL",
    "DELETE FROM payee",
    "UPDATE recovery SET law = ''",
    "UPDATE ledger_day SET amount_sen = 1",
    "DELETE FROM ledger_day",
    "UPDATE idempotency_key SET body = ''",
    "UPDATE account SET about = ''",
)


async def test_what_was_paid_is_never_changed_by_any_role(benefits: ServiceUnderTest) -> None:
    """Neither by the owner, nor by a role that was granted too much: the grants are given, and the trigger refuses."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await settle(benefits, refused(2))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await uow.ledger.close(date(9000, 1, 1))
    async with benefits.database.connection("migrate") as owner:
        before = [await owner.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in ("transfer", "payment", "payee")]  # noqa: S608
    await refused_to_every_role(benefits.database, "benefits", NEVER)
    async with benefits.database.connection("migrate") as owner:
        after = [await owner.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in ("transfer", "payment", "payee")]  # noqa: S608
    assert before == after


async def test_what_moves_on_still_does(benefits: ServiceUnderTest) -> None:
    """A stored answer goes when its days are over, and a payment goes on to its next state."""
    await enter_payee(benefits)
    async with benefits.database.connection("worker") as connection:
        assert await connection.execute("DELETE FROM idempotency_key") == "DELETE 1"
    await settle(benefits, first())
    assert await bank_answers(benefits) == ["1763.91"]


async def test_a_natural_key_and_a_cause_are_refused_a_second_time(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    for table, renewed in (("payment", "end_to_end_id = 'other'"), ("transfer", "entry = entry")):
        column, _, value = renewed.partition(" = ")
        async with benefits.database.connection("worker") as connection:
            columns = await connection.fetchval(
                "SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
                " AND attname NOT IN ('id', $2)",
                table,
                column,
            )
            copied = f"SELECT gen_random_uuid(), {value}, {columns} FROM {table}"  # noqa: S608
            copy = f"INSERT INTO {table} (id, {column}, {columns}) {copied}"
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute(copy)


async def test_a_day_of_a_loss_is_refused_to_a_second_claim(benefits: ServiceUnderTest) -> None:
    """Whatever settling believes, the database lets one claim be owed a day: per person and loss."""
    add = """
        INSERT INTO owed_days (claim, scheme, benefit, party, loss, days)
        VALUES (gen_random_uuid(), 'act4', 'temporary_disablement', $1, $2, daterange('2026-07-16', $3, '[]'))
    """
    async with benefits.database.connection("worker") as connection:
        for party, loss in (
            ("person:12", "act4 earnings"),
            ("person:12", "act789 earnings"),
            ("person:13", "act4 earnings"),
        ):
            await connection.execute(add, party, loss, date(2026, 7, 20))
        with pytest.raises(asyncpg.ExclusionViolationError):
            await connection.execute(add, "person:12", "act4 earnings", date(2026, 7, 16))


STATED = {
    "party_statement": """
        INSERT INTO party_statement (id, replaces, withdrawn, tenant, kind, party, says, first_on, evidence, stated_by,
                                     stated_at)
        VALUES ($1, $2, false, 'organisation:1', 'acting', 'person:12', 'guardian', '2026-07-01', 'D-1', 'officer-3',
                now())
    """,
    "increase_order": """
        INSERT INTO increase_order (id, replaces, withdrawn, tenant, instrument, law, in_force, stated_by, stated_at)
        VALUES ($1, $2, false, 'organisation:1', 'P.U.(A) 1', 'Act 4', '2026-07-01', 'officer-3', now())
    """,
}


@pytest.mark.parametrize(("said", "key"), [("party_statement", "statement"), ("increase_order", "increase_order")])
async def test_the_database_lets_one_answer_count_in_the_place_of_another(
    benefits: ServiceUnderTest, said: str, key: str
) -> None:
    """Whatever is checked before: of two that count neither takes the place of the same one."""
    replaced, refused_, counts, twice = (new_id() for _ in range(4))
    answer = f"""
        INSERT INTO {said}_answer ({key}, replaces, counts, tenant, proposed_by, approved_by, at)
        VALUES ($1, $2, $3, 'organisation:1', 'officer-1', 'officer-2', now())
    """  # noqa: S608 - constants
    async with benefits.database.connection("worker") as connection:
        await connection.execute(STATED[said], replaced, None)
        for each in (refused_, counts, twice):
            await connection.execute(STATED[said], each, replaced)
        await connection.execute(answer, refused_, replaced, False)
        await connection.execute(answer, counts, replaced, True)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(answer, twice, replaced, True)
