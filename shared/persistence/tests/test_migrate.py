"""A migration runs whole or not at all, one at a time, and never waits long for a lock."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.persistence import migrate as migrate_module
from shared.persistence.migrate import migrate
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

_FIRST = """
from alembic import op
revision, down_revision = "first", None
def upgrade():
    op.execute("CREATE TABLE person (id bigint)")
"""
_SECOND = """
from alembic import op
revision, down_revision = "second", "first"
def upgrade():
    op.execute("CREATE TABLE employer (id bigint)")
    op.execute("ALTER TABLE person ADD COLUMN born_on date")
"""


@pytest.fixture
async def empty(databases: Databases) -> AsyncIterator[TestDatabase]:
    """A database of claims without any table."""
    async with databases.unmigrated("claims") as database:
        yield database


@pytest.fixture
def own_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for migrations of this test's own, with the first of them."""
    folder = tmp_path / "services" / "claims" / "migrations"
    folder.mkdir(parents=True)
    (folder / "first.py").write_text(_FIRST)
    monkeypatch.setattr(migrate_module, "ROOT", tmp_path)
    return folder


async def shape(owner: asyncpg.Connection) -> list[tuple[str, ...]]:
    """Every column of every table, and every index."""
    columns = await owner.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3"
    )
    return [tuple(column) for column in columns]


async def test_migrating_twice_changes_nothing(databases: Databases) -> None:
    async with databases.fresh("claims") as database, database.connection("migrate") as owner:
        before = await shape(owner)
        await migrate("claims", database.url("migrate"))
        assert await shape(owner) == before


async def test_two_that_start_at_once_take_turns(empty: TestDatabase, own_migrations: Path) -> None:
    (own_migrations / "second.py").write_text(_SECOND)
    url = empty.url("migrate")
    async with empty.connection("migrate") as first, empty.connection("migrate") as owner:
        turn = first.transaction()
        await turn.start()
        await first.execute("SELECT pg_advisory_xact_lock($1)", migrate_module._LOCK)
        both = asyncio.gather(migrate("claims", url), migrate("claims", url))
        await asyncio.sleep(0.4)
        assert not both.done()
        assert await shape(owner) == []
        await turn.rollback()
        await both
        assert await owner.fetchval("SELECT version_num FROM alembic_version") == "second"


async def test_a_migration_that_must_wait_for_a_lock_gives_up_soon_and_leaves_nothing(
    empty: TestDatabase, own_migrations: Path
) -> None:
    await migrate("claims", empty.url("migrate"))
    (own_migrations / "second.py").write_text(_SECOND)
    async with empty.connection("migrate") as busy, empty.connection("migrate") as owner:
        async with busy.transaction():
            await busy.execute("LOCK TABLE person IN ACCESS SHARE MODE")
            started = time.monotonic()
            with pytest.raises(DBAPIError, match="lock timeout"):
                await migrate("claims", empty.url("migrate"))
            assert time.monotonic() - started < 10, "lock_timeout is one second"
        assert await owner.fetchval("SELECT to_regclass('employer')") is None
        assert await owner.fetchval("SELECT version_num FROM alembic_version") == "first"
        await migrate("claims", empty.url("migrate"))
        assert await owner.fetchval("SELECT version_num FROM alembic_version") == "second"
