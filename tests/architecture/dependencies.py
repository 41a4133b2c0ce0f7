"""Which declared libraries no file of the project uses."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.tree import syntax_tree


def unused(declared: Iterable[str], modules: Mapping[str, set[str]], used: set[str]) -> list[str]:
    """Of these requirements, those without a module that is used."""
    names = [re.match(r"[\w.-]+", requirement) for requirement in declared]
    return [name[0] for name in names if name and not modules.get(_normalised(name[0]), set()) & used]


def installed_modules() -> dict[str, set[str]]:
    """The top-level modules that each installed distribution brings."""
    modules: dict[str, set[str]] = defaultdict(set)
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules[_normalised(distribution)].add(module)
    return modules


def used_modules(root: Path, paths: Iterable[str]) -> set[str]:
    """Top-level modules that are imported, or named in a text: some are chosen by their name or found by their path."""
    return {name for path in paths for name in _names(syntax_tree(root, path))}


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.split(r"[./]", node.value, maxsplit=1)[0]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
