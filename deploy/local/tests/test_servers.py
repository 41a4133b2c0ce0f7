"""The real servers: what was stored survives a crash, and provisioning twice does no harm."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NodeNotReadyError

from deploy.local import kafka
from deploy.local.errors import LauncherError
from deploy.local.kafka import start_kafka
from deploy.local.postgres import Server, start_postgres
from deploy.local.processes import alive
from deploy.platform import DATABASE_ROLES
from deploy.provision import Postgres, provision_databases, provision_topics
from shared.contracts.topics import TOPICS

PASSWORDS = {role.name: f"it's {role.name}" for role in DATABASE_ROLES}
pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    started = start_postgres(folder / "postgres")
    yield started
    started.stop()


def _administrator(server: Server) -> Postgres:
    return Postgres(server.host, server.port, server.user, server.password)


async def test_a_committed_row_survives_a_killed_postgres(server: Server) -> None:
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    folder = Path(await connection.fetchval("SHOW data_directory")).parent
    os.kill(server.pid, signal.SIGKILL)
    connection.terminate()
    server.stop()
    again = start_postgres(folder, server.port)
    try:
        connection = await asyncpg.connect(again.dsn)
        assert await connection.fetchval("SELECT number FROM kept") == 7
        await connection.close()
    finally:
        again.stop()


async def test_a_wrong_password_is_refused_and_the_right_one_is_for_its_owner(server: Server, folder: Path) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn.replace(server.password, "wrong"))
    assert (folder / "postgres" / "password").stat().st_mode & 0o777 == 0o600


def test_a_second_server_on_the_same_data_is_refused(server: Server, folder: Path) -> None:
    with pytest.raises(LauncherError, match="already runs on"):
        start_postgres(folder / "postgres")
    assert alive(server.identity)


async def test_databases_and_roles_are_made_once_and_keep_services_apart(server: Server) -> None:
    administrator = _administrator(server)
    for _ in range(2):
        await provision_databases(administrator, PASSWORDS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(administrator.url("jobs", "claims_api", PASSWORDS["claims_api"]))
    connection = await asyncpg.connect(administrator.url("claims", "claims_api", PASSWORDS["claims_api"]))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine ()")
    strong = "SELECT count(*) FROM pg_roles WHERE rolname = any($1) AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    assert await connection.fetchval(strong, list(PASSWORDS)) == 0
    sees = "SELECT rolname FROM pg_roles WHERE rolname = any($1) AND pg_has_role(rolname, 'pg_read_all_stats', 'USAGE')"
    found = {row["rolname"] for row in await connection.fetch(sees, list(PASSWORDS))}
    assert found == {role.name for role in DATABASE_ROLES if role.kind == "worker"}
    await connection.close()


def test_a_cluster_id_never_begins_with_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka's tool takes it for an option then, and the broker does not start."""
    made = iter([uuid.UUID(bytes=b"\xf8" * 16), uuid.UUID(bytes=b"\xfb" * 16), uuid.UUID(bytes=b"\x00" * 16)])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(made))
    assert kafka._cluster_id() == "A" * 22


async def test_topics_survive_a_killed_kafka_and_are_made_once(folder: Path) -> None:
    broker = start_kafka(folder / "kafka")
    await provision_topics(broker.bootstrap, "try-")
    os.kill(broker.pid, signal.SIGKILL)
    broker.stop()
    broker = start_kafka(folder / "kafka")
    try:
        await provision_topics(broker.bootstrap, "try-")
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await admin.start()
        found = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
        await admin.close()
    finally:
        broker.stop()
    wanted = {f"try-{topic.name}": topic.partitions for topic in TOPICS}
    assert found == wanted | {f"try-{topic.name}.dlt": 1 for topic in TOPICS}


async def test_topics_are_asked_for_again_while_the_broker_counts_for_no_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does while it is fenced, after it was held up: the broker refuses two copies with the same code."""
    asked: list[int] = []
    create = AIOKafkaAdminClient.create_topics

    async def create_topics(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> Any:
        asked.append(len(topics))
        for topic in topics:
            topic.replication_factor = 2 if len(asked) == 1 else 1
        return await create(admin, topics)

    listed, listing = [], AIOKafkaAdminClient.list_topics

    async def list_topics(admin: AIOKafkaAdminClient) -> Any:
        listed.append(len(asked))
        if len(listed) == 1:
            raise NodeNotReadyError("no broker is known")
        return await listing(admin)

    monkeypatch.setattr(AIOKafkaAdminClient, "create_topics", create_topics)
    monkeypatch.setattr(AIOKafkaAdminClient, "list_topics", list_topics)
    broker = start_kafka(folder / "kafka")
    try:
        await provision_topics(broker.bootstrap, "held-up-")
        assert asked == [2 * len(TOPICS)] * 2
        assert listed == [0, 0, 1]
        asked.clear()
        monkeypatch.setattr("deploy.provision.UNFENCED_WITHIN_S", 0)
        with pytest.raises(RuntimeError, match="did not make the topic other-"):
            await provision_topics(broker.bootstrap, "other-")
    finally:
        broker.stop()
