"""The key of accounts and bank files is rotated: what was frozen is fetched to the same bytes under the next one."""

import asyncio
import base64
from typing import Any

import asyncpg
import pytest

from services.benefits.commands.reseal_rows import ResealRows, resealing_with
from services.benefits.main import build
from services.benefits.settings import BenefitsSettings
from services.benefits.storage import tables as t
from services.benefits.storage.sealed import SEALED_TABLES
from services.benefits.tests.support import enter_account, enter_payee, fetch, files, first, freeze, settle
from services.benefits.worker import work
from shared.contracts.envelope import Cause
from shared.testing.service import TEST_KEY, ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

NEW_KEY = base64.b64encode(b"fedcba9876543210fedcba9876543210").decode()
NEXT: dict[str, Any] = {"field_key": NEW_KEY, "field_key_id": "benefits-2"}
BOTH: dict[str, Any] = {**NEXT, "other_keys": {"benefits-1": {"field": TEST_KEY}}}


# As a restore knows of a file that the bank may have: it is rendered again on its own row.
_LOST = """
    INSERT INTO bank_file (id, tenant, state, message_id, transactions, control_sum_sen, sha256, content, created_at)
    VALUES (gen_random_uuid(), 'organisation:1', 'fetched', 'lost', 1, 100, repeat('0', 64), '', now())
"""


async def _under(benefits: ServiceUnderTest) -> set[str | None]:
    async with benefits.database.connection() as connection:
        return {row["key_id"] for row in await connection.fetch("SELECT DISTINCT key_id FROM sealed_values()")}


async def _resealed(benefits: ServiceUnderTest) -> None:
    service = benefits.worker
    handle = resealing_with(BenefitsSettings.model_construct(**_keys()).cipher())
    while True:
        async with service.database.begin(service.work.unit, Cause("test")) as uow:
            await handle(ResealRows(), uow)
            left = await uow.connection.exec_driver_sql("SELECT count(*) FROM resealing WHERE done_at IS NULL")
            if left.scalar_one() == 0:
                return


def _keys() -> dict[str, Any]:
    other = type("Other", (), {"field": base64.b64decode(TEST_KEY)})()
    return {**NEXT, "field_key": base64.b64decode(NEW_KEY), "other_keys": {"benefits-1": other}}


def test_every_sealed_column_is_rotated() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in t.metadata.tables.values()
        for column in table.columns
        if str(column.type) == "BLOB"
    }
    assert {f"{each.name}.{column}" for each in SEALED_TABLES for column in each.columns} == binary


async def test_a_bank_file_is_fetched_to_the_same_bytes_under_the_next_key(
    benefits: ServiceUnderTest, issuer: TestIssuer
) -> None:
    await enter_payee(benefits)
    await enter_account(benefits, "employer:12", "700700700")
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    before = await fetch(benefits, file)
    on = (BenefitsSettings, build, work, benefits.database, issuer)
    async with service_under_test(*on, **BOTH) as both:
        assert await fetch(both, file) == before
        # The same account again under the next key is the same account: no second version.
        assert (await enter_payee(both))["version"] == 1
        assert await _under(both) == {"benefits-1"}
        await _resealed(both)
        assert await _under(both) == {"benefits-2"}
    async with service_under_test(*on, **NEXT) as retired:
        assert await fetch(retired, file) == before
        assert (await enter_payee(retired))["version"] == 1
    gone = await benefits.call(
        "GET", f"/v1/bank-files/{file['bank_file']}/content", scopes=["benefits:bank_file:read"], party="organisation:1"
    )
    assert (gone.status_code, gone.json()["code"]) == (503, "field_key_unknown")


async def test_a_file_whose_content_was_lost_holds_no_rotation_up(
    benefits: ServiceUnderTest, issuer: TestIssuer
) -> None:
    await enter_payee(benefits)
    async with benefits.database.connection("migrate") as connection:
        await connection.execute(_LOST)
    async with service_under_test(BenefitsSettings, build, work, benefits.database, issuer, **BOTH) as both:
        await asyncio.wait_for(_resealed(both), timeout=20)
        assert await _under(both) == {"benefits-2", None}


async def test_an_account_is_changed_by_nobody_while_it_is_sealed_again(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    async with benefits.database.connection() as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("UPDATE payee SET account_name = account_number")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE payee SET bank_bic = 'CIBBMYKL'")


async def test_every_table_says_by_its_columns_what_a_renewed_seal_may_change(benefits: ServiceUnderTest) -> None:
    """One that was added and left to the general function would be sealed again many times slower."""
    async with benefits.database.connection("migrate") as connection:
        made = await connection.fetch(
            "SELECT tgrelid::regclass::text AS name, tgfoid::regproc::text AS asked FROM pg_trigger "
            "WHERE tgname = 'never_changed' AND tgrelid::regclass::text = ANY (SELECT sealed_table FROM resealing)"
        )
    assert made
    assert {row["asked"] for row in made} == {f"{row['name']}_sealed_again" for row in made}
