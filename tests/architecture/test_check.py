"""`make check` fails when a check fails, and shows why."""

import sys

import pytest

from tools import check
from tools.check import CHECKS, Check, main, run

SAYS_NO = Check("says no", (sys.executable, "-c", "print('here is why'); raise SystemExit(3)"))
SAYS_YES = Check("says yes", (sys.executable, "-c", "print('nobody reads this')"))


def test_a_check_that_fails_is_shown_and_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "CHECKS", (SAYS_YES, SAYS_NO))
    assert main([]) == 1
    said = capsys.readouterr().out
    assert "--- says no (exit code 3)\nhere is why\n" in said
    assert "nobody reads this" not in said
    assert "1 of 2 checks passed" in said


def test_the_whole_passes_when_each_check_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECKS", (SAYS_YES, SAYS_NO))
    assert main(["says yes"]) == 0


def test_a_program_that_is_not_there_is_a_failure_and_not_a_pass() -> None:
    result = run(Check("gone", ("no-such-program-anywhere",)))
    # Where a folder of the path is closed to this user, the system says that instead.
    assert result.code == 127
    assert result.said.startswith("no-such-program-anywhere: ")


def test_an_unknown_name_runs_nothing_and_fails() -> None:
    assert main(["no such check"]) == 2


def test_every_check_that_the_shape_is_held_by_is_run() -> None:
    run_by = " ".join(part for each in CHECKS for part in each.command)
    for program in ("ruff check", "ruff format --check", "mypy .", "lint-imports", "pytest -q tests/architecture"):
        assert program in run_by
    for module in ("contracts.generate --check", "contracts.compatibility", "lint.redocly", "lint.migrations"):
        assert module in run_by
