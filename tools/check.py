"""`make check`: the shape of the project, every check with its time: `python -m tools.check [name ...]`.

The checks run two at a time, the longest first; what one says is shown when it fails.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (sys.executable, "-m")
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name and the command that exits with 0 when there is no finding."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended, what it said, and how long it took in seconds."""

    check: Check
    code: int
    said: str
    seconds: float


# The longest first, so that the last to end is a short one.
CHECKS: tuple[Check, ...] = (
    Check("types (mypy)", (*PYTHON, "mypy", ".")),
    Check("architecture tests", (*PYTHON, "pytest", "-q", "tests/architecture")),
    Check("contract drift", (*PYTHON, "shared.contracts.generate", "--check")),
    Check("contract lint (redocly)", (*PYTHON, "tools.lint.redocly")),
    Check("migration lint (squawk)", (*PYTHON, "tools.lint.migrations")),
    Check("imports", (str(Path(sys.executable).with_name("lint-imports")), "--no-cache")),
    Check("contract compatibility", (*PYTHON, "shared.contracts.compatibility")),
    Check("API compatibility", (*PYTHON, "shared.contracts.openapi_compatibility")),
    Check("lint (ruff)", (*PYTHON, "ruff", "check")),
    Check("format (ruff)", (*PYTHON, "ruff", "format", "--check")),
)


def run(check: Check) -> Result:
    """Run one check in the root of the project; a command that is not there is a failure that says so."""
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(  # noqa: S603
            check.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        return Result(check, 127, f"{check.command[0]}: {error.strerror}\n", time.monotonic() - began)
    return Result(check, done.returncode, done.stdout, time.monotonic() - began)


def run_all(checks: Iterable[Check]) -> list[Result]:
    """Run the checks, saying of each how it ended as soon as it has."""
    results = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for finished in as_completed(pool.submit(run, check) for check in checks):
            result = finished.result()
            results.append(result)
            _say(f"{'ok    ' if result.code == 0 else 'FAILED'} {result.seconds:6.1f} s  {result.check.name}\n")
    return results


def main(names: list[str]) -> int:
    """Run the checks whose names begin so, or all; 1 when one failed."""
    chosen = [check for check in CHECKS if not names or check.name.startswith(tuple(names))]
    if not chosen:
        _say("There are: " + ", ".join(check.name for check in CHECKS) + "\n")
        return 2
    began = time.monotonic()
    failed = [result for result in run_all(chosen) if result.code != 0]
    for result in failed:
        _say(f"\n--- {result.check.name} (exit code {result.code})\n{result.said.rstrip()}\n")
    _say(f"\n{len(chosen) - len(failed)} of {len(chosen)} checks passed in {time.monotonic() - began:.1f} s\n")
    return 1 if failed else 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
