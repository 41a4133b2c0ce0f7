"""Shows the figures and keeps them: a line of docs/performance-history.jsonl for each run, and two tables of it."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.jars import read_lock
from deploy.local.postgres import MAJOR
from shared.kernel.clock import now
from tests.bench.figures import Figure, Part
from tests.bench.fixed_work import NAME as FIXED_WORK

DOCS = Path(__file__).resolve().parents[2] / "docs"
HISTORY, PAGE = DOCS / "performance-history.jsonl", DOCS / "performance.md"
SHOWN = 6
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
            each.name.strip(): [each.value, each.limit, each.verdict, each.unit, each.at_least]
            for part in parts
            for each in part.figures
            if each.limit is not None
        },
    }
    with HISTORY.open("a") as file:
        file.write(json.dumps(run, ensure_ascii=False) + "\n")
    write_page()


def write_page() -> None:
    """Put the trend of each figure that has a limit, and the runs, between the page's marks."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    runs = [json.loads(line) for line in HISTORY.read_text().splitlines()]
    lines = [*trend_rows(runs), "", *run_rows(runs)]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + after)


def trend_rows(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A row for each figure that has a limit, or had one: the last one, and its last values, the newest first."""
    limits = {name: limit for run in runs for name, limit in run["limits"].items()}
    rows = [f"| {name} | {_limit(*limits[name][1:])} | {', '.join(_values(name, runs)[:SHOWN])} |" for name in limits]
    return ["| figure | limit | last values, newest first; bold: missed |", "|---|---:|---|", *rows]


def _limit(limit: float, _: str, unit: str = "", at_least: bool | None = None) -> str:
    # Of the first runs it is not kept from which side a limit counts.
    sign = {True: "≥ ", False: "≤ ", None: ""}[at_least]
    return f"{sign}{_number(limit)} {unit}".strip()


def _values(name: str, runs: Sequence[Mapping[str, Any]]) -> list[str]:
    values = []
    for run in reversed(runs):
        value = next((figures[name] for figures in run["figures"].values() if name in figures), None)
        if value is not None:
            missed = run["limits"].get(name, [0, 0, ""])[2] == "missed"
            text = f"**{_number(value)}**" if missed else _number(value)
            values.append(f"{text} ({run['at'][5:10]})")
    return values


def run_rows(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A row for each run: what it was of, on what, and how many limits were kept."""
    return [
        "| run | what | machine | load before | fixed work, ms | limits kept |",
        "|---|---|---|---:|---:|---:|",
        *map(_run_row, runs),
    ]


def _run_row(run: Mapping[str, Any]) -> str:
    where = f"{run['cores']} cores, {run['memory_gb']:g} GB, Python {run['python']}"
    kept = sum(limit[2] == "kept" for limit in run["limits"].values())
    # The middle of its parts; the first runs knew of none.
    speeds = [part[FIXED_WORK] for part in run["figures"].values() if FIXED_WORK in part]
    speed = f"{median(speeds):.1f}" if speeds else ""
    load = f"{run['load_before']:g}"
    cells = (run["at"][:16], run["label"], where, load, speed, f"{kept} of {len(run['limits'])}")
    return f"| {' | '.join(cells)} |"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=DOCS, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()
