"""The tables that the code speaks of are the tables that the migrations make."""

from services.rehab.storage import tables as t
from services.rehab.tests.support import Rehab
from shared.testing.schema import declared_columns, migrated_columns


async def test_the_tables_are_those_of_the_migrated_database(rehab: Rehab) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(rehab.service.database)
