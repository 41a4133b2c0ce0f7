"""Databases and connections that are used again are as new ones, and no other test's."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from shared.persistence.engine import Database
from shared.testing import emptying
from shared.testing.connections import DatabaseTakenAway
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

_PID = "SELECT pg_backend_pid()"
_DUE_WORK = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    SELECT 'work', n::text, now(), '{}', 'test', '{}' FROM generate_series(1, $1::integer) AS n
"""


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


async def test_the_next_test_has_the_same_database_and_sees_nothing_of_this_one(databases: Databases) -> None:
    async with databases.fresh("rehab") as first, first.connection("migrate") as owner:
        centres = await owner.fetch("SELECT * FROM centre ORDER BY code")
        await owner.execute("INSERT INTO centre (code, name, beds) VALUES ('PLANTED', 'Of another test', 7)")
        await owner.execute(
            "UPDATE epoch SET life = 'another', held = 'reading_back'; DELETE FROM centre WHERE beds < 7"
        )
        await owner.execute(_DUE_WORK, 1)
        seen = await owner.fetchval("SELECT id FROM due_work")
    async with databases.fresh("rehab") as second, second.connection("migrate") as owner:
        assert second.name == first.name
        assert await owner.fetch("SELECT * FROM centre ORDER BY code") == centres
        assert await owner.fetchval("SELECT life IS NULL AND held IS NULL FROM epoch")
        assert await owner.fetchval("SELECT count(*) FROM due_work") == 0
        await owner.execute(_DUE_WORK, 1)
        assert await owner.fetchval("SELECT id FROM due_work") == seen


async def test_many_rows_are_gone_as_few_are(databases: Databases) -> None:
    async with databases.fresh("rehab") as first, first.connection("migrate") as owner:
        await owner.execute(_DUE_WORK, 2000)
        assert await owner.fetchval("SELECT pg_table_size('due_work')") > emptying.LARGE
    async with databases.fresh("rehab") as second, second.connection("migrate") as owner:
        assert second.name == first.name
        assert await owner.fetchval("SELECT count(*) FROM due_work") == 0


async def test_without_the_emptying_the_same_check_is_red(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return

    with monkeypatch.context() as broken:
        broken.setattr(emptying.Beginning, "_empty", nothing)
        async with databases.fresh("rehab") as first, first.connection("migrate") as owner:
            await owner.execute(_DUE_WORK, 1)
    async with databases.fresh("rehab") as second, second.connection("migrate") as owner:
        assert second.name == first.name
        assert await owner.fetchval("SELECT count(*) FROM due_work") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE ward (code text)",
        "GRANT DELETE ON centre TO rehab_api",
        "ALTER TABLE idempotency_key DISABLE ROW LEVEL SECURITY",
        "CREATE INDEX by_beds ON centre (beds)",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "DROP POLICY idempotency_key_tenant ON idempotency_key",
        "ANALYZE centre",
        "ALTER DATABASE {name} SET timezone = 'Asia/Kuala_Lumpur'",
    ],
)
async def test_a_database_of_which_more_than_rows_changed_is_used_by_nobody(
    databases: Databases, statement: str
) -> None:
    async with databases.fresh("rehab") as first, first.connection("migrate") as owner:
        await owner.execute(statement.format(name=first.name))
    async with databases.fresh("rehab") as second:
        assert second.name != first.name


async def test_who_outlives_its_test_reaches_no_other_one(databases: Databases) -> None:
    async with databases.fresh("rehab") as first:
        left, idle = await asyncpg.connect(first.url("worker")), Database(first.url("worker"), "rehab")
        await left.execute("BEGIN; UPDATE epoch SET held = 'reading_back'")
    async with databases.fresh("rehab") as second, second.connection("migrate") as owner:
        assert second.name == first.name
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await left.execute("COMMIT")
        with pytest.raises(DatabaseTakenAway):
            await idle.ready()
        assert await owner.fetchval("SELECT held IS NULL FROM epoch")


async def test_a_pool_takes_the_connections_of_the_one_before_it_with_nothing_left_in_them(
    databases: Databases,
) -> None:
    async with databases.fresh("rehab") as first:
        before = Database(first.url("worker"), "rehab")
        async with before.engine.connect() as connection:
            pid = (await connection.execute(text(_PID))).scalar_one()
            await connection.execute(text("SELECT set_config('jaring.tenant', 'employer:1', false)"))
            await connection.commit()
        await before.close()
        after = Database(first.url("worker"), "rehab")
        async with after.engine.connect() as connection:
            assert (await connection.execute(text(_PID))).scalar_one() == pid
            assert (await connection.execute(text("SELECT current_setting('jaring.tenant')"))).scalar_one() == ""
            assert (await connection.execute(text("SHOW statement_timeout"))).scalar_one() == "30s"
        await after.close()
