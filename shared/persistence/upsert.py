"""The upsert of a projection: of two states of one thing, the one with the higher revision stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

# PostgreSQL's protocol counts the arguments of a statement in 16 bits.
ARGUMENTS = 32_000


async def keep_higher_revision(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that carry ``revision``, in the order of the table's key; a repeat or an older one is no change."""
    key = [column.name for column in table.primary_key]
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        place = tuple(row[name] for name in key)
        if place not in newest or row["revision"] > newest[place]["revision"]:
            newest[place] = row
    if not newest:
        return
    ordered = [newest[place] for place in sorted(newest)]
    portion = ARGUMENTS // len(ordered[0])
    for start in range(0, len(ordered), portion):
        fresh = insert(table).values(ordered[start : start + portion])
        values = {column.name: fresh.excluded[column.name] for column in table.c if column.name not in key}
        newer = fresh.excluded.revision > table.c.revision
        await connection.execute(fresh.on_conflict_do_update(index_elements=key, set_=values, where=newer))
