"""What decides takes its instants and days from the business clock, inside SQL as a parameter."""

from pathlib import Path

import pytest

from tests.architecture.clocks import ELSEWHERE, other_clocks, unexplained
from tests.architecture.tree import ROOT, python_files


def test_nothing_reads_another_clock_but_for_a_reason_that_is_written_down() -> None:
    assert unexplained(other_clocks(ROOT, python_files()), ELSEWHERE) == []


def found(root: Path, path: str, text: str) -> list[tuple[str, str]]:
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text)
    return list(other_clocks(root, [path]))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x = datetime.now(UTC)", "datetime.now"),
        ("x = dt.datetime.utcnow()", "datetime.utcnow"),
        ("x = date.today()", "date.today"),
        ("x = field(default_factory=datetime.now)", "datetime.now"),
        ("x = time.time()", "time.time"),
        ("from time import time_ns", "time.time_ns"),
        ("x = func.now()", "func.now"),
        ("x = func.clock_timestamp()", "func.clock_timestamp"),
        ("x = system_now()", "system_now"),
        ("x = text('SELECT id FROM due_work WHERE due_at <= now()')", "SELECT id FROM due_work WHERE due_at <= now()"),
        ("x = f'UPDATE {table} SET due_at = statement_timestamp ( )'", "SET due_at = statement_timestamp ( )"),
        ("x = 'SELECT CURRENT_DATE - born_on'", "SELECT CURRENT_DATE - born_on"),
        ("x = 'SELECT localtimestamp'", "SELECT localtimestamp"),
        ("""x = "SELECT 'today'::date" """, "SELECT 'today'::date"),
    ],
)
@pytest.mark.parametrize("path", ["services/jobs/commands/a.py", "shared/scheduling/a.py", "deploy/local/a.py"])
def test_another_clock_is_found(tmp_path: Path, path: str, line: str, said: str) -> None:
    assert found(tmp_path, path, f'"""A file."""\n{line}\n') == [(path, said)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/jobs/commands/a.py", "x = now()\ny = today()\nz = loop.time()\nw = time.monotonic()\n"),
        ("services/jobs/storage/a.py", 'def f():\n    """Unlike now() in SQL."""\n    return text("due_at <= :now")\n'),
        ("services/jobs/tests/test_a.py", "x = datetime.now(UTC)\n"),
        ("shared/kernel/clock.py", "x = datetime.now(UTC)\n"),
        ("tests/bench/a.py", "x = time.time()\n"),
    ],
)
def test_the_business_clock_durations_and_tests_are_no_finding(tmp_path: Path, path: str, text: str) -> None:
    assert found(tmp_path, path, text) == []


def test_a_reason_for_what_is_no_longer_there_is_found() -> None:
    assert unexplained([("a.py", "time.time")], [("a.py", "time.time"), ("b.py", "func.now")]) == [
        "b.py: no longer has func.now"
    ]
    assert unexplained([("a.py", "time.time")], []) == ["a.py: time.time"]
