"""What the three servers have in common: a forked child that prepares and then becomes the server, and the wait."""

import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.errors import LauncherError
from deploy.local.processes import Identity, alive, fork, reap

TOOLS = Path(__file__).resolve().parents[2] / ".tools"
JARS = TOOLS / "jars"


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, or an empty text."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 20_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def start(
    name: str, run: Callable[[], None], ready: Callable[[int], bool], log: Path, death_signal: int, limit_s: float = 60
) -> Identity:
    """Fork a server and wait until `ready`, asked with its pid, says so.

    Raises:
        LauncherError: it ended, or was not ready within `limit_s` seconds; the text ends with its last log lines.
    """
    identity = fork(run, log, death_signal=death_signal)
    await_ready(name, identity, ready, log, limit_s)
    return identity


def await_ready(name: str, identity: Identity, ready: Callable[[int], bool], log: Path, limit_s: float = 60) -> None:
    """Wait until `ready`, asked with its pid, says so of a server that this process or another has forked.

    Raises:
        LauncherError: it ended, or was not ready within `limit_s` seconds; the text ends with its last log lines.
    """
    end = time.monotonic() + limit_s
    while alive(identity) and time.monotonic() < end:
        if ready(identity.pid):
            return
        time.sleep(0.02)
    reap(identity.pid)
    raise LauncherError(f"{name} did not become ready; the end of {log}:\n{tail(log)}")
