"""What the catalog of a migrated database says of a service's own tables."""

import inspect
import re
from dataclasses import dataclass
from itertools import groupby

import asyncpg

from shared.persistence import platform, read_log_tables

# What each service has from the platform, whose tables are declared nowhere but in its own statements.
_MADE_BY = "".join(map(inspect.getsource, (platform, read_log_tables)))
_PLATFORM = ["alembic_version", *re.findall(r"(?:CREATE TABLE|RENAME TO) (\w+)", _MADE_BY)]
# Tables in the order in which they were made, columns in the order in which they stand.
_COLUMNS = """
    SELECT relname AS table, attname AS name, format_type(atttypid, NULL) AS type, NOT attnotnull AS nullable,
           EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY(indkey)) AS in_key,
           atthasdef OR attidentity <> '' AS filled
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
      AND relname <> ALL($1)
    ORDER BY pg_class.oid, attnum
"""


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column; ``filled``: the database gives it a value when a statement gives none."""

    table: str
    name: str
    type: str
    nullable: bool
    in_key: bool
    filled: bool


async def own_columns(connection: asyncpg.Connection) -> dict[str, list[CatalogColumn]]:
    """The columns of each table that the service has not from the platform."""
    rows = [CatalogColumn(*row) for row in await connection.fetch(_COLUMNS, _PLATFORM)]
    return {table: list(columns) for table, columns in groupby(rows, key=lambda column: column.table)}
