"""Starts further worker processes beside the supervisor's own, quickly: forked from one that has the libraries loaded.

Run as a module it is that process: a line of JSON on its standard input starts a child, a pid comes back. When its
input closes, because the test ends or is killed, it ends, and the kernel kills its children with it.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from setproctitle import setproctitle

from deploy.local.daemon import import_libraries
from deploy.local.processes import Identity, fork, identify
from deploy.local.state import CHECKOUT


class ProcessStarter:
    """The test's end of it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._one_at_a_time = threading.Lock()

    def start(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> Identity | None:
        """Run a module in a child; None when it has ended already."""
        asked = {"module": module, "arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return identify(int(self._process.stdout.readline()))


@contextmanager
def process_starter() -> Iterator[ProcessStarter]:
    """One for as long as the block runs; what was started in it is killed after it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.prove.process_starter"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield ProcessStarter(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def _serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    import_libraries()
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        asked = json.loads(line)

        def run(asked: Mapping[str, object] = asked) -> None:
            _become(asked)

        print(fork(run, Path(asked["log"])).pid, flush=True)  # noqa: T201


def _become(asked: Mapping[str, object]) -> None:
    environment, arguments = asked["environment"], asked["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    module = str(asked["module"])
    os.environ.clear()
    os.environ.update(environment)
    setproctitle(f"jaring {environment.get('JARING_MEMBER', module)}")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
