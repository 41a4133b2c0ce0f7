"""Bringing the local platform up and down, as a person at a terminal sees it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local import processes
from deploy.local.errors import LauncherError
from deploy.local.jars import ensure_jars, read_lock
from deploy.local.java import find_java
from deploy.local.plan import Plan, choose_ports, environment_of, make_plan, role_passwords
from deploy.local.processes import Identity, alive
from deploy.local.servers import JARS, tail
from deploy.local.state import CHECKOUT, State, identity_in, read_run, supervisor_of, wipe
from deploy.local.token_keys import ensure_token_secrets
from deploy.platform import COMPANIONS, PROCESSES

READY_LIMIT_S = 120.0
STOP_LIMIT_S = 60.0
READY_ANSWER_S = 4.0  # its checks and its gauges have limits of their own, of three seconds together
HOPELESS_DELAY_S = 3.2  # the wait after five failures in a row
ANSWERING = tuple(process.name for process in (*PROCESSES, *COMPANIONS))


def up(state: State, console: Console) -> None:
    """Start the platform, or use the one that runs, and return when every process answers that it is ready.

    Raises:
        LauncherError: what is wrong, with the last log lines of the process that fails.
    """
    begun = time.monotonic()
    with _alone(state):
        if supervisor_of(state):
            console.print("The platform runs already; it is used as it is.")
        else:
            clean_orphans(state, console)
            _prepare(state, console)
            _launch(state)
    _wait_until_ready(state, console, begun)
    console.print(address_table(state))
    console.print(f"Ready after {time.monotonic() - begun:.1f} s. Stop it with: make down")


@contextmanager
def _alone(state: State) -> Iterator[None]:
    """Let a second start at the same time wait: it must not choose other ports or make other secrets."""
    with (state.root / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clean_orphans(state: State, console: Console) -> None:
    """Stop what a supervisor that was killed left behind, by recorded pid and start time."""
    orphans = list(_running_children(state))
    if orphans:
        console.print(f"A supervisor was killed here; stopping what it left: {len(orphans)} processes")
        processes.stop(orphans, 15)


def _running_children(state: State) -> Iterator[tuple[Identity, int]]:
    for record in read_run(state).get("children", {}).values():
        identity = identity_in(record)
        if identity:
            yield identity, int(record["stop_signal"])


def _prepare(state: State, console: Console) -> None:
    """Do what may fail for a reason that a person can mend, before anything runs in the background."""
    ports, moved = choose_ports(state)
    for sentence in moved:
        console.print(sentence)
    plan = make_plan(state, ports)
    role_passwords(state)
    ensure_token_secrets(state)
    for process in (*PROCESSES, *COMPANIONS):
        environment_of(process, plan)  # makes the keys that are missing
    _fetch_jars(plan, console)


def _fetch_jars(plan: Plan, console: Console) -> None:
    bundles = [name for name, ours in (("kafka", plan.own_kafka), ("zipkin", plan.own_zipkin)) if ours]
    if not bundles:
        return
    find_java()
    for bundle in bundles:
        missing = [jar for jar in read_lock(bundle) if not (JARS / jar.file_name).exists()]
        if missing:
            console.print(f"Fetching {bundle} from Maven Central: {len(missing)} jars")
        with console.status(f"Verifying the jars of {bundle}") as status:
            ensure_jars(bundle, JARS, progress=lambda coordinate: status.update(f"Fetched {coordinate}"))


def _launch(state: State) -> None:
    """Leave the supervisor running in a session of its own, so that it survives the terminal."""
    environment = {**os.environ, "JARING_STATE": str(state.root)}
    with (state.root / "supervisor.log").open("ab") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.daemon"],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    end = time.monotonic() + 20
    while not supervisor_of(state):
        if daemon.poll() is not None or time.monotonic() > end:
            raise LauncherError(f"The supervisor did not start:\n{tail(state.root / 'supervisor.log')}")
        time.sleep(0.05)


def _wait_until_ready(state: State, console: Console, begun: float) -> None:
    ready: set[str] = set()
    with console.status("Starting") as status:
        while True:
            children = read_run(state).get("children", {})
            new = {name for name, record in children.items() if name not in ready and is_ready(name, record)}
            for name in sorted(new):
                console.print(f"{time.monotonic() - begun:5.1f} s  {name} is ready")
            ready |= new
            waiting = [name for name in children if name not in ready]
            if children and not waiting:
                return
            _give_up_if_hopeless(state, children, waiting, time.monotonic() - begun)
            status.update(f"{time.monotonic() - begun:.0f} s, waiting for {', '.join(waiting)}")
            time.sleep(0.1)


def _give_up_if_hopeless(state: State, children: dict[str, Any], waiting: list[str], waited_s: float) -> None:
    if not supervisor_of(state):
        raise LauncherError(f"The supervisor has ended:\n{tail(state.root / 'supervisor.log')}")
    failing = [name for name in waiting if children[name]["delay_s"] >= HOPELESS_DELAY_S]
    if failing:
        name = failing[0]
        code = children[name]["exit_code"]
        raise LauncherError(
            f"{name} keeps ending (exit code {code}); the end of its log:\n{tail(state.logs / f'{name}.log')}"
        )
    if waited_s > READY_LIMIT_S:
        name = waiting[0]
        raise LauncherError(
            f"{', '.join(waiting)} did not become ready in {READY_LIMIT_S:.0f} s; the end of the log of {name}:\n"
            f"{tail(state.logs / f'{name}.log')}"
        )


def is_ready(name: str, record: dict[str, Any]) -> bool:
    """Tell whether a child is ready: by its own answer at /readyz where it has one, else by the supervisor's word."""
    return condition_of(name, record) is not None


