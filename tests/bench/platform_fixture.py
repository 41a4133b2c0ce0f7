"""The real platform, started in a state folder of its own, and the ways into it that measuring needs."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich.console import Console

from deploy.local.plan import PROCESSES_SETTING, Plan, make_plan, remembered_ports
from deploy.local.state import State, open_state, secret
from deploy.local.up import down, up
from deploy.platform import RoleKind, database_role


@dataclass(frozen=True)
class PlatformFixture:
    """A running platform."""

    state: State
    plan: Plan

    def database(self, service: str, kind: RoleKind = "worker") -> str:
        """The address of a service's database as its worker sees it, or another of its roles."""
        role = database_role(service, kind).name
        return self.plan.postgres.url(service, role, secret(self.state, f"database-{role}"))


@contextmanager
def running_platform(
    console: Console, *, counts_statements: bool = False, processes: int = 1
) -> Iterator[PlatformFixture]:
    """Start every process on free ports, each API of so many, and stop and delete them afterwards.

    A server that counts statements is started a second time: it loads what counts them when it starts.
    """
    with scratch_folder() as folder:
        state = open_state({"JARING_STATE": str(folder / "state")})
        if processes > 1:
            # The supervisor has it from here, and hands it on.
            os.environ[PROCESSES_SETTING] = str(processes)
        try:
            up(state, console)
            if counts_statements:
                asyncio.run(_let_count(_of(state)))
                down(state, console)
                up(state, console)
            yield _of(state)
        finally:
            os.environ.pop(PROCESSES_SETTING, None)
            down(state, console)


def _of(state: State) -> PlatformFixture:
    return PlatformFixture(state, make_plan(state, remembered_ports(state)))


async def _let_count(platform: PlatformFixture) -> None:
    connection = await asyncpg.connect(platform.plan.postgres.url("postgres"))
    try:
        await connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    finally:
        await connection.close()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that PostgreSQL can enter as whichever user it runs, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="jaring-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
