"""Looks at what stands in a database, inside a unit of work."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def rows(connection: AsyncConnection, statement: str, **parameters: object) -> list[dict[str, object]]:
    """The rows of a textual statement as dictionaries."""
    result = await connection.execute(text(statement), parameters)
    return [dict(row) for row in result.mappings()]
