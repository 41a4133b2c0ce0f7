"""Whether a migrated database has the shape that a service's tables declare, and keeps tenants apart."""

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql

from shared.persistence.catalog import own_columns
from shared.testing.servers import TestDatabase

Column = tuple[str, str, str, bool]

_UNPROTECTED = """
    SELECT DISTINCT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind = 'r' AND attname = ANY($1) AND NOT attisdropped AND NOT (relrowsecurity AND relforcerowsecurity)
"""


def declared_columns(metadata: MetaData) -> set[Column]:
    """Table, column, type and whether it may be null, of every table that the service's code declares."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return {
        (table.name, column.name, column.type.compile(dialect).lower(), bool(column.nullable))
        for table in metadata.tables.values()
        for column in table.columns
    }


async def migrated_columns(database: TestDatabase) -> set[Column]:
    """The same of every table that the migrations left, except those that each service has from the platform."""
    async with database.connection("migrate") as connection:
        tables = await own_columns(connection)
    return {(each.table, each.name, each.type.lower(), each.nullable) for table in tables.values() for each in table}


async def unprotected_tables(database: TestDatabase, columns: tuple[str, ...] = ("tenant", "person")) -> set[str]:
    """Tables with one of these columns whose row-level security is not on, or not forced on their owner."""
    async with database.connection("migrate") as connection:
        return {row["relname"] for row in await connection.fetch(_UNPROTECTED, columns)}
