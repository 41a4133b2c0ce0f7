"""A planted bug is told to be stale where the code changes, not only when `make prove` plants it."""

import subprocess

import pytest

from tests.architecture.tree import ROOT
from tests.prove.planted.trial import Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.patch.stem)
def test_its_patch_applies_and_its_tests_are_there(bug: Bug) -> None:
    command = ["git", "apply", "--check", str(bug.patch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert not done.returncode, done.stderr
    for test in bug.caught_by:
        path, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8")
