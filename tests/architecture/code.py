"""Rules about the inside of Python files, read from their syntax trees. Each returns `path:line: what is wrong`."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import syntax_tree

LONGEST_FUNCTION = 70
LONGEST_COMMAND = 25
# What money is reckoned in: nothing here may be inexact.
MONEY = ("shared/law/", "shared/kernel/", "services/*/domain/")
# Seconds, and no money.
WITHOUT_MONEY = ("shared/kernel/pace.py",)
FORBIDDEN_NAMES = {"float", "round"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_functions(root: Path, paths: Iterable[str]) -> list[str]:
    """Functions over 70 lines; in `commands/`, over 25. The docstring of a function does not count."""
    found = []
    for path, tree in _parsed(root, paths):
        parts = Path(path).parts
        limit = LONGEST_COMMAND if "commands" in parts and "tests" not in parts else LONGEST_FUNCTION
        for function in (node for node in ast.walk(tree) if isinstance(node, _Function)):
            lines = _lines(function)
            if lines > limit:
                found.append(f"{path}:{function.lineno}: {function.name} has {lines} lines, at most {limit}")
    return found


def inexact_numbers(root: Path, paths: Iterable[str]) -> list[str]:
    """Float literals, `float` and `round` where money is reckoned, outside the tests."""
    found = []
    for path, tree in _parsed(root, (path for path in paths if _reckons_money(path))):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
                found.append(f"{path}:{node.lineno}: the literal {node.value!r} is a float")
            elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES and not _is_refusal(node, tree):
                found.append(f"{path}:{node.lineno}: {node.id} is inexact: use Fraction and a named rounding")
            elif isinstance(node, ast.Attribute) and node.attr.startswith("float"):
                found.append(f"{path}:{node.lineno}: .{node.attr} is inexact: use whole sen")
    return found


def _reckons_money(path: str) -> bool:
    counts = "tests" not in Path(path).parts and path not in WITHOUT_MONEY
    return counts and any(_within(path, folder) for folder in MONEY)


def _within(path: str, folder: str) -> bool:
    wanted, parts = folder.strip("/").split("/"), path.split("/")
    return len(parts) > len(wanted) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=False))


def _is_refusal(name: ast.Name, tree: ast.Module) -> bool:
    """Whether the name is the type in `isinstance(x, float)`: that is how a float is found and refused."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 2)
    checks = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "isinstance")
    return any(name is part for check in checks for part in ast.walk(check.args[1]))


def _lines(function: _Function) -> int:
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    told = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - told


def _parsed(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        yield path, syntax_tree(root, path)
