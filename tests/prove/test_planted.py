"""The suite proves itself: each planted bug turns red the tests that its patch names, and only with it (rules P4)."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prove.planted.trial import Bug, Seen, Unproved, bugs, check_green, check_red, copy_tree

pytestmark = pytest.mark.timeout(600)

BUGS = bugs()


@pytest.fixture(scope="session")
def copies() -> Iterator[Path]:
    """A folder for the copies of the tree, readable by the servers that start there under another user."""
    folder = Path(tempfile.mkdtemp(prefix="jaring-planted-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sound(copies: Path, request: pytest.FixtureRequest) -> Path:
    """A copy without a bug, in which every test that the chosen bugs name is green."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    chosen = [spec.params["bug"] for spec in specs if spec is not None and "bug" in spec.params]
    tree = copy_tree(copies / "sound")
    check_green(tree, sorted({test for bug in chosen for test in bug.caught_by}))
    return tree


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[list[tuple[str, Seen, float]]]:
    """Bug, what caught it, and the seconds; printed at the end."""
    lines: list[tuple[str, Seen, float]] = []
    yield lines
    plugins = request.config.pluginmanager
    reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    if reporter is None or capture is None or not lines:
        return
    with capture.global_and_fixture_disabled():
        reporter.write_line("\n\n| planted bug | caught by | seconds | it said |\n|---|---|---|---|")
        for name, seen, seconds in lines:
            reporter.write_line(f"| {name} | `{seen.test}` | {seconds:.1f} | {seen.why[:100].replace('|', '/')} |")


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.patch.stem)
def test_a_planted_bug_is_caught(bug: Bug, sound: Path, copies: Path, table: list[tuple[str, Seen, float]]) -> None:
    begun = time.monotonic()
    caught = check_red(sound, copies / bug.patch.stem, bug)
    seconds = time.monotonic() - begun
    table += [(bug.name, seen, seconds) for seen in caught]


def test_every_bug_that_the_rules_name_is_planted() -> None:
    """Rules P4, in their order."""
    named = {
        "bare cursor",
        "mark before ack",
        "inbox off",
        "offset before commit",
        "commit after answer",
        "watermark past an open transaction",
        "lower revision wins",
        "park without key",
        "counter in the payment key",
        "row-level policy dropped",
        "two roundings",
        "term dropped from the event",
        "fund swapped",
        "both schemes owed for one day",
        "refused where another scheme covers",
        "question not woken by its fact",
        "officer approves its own statement",
        "who stated it approves",
        "moved days are no change",
        "term dropped when read",
        "fund swapped in the books",
        "broken month divided by benefits",
        "a day owed under two losses",
        "month paid again when the calendar moves",
        "another party's account",
    }
    assert named <= {bug.name for bug in BUGS}


_TEST = "from tests.code import one\n\n\ndef test_one() -> None:\n    assert one() == 1\n"
_PATCH = """Bug: a planted one
Caught by: tests/test_code.py::test_one

diff --git a/tests/code.py b/tests/code.py
--- a/tests/code.py
+++ b/tests/code.py
@@ -1,2 +1,2 @@
 def one():
-    return 1
+    return {planted}
"""


def _small(folder: Path, planted: str) -> tuple[Path, Bug]:
    """A tree of one function and its test, and a bug for it."""
    tree = folder / "small"
    (tree / "tests").mkdir(parents=True)
    (tree / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (tree / "tests" / "code.py").write_text("def one():\n    return 1\n")
    (tree / "tests" / "test_code.py").write_text(_TEST)
    (folder / "small.patch").write_text(_PATCH.format(planted=planted))
    return tree, Bug(folder / "small.patch")


def test_a_bug_in_a_small_tree_is_caught_and_the_tree_stays_sound(tmp_path: Path) -> None:
    tree, bug = _small(tmp_path, "2")
    (seen,) = check_red(tree, tmp_path / "planted", bug)
    assert (seen.test, seen.outcome) == ("tests/test_code.py::test_one", "failed")
    check_green(tree, bug.caught_by)


@pytest.mark.parametrize(
    ("planted", "said"),
    [("2 - 1", "is not caught by"), ("won", "breaks the code"), ("1\n+    oops(", "could not run")],
)
def test_a_patch_that_shows_nothing_is_no_proof(tmp_path: Path, planted: str, said: str) -> None:
    tree, bug = _small(tmp_path, planted)
    bug.patch.write_text(bug.patch.read_text().replace("+1,2 @@", f"+1,{planted.count(chr(10)) + 2} @@"))
    with pytest.raises(Unproved, match=said):
        check_red(tree, tmp_path / "planted", bug)


def test_a_patch_that_no_longer_applies_says_so(tmp_path: Path) -> None:
    tree, bug = _small(tmp_path, "2")
    (tree / "tests" / "code.py").write_text("def one():\n    return 3 - 2\n")
    with pytest.raises(Unproved, match=r"small.patch is stale: mend it"):
        check_red(tree, tmp_path / "planted", bug)


def test_what_is_red_without_a_bug_is_no_proof(tmp_path: Path) -> None:
    tree, bug = _small(tmp_path, "2")
    (tree / "tests" / "code.py").write_text("def one():\n    return 3\n")
    with pytest.raises(Unproved, match="without a bug it is not green"):
        check_green(tree, bug.caught_by)
