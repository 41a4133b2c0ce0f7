"""The law at the size of a nation: a month of contributions, beside openfisca-core; and loading the statute book."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from shared.law.act4.contributions import bulk as act4
from shared.law.book import book
from shared.law.population import contributions
from tests.bench.figures import Figure, Part

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "openfisca"
ENVIRONMENT = ROOT / ".tools" / "openfisca"
CLASSES = ROOT / "shared" / "law" / "act4" / "contributions" / "classes_2024_10_01.csv"
MONTH, KNOWN = date(2026, 6, 1), date(2026, 11, 22)
PEOPLE, LIMIT_S, TIMES_AS_FAST = 10_000_000, 1.0, 3.0
LOAD_LIMIT_S, LOAD_LIMIT_MB = 0.3, 30.0
RUNS = 3
_LOAD = """
import time
import orjson, yaml
from shared.law.book import book
began = time.perf_counter()
book()
print(time.perf_counter() - began)
"""
_WEIGH = """
import tracemalloc
import orjson, yaml
from shared.law.book import book
tracemalloc.start()
law = book()
print(tracemalloc.get_traced_memory()[1] / 2**20, len(law.figures))
"""


def month_of_contributions(people: int) -> Part:
    """Everybody's contributions for one month, and three amounts beside openfisca's: one core, best of three runs."""
    wages = (np.arange(people, dtype=np.int64) * 7_919) % 1_000_000 + 1
    everybody = np.ones(people, dtype=np.bool_)
    marked = (np.arange(people) % 9 != 0, np.arange(people) % 7 != 0, everybody)
    law = book().on(MONTH, KNOWN)
    nation = min(_seconds(lambda: contributions(wages, *marked, law)) for _ in range(RUNS))
    ours = min(_seconds(lambda: act4.contributions(wages, everybody, law)) for _ in range(RUNS))
    theirs = min(openfisca(people) for _ in range(RUNS))
    found = act4.contributions(wages, everybody, law)
    equal = theirs[1:] == tuple(int(column.sum()) for column in (found.assumed, found.employer, found.employee))
    return Part(
        "a nation's month of contributions",
        [
            Figure(f"{people:,} people, all schemes, one core", nation, "s", LIMIT_S * people / PEOPLE),
            Figure("three Act 4 amounts, ours", ours, "s"),
            Figure("three Act 4 amounts, openfisca-core", theirs[0], "s", note="in an environment of its own"),
            Figure("times as fast", theirs[0] / ours, "", TIMES_AS_FAST, at_least=True),
            Figure("the same sums", int(equal), "", note="must be 1"),
        ],
    )


def openfisca(people: int) -> tuple[float, int, int, int]:
    """Seconds of openfisca-core and its three sums, in an environment of its own that is made when it is needed."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        uv = str(ROOT / ".tools" / "uv" / "bin" / "uv")
        lock = ("pip", "sync", "-q", "--python", str(python), "--require-hashes", str(FOLDER / "requirements.lock"))
        _run(uv, "venv", "-q", "--python", sys.executable, str(ENVIRONMENT))
        _run(uv, *lock)
    found = json.loads(_run(str(python), str(FOLDER / "act4.py"), str(CLASSES), str(people)))
    sums = found["sums"]
    return found["seconds"], sums["assumed"], sums["employer_first"], sums["employee_first"]


def loading() -> Part:
    """The whole statute book read by a fresh process that has imported what reads it: the best of three."""
    seconds = min(float(_run(sys.executable, "-c", _LOAD)) for _ in range(RUNS))
    megabytes, figures = map(float, _run(sys.executable, "-c", _WEIGH).split())
    return Part(
        "the statute book",
        [
            Figure("loading it", seconds, "s", LOAD_LIMIT_S),
            Figure("most memory that loading takes", megabytes, "MB", LOAD_LIMIT_MB),
            Figure("figures", figures, ""),
        ],
    )


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
    return done.stdout
