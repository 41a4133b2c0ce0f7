"""Makes a database that a test has used as it began, or says that it cannot: only rows are taken back, nothing else.

What was written to is seen by the size of its file, so nobody has to say it. A test that changed more than rows (made a
table, granted a right, gathered statistics) shows in the catalogs: a row there is younger than the database, or gone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

# What DDL, GRANT and ANALYZE leave behind; whatever is made depends on something, and so has its row in pg_depend.
_CATALOGS = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_default_acl",
    "pg_depend",
    "pg_enum",
    "pg_event_trigger",
    "pg_extension",
    "pg_index",
    "pg_largeobject_metadata",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_publication",
    "pg_rewrite",
    "pg_sequence",
    "pg_statistic",
    "pg_statistic_ext",
    "pg_trigger",
    "pg_type",
    "pg_db_role_setting",
)
_EACH = " UNION ALL ".join(
    f"SELECT {place} AS place, count(*) AS rows, min(age(xmin)) AS youngest FROM {name}"  # noqa: S608
    for place, name in enumerate(_CATALOGS)
)
# Frozen rows have the greatest age there is. A database that was altered has a younger row of its own.
_SHAPE = f"""
    SELECT array_agg(rows ORDER BY place) AS counts, coalesce(age($1::text::xid) >= least(min(youngest),
        (SELECT age(xmin) FROM pg_database WHERE datname = current_database())), false) AS is_changed
    FROM ({_EACH}) AS catalogs
"""  # noqa: S608 - constants
# Files grow when the first row comes, and only TRUNCATE or a vacuum makes them empty again.
_WRITTEN = """
    SELECT pg_class.oid::regclass::text AS name, pg_table_size(pg_class.oid) > $1 AS is_large
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') AND pg_relation_size(pg_class.oid) > 0
    ORDER BY 1
"""
# How far each sequence has come, as JSON.
_COUNTED = """
    SELECT coalesce(jsonb_object_agg(seqrelid::regclass::text, pg_sequence_last_value(seqrelid))
        FILTER (WHERE pg_sequence_last_value(seqrelid) IS NOT NULL), '{}')::text
    FROM pg_sequence
"""
_SINCE = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
_OTHERS = """
    SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL ($1)
"""
_PUT_BACK = "INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1)"
_RESTART = """
    SELECT setval(seqrelid, coalesce(began, seqstart), began IS NOT NULL)
    FROM (
        SELECT seqrelid, seqstart, pg_sequence_last_value(seqrelid) AS value,
            ($1::text::jsonb ->> seqrelid::regclass::text)::bigint AS began
        FROM pg_sequence OFFSET 0
    ) AS counted
    WHERE value IS DISTINCT FROM began
"""
_MOST_LOOKS = 200
# Up to here it is cheaper to delete rows than to truncate, and the planner takes every table for one of ten pages.
LARGE = 8 * 8192


@dataclass(frozen=True)
class Beginning:
    """How the databases of a service begin: their shape, and the rows and numbers that migrations left there."""

    counts: Sequence[int]
    rows: Mapping[str, str]
    numbers: str

    @classmethod
    async def of(cls, administrator: asyncpg.Connection) -> "Beginning":
        """That of the database to which the administrator is connected, which nobody has used yet."""
        (shape,) = await administrator.fetch(_SHAPE, "3")
        written = await administrator.fetch(_WRITTEN, LARGE)
        rows = {table["name"]: await _rows(administrator, table["name"]) for table in written}
        return cls(shape["counts"], rows, await administrator.fetchval(_COUNTED))

    async def is_back(self, administrator: asyncpg.Connection, since: str, idle: Sequence[int]) -> bool:
        """Take back what was written since; whether the database is as it began.

        ``idle`` are the sessions that nobody uses; what else is connected ends.
        """
        await _alone(administrator, idle)
        (shape,) = await administrator.fetch(_SHAPE, since)
        if shape["is_changed"] or shape["counts"] != self.counts:
            return False
        async with administrator.transaction():
            # No trigger asks who may delete, and no foreign key looks for rows.
            await administrator.execute("SET LOCAL session_replication_role = replica")
            await self._empty(administrator)
            await administrator.execute(_RESTART, self.numbers)
        return all([await _rows(administrator, table) == rows for table, rows in self.rows.items()])

    async def _empty(self, administrator: asyncpg.Connection) -> None:
        """What a table held in the beginning is there again, and nothing else."""
        written = await administrator.fetch(_WRITTEN, LARGE)
        small = [table["name"] for table in written if table["name"] not in self.rows and not table["is_large"]]
        large = [table["name"] for table in written if table["name"] not in self.rows and table["is_large"]]
        statements = [f"DELETE FROM {table}" for table in small]  # noqa: S608
        statements += [f"TRUNCATE {', '.join(large)} CASCADE"] if large else []
        if statements:
            await administrator.execute("; ".join(statements))
        for table, rows in self.rows.items():
            if await _rows(administrator, table) != rows:
                await administrator.execute(f"DELETE FROM {table}")  # noqa: S608
                await administrator.execute(_PUT_BACK.format(table=table), rows)


async def since_now(administrator: asyncpg.Connection) -> str:
    """The transaction from which on a change is younger than now."""
    found: str = await administrator.fetchval(_SINCE)
    return found


async def _rows(administrator: asyncpg.Connection, table: str) -> str:
    query = f"SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)), '[]')::text FROM {table} AS t"  # noqa: S608
    found: str = await administrator.fetchval(query)
    return found


async def _alone(administrator: asyncpg.Connection, idle: Sequence[int]) -> None:
    """End every other session, and wait until they are gone: what one of them wrote later would be the next test's."""
    for _ in range(_MOST_LOOKS):
        if not await administrator.fetch(_OTHERS, idle):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError("a session does not end")
