"""The tables that the code speaks of are the tables that the migrations make."""

from services.jobs.storage import tables as t
from services.jobs.tests.support import Jobs
from shared.testing.schema import declared_columns, migrated_columns


async def test_the_tables_are_those_of_the_migrated_database(jobs: Jobs) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(jobs.service.database)
