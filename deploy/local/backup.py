"""Backups of the services' databases, and putting one back, with the tools of the PostgreSQL wheel.

A backup is a folder with a dump per service, each of one instant (`pg_dump`, custom format). It holds personal data, so
it is readable by its owner only; it holds no keys, without which names, national ids and accounts in it stay sealed. A
database that is put back is held before anybody can reach it (docs/operations.md, "A database is put back").
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from rich.console import Console

from deploy.local import postgres
from deploy.local.errors import LauncherError
from deploy.local.plan import Plan, make_plan, remembered_ports, role_passwords
from deploy.local.rotation import check_keys
from deploy.local.state import State
from deploy.platform import SERVICES, database_role
from deploy.provision import grant_connect
from shared.kernel.clock import system_now
from shared.messaging.restore import HOLD
from shared.persistence.life import HELD, TOPICS_BEGIN_LATER
from shared.persistence.migrate import migrate

DUMP_LIMIT_S = 600.0
WHOLE_LIMIT_S = 600.0
LOOK_S = 0.3
_TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"


def back_up(state: State, console: Console, services: Sequence[str]) -> Path:
    """Dump these services' databases into a new folder, which is returned; the platform goes on meanwhile."""
    plan = make_plan(state, remembered_ports(state))
    stamp = system_now().strftime("%Y%m%dT%H%M%SZ")
    folder = _backups(state) / stamp
    unfinished = folder.with_name(f"{stamp}.part")
    if folder.exists():
        raise LauncherError(f"There is a backup of this second, {folder}: ask again")
    try:
        unfinished.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise LauncherError(f"Another backup is being made, in {unfinished}: ask again when it is done") from None
    try:
        for service in services:
            file = unfinished / f"{service}.dump"
            _run(state, plan, "pg_dump", "--format=custom", f"--dbname={service}", f"--file={file}")
            file.chmod(0o600)
            _run(state, plan, "pg_restore", "--list", str(file))
        unfinished.rename(folder)
    except BaseException:
        # A part of a backup is none, and it holds personal data.
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    console.print(f"Backed up {', '.join(services)}: {folder}")
    return folder


def restore(state: State, console: Console, service: str, backup: str) -> None:
    """Put one service's database back from a backup, and wait until it is whole again.

    Raises:
        LauncherError: there is no such backup, a tool failed, or an officer must look.
    """
    plan = make_plan(state, remembered_ports(state))
    dump = find_backup(state, backup, service) / f"{service}.dump"
    if not dump.exists():
        raise LauncherError(f"{dump.parent} holds no backup of {service}")
    _run(state, plan, "pg_restore", "--list", str(dump))
    aside = asyncio.run(_put_back(state, plan, service, dump))
    console.print(f"{service} stands as in {dump}; what stood there is kept as the database {aside}")
    console.print(f"{service} is held: nobody is decided on and nobody is paid by it until it knows what it published")
    _await_whole(plan, service)
    console.print(f"{service} is whole again. Now its partners send again what they sent since the backup.")


def find_backup(state: State, name: str, service: str) -> Path:
    """The folder of a backup by its name, its path, or `latest`: the newest that holds this service."""
    made = sorted(path for path in _backups(state).glob("*Z") if path.is_dir())
    holding = [path for path in made if (path / f"{service}.dump").exists()]
    if name == "latest" and holding:
        return holding[-1]
    if name == "latest" and made:
        raise LauncherError(f"No backup holds {service}; there are: {', '.join(path.name for path in made)}")
    for found in (_backups(state) / name, Path(name)):
        if name and found.is_dir():
            return found
    raise LauncherError(f"There is no backup {name!r}; there are: {', '.join(path.name for path in made) or 'none'}")


def known_services(names: str) -> tuple[str, ...]:
    """The services that a person names, all of them for none. Raises LauncherError."""
    chosen = tuple(names.split()) or SERVICES
    unknown = set(chosen) - set(SERVICES)
    if unknown:
        raise LauncherError(f"There is no service {', '.join(sorted(unknown))}; there are: {', '.join(SERVICES)}")
    return chosen


