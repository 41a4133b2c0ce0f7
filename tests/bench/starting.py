"""How long the platform takes to start when it is installed: ``make up`` from nothing, and after ``make down``."""

import os
import subprocess
import sys
import time
from statistics import median

from deploy.local.state import CHECKOUT
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import scratch_folder

LIMIT_S, AGAIN = 12.0, 3


class NotStarted(RuntimeError):
    """The command that starts or stops the platform failed."""


def starting() -> Part:
    """The first start makes databases, topics and keys; the others find them."""
    with scratch_folder() as folder:
        state = str(folder / "state")
        try:
            first = _run("up", state)
            again = []
            for _ in range(AGAIN):
                _run("down", state)
                again.append(_run("up", state))
        finally:
            _run("down", state)
    note = "starts: " + ", ".join(f"{seconds:.1f}" for seconds in again)
    return Part(
        "Start of the whole platform when installed, until every process is ready",
        [
            Figure("start from nothing", first, "s", LIMIT_S, note="with migrations and topics"),
            Figure("start of a stopped platform", median(again), "s", LIMIT_S, note=note),
        ],
    )


def _run(command: str, state: str) -> float:
    """Seconds of the command, with Python's own start."""
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "deploy.local", command],
        cwd=CHECKOUT,
        env={**os.environ, "JARING_STATE": state},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotStarted(f"{command}: {(done.stdout + done.stderr)[-2000:]}")
    return time.monotonic() - begun
