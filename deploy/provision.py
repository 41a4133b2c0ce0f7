"""Make what the platform needs in PostgreSQL and Kafka: roles, databases, migrations, topics; repeating does no harm.

`python -m deploy.provision` reads the environment: JARING_POSTGRES_HOST, _PORT, _USER, _PASSWORD (an administrator),
JARING_PASSWORD_<ROLE> for every role of `deploy.platform`, JARING_KAFKA, JARING_TOPIC_PREFIX and
JARING_TOPIC_REPLICATION (1 when absent).
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import BrokerNotAvailableError, InvalidReplicationFactorError, NodeNotReadyError, for_code

from deploy.platform import DATABASE_ROLES, SERVICES, DatabaseRole, database_role
from shared.contracts.topics import TOPICS, Topic, physical

TOPIC_ALREADY_EXISTS = 36
# A broker that was held up, or has just come back, counts for no copy until the controller hears from it; and meanwhile
# the answer to who the brokers are may name none.
UNFENCED_WITHIN_S = 30.0
_NO_BROKER = (InvalidReplicationFactorError.errno, BrokerNotAvailableError.errno)
# Roles belong to the whole server: two provisionings at once would race for them.
ADVISORY_LOCK = 5_274_641


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where PostgreSQL is and who administers it: a role that may create roles and databases."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def url(self, database: str, role: str | None = None, password: str | None = None) -> str:
        """Return the URL of a database, for the administrator or for the given role."""
        user, secret = (self.user, self.password) if role is None else (role, password or "")
        return f"postgresql://{quote(user)}:{quote(secret, safe='')}@{self.host}:{self.port}/{database}"


async def provision(
    postgres: Postgres,
    passwords: Mapping[str, str],
    bootstrap: str,
    *,
    topic_prefix: str = "",
    replication: int = 1,
    services: Sequence[str] = SERVICES,
) -> None:
    """Make all of it, in order. `passwords` holds one per role of `deploy.platform.DATABASE_ROLES`, by role name.

    Raises:
        KeyError: a password is missing.
        RuntimeError: a topic could not be made.
    """
    await provision_databases(postgres, passwords, services)
    await migrate_databases(postgres, passwords, services)
    await provision_topics(bootstrap, topic_prefix, replication)


async def provision_databases(
    postgres: Postgres, passwords: Mapping[str, str], services: Sequence[str] = SERVICES
) -> None:
    """Make roles and databases, and set the passwords again; who is not of the service may not even connect."""
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        for role in (role for role in DATABASE_ROLES if role.service in services):
            await _make_role(connection, role, passwords[role.name])
        for service in services:
            await _make_database(connection, service)
    finally:
        await connection.close()


async def _make_role(connection: asyncpg.Connection, role: DatabaseRole, password: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role.name):
        await connection.execute(f"CREATE ROLE {role.name}")
    secret = await connection.fetchval("SELECT quote_literal($1)", password)
    rights = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
    await connection.execute(f"ALTER ROLE {role.name} {rights} PASSWORD {secret}")
    if role.reads_statistics:
        await connection.execute(f"GRANT pg_read_all_stats TO {role.name}")


async def _make_database(connection: asyncpg.Connection, service: str) -> None:
    owner = database_role(service, "migrate").name
    if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", service):
        # An administrator that is no superuser may give a database only to a role that it is a member of.
        if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'SET')", owner):
            await connection.execute(f"GRANT {owner} TO CURRENT_USER")
        await connection.execute(f"CREATE DATABASE {service} OWNER {owner}")
    await grant_connect(connection, service, service)


async def grant_connect(connection: asyncpg.Connection, database: str, service: str) -> None:
    """Let the roles of a service connect to a database, and nobody else."""
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    users = ", ".join(role.name for role in DATABASE_ROLES if role.service == service)
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {users}")


async def migrate_databases(
    postgres: Postgres, passwords: Mapping[str, str], services: Sequence[str] = SERVICES
) -> None:
    """Bring every service's schema to its newest version, as the service's own migrating role."""
    from shared.persistence.migrate import migrate

    for service in services:
        role = database_role(service, "migrate")
        await migrate(service, postgres.url(service, role.name, passwords[role.name]))


async def provision_topics(
    bootstrap: str, prefix: str = "", replication: int = 1, topics: Sequence[Topic] = TOPICS
) -> None:
    """Make the topics that are missing, each with its dead letters; one that exists stays as it is.

    Raises:
        RuntimeError: Kafka refused one, with its reason.
    """
    wanted = [_new_topic(topic, prefix, replication) for topic in topics]
    wanted += [_new_topic(topic.dead_letter, prefix, replication) for topic in topics]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await make_missing(admin, wanted)
    finally:
        await admin.close()


async def make_missing(admin: AIOKafkaAdminClient, wanted: Sequence[NewTopic]) -> None:
    """Make those topics that are not there.

    Raises:
        RuntimeError: Kafka refused one, with its reason.
    """
    deadline = time.monotonic() + UNFENCED_WITHIN_S
    while refused := await _make_missing(admin, wanted):
        if any(code not in _NO_BROKER for _, code, _ in refused) or time.monotonic() > deadline:
            name, code, reason = refused[0]
            raise RuntimeError(f"Kafka did not make the topic {name}: {reason or for_code(code).__name__}")
        await asyncio.sleep(0.2)


async def _make_missing(admin: AIOKafkaAdminClient, wanted: Sequence[NewTopic]) -> list[tuple[str, int, str | None]]:
    """Make what is not there; what Kafka refused, with its code and its reason."""
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        answer = await admin.create_topics(missing) if missing else None
    except NodeNotReadyError as error:
        return [(wanted[0].name, BrokerNotAvailableError.errno, str(error))]
    errors = answer.topic_errors if answer else ()
    return [tuple(error) for error in errors if error[1] not in (0, TOPIC_ALREADY_EXISTS)]


def _new_topic(topic: Topic, prefix: str, replication: int) -> NewTopic:
    settings = {
        "retention.ms": str(topic.retention_ms),
        # Two of three copies in production; one of one here.
        "min.insync.replicas": str(max(1, replication - 1)),
        # The broker unpacks what a foreign client packed, and refuses what is too large then: no record of a few bytes
        # fills the memory of whoever reads it.
        "compression.type": "uncompressed",
    }
    return NewTopic(physical(topic.name, prefix), topic.partitions, replication, topic_configs=settings)


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Provision from the environment; a missing variable is named and ends it with code 1."""
    try:
        postgres = Postgres(
            environment["JARING_POSTGRES_HOST"],
            int(environment["JARING_POSTGRES_PORT"]),
            environment["JARING_POSTGRES_USER"],
            environment["JARING_POSTGRES_PASSWORD"],
        )
        passwords = {role.name: environment[role.password_setting] for role in DATABASE_ROLES}
        bootstrap = environment["JARING_KAFKA"]
    except KeyError as missing:
        raise SystemExit(f"{missing.args[0]} is not set") from None
    replication = int(environment.get("JARING_TOPIC_REPLICATION", "1"))
    prefix = environment.get("JARING_TOPIC_PREFIX", "")
    asyncio.run(provision(postgres, passwords, bootstrap, topic_prefix=prefix, replication=replication))


if __name__ == "__main__":
    main()