async def _put_back(state: State, plan: Plan, service: str, dump: Path) -> str:
    """Restore beside the present database, hold it, and exchange the two in one step."""
    beside = f"{service}_restoring"
    aside = f"{service}_until_{system_now().strftime('%Y%m%d_%H%M%S')}"
    administrator = await _connect(plan, "postgres")
    try:
        await administrator.execute(f"DROP DATABASE IF EXISTS {beside} WITH (FORCE)")
        await administrator.execute(f"CREATE DATABASE {beside} OWNER {database_role(service, 'migrate').name}")
        await asyncio.to_thread(
            _run, state, plan, "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={beside}", str(dump)
        )
        await grant_connect(administrator, beside, service)
        role = database_role(service, "migrate").name
        await migrate(service, plan.postgres.url(beside, role, role_passwords(state)[role]))
        await _check_keys(state, plan, service, beside)
        await _hold(plan, beside)
        await _exchange(administrator, service, beside, aside)
    finally:
        await administrator.close()
    return aside


async def _check_keys(state: State, plan: Plan, service: str, database: str) -> None:
    connection = await _connect(plan, database)
    try:
        await check_keys(state, connection, service)
    finally:
        await connection.close()


async def _hold(plan: Plan, database: str) -> None:
    connection = await _connect(plan, database)
    try:
        await connection.execute(HOLD)
    finally:
        await connection.close()


async def _exchange(administrator: asyncpg.Connection, service: str, beside: str, aside: str) -> None:
    """Nobody is connected for a moment; then everybody is connected to the database that was put back."""
    await administrator.execute(f"ALTER DATABASE {service} ALLOW_CONNECTIONS false")
    try:
        for _ in range(50):
            for database in (service, beside):
                await administrator.execute(_TERMINATE, database)
            with contextlib.suppress(asyncpg.ObjectInUseError):
                async with administrator.transaction():
                    await administrator.execute(f"ALTER DATABASE {service} RENAME TO {aside}")
                    await administrator.execute(f"ALTER DATABASE {beside} RENAME TO {service}")
                return
            await asyncio.sleep(0.1)
        raise LauncherError(f"Somebody stays connected to {service}: it is as it was")
    except BaseException:
        await administrator.execute(f"ALTER DATABASE {service} ALLOW_CONNECTIONS true")
        raise


def _await_whole(plan: Plan, service: str) -> None:
    """Wait until the worker has read back and read again what the topics hold."""
    end = time.monotonic() + WHOLE_LIMIT_S
    while (held := asyncio.run(_held(plan, service))) is not None:
        if held == TOPICS_BEGIN_LATER:
            raise LauncherError(
                f"{service} stays held: the topics no longer hold all that it forgot. See docs/operations.md, then: "
                f'make release SERVICE={service} NAME="..." REASON="..."'
            )
        if time.monotonic() > end:
            raise LauncherError(f"{service} is still held ({held}) after {WHOLE_LIMIT_S:.0f} s: does its worker run?")
        time.sleep(LOOK_S)


async def _held(plan: Plan, service: str) -> str | None:
    connection = await _connect(plan, service)
    try:
        held: str | None = await connection.fetchval(f"SELECT {HELD}")
        return held
    finally:
        await connection.close()


async def _connect(plan: Plan, database: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(plan.postgres.url(database), timeout=10)
    except OSError as reason:
        raise LauncherError(f"PostgreSQL does not answer ({reason}): make up starts it") from None


def _run(state: State, plan: Plan, name: str, *arguments: str) -> None:
    server = plan.postgres
    environment = {
        **os.environ,
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,
    }
    tool = postgres.program(state.folder("postgres"), name)
    words = [str(tool), *arguments]
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=DUMP_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise LauncherError(
            f"{name} was not done after {DUMP_LIMIT_S:.0f} s, and was ended: what is so slow?"
        ) from None
    if done.returncode != 0:
        raise LauncherError(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _backups(state: State) -> Path:
    return state.root / "backups"
