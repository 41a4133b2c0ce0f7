"""What `make up` and `make reset` do with a state folder: orphans, ports, a folder that cannot be written."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.local.errors import LauncherError
from deploy.local.plan import choose_ports
from deploy.local.ports import LOOPBACK, choose, free_port, is_free
from deploy.local.processes import Identity, identify
from deploy.local.state import State, address_of, open_state, wipe, write_run
from deploy.local.up import address_table, clean_orphans, condition_of, down, is_ready, owns_port


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def _record(state: State, identity: Identity) -> None:
    gone = replace(identity, started=identity.started - 1)
    child = {**asdict(identity), "stop_signal": int(signal.SIGTERM), "state": "ready", "once": False}
    write_run(state, gone, {"sleeps": child})


def test_what_a_killed_supervisor_left_is_stopped(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert identity
    _record(State(tmp_path), identity)
    clean_orphans(State(tmp_path), Console(quiet=True))
    assert identify(sleeper.pid) is None


def test_a_recycled_pid_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert identity
    _record(State(tmp_path), replace(identity, started=identity.started - 100))
    down(State(tmp_path), Console(quiet=True))
    assert sleeper.poll() is None


def test_a_taken_port_is_replaced_and_the_others_stay() -> None:
    with socket.socket() as taken:
        busy, free = free_port(), free_port()
        taken.bind((LOOPBACK, busy))
        taken.listen()
        chosen = choose({"a": busy, "b": free})
    assert chosen["b"] == free
    assert chosen["a"] not in (busy, free)
    assert is_free(chosen["a"])


def test_two_names_never_get_one_port() -> None:
    port = free_port()
    chosen = choose({"a": port, "b": port})
    assert chosen["a"] == port
    assert chosen["b"] != port


def test_ports_are_remembered_and_a_move_is_said(tmp_path: Path) -> None:
    # Of one name only: on a busy machine somebody else may take any of the others meanwhile.
    name = "claims-api"
    first = choose_ports(State(tmp_path))[0][name]
    with socket.socket() as taken:
        taken.bind((LOOPBACK, first))
        taken.listen()
        ports, moved = choose_ports(State(tmp_path))
        second = ports[name]
    third = choose_ports(State(tmp_path))[0][name]
    assert f"Port {first} is taken: {name} uses {second}" in moved
    assert third == second != first


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LauncherError, match=r"state folder .*/file/state cannot be written"):
        open_state({"JARING_STATE": str(tmp_path / "file" / "state")})


def test_wiping_takes_only_what_is_ours(tmp_path: Path) -> None:
    state = open_state({"JARING_STATE": str(tmp_path / "state")})
    state.run_file.write_text(json.dumps({}))
    (state.root / "mine.txt").write_text("keep")
    wipe(state)
    assert [path.name for path in state.root.iterdir()] == ["mine.txt"]


def test_wiping_removes_the_folder_that_it_empties(tmp_path: Path) -> None:
    state = open_state({"JARING_STATE": str(tmp_path / "state")})
    wipe(state)
    assert not state.root.exists()


def test_an_address_is_told_only_of_what_runs(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    state, identity = State(tmp_path), identify(sleeper.pid)
    assert identity
    running = {**asdict(identity), "address": "http://127.0.0.1:8102"}
    write_run(state, identity, {"claims-api": running, "claims-worker": {**running, "started": identity.started - 1}})
    assert address_of(state, "claims-api") == "http://127.0.0.1:8102"
    for name in ("claims-worker", "nobody"):
        with pytest.raises(LauncherError, match=f"{name} does not run"):
            address_of(state, name)


def test_an_answer_on_somebody_elses_port_is_not_taken_for_ours(sleeper: subprocess.Popen[bytes]) -> None:
    """Two platforms that start at once can choose one port: only the process that listens on it is ready."""
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen()
        port = listening.getsockname()[1]
        assert owns_port(os.getpid(), port)
        assert not owns_port(sleeper.pid, port)
        assert not owns_port(os.getpid(), free_port())


@contextmanager
def answering(status: int, said: object) -> Iterator[str]:
    """Somebody in this process who answers every request so."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = HTTPServer((LOOPBACK, 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


REASON = {"code": "records_parked", "detail": "registration: 3 records of 2 keys are parked"}


@pytest.mark.parametrize(
    ("status", "said", "condition", "word"),
    [
        (200, {"status": "ready", "checks": []}, [], "ready"),
        (200, {"status": "degraded", "reasons": [REASON]}, [f"records_parked: {REASON['detail']}"], "degraded"),
        (503, {"code": "not_ready"}, None, "not ready"),
        (200, "no object", None, "not ready"),
    ],
)
def test_status_says_ready_degraded_with_its_reason_or_not_ready(
    tmp_path: Path, status: int, said: object, condition: list[str] | None, word: str
) -> None:
    me = identify(os.getpid())
    assert me
    with answering(status, said) as address:
        record: dict[str, Any] = {"state": "ready", "once": False, "failures": 0, "address": address, **asdict(me)}
        assert condition_of("claims-worker", record) == condition
        assert is_ready("claims-worker", record) is (condition is not None)
        write_run(State(tmp_path), me, {"claims-worker": record})
        console = Console(file=io.StringIO(), record=True, width=120)
        console.print(address_table(State(tmp_path)))
    text = console.export_text()
    assert f" {word} " in text
    assert ("claims-worker is degraded: records_parked: registration: 3 records" in text) is (word == "degraded")
