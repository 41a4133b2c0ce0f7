"""Whether a database refuses to change what stands, to every role that runs and to the owner."""

from collections.abc import Sequence

import asyncpg
import pytest

from shared.testing.servers import TestDatabase


async def refused_to_every_role(database: TestDatabase, service: str, statements: Sequence[str]) -> None:
    """Run the statements as each role, also when everything was granted to it by mistake; every one must fail.

    Each statement must meet a row: a trigger for each row says nothing about an empty table.
    """
    async with database.connection("migrate") as owner:
        await owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {service}_api, {service}_worker")
    for role in ("api", "worker", "migrate"):
        async with database.connection(role) as connection:
            await connection.execute("SELECT set_config('jaring.role', 'officer', false)")
            for statement in statements:
                with pytest.raises(asyncpg.RestrictViolationError):
                    await connection.execute(statement)
