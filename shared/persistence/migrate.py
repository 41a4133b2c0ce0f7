"""Brings a service's database to its newest shape with Alembic, under the role that owns the objects.

``python -m shared.persistence.migrate claims`` reads JARING_DATABASE_URL (the migrating role's).
"""

import asyncio
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).resolve().parents[2]
_LOCK = 7_202_601


def configuration(service: str) -> Config:
    """Alembic's configuration for one service: the shared environment, the service's own versions."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migration_environment"))
    config.set_main_option("version_locations", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(service: str, url: str, revision: str = "head") -> None:
    """Upgrade to a revision, the newest one unless told otherwise; two that start at once take turns."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade, service, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, service: str, revision: str) -> None:
    config = configuration(service)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


if __name__ == "__main__":
    asyncio.run(migrate(sys.argv[1], os.environ["JARING_DATABASE_URL"]))
