"""Processes by identity: a pid with its start time, so that a recycled pid is never signalled.

Linux only, like the platform's own images: `/proc` for identities, `prctl` so that a child ends with its parent.
"""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LauncherError

PR_SET_PDEATHSIG = 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for ever: its pid, its start in clock ticks since the boot, and which boot that was."""

    pid: int
    started: int
    boot: str


def identify(pid: int) -> Identity | None:
    """Return the identity of a running process; None when it has ended (a zombie has ended)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The second field is the name in brackets and may hold anything; the third is the state, the 22nd the start.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    return Identity(pid, int(fields[19]), _BOOT_ID.read_text().strip())


def alive(identity: Identity) -> bool:
    """Tell whether this very process still runs."""
    return identify(identity.pid) == identity


def send(identity: Identity, signal_number: int) -> None:
    """Signal this very process; nothing happens when it has ended."""
    if alive(identity):
        try:
            os.kill(identity.pid, signal_number)
        except ProcessLookupError:
            return


def stop(targets: Iterable[tuple[Identity, int]], grace_s: float) -> None:
    """Send each process its signal, wait for all together, and kill those that still run after `grace_s` seconds."""
    waiting = []
    for identity, signal_number in targets:
        send(identity, signal_number)
        waiting.append(identity)
    for identity in _wait(waiting, grace_s):
        send(identity, signal.SIGKILL)
    _wait(waiting, 5)


def _wait(identities: list[Identity], limit_s: float) -> list[Identity]:
    end = time.monotonic() + limit_s
    while True:
        for identity in identities:
            reap(identity.pid)
        identities = [identity for identity in identities if alive(identity)]
        if not identities or time.monotonic() > end:
            return identities
        time.sleep(0.02)


def reap(pid: int) -> int | None:
    """Collect an ended child and return its exit code (negative: the signal); None when it runs or is no child."""
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if done else None


def end_with_parent(signal_number: int, parent: int) -> None:
    """Have the kernel send this signal to the calling process when its parent's thread ends; survives exec."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def fork(run: Callable[[], None], log: Path, *, death_signal: int = signal.SIGKILL) -> Identity:
    """Fork a child that runs `run`, its output appended to `log`, and return its identity.

    The child ends with the calling thread: call it from the main thread of a process that lives long enough.
    """
    parent = os.getpid()
    log_file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _become_child(run, log_file, parent, death_signal)
    os.close(log_file)
    identity = identify(pid)
    return identity or Identity(pid, 0, "")  # it ended at once: an identity that nothing has, so nothing is signalled


def _become_child(run: Callable[[], None], log_file: int, parent: int, death_signal: int) -> None:
    code = 1
    try:
        end_with_parent(death_signal, parent)
        # Ctrl-C in a terminal reaches the parent only, which stops its children in order. A session for each: where the
        # kernel divides the processor among sessions (autogroup) a busy worker takes nothing of its API's share.
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log_file, 1)
        os.dup2(log_file, 2)
        # The parent may have replaced these (pytest does): what the child says belongs into its own log.
        sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        run()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except LauncherError as error:
        print(error, file=sys.stderr)
    except BaseException:  # the child must never return into its parent's stack
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
