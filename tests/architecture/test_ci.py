"""`.ci/run` stops at the first step that fails, fails with it, and always stops what it started."""

import shutil
import subprocess
from pathlib import Path

from tests.architecture.tree import ROOT

STEPS = ["setup", "check", "test", "demo", "demo", "prove"]


def _run(tree: Path, failing: str) -> tuple[int, list[str]]:
    """Exit code and the targets that were made, with a Makefile whose targets only say their names."""
    (tree / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tree / ".ci" / "run")
    rules = [
        f"{name}:\n\t@echo {name} $(JARING_STATE) $(SHORT) >> made\n\t@{'false' if name == failing else 'true'}\n"
        for name in {*STEPS, "reset"}
    ]
    (tree / "Makefile").write_text("".join(rules))
    done = subprocess.run([str(tree / ".ci" / "run")], capture_output=True, text=True)  # noqa: S603
    made = [line.split() for line in (tree / "made").read_text().splitlines()]
    assert len({line[1] for line in made}) == 1
    assert not Path(made[0][1]).parent.exists()
    assert [line[2:] for line in made if line[0] == "prove"] in ([], [["1"]])
    return done.returncode, [line[0] for line in made]


def test_every_step_is_run_and_the_platform_reset(tmp_path: Path) -> None:
    assert _run(tmp_path, failing="") == (0, [*STEPS, "reset"])


def test_a_step_that_fails_ends_it_and_the_platform_is_reset_all_the_same(tmp_path: Path) -> None:
    assert _run(tmp_path, failing="test") == (1, ["setup", "check", "test", "reset"])


def test_a_platform_that_cannot_be_stopped_is_a_failure(tmp_path: Path) -> None:
    assert _run(tmp_path, failing="reset") == (1, [*STEPS, "reset"])
