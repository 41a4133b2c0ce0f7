"""Functions stay short, and money is exact."""

from pathlib import Path

import pytest

from tests.architecture.code import inexact_numbers, long_functions
from tests.architecture.tree import ROOT, python_files


def test_no_function_is_too_long() -> None:
    assert long_functions(ROOT, python_files()) == []


def test_no_float_comes_near_money() -> None:
    assert inexact_numbers(ROOT, python_files()) == []


def _planted(root: Path, path: str, text: str) -> list[str]:
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text)
    return [path]


def _function(lines: int, docstring: str = "") -> str:
    return "async def f():\n" + docstring + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("path", "limit"), [("services/claims/commands/decide.py", 25), ("services/claims/queries/read.py", 70)]
)
def test_a_function_one_line_over_its_limit_is_found(tmp_path: Path, path: str, limit: int) -> None:
    paths = _planted(tmp_path, path, _function(limit + 1))
    assert long_functions(tmp_path, paths) == [f"{path}:1: f has {limit + 1} lines, at most {limit}"]


def test_a_docstring_does_not_make_a_function_long(tmp_path: Path) -> None:
    text = _function(25, docstring='    """One.\n\n    Two.\n    """\n')
    paths = _planted(tmp_path, "services/claims/commands/decide.py", text)
    assert long_functions(tmp_path, paths) == []


@pytest.mark.parametrize("line", ["x = 0.8", "x = float(1)", "x = round(y)", "x: float", "x = np.float64(1)", "x = 1j"])
@pytest.mark.parametrize("path", ["services/jobs/domain/a.py", "shared/law/act4/a.py", "shared/kernel/money.py"])
def test_an_inexact_number_is_found_where_money_is_reckoned(tmp_path: Path, path: str, line: str) -> None:
    found = inexact_numbers(tmp_path, _planted(tmp_path, path, f"y = 1\n{line}\n"))
    assert [finding.partition(": ")[0] for finding in found] == [f"{path}:2"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shared/kernel/money.py", "if isinstance(x, float):\n    raise TypeError\n"),
        ("shared/kernel/tests/test_money.py", "x = 0.8\n"),
        ("shared/messaging/relay.py", "x = 0.8\n"),
    ],
)
def test_refusing_a_float_and_floats_elsewhere_are_no_finding(tmp_path: Path, path: str, text: str) -> None:
    assert inexact_numbers(tmp_path, _planted(tmp_path, path, text)) == []
