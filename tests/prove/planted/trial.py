"""Plants a bug in a copy of the tree, and runs there the tests that must turn red for it (rules P4)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.architecture.tree import ROOT, files

FOLDER = Path(__file__).resolve().parent
LONGEST_TEST_SECONDS = 90
# Code that cannot run shows nothing: what goes wrong has to be what a test asserts.
_BROKEN = (
    "NameError",
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "AttributeError",
    "TypeError",
    "sqlalchemy.exc.ProgrammingError",
)


class Unproved(AssertionError):
    """A planted bug does not show what it is there to show; the text says what to mend."""


@dataclass(frozen=True)
class Bug:
    """A patch against the real code and the tests that must turn red for it.

    The patch's head has the lines ``Bug: <name>`` and ``Caught by: <node id of a test>``, the latter once or more.
    """

    patch: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self._lines("Bug")[0]

    @property
    def caught_by(self) -> tuple[str, ...]:
        """The node ids of the tests."""
        return self._lines("Caught by")

    def _lines(self, title: str) -> tuple[str, ...]:
        head = self.patch.read_text(encoding="utf-8").partition("\ndiff --git ")[0]
        start = f"{title}: "
        found = tuple(line.removeprefix(start) for line in head.splitlines() if line.startswith(start))
        if not found:
            raise Unproved(f"{self.patch.name} does not say `{title}:`")
        return found


@dataclass(frozen=True)
class Seen:
    """What became of one test: ``passed``, ``failed``, ``error`` or ``skipped``, why in a line, and in whole."""

    test: str
    outcome: str
    why: str = ""
    whole: str = ""

    @property
    def lacked_a_server(self) -> bool:
        """Whether a server did not start, which says nothing of the code under test."""
        return self.outcome == "error" and "did not become ready" in self.whole


def bugs(folder: Path = FOLDER) -> list[Bug]:
    """Every planted bug, by its file."""
    return [Bug(path) for path in sorted(folder.glob("*.patch"))]


def copy_tree(target: Path) -> Path:
    """A copy of what git tracks or would track, with the servers that the checkout has fetched."""
    for name in files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    tools = ROOT / ".tools"
    tools.mkdir(exist_ok=True)
    (target / ".tools").symlink_to(tools)
    return target


def run_tests(tree: Path, tests: Sequence[str]) -> list[Seen]:
    """Run tests in a tree, in a process of its own, and once more where a server did not start for them.

    Raises Unproved when they could not be run at all.
    """
    seen = _run(tree, tests)
    return _run(tree, tests) if any(each.lacked_a_server for each in seen) else seen


def _run(tree: Path, tests: Sequence[str]) -> list[Seen]:
    report = tree / "report.xml"
    options = ["-q", "--timeout", str(LONGEST_TEST_SECONDS), "--junitxml", str(report)]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode not in (0, 1):
        raise Unproved(f"pytest could not run {' '.join(tests)}:\n{(done.stdout + done.stderr)[-3000:]}")
    return [_seen(case) for case in ElementTree.parse(report).iter("testcase")]  # noqa: S314


def check_green(tree: Path, tests: Sequence[str]) -> None:
    """Run tests in a tree without a bug; raises Unproved for one that is missing or not green."""
    seen = run_tests(tree, tests)
    for each in seen:
        if each.outcome != "passed":
            said = f"{each.test}: {each.outcome}: {each.why}\n{each.whole[-3000:]}"
            raise Unproved(f"without a bug it is not green: {said}")
    for test in tests:
        _of(test, seen)


def check_red(sound: Path, tree: Path, bug: Bug) -> list[Seen]:
    """Plant a bug in a copy of a sound tree and run its tests; what they said. Raises Unproved unless each is red."""
    shutil.copytree(sound, tree, symlinks=True)
    try:
        _apply(bug, tree)
        seen = run_tests(tree, bug.caught_by)
    finally:
        shutil.rmtree(tree)
    return [_the_red_one(bug, _of(test, seen)) for test in bug.caught_by]


def _apply(bug: Bug, tree: Path) -> None:
    # Within another work tree git would silently leave out what that one does not track.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    command = ["git", "apply", str(bug.patch)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise Unproved(f"the patch {bug.patch.name} is stale: mend it\n{done.stderr}")


def _of(test: str, seen: Sequence[Seen]) -> list[Seen]:
    """What was seen of a test, once for each of its parameters."""
    found = [each for each in seen if each.test == test or each.test.startswith(f"{test}[")]
    if not found:
        raise Unproved(f"it was not run: {test}")
    return found


def _the_red_one(bug: Bug, seen: Sequence[Seen]) -> Seen:
    for each in seen:
        if each.outcome == "error" or each.why.startswith(_BROKEN):
            said = f"{each.test}: {each.why}\n{each.whole[-3000:]}"
            raise Unproved(f"{bug.patch.name} breaks the code and plants no bug: {said}")
    for each in seen:
        if each.outcome == "failed":
            return each
    raise Unproved(f"{bug.name} is not caught by {seen[0].test}")


def _seen(case: ElementTree.Element) -> Seen:
    path = case.get("classname", "").replace(".", "/")
    test = f"{path}.py::{case.get('name', '')}"
    for tag, outcome in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Seen(test, outcome, (found.get("message") or "").strip().split("\n")[0], found.text or "")
    return Seen(test, "passed")
