"""Provision an installation in which every service has a PostgreSQL of its own: `python -m deploy.compose.provision`.

It reads the environment as `deploy.provision` does, but for the host: the server of a service is postgres-<service>.
"""

import asyncio
import os
from collections.abc import Mapping

from deploy.platform import DATABASE_ROLES, SERVICES
from deploy.provision import Postgres, provision


def host_of(service: str) -> str:
    """The name of a service's PostgreSQL in docker-compose.yml."""
    return f"postgres-{service}"


async def provision_all(environment: Mapping[str, str]) -> None:
    """Make roles, database and topics for one service after the other; raises KeyError where a variable is missing."""
    passwords = {role.name: environment[role.password_setting] for role in DATABASE_ROLES}
    port, user = int(environment["JARING_POSTGRES_PORT"]), environment["JARING_POSTGRES_USER"]
    for service in SERVICES:
        await provision(
            Postgres(host_of(service), port, user, environment["JARING_POSTGRES_PASSWORD"]),
            passwords,
            environment["JARING_KAFKA"],
            topic_prefix=environment["JARING_TOPIC_PREFIX"],
            replication=int(environment["JARING_TOPIC_REPLICATION"]),
            services=(service,),
        )


if __name__ == "__main__":
    asyncio.run(provision_all(os.environ))
