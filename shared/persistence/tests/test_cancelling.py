"""Whoever is cancelled while a transaction ends is cancelled when it has ended, and leaves a connection that works."""

import asyncio
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Cause
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.tokens import Caller, Role
from shared.testing.connections import Connections
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

_LOCKS = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


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


async def test_whoever_is_cancelled_at_any_moment_leaves_its_party_and_its_key_to_nobody(databases: Databases) -> None:
    """Forty transactions at once, of parties with keys and of nobody, over three connections; most are cancelled."""
    random = Random(7)
    async with databases.fresh("claims") as database, database.connection("migrate") as owner:
        opened = Database(database.url("api"), "claims", pool_size=3)

        async def one(number: int) -> None:
            is_party = bool(number % 3)
            caller = Caller("payroll", f"employer:{number}", Role.PARTNER, frozenset()) if is_party else None
            key = f"key-{number % 7}" if is_party else None
            async with opened.begin(UnitOfWork, Cause("test"), caller, key) as uow:
                for _ in range(2):
                    asked = await uow.connection.execute(text("SELECT current_setting('jaring.tenant', true)"))
                    assert (asked.scalar_one() or None) == (None if caller is None else caller.party)
                    await uow.connection.execute(text("SELECT pg_sleep(0.0005)"))

        ends = []
        for _ in range(6):
            tasks = [asyncio.create_task(one(number)) for number in range(40)]
            for task in tasks:
                if random.random() < 0.7:
                    asyncio.get_running_loop().call_later(random.random() * 0.15, task.cancel)
            ends += await asyncio.gather(*tasks, return_exceptions=True)
            assert opened.connections[0] == 0
        assert {type(end) for end in ends} == {type(None), asyncio.CancelledError}

        async def all_let_go() -> bool:
            # Of a connection that was closed, once the server has noticed.
            return bool(await owner.fetchval(_LOCKS) == 0)

        await eventually(all_let_go)
        await opened.close()


async def test_whoever_waits_for_a_connection_whose_opening_is_cancelled_opens_it(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited until the pool's limit of time, half a minute, once: nothing came back that would have woken it."""
    opening, taken, tries = asyncio.Event(), Connections.taken, iter((True,))

    async def never_at_first(*arguments: Any) -> Any:
        if next(tries, False):
            opening.set()
            await asyncio.Event().wait()
        return await taken(*arguments)

    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims", pool_size=1)
        monkeypatch.setattr(Connections, "taken", never_at_first)
        first = asyncio.create_task(opened.ready())
        await asyncio.wait_for(opening.wait(), 10)
        second = asyncio.create_task(opened.ready())
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait_for(second, 10)
        assert opened.connections == (0, 1)
        await opened.close()
