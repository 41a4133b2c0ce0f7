"""One dialect in five services: what the rooms `storage/` and `queries/` call things.

Each function returns `path:line: what is wrong`, read from syntax trees.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import syntax_tree

_Function = ast.FunctionDef | ast.AsyncFunctionDef
ROOM = re.compile(r"services/(?P<service>[a-z]+)/(?P<room>storage|queries|api)/(?P<file>[a-z0-9_]+)\.py")
# A projection is a copy of what another service publishes.
PROJECTION_FILE = re.compile(r"known_[a-z_]+|case_file")
TABLES = re.compile(r"services\.([a-z]+)\.storage\.tables")


def misnamed_repositories(root: Path, paths: Iterable[str]) -> list[str]:
    """Classes over a connection that are not called a repository or, in a file of a projection, a projection."""
    return [
        f"{path}:{each.lineno}: {each.name} is a {suffix}, and is not called one"
        for path, room, file in _in_rooms(paths)
        for suffix in ["Projection" if PROJECTION_FILE.fullmatch(file) else "Repository"]
        for each in ast.walk(syntax_tree(root, path))
        if room == "storage" and isinstance(each, ast.ClassDef) and _holds_connection(each)
        if not each.name.endswith(suffix)
    ]


def misnamed_properties(root: Path, paths: Iterable[str]) -> list[str]:
    """Properties of a unit of work that are not called like the file of `storage/` from which they come."""
    found = []
    for path, _, file in _in_rooms(paths):
        if file != "unit_of_work":
            continue
        tree = syntax_tree(root, path)
        home = {
            name.name: each.module.rpartition(".")[2]
            for each in ast.walk(tree)
            if isinstance(each, ast.ImportFrom) and each.module and ".storage." in each.module
            for name in each.names
        }
        for method in (each for each in ast.walk(tree) if isinstance(each, _Function) and each.decorator_list):
            file = home.get("" if method.returns is None else ast.unparse(method.returns), method.name)
            if file != method.name:
                found.append(f"{path}:{method.lineno}: {method.name} comes from {file}.py")
    return found


def tables_by_another_name(root: Path, paths: Iterable[str]) -> list[str]:
    """Imports of a service's tables that are not `from services.<service>.storage import tables as t`."""
    return [
        f"{path}:{each.lineno}: tables are imported as t"
        for path in paths
        for each in ast.walk(syntax_tree(root, path))
        if isinstance(each, ast.Import | ast.ImportFrom) and any(map(_is_other, _imported(each)))
    ]


def misnamed_queries(root: Path, paths: Iterable[str]) -> list[str]:
    """Public reads of `queries/` that neither find one thing nor list many."""
    return [
        f"{path}:{each.lineno}: {each.name} is neither find_... nor list_..."
        for path, room, _ in _in_rooms(paths)
        for each in syntax_tree(root, path).body
        if room == "queries" and isinstance(each, ast.AsyncFunctionDef) and not re.match(r"_|find_|list_", each.name)
    ]


def misnamed_row_readers(root: Path, paths: Iterable[str]) -> list[str]:
    """Functions that make something of a row and are not called `<something>_of`, and rows that leave their room."""
    found = []
    for path, _, _ in _in_rooms(paths):
        for each in ast.walk(syntax_tree(root, path)):
            if not isinstance(each, _Function):
                continue
            if any(_is_row(argument.annotation) for argument in each.args.args) and not each.name.endswith("_of"):
                found.append(f"{path}:{each.lineno}: {each.name} takes a row, and is not called ..._of")
            if _is_row(each.returns):
                found.append(f"{path}:{each.lineno}: {each.name} returns a row instead of an entity")
    return found


def reads_past_queries(root: Path, paths: Iterable[str]) -> list[str]:
    """Places in `api/` that reach into the unit of work: a route calls a command or a query."""
    return [
        f"{path}:{each.lineno}: {ast.unparse(each)} is read past queries/"
        for path, room, _ in _in_rooms(paths)
        for each in ast.walk(syntax_tree(root, path))
        if room == "api" and isinstance(each, ast.Attribute) and ast.unparse(each.value) == "uow"
    ]


def _holds_connection(class_: ast.ClassDef) -> bool:
    starts = (each for each in class_.body if isinstance(each, _Function) and each.name == "__init__")
    return any("AsyncConnection" in _annotation(argument) for start in starts for argument in start.args.args)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str | None]]:
    """Each imported name in full, with what it is called here; a module's own names count as the module."""
    for name in node.names:
        if isinstance(node, ast.Import):
            yield name.name, None
        elif node.module and TABLES.fullmatch(node.module):
            yield node.module, None
        else:
            yield f"{node.module}.{name.name}", name.asname


def _is_other(imported: tuple[str, str | None]) -> bool:
    return TABLES.fullmatch(imported[0]) is not None and imported[1] != "t"


def _is_row(annotation: ast.expr | None) -> bool:
    return annotation is not None and bool(re.search(r"\bRow\b", ast.unparse(annotation)))


def _annotation(argument: ast.arg) -> str:
    return "" if argument.annotation is None else ast.unparse(argument.annotation)


def _in_rooms(paths: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for path in paths:
        found = ROOM.fullmatch(path)
        if found is not None:
            yield path, found["room"], found["file"]
