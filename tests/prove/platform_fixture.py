"""The real platform for the crash proofs: its own state, ports, servers and supervisor; killed, watched, and asked."""

import asyncio
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from deploy.local.client import HttpClient
from deploy.local.plan import PREFERRED, Plan, make_plan, remembered_ports
from deploy.local.ports import free_port
from deploy.local.state import CHECKOUT, State, identity_in, open_state, read_run
from deploy.local.story import Employer, Story, Worker
from deploy.local.supervisor import HEALTHY_AFTER_S
from deploy.local.up import is_ready
from deploy.provision import Postgres
from shared.process.crashes import crash_file
from tests.prove.officers import appointed
from tests.prove.partner import Partner

START_LIMIT_S = 240
RESTART_LIMIT_S = 180.0


@dataclass
class PlatformFixture:
    """A running platform, the crash points armed in it, and the stories that run on it."""

    state: State
    failpoints: Path
    plan: Plan
    environment: Mapping[str, str]
    checkout: Path
    stories: list[Story] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    # Rows that a test made beside the stories, by service and table.
    beside: Counter[tuple[str, str]] = field(default_factory=Counter)
    # And transfers: cause, debit, credit and sen.
    posted_beside: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def story(self) -> Story:
        """A fresh story through a partner who repeats; nobody in it shares a number with another story."""
        worker = Worker(mykad=f"90010114{len(self.stories) * 2:04d}")
        names = (f"KILANG {len(self.stories)} SDN BHD", f"PEJABAT {len(self.stories)} SDN BHD")
        story = Story(Partner(HttpClient(self.state)), worker, Employer(names[0]), Employer(names[1]))
        self.stories.append(story)
        return story

    def arm(self, process: str, point: str) -> Path:
        """Have this process end when it reaches the point; the file is gone when it did."""
        file = crash_file(self.failpoints, process, point)
        file.touch(exist_ok=False)
        self.killed[process] += 1
        return file

    def kill(self, name: str, signal_number: int = signal.SIGKILL) -> int:
        """End a process or a server by a signal; its pid."""
        pid = self.pid(name)
        os.kill(pid, signal_number)
        self.killed[name] += 1
        return pid

    def pid(self, name: str) -> int:
        """The process that runs under this name."""
        identity = identity_in(self.children[name])
        assert identity is not None, f"{name} does not run"
        return identity.pid

    async def until_running_again(self, name: str, killed: int) -> float:
        """Wait until the supervisor has it running again; the seconds that it took."""
        begun = time.monotonic()
        while not await asyncio.to_thread(self.runs_again, name, killed):
            assert time.monotonic() - begun < RESTART_LIMIT_S, f"{name} is not ready {RESTART_LIMIT_S:.0f} s later"
            await asyncio.sleep(0.1)
        return time.monotonic() - begun

    def runs_again(self, name: str, killed: int) -> bool:
        """Whether the supervisor has started it again and it answers that it is ready."""
        record = self.children[name]
        return bool(record.get("pid") != killed and is_ready(name, dict(record)))

    async def until_healthy(self, name: str) -> None:
        """Wait until it has run for so long that the supervisor starts it again without a pause, should it end."""
        end = time.monotonic() + RESTART_LIMIT_S
        while not self.is_healthy(name):
            assert time.monotonic() < end, f"{name} does not stay up"
            await asyncio.sleep(0.1)

    def is_healthy(self, name: str) -> bool:
        """Whether it has run for a while."""
        identity = identity_in(self.children[name])
        return identity is not None and time.time() - psutil.Process(identity.pid).create_time() > HEALTHY_AFTER_S

    async def until_gone(self, name: str) -> None:
        """Wait until nothing runs under this name: it was told to end, and is held back."""
        end = time.monotonic() + RESTART_LIMIT_S
        while identity_in(self.children[name]) is not None:
            assert time.monotonic() < end, f"{name} still runs {RESTART_LIMIT_S:.0f} s later"
            await asyncio.sleep(0.1)

    @property
    def postgres(self) -> Postgres:
        """The server of the databases, and its administrator."""
        return self.plan.postgres

    @property
    def children(self) -> Mapping[str, Mapping[str, Any]]:
        """What the supervisor records of each process."""
        found: Mapping[str, Mapping[str, Any]] = read_run(self.state)["children"]
        return found

    async def fetch(self, service: str, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """Look into a service's database, as its administrator."""
        connection = await asyncpg.connect(self.postgres.url(service), timeout=10)
        try:
            rows: Sequence[asyncpg.Record] = await connection.fetch(query, *arguments)
            return rows
        finally:
            await connection.close()

    def stop(self) -> None:
        """Stop all of it, in order; its data stays."""
        _local("down", self.checkout, self.environment)

    def go_on_from(self, checkout: Path) -> None:
        """Start what was stopped with the same data from another checkout: an upgrade."""
        self.checkout = checkout
        _local("up", checkout, self.environment)


@contextmanager
def platform(checkout: Path = CHECKOUT) -> Iterator[PlatformFixture]:
    """Start the platform as `make up` does, on ports of its own; take it away afterwards."""
    root = Path(tempfile.mkdtemp(prefix="jaring-prove-"))
    root.chmod(0o755)
    failpoints = root / "failpoints"
    failpoints.mkdir()
    state = open_state({"JARING_STATE": str(root / "state")})
    taken: set[int] = set()
    for _ in PREFERRED:
        taken.add(free_port(frozenset(taken)))
    (state.root / "ports.json").write_text(json.dumps(dict(zip(PREFERRED, taken, strict=True))))
    # Ours only: what the caller's shell says about another platform must not reach this one.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    ours = {"JARING_STATE": str(state.root), "JARING_FAILPOINTS": str(failpoints), "JARING_TRACES": "none"}
    environment = {**inherited, **ours}
    try:
        with _taken_away(environment):
            try:
                _local("up", checkout, environment)
                # Before stories that run side by side ask for the same officers.
                asyncio.run(appointed(state))
                plan = make_plan(state, remembered_ports(state), {"JARING_TRACES": "none"})
                yield PlatformFixture(state, failpoints, plan, environment, checkout)
            finally:
                _keep_logs(state)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _taken_away(environment: Mapping[str, str]) -> Iterator[None]:
    """Stop the platform and delete its state afterwards, also when this very process is killed: then a pipe closes."""
    guard = subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", f"cat; exec {shlex.quote(sys.executable)} -m deploy.local reset"],
        cwd=CHECKOUT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        assert guard.stdin is not None
        guard.stdin.close()
        assert guard.wait(START_LIMIT_S) == 0, "the platform was not taken away"


def _local(command: str, checkout: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "deploy.local", command],
        cwd=checkout,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=START_LIMIT_S,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def _keep_logs(state: State) -> None:
    """Copy the logs to where PROVE_LOGS says, if it does: the platform's own folder is about to go."""
    wanted = os.environ.get("PROVE_LOGS")
    if wanted:
        shutil.copytree(state.logs, Path(wanted), dirs_exist_ok=True)
        for name in ("supervisor.log", "run.json"):
            if (state.root / name).exists():
                shutil.copy(state.root / name, Path(wanted))
