"""The tables that the code speaks of are the tables that the migrations make, and each party's rows are its own."""

import pytest

from services.claims.storage import tables as t
from services.claims.tests.support import (
    all_has_arrived,
    apply_events,
    employed,
    january_to_may,
    registered,
    report,
)
from shared.testing.never_changed import refused_to_every_role
from shared.testing.schema import declared_columns, migrated_columns, unprotected_tables
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_the_tables_are_those_of_the_migrated_database(claims: ServiceUnderTest) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(claims.database)


async def test_every_table_with_a_tenant_has_forced_row_level_security(claims: ServiceUnderTest) -> None:
    assert await unprotected_tables(claims.database, ("tenant",)) == set()


NEVER = (
    "UPDATE decision SET records = '{}'",
    "UPDATE record SET body = ''",
    "DELETE FROM record",
    "UPDATE decision SET hash = ''",
    "DELETE FROM decision",
    "TRUNCATE decision CASCADE",
    "UPDATE evidence SET last_day = last_day + 10",
    "DELETE FROM evidence",
    "UPDATE claim SET tenant = 'employer:1'",
    "DELETE FROM claim",
    "UPDATE idempotency_key SET body = ''",
)


async def test_what_was_decided_is_never_changed_by_any_role(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await all_has_arrived(claims)
    await report(claims)
    while await claims.worker.runner.run_one():
        continue
    await refused_to_every_role(claims.database, "claims", NEVER)
