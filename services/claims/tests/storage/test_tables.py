"""The tables that the code speaks of are the tables that the migrations make, and each party's rows are its own."""

import pytest

from services.claims.storage import tables as t
from shared.testing.schema import declared_columns, migrated_columns, unprotected_tables
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_the_tables_are_those_of_the_migrated_database(claims: ServiceUnderTest) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(claims.database)


async def test_every_table_with_a_tenant_has_forced_row_level_security(claims: ServiceUnderTest) -> None:
    assert await unprotected_tables(claims.database, ("tenant",)) == set()
