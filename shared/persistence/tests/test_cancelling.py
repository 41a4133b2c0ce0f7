"""Whoever is cancelled while a transaction ends is cancelled when it has ended, and leaves a connection that works."""

import asyncio

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Databases
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

# A commit that waits for whoever holds the lock, and one that then fails.
SLOW = """
    CREATE TABLE kept (id integer PRIMARY KEY);
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock(42); IF NEW.id < 0 THEN RAISE EXCEPTION ''refused''; END IF;
         RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON kept DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION slowly();
    GRANT SELECT, INSERT ON kept TO claims_worker;
    SELECT pg_advisory_lock(42);
"""


@pytest.mark.parametrize(("id_", "kept"), [(1, [1]), (-1, [])])
async def test_a_cancellation_waits_for_the_commit(databases: Databases, id_: int, kept: list[int]) -> None:
    """It was an error of the driver once, "another operation is in progress", and whoever cancelled waited for ever."""
    async with databases.fresh("claims") as database, database.connection("migrate") as owner:
        await owner.execute(SLOW)
        opened = Database(database.url("worker"), "claims", pool_size=1)

        async def keep() -> None:
            async with opened.begin(UnitOfWork, Cause("test")) as uow:
                await uow.connection.execute(text("INSERT INTO kept VALUES (:id)"), {"id": id_})

        async def is_committing() -> bool:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return bool(await owner.fetchval(waiting))

        keeping = asyncio.create_task(keep())
        await eventually(is_committing)
        keeping.cancel()
        await owner.execute("SELECT pg_advisory_unlock(42)")
        with pytest.raises(asyncio.CancelledError):
            await keeping
        assert [row["id"] for row in await owner.fetch("TABLE kept")] == kept
        assert opened.connections[0] == 0
        await opened.ready()
        await opened.close()
