"""Connections that are used again are as new ones, and no other test's."""

import asyncio

import pytest

from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

_PID = "SELECT pg_backend_pid()"


async def _pid_of_the_next(database: TestDatabase) -> object:
    async with database.connection("migrate") as connection:
        return await connection.fetchval(_PID)


async def test_a_connection_is_used_again_and_nothing_of_its_use_is_left(databases: Databases) -> None:
    async with databases.fresh("rehab") as database:
        async with database.connection("migrate") as connection, database.connection("migrate") as other:
            assert await connection.fetchval(_PID) != await other.fetchval(_PID)
            await connection.execute("SET statement_timeout = '7s'; CREATE TEMPORARY TABLE mine (number integer)")
            await connection.execute("SELECT set_config('jaring.tenant', 'employer:1', false), pg_advisory_lock(7)")
            first = await connection.fetchval(_PID)
        async with database.connection("migrate") as one, database.connection("migrate") as two:
            used = {await each.fetchval(_PID): each for each in (one, two)}
            again = used[first]
            assert await again.fetchval("SHOW statement_timeout") == "0"
            assert await again.fetchval("SELECT current_setting('jaring.tenant')") == ""
            assert await again.fetchval("SELECT to_regclass('mine')") is None
            assert await again.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


async def test_what_is_left_in_a_transaction_or_was_ended_is_used_by_nobody(databases: Databases) -> None:
    async with databases.fresh("rehab") as database:
        async with database.connection("migrate") as connection:
            begun = await connection.fetchval(_PID)
            await connection.execute("BEGIN")
        ended = await _pid_of_the_next(database)
        assert ended != begun
        async with databases.connections.to(databases.postgres.url("postgres")) as administrator:
            await administrator.execute("SELECT pg_terminate_backend($1, 5000)", ended)
        await asyncio.sleep(0.1)
        assert await _pid_of_the_next(database) != ended


async def test_who_was_let_go_keeps_nobody_from_copying_the_database(databases: Databases) -> None:
    async with databases.fresh("rehab") as database:
        await _pid_of_the_next(database)
        await database.let_go()
        async with databases.connections.to(databases.postgres.url("postgres")) as administrator:
            await administrator.execute(f'CREATE DATABASE "{database.name}_copy" TEMPLATE "{database.name}"')
            await administrator.execute(f'DROP DATABASE "{database.name}_copy"')
