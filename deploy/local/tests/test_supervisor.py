"""The supervisor: starting again with back-off, order, and nothing that outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.processes import alive, identify
from deploy.local.state import State, identity_in, read_run
from deploy.local.supervisor import BackOff, Child, Supervisor, held_back, hold_lock


def _state(folder: Path) -> State:
    state = State(folder)
    state.logs.mkdir()
    return state


def _sleep() -> None:
    time.sleep(60)


def _until(condition: Callable[[], bool], supervisor: Supervisor | None = None, limit_s: float = 5) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if supervisor:
            supervisor.step()
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_wait_doubles_from_a_fifth_of_a_second_to_ten_seconds() -> None:
    back_off = BackOff()
    assert [back_off.next(0.1) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_five_seconds_of_health_reset_the_wait() -> None:
    back_off = BackOff()
    waits = [back_off.next(ran) for ran in (0.1, 0.1, 4.9, 5.0, 0.1)]
    assert waits == [0.2, 0.4, 0.8, 0.2, 0.4]


def test_a_child_that_ends_is_started_again_after_growing_waits(tmp_path: Path) -> None:
    marks = tmp_path / "marks"

    def run() -> None:
        with marks.open("a") as file:
            file.write(f"{time.monotonic()}\n")
        sys.exit(3)

    child = Child("falls", run)
    supervisor = Supervisor(_state(tmp_path), [child])
    assert _until(lambda: child.failures == 3, supervisor)
    first, second, third = (float(mark) for mark in marks.read_text().split())
    assert second - first >= 0.2
    assert third - second >= 0.4
    assert child.exit_code == 3


def test_a_killed_child_runs_again_under_another_pid(tmp_path: Path) -> None:
    child = Child("sleeps", _sleep)
    supervisor = Supervisor(_state(tmp_path), [child])
    supervisor.step()
    assert child.identity
    first = child.identity.pid
    os.kill(first, signal.SIGKILL)
    assert _until(lambda: child.identity is not None and child.identity.pid != first, supervisor)
    assert child.exit_code == -signal.SIGKILL
    supervisor.stop()


def test_a_child_that_is_held_back_stays_away_until_it_is_let_go(tmp_path: Path) -> None:
    state = _state(tmp_path)
    child = Child("sleeps", _sleep)
    supervisor = Supervisor(state, [child])
    supervisor.step()
    assert child.identity
    with held_back(state, "sleeps"):
        os.kill(child.identity.pid, signal.SIGKILL)
        assert _until(lambda: child.state == "failed", supervisor)
        assert not _until(lambda: child.identity is not None, supervisor, limit_s=0.6)
    assert _until(lambda: child.identity is not None, supervisor, limit_s=1)
    supervisor.stop()


def test_a_child_waits_for_what_it_needs(tmp_path: Path) -> None:
    state = _state(tmp_path)
    flag = tmp_path / "flag"
    server = Child("server", _sleep, ready=lambda _: flag.exists())
    once = Child("once", lambda: None, ("server",), once=True)
    last = Child("last", _sleep, ("once",))
    supervisor = Supervisor(state, [last, once, server])
    for _ in range(5):
        supervisor.step()
    assert (server.state, once.state, last.state) == ("starting", "waiting", "waiting")
    flag.touch()
    assert _until(lambda: last.state == "ready", supervisor)
    assert once.state == "ready"
    supervisor.stop()


def test_stopping_ends_the_users_of_a_server_before_the_server(tmp_path: Path) -> None:
    order = tmp_path / "order"

    def until_told(name: str) -> Callable[[], None]:
        def note(*_: object) -> None:
            with order.open("a") as file:
                file.write(f"{name} ")
            sys.exit(0)

        def run() -> None:
            signal.signal(signal.SIGTERM, note)
            (tmp_path / name).touch()
            time.sleep(60)

        return run

    children = [Child("server", until_told("server")), Child("user", until_told("user"), ("server",))]
    supervisor = Supervisor(_state(tmp_path), children)
    assert _until(lambda: (tmp_path / "user").exists() and (tmp_path / "server").exists(), supervisor)
    supervisor.stop()
    assert order.read_text().split() == ["user", "server"]


def test_a_child_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    from deploy.local.processes import stop

    def deaf() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (tmp_path / "deaf").touch()
        time.sleep(60)

    child = Child("deaf", deaf)
    supervisor = Supervisor(_state(tmp_path), [child])
    assert _until(lambda: (tmp_path / "deaf").exists(), supervisor)
    assert child.identity
    stop([(child.identity, signal.SIGTERM)], 0.2)
    assert not alive(child.identity)


def test_only_one_supervisor_holds_a_state_folder(tmp_path: Path) -> None:
    lock = hold_lock(State(tmp_path))
    assert lock is not None
    assert hold_lock(State(tmp_path)) is None
    os.close(lock)


PROGRAM = """
import sys, time
from pathlib import Path
from deploy.local.state import State
from deploy.local.supervisor import Child, Supervisor
state = State(Path(sys.argv[1]))
state.logs.mkdir()
Supervisor(state, [Child("sleeps", lambda: time.sleep(60))]).run()
"""


def _run_supervisor(folder: Path) -> subprocess.Popen[bytes]:
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)])
    assert _until(lambda: identity_in(read_run(State(folder)).get("children", {}).get("sleeps")) is not None)
    return program


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = _run_supervisor(tmp_path)
    child = identity_in(json.loads((tmp_path / "run.json").read_text())["children"]["sleeps"])
    assert child
    program.kill()
    program.wait()
    assert _until(lambda: not alive(child))


def test_a_supervisor_that_is_told_to_stop_ends_well(tmp_path: Path) -> None:
    program = _run_supervisor(tmp_path)
    program.terminate()
    assert program.wait(5) == 0
    assert read_run(State(tmp_path))["children"]["sleeps"]["state"] == "stopped"


def test_a_pid_with_another_start_is_another_process() -> None:
    me = identify(os.getpid())
    assert me
    assert alive(me)
    assert not alive(type(me)(me.pid, me.started - 1, me.boot))
    assert not alive(type(me)(me.pid, me.started, "another boot"))
