"""The tables that the code speaks of are the tables that the migrations make."""

from sqlalchemy.dialects import postgresql

from services.jobs.storage.tables import METADATA
from services.jobs.tests.support import Jobs


async def test_the_tables_equal_the_migrated_database(jobs: Jobs) -> None:
    migrated = await jobs.rows(
        "SELECT table_name, column_name, data_type, is_nullable = 'YES' AS nullable "
        "FROM information_schema.columns WHERE table_name = ANY($1)",
        list(METADATA.tables),
    )
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    described = {
        (table.name, column.name, column.type.compile(dialect).lower(), column.nullable)
        for table in METADATA.tables.values()
        for column in table.columns
    }
    assert described == {(row["table_name"], row["column_name"], row["data_type"], row["nullable"]) for row in migrated}
