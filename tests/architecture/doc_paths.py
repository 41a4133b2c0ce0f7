"""What the documents name: every path, link, module and `path::name` in them is one that there is."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

from tests.architecture.citations import TEMPLATES

_PAGE = re.compile(r"(?!docs/decisions/|docs/law/act).*\.md")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SUFFIXES = "py|md|yaml|yml|sql|toml|json|jsonl|patch|csv|sh|xsd|ini|lock|cfg"
_PATH = re.compile(rf"(?!/)(?:[\w.*-]+/)+[\w.*-]*|[\w.*-]+\.(?:{_SUFFIXES})")
_MODULE = re.compile(r"(?:shared|services|tests|tools|deploy)(?:\.\w+)+")
_FILE = re.compile(rf".*\.(?:{_SUFFIXES})|.*/")
# What the commands make on a machine and git does not hold; and a file of a wheel.
_ELSEWHERE = (".state", ".venv", ".tools", "sepaxml")


@dataclass(frozen=True)
class Tree:
    """The files of a repository, and their folders."""

    root: Path
    files: frozenset[str]
    folders: frozenset[str]

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder, or one of the pattern."""
        if "*" in path:
            return any(fnmatch(each, path) for each in self.files)
        return path in self.files or path in self.folders or path.split("/")[0] in _ELSEWHERE

    def ends(self, name: str) -> bool:
        """Whether there is a file or folder whose path ends so."""
        return any(each == name or each.endswith(f"/{name}") for each in self.files | self.folders)


def tree_of(root: Path, paths: Collection[str]) -> Tree:
    """The repository with these files."""
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    return Tree(root, frozenset(paths), frozenset(folders))


def missing_from_tree(root: Path, paths: Collection[str]) -> list[str]:
    """Everything that a page names and that there is not, as `page:line: name`."""
    tree = tree_of(root, paths)
    found = []
    for page in sorted(path for path in paths if _PAGE.fullmatch(path) and path not in TEMPLATES):
        for number, line in enumerate((root / page).read_text(encoding="utf-8").splitlines(), start=1):
            found += [f"{page}:{number}: {name} does not exist" for name in _missing(page, line, tree)]
    return found


def _missing(page: str, line: str, tree: Tree) -> Iterator[str]:
    links = set(_LINK.findall(line))
    yield from sorted(link for link in links if ":" not in link and not _leads(page, link, tree))
    for said in _CODE.findall(line):
        path, _, name = said.partition("::")
        if name:
            if not (path in tree.files and name.partition("[")[0] in names(tree.root / path)):
                yield said
        elif _MODULE.fullmatch(said):
            if not _is_module(said, tree):
                yield said
        elif _is_path(said, tree) and not _stands(page, said.rstrip("/"), tree):
            yield said


def _leads(page: str, link: str, tree: Tree) -> bool:
    path, _, anchor = link.partition("#")
    target = page if not path else _joined(str(PurePosixPath(page).parent), path.rstrip("/"))
    if not tree.has(target):
        return False
    return not anchor or anchor in anchors((tree.root / target).read_text(encoding="utf-8"))


def _is_path(said: str, tree: Tree) -> bool:
    """A file or a folder by how it is written, or what begins with a folder of the repository."""
    return bool(_PATH.fullmatch(said)) and bool(_FILE.fullmatch(said) or said.split("/")[0] in tree.folders)


def _stands(page: str, said: str, tree: Tree) -> bool:
    """From the root or from the folder of the page, or by how the whole path ends."""
    return tree.has(said) or tree.has(_joined(str(PurePosixPath(page).parent), said)) or tree.ends(said)


def _joined(folder: str, path: str) -> str:
    parts: list[str] = []
    for part in PurePosixPath(folder, path).parts:
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."


def _is_module(said: str, tree: Tree) -> bool:
    path = said.replace(".", "/")
    if path in tree.folders or f"{path}.py" in tree.files:
        return True
    module, _, name = path.rpartition("/")
    return f"{module}.py" in tree.files and name in names(tree.root / f"{module}.py")


@cache
def names(file: Path) -> frozenset[str]:
    """The functions, classes and constants of a Python file; a method as `Class.method` and by itself."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        found.update(_defined(node))
        if isinstance(node, ast.ClassDef):
            inside = {name for part in node.body for name in _defined(part)}
            found |= inside | {f"{node.name}.{name}" for name in inside}
    return frozenset(found)


def _defined(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def anchors(text: str) -> set[str]:
    """The anchors that the headings of a page get."""
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
