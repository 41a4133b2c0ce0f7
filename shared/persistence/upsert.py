"""The upsert of a projection: of two states of one thing, the one with the higher revision stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection


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
    fresh = insert(table).values([newest[place] for place in sorted(newest)])
    values = {column.name: fresh.excluded[column.name] for column in table.c if column.name not in key}
    await connection.execute(
        fresh.on_conflict_do_update(index_elements=key, set_=values, where=fresh.excluded.revision > table.c.revision)
    )
