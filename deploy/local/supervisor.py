"""The supervisor of the local platform: one thread, which forks the processes and starts again those that end.

It imports the libraries once, so that the ten processes share the work and the memory; our own modules are imported
by the children, so that one that is started again runs the code as it is then.
"""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.processes import Identity, fork, identify, reap, stop
from deploy.local.state import State, write_run

FIRST_DELAY_S, LAST_DELAY_S, HEALTHY_AFTER_S = 0.2, 10.0, 5.0
POLL_S, IDLE_S, GRACE_S = 0.05, 1.0, 15.0
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
SIGNALS = {signal.SIGCHLD, *STOP_SIGNALS}


@dataclass(slots=True)
class BackOff:
    """How long to wait before the next start: doubling from 0.2 s to 10 s, and 0.2 s again after 5 s of health."""

    delay_s: float = 0.0

    def next(self, ran_for_s: float) -> float:
        """Return the wait in seconds after a run that lasted so long."""
        doubled = min(max(FIRST_DELAY_S, self.delay_s * 2), LAST_DELAY_S)
        self.delay_s = FIRST_DELAY_S if ran_for_s >= HEALTHY_AFTER_S else doubled
        return self.delay_s


@dataclass(slots=True)
class Child:
    """A process to keep running: what it runs, what must be ready before it, and where it stands.

    `once`: it ends by itself, and code 0 makes it ready. `ready` is asked with the pid; None: ready when it runs.
    `state` is waiting, starting, ready, failed (waiting for its next start) or stopped.
    """

    name: str
    run: Callable[[], None]
    after: tuple[str, ...] = ()
    ready: Callable[[int], bool] | None = None
    once: bool = False
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL
    address: str = ""
    state: str = "waiting"
    failures: int = 0
    exit_code: int | None = None
    identity: Identity | None = None
    started_at: float = 0.0
    not_before: float = 0.0
    back_off: BackOff = field(default_factory=BackOff)

    def record(self) -> dict[str, object]:
        """What others may know about it."""
        known: dict[str, object] = {
            "state": self.state,
            "failures": self.failures,
            "delay_s": self.back_off.delay_s,
            "exit_code": self.exit_code,
            "address": self.address,
            "once": self.once,
            "stop_signal": int(self.stop_signal),
        }
        return known | (asdict(self.identity) if self.identity else {})


class Supervisor:
    """Keeps the children running until it is told to stop."""

    def __init__(self, state: State, children: Sequence[Child], in_child: Callable[[], None] = lambda: None) -> None:
        """`in_child` runs in every child first."""
        self._state = state
        self._children = list(children)
        self._in_child = in_child
        self._recorded: object = None
        myself = identify(os.getpid())
        if myself is None:
            raise RuntimeError("/proc does not show this process")
        self._myself = myself

    def run(self, prepare: Callable[[], None] = lambda: None) -> None:
        """Start, watch and start again until SIGTERM or SIGINT; then stop all in order.

        `prepare` is called after the first children were forked and before any that waits for them: the place for
        slow imports.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self.step()
            prepare()
            while True:
                self.step()
                caught = signal.sigtimedwait(SIGNALS, self._wait_s())
                if caught and caught.si_signo in STOP_SIGNALS:
                    return
        finally:
            self.stop()

    def step(self) -> None:
        """Collect what has ended, start what is due, ask who is ready, and record it."""
        now = time.monotonic()
        for child in self._children:
            self._collect(child, now)
        for child in self._children:
            if child.identity is None and child.state != "ready" and now >= child.not_before and self._may_start(child):
                self._start(child)
        for child in self._children:
            if child.state == "starting" and child.identity and not child.once:
                child.state = "ready" if child.ready is None or child.ready(child.identity.pid) else "starting"
        self._record()

    def stop(self) -> None:
        """Stop the processes first, and the servers that they use after them."""
        for level in ([c for c in self._children if c.after], [c for c in self._children if not c.after]):
            stop([(child.identity, child.stop_signal) for child in level if child.identity], GRACE_S)
            for child in level:
                child.identity, child.state = None, "stopped"
        self._record()

    def _may_start(self, child: Child) -> bool:
        if hold_file(self._state, child.name).exists():
            return False
        states = {other.name: other.state for other in self._children}
        return all(states.get(name, "ready") == "ready" for name in child.after)

    def _start(self, child: Child) -> None:
        def run() -> None:
            self._in_child()
            child.run()

        child.started_at = time.monotonic()
        child.state = "starting"
        child.identity = fork(run, self._state.logs / f"{child.name}.log", death_signal=child.death_signal)

    def _collect(self, child: Child, now: float) -> None:
        code = reap(child.identity.pid) if child.identity else None
        if code is None:
            return
        child.identity, child.exit_code = None, code
        if child.once and code == 0:
            child.state = "ready"
            return
        child.state, child.failures = "failed", child.failures + 1
        delay = child.back_off.next(now - child.started_at)
        child.not_before = now + delay
        print(f"{time.strftime('%H:%M:%S')} {child.name} ended with {code}; again in {delay:.1f} s", flush=True)

    def _wait_s(self) -> float:
        if any(child.state == "starting" and (child.ready or child.once) for child in self._children):
            return POLL_S
        now = time.monotonic()
        failed = [child for child in self._children if child.state == "failed"]
        due = [child.not_before - now for child in failed if not hold_file(self._state, child.name).exists()]
        return min([IDLE_S, *(max(POLL_S, wait) for wait in due)])

    def _record(self) -> None:
        records = {child.name: child.record() for child in self._children}
        if records != self._recorded:
            write_run(self._state, self._myself, records)
            self._recorded = records


def hold_file(state: State, name: str) -> Path:
    """The file that, while it stands, keeps a child from being started again: an outage of known length."""
    return state.root / f"hold-{name}"


@contextmanager
def held_back(state: State, name: str) -> Iterator[None]:
    """Hold a child back while the block runs; it is started within a second after it. Ending it is the caller's."""
    file = hold_file(state, name)
    file.touch(exist_ok=False)
    try:
        yield
    finally:
        file.unlink()


def hold_lock(state: State) -> int | None:
    """Take the lock of this state for the life of this process; None when another supervisor has it."""
    lock = os.open(state.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
