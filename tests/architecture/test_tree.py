"""Nothing in the tree names a package registry, a machine's path, or unfinished work."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, unfit_lines

REGISTRIES = ("py" + "pi.org", "files.python" + "hosted.org", "registry.npm" + "js.org", "repo1.mav" + "en.org")


def test_no_file_holds_what_may_not_be_committed() -> None:
    assert unfit_lines(ROOT, files()) == []


def _planted(root: Path, name: str, line: str) -> list[str]:
    (root / name).write_text(f"fine\n{line}\n")
    return unfit_lines(root, [name])


@pytest.mark.parametrize("host", REGISTRIES)
def test_the_host_of_a_registry_is_found(tmp_path: Path, host: str) -> None:
    assert _planted(tmp_path, "a.lock", f'"https://{host}/x"') == ["a.lock:2: names the host of a package registry"]


@pytest.mark.parametrize("folder", ["wo" + "rk", "ro" + "ot"])
def test_a_path_of_a_machine_is_found(tmp_path: Path, folder: str) -> None:
    assert _planted(tmp_path, "a.md", f"see /{folder}/main") == ["a.md:2: names a path of one machine"]
    assert _planted(tmp_path, "b.md", f"see docs/{folder}/main") == []


@pytest.mark.parametrize(
    "mark", ["# TO" + "DO", "raise NotImplemented" + "Error", "@pytest.mark.sk" + "ipif(x)", "assert Tr" + "ue"]
)
def test_a_weak_mark_is_found_in_python_only(tmp_path: Path, mark: str) -> None:
    assert _planted(tmp_path, "a.py", mark) == ["a.py:2: is unfinished or weakened"]
    assert _planted(tmp_path, "a.md", mark) == []


def test_files_that_git_ignores_are_not_looked_at_and_new_ones_are(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S603, S607
    for name, text in {".gitignore": "state/\n", "new.py": "x = 1\n"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "key").write_text("k")
    assert files(tmp_path) == [".gitignore", "new.py"]
