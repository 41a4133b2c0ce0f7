"""The files of the project as git sees them, and what may not stand in any of them."""

import ast
import functools
import gc
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The three patterns of the house's hook; the brackets keep them from finding themselves.
_HOSTS = re.compile(r"https?://[a-z0-9.-]*(pypi|hosted|npmjs|maven|golang|crates)[a-z0-9.-]*", re.IGNORECASE)
_PATHS = re.compile(r"(^|[^A-Za-z0-9_./-])/(work|farm|root)/")
_WEAK = re.compile(r"(TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r]|pytest\.mark\.(ski[p]|xfai[l])|assert Tru[e])")


def files(root: Path = ROOT) -> list[str]:
    """Every file that git tracks or would track, by its path below the root, in order."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")  # noqa: S603
    return sorted({path for path in listed if path and (root / path).is_file()})


def python_files(root: Path = ROOT) -> list[str]:
    """The Python files among them."""
    return [path for path in files(root) if path.endswith(".py")]


def syntax_tree(root: Path, path: str) -> ast.Module:
    """The syntax tree of a Python file, which nobody may change: who asks again gets the same one."""
    return parsed((root / path).read_text(encoding="utf-8"))


@functools.cache
def parsed(code: str) -> ast.Module:
    """The same of its text."""
    gc.disable()
    try:
        return ast.parse(code)
    finally:
        # Kept for the run: each collection of garbage would go through a million nodes again.
        gc.freeze()
        gc.enable()


def unfit_lines(root: Path, paths: Iterable[str]) -> list[str]:
    """Hosts of registries, paths of a machine and, in Python, marks of unfinished or weakened work."""
    found = []
    for path in paths:
        for number, line in enumerate(_text(root / path).splitlines(), start=1):
            found += [f"{path}:{number}: {what}" for what in _unfit(line, path)]
    return found


def _unfit(line: str, path: str) -> list[str]:
    said = []
    if _HOSTS.search(line):
        said.append("names the host of a package registry")
    if _PATHS.search(line):
        said.append("names a path of one machine")
    if path.endswith(".py") and _WEAK.search(line):
        said.append("is unfinished or weakened")
    return said


def _text(file: Path) -> str:
    """The text of a file; none of a binary one."""
    data = file.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")
