"""Which faults pass by themselves; whatever else there is must end, or one event would be repeated for ever."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.contracts.envelope import Cause
from shared.persistence.engine import Database
from shared.persistence.transient import CameMeanwhile, is_contention, is_transient
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Databases


def wrapped(state: str) -> DBAPIError:
    """The error as SQLAlchemy raises it."""
    driver = Exception(state)
    driver.sqlstate = state  # type: ignore[attr-defined]
    return DBAPIError("SELECT 1", {}, driver)


def from_server(state: str) -> asyncpg.PostgresError:
    error: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": state, "M": "as the server said"})
    return error


PASSES = {
    "08006": "connection failure",
    "40001": "serialization failure",
    "40P01": "deadlock",
    "53300": "too many connections",
    "57014": "statement time-out",
    "57P01": "the server shuts down",
    "57P03": "the server starts up",
    "55P03": "lock time-out",
    "25P03": "idle in a transaction for too long",
    "25006": "a write reached a standby",
}
STAYS = {
    "23505": "unique",
    "23514": "check",
    "22003": "number out of range",
    "22P05": "a character that cannot be stored",
    "42703": "no such column",
    "55000": "not in the state that the statement needs",
    "42501": "not allowed",
    "P0001": "raised by a trigger",
    "25P02": "the transaction is aborted",
}


@pytest.mark.parametrize("state", PASSES)
def test_it_passes(state: str) -> None:
    assert is_transient(wrapped(state))
    assert is_transient(from_server(state))


@pytest.mark.parametrize("state", [*PASSES, *STAYS])
def test_only_what_gave_way_to_another_transaction_is_done_again_at_once(state: str) -> None:
    assert is_contention(wrapped(state)) == (PASSES.get(state) in ("serialization failure", "deadlock"))


@pytest.mark.parametrize("state", STAYS)
def test_it_stays(state: str) -> None:
    assert not is_transient(wrapped(state))
    assert not is_transient(from_server(state))


@pytest.mark.parametrize(
    "fault",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        PoolTimeout(),
        OSError(101, "network unreachable"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("cannot perform operation: the underlying connection is closed"),
        DBAPIError("SELECT 1", {}, Exception(), connection_invalidated=True),
    ],
)
def test_a_lost_connection_passes(fault: Exception) -> None:
    assert is_transient(fault)


@pytest.mark.parametrize(
    "fault",
    [
        ValueError(),
        KeyError(),
        AssertionError(),
        asyncpg.InterfaceError("the number of query arguments cannot exceed 32767"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    ],
)
def test_a_defect_stays(fault: Exception) -> None:
    assert not is_transient(fault)


@pytest.mark.postgres
async def test_what_the_driver_refuses_to_send_stays_and_a_server_that_goes_away_passes(databases: Databases) -> None:
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")

        async def fault_of(statement: str, **values: object) -> BaseException:
            with pytest.raises(Exception, match=r".") as raised:
                async with database.begin(UnitOfWork, Cause("test")) as uow:
                    await uow.connection.execute(text(statement), values)
            return raised.value

        many = {f"a{number}": 1 for number in range(32_768)}
        too_many = "SELECT " + " + ".join(f"CAST(:{name} AS integer)" for name in many)
        assert not is_transient(await fault_of(too_many, **many))
        assert not is_transient(await fault_of("SELECT CAST(:number AS integer)", number=2**40))
        assert not is_transient(await fault_of("SELECT CAST(:letter AS text)", letter="\x00"))
        assert is_transient(await fault_of("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert is_transient(await fault_of("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)"))
        await database.close()


async def test_a_database_that_is_closed_for_maintenance_is_away_and_comes_back(databases: Databases) -> None:
    async with databases.fresh("claims") as closed:
        database = Database(closed.url("worker"), "claims")
        await database.ready()
        administrator = await asyncpg.connect(databases.postgres.url("postgres"))
        try:
            await administrator.execute(f'ALTER DATABASE "{closed.name}" WITH ALLOW_CONNECTIONS false')
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
            await administrator.execute(end, closed.name)
            with pytest.raises(Exception) as refused:  # noqa: PT011 - what it is, the next line says
                await database.ready()
            assert is_transient(refused.value)
            await administrator.execute(f'ALTER DATABASE "{closed.name}" WITH ALLOW_CONNECTIONS true')
            await database.ready()
        finally:
            await administrator.close()
            await database.close()


def test_what_came_between_two_looks_is_found_by_the_next_try() -> None:
    assert is_transient(CameMeanwhile())
    assert not is_transient(RuntimeError())
