"""Shows the figures and keeps them: a line of docs/performance-history.jsonl for each run, and a table of all runs."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.jars import read_lock
from deploy.local.postgres import MAJOR
from shared.kernel.clock import now
from tests.bench.figures import Figure, Part

DOCS = Path(__file__).resolve().parents[2] / "docs"
HISTORY, PAGE = DOCS / "performance-history.jsonl", DOCS / "performance.md"
BEGIN, END = "<!-- history: written by make bench -->", "<!-- end of history -->"


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how loaded it was before."""
    kafka = next(jar.coordinate for jar in read_lock("kafka") if ":kafka-clients:" in jar.coordinate)
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": platform.system() + " " + platform.release().split("-")[0],
        "python": platform.python_version(),
        "postgresql": MAJOR,
        "kafka": kafka.rsplit(":", 1)[1],
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def show(console: Console, parts: Sequence[Part]) -> None:
    """A table for each measurement."""
    for part in parts:
        table = Table(title=part.title, title_justify="left")
        for column, justify in (("", "left"), ("", "right"), ("limit", "right"), ("of it", "right"), ("", "left")):
            table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for figure in part.figures:
            table.add_row(*_cells(figure))
        console.print(table)


def _cells(figure: Figure) -> tuple[str, ...]:
    limit = "" if figure.limit is None else f"{'≥' if figure.at_least else '≤'} {_number(figure.limit)}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    said = "  ".join(word for word in (figure.verdict, figure.note) if word)
    return figure.name, f"{_number(figure.value)} {figure.unit}".strip(), limit, ratio, said


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def keep(parts: Sequence[Part], about: Mapping[str, Any], label: str) -> None:
    """Append the run, and write the page's table of all runs again."""
    run = {
        "at": now().isoformat(timespec="seconds"),
        "label": label,
        "commit": _commit(),
        **about,
        "figures": {part.title: {each.name.strip(): round(each.value, 3) for each in part.figures} for part in parts},
        "limits": {
            each.name: [each.value, each.limit, each.verdict] for part in parts for each in part.figures if each.limit
        },
    }
    with HISTORY.open("a") as file:
        file.write(json.dumps(run, ensure_ascii=False) + "\n")
    write_page()


def write_page() -> None:
    """Put a row for each run of the history between the page's marks."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    runs = [json.loads(line) for line in HISTORY.read_text().splitlines()]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(_rows(runs)) + "\n" + END + after)


def _rows(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(name for run in runs for name in run["limits"]))
    head = [
        "| when, what | machine | load before | " + " | ".join(names) + " |",
        "|---|---|---:|" + "---:|" * len(names),
    ]
    return head + [_row(run, names) for run in runs]


def _row(run: Mapping[str, Any], names: Sequence[str]) -> str:
    where = f"{run['cores']} cores, {run['memory_gb']:g} GB, Python {run['python']}"
    cells = [f"{run['at'][:16]} {run['label']}", where, f"{run['load_before']:g}"]
    for name in names:
        value, limit, verdict = run["limits"].get(name, (None, None, ""))
        cells.append("" if value is None else f"{_number(value)} of {_number(limit)}, {verdict}")
    return "| " + " | ".join(cells) + " |"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=DOCS, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()