def condition_of(name: str, record: dict[str, Any]) -> list[str] | None:
    """Return None for a child that is not ready, else why it is degraded: nothing when it is well."""
    if record["state"] != "ready" or (not record["once"] and identity_in(record) is None):
        return None
    if name not in ANSWERING:
        return []
    if not owns_port(int(record["pid"]), urlsplit(record["address"]).port or 0):
        return None
    try:
        with urllib.request.urlopen(f"{record['address']}/readyz", timeout=READY_ANSWER_S) as answer:  # noqa: S310
            said = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    return [f"{reason['code']}: {reason['detail']}" for reason in said.get("reasons", [])]


def owns_port(pid: int, port: int) -> bool:
    """Tell whether this very process listens on the port: somebody else's answer there would be taken for ours."""
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)


def address_table(state: State) -> Table:
    """Return what runs, where, and how it is; the reasons of what is degraded stand below the table."""
    table = Table("process", "state", "pid", "failures", "address", caption_justify="left", caption_style="")
    reasons: list[str] = []
    for name, record in read_run(state).get("children", {}).items():
        identity = identity_in(record)
        if record["once"] and identity is None:
            word = "done" if record["state"] == "ready" else record["state"]
        elif identity is None:
            word = "not running"
        else:
            condition = condition_of(name, record)
            word = "not ready" if condition is None else "degraded" if condition else "ready"
            reasons += [f"{name} is degraded: {reason}" for reason in condition or ()]
        pid = str(identity.pid) if identity else "-"
        page = f"{record['address']}/docs" if name.endswith("-api") else record["address"]
        table.add_row(name, word, pid, str(record["failures"]), page)
    if reasons:
        table.caption = Text("\n".join([*reasons, "What to do: docs/operations.md"]))
    return table


def down(state: State, console: Console) -> None:
    """Stop the platform in order, and whatever a killed supervisor left."""
    supervisor = supervisor_of(state)
    if supervisor:
        with console.status("Stopping: processes first, then Kafka, Zipkin and PostgreSQL"):
            processes.stop([(supervisor, signal.SIGTERM)], STOP_LIMIT_S)
        if alive(supervisor):
            raise LauncherError(
                f"The supervisor (pid {supervisor.pid}) cannot be stopped: does it belong to another user?"
            )
    clean_orphans(state, console)
    console.print("Stopped." if supervisor else "Nothing runs.")


def reset(state: State, console: Console) -> None:
    """Stop the platform and delete all that it stored."""
    down(state, console)
    wipe(state)
    console.print(f"Wiped {state.root}. The fetched jars stay.")
