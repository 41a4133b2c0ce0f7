"""The parts of a worker are put together so that each hears of what the others left, and none can hold up a partner."""

import asyncio
import base64
from typing import ClassVar

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from shared.messaging.consumer import process_id
from shared.messaging.subscription import Subscription
from shared.persistence.life import HELD_FOR
from shared.persistence.unit_of_work import UnitOfWork
from shared.process import worker as workers
from shared.process.settings import ServiceSettings
from shared.process.worker import Work, Worker, replay, serve, with_idle_limit
from shared.testing.servers import Databases


class JobsSettings(ServiceSettings):
    """The settings of some service."""

    service: ClassVar[str] = "jobs"


def settings_of_nobody(member: str = "") -> JobsSettings:
    return JobsSettings(
        member=member,
        environment="test",
        database_url="postgresql://jobs_worker:4f2c@127.0.0.1:1/jobs",
        kafka="127.0.0.1:1",
        http_port=0,
        token_issuer="http://127.0.0.1:1",
        token_keys="keys.json",
        cursor_key=base64.b64encode(bytes(32)),
    )


def test_what_a_worker_commits_nudges_its_relay_and_its_runner() -> None:
    worker: Worker[UnitOfWork] = Worker(settings_of_nobody(), Work(UnitOfWork))
    assert (worker.database.relays, worker.database.runners) == ([worker.relay.nudged], [worker.runner.nudged])


def test_the_relay_that_asks_nothing_for_a_while_loses_its_session() -> None:
    worker: Worker[UnitOfWork] = Worker(settings_of_nobody(), Work(UnitOfWork))
    assert worker.relay.dsn.endswith("/jobs?idle_session_timeout=15000")
    assert with_idle_limit("postgresql://h/d?sslmode=require") == (
        "postgresql://h/d?sslmode=require&idle_session_timeout=15000"
    )


@pytest.mark.postgres
async def test_a_lock_of_a_process_that_stands_still_is_free_again(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RELAY_IDLE_LIMIT_MS", 200)
    async with databases.fresh("claims") as database:
        stopped = await asyncpg.connect(with_idle_limit(database.url("worker")))
        try:
            async with database.connection() as partner:
                assert await stopped.fetchval("SELECT pg_try_advisory_lock(1)")
                assert not await partner.fetchval("SELECT pg_try_advisory_lock(1)")
                await asyncio.sleep(1)
                assert await partner.fetchval("SELECT pg_try_advisory_lock(1)")
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await stopped.fetchval("SELECT 1")
        finally:
            await stopped.close()


@pytest.mark.postgres
@pytest.mark.parametrize("held", [None, *HELD_FOR])
async def test_nothing_is_replayed_while_the_database_is_held(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, held: str | None
) -> None:
    """What is parked would act on what the database has forgotten: it waits with everything else."""
    asked = []

    async def replay_all(*arguments: object) -> list[object]:
        asked.append(arguments)
        return []

    monkeypatch.setattr(workers, "replay_all", replay_all)
    async with databases.fresh("jobs") as database:
        async with database.connection("migrate") as connection:
            await connection.execute("UPDATE epoch SET held = $1", held)
        settings = settings_of_nobody().model_copy(update={"database_url": SecretStr(database.url("worker"))})
        assert await replay(settings, Work(UnitOfWork)) == int(held is not None)
    assert len(asked) == int(held is None)


async def test_a_worker_that_is_not_ready_says_so_without_a_defect_in_its_log() -> None:
    worker: Worker[UnitOfWork] = Worker(settings_of_nobody(), Work(UnitOfWork))
    page = workers._health_page(worker)
    transport = httpx.ASGITransport(page.config.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://worker") as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


async def test_a_worker_whose_name_another_process_has_says_so() -> None:
    subscription: Subscription[UnitOfWork] = Subscription("registration", apply=_nothing)
    worker = Worker(settings_of_nobody(member="jobs-0"), Work(UnitOfWork, [subscription]))
    assert worker.name is not None
    assert worker.consumer is not None
    worker.name.is_taken, worker.consumer.ready = True, True
    with pytest.raises(ConnectionError, match="another process is the member jobs-0"):
        await worker.consuming()


async def test_a_worker_without_a_name_is_a_member_of_its_own() -> None:
    subscription: Subscription[UnitOfWork] = Subscription("registration", apply=_nothing)
    worker = Worker(settings_of_nobody(), Work(UnitOfWork, [subscription]))
    assert worker.name is None
    assert worker.consumer is not None
    client = worker.consumer._client()
    assert client._group_instance_id is None
    assert client._client._client_id == process_id()
    await client.stop()


@pytest.mark.parametrize("ends", ["cancelled", "untold"])
async def test_a_worker_of_which_a_part_ended_untold_ends_too(monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    """It would look alive, and read or send nothing any more."""
    worker: Worker[UnitOfWork] = Worker(settings_of_nobody(), Work(UnitOfWork))

    async def part(_: asyncio.Event) -> None:
        if ends == "cancelled":
            raise asyncio.CancelledError

    monkeypatch.setattr(worker.relay, "run", part)
    with pytest.raises(RuntimeError, match="nobody had told it to"):
        await asyncio.wait_for(worker.run(asyncio.Event()), 10)


async def _nothing(events: object, uow: UnitOfWork) -> None:
    return


def test_a_word_that_the_command_line_does_not_know_starts_nothing() -> None:
    with pytest.raises(SystemExit, match="there is replay"):
        serve(settings_of_nobody(), Work(UnitOfWork), ["reply"])


@pytest.mark.parametrize("asked", [["release"], ["forget", "registration"]], ids=["release", "forget"])
@pytest.mark.parametrize("who", [("", "compared"), ("S-17", "  "), ("S-17", "x" * 101)])
def test_nobody_releases_or_forgets_without_a_name_and_a_reason(asked: list[str], who: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="NAME and REASON"):
        serve(settings_of_nobody(), Work(UnitOfWork), [*asked, *who])
