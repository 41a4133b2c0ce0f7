"""Which worked cases and which tests are near a module of the law, by who imports whom, or names a question of it."""

import ast
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.law.case_files import Case
from shared.law.determination import Determination

FAR = 1_000


@dataclass(frozen=True)
class Imports:
    """Who imports whom below `shared`, by import path."""

    importers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, root: Path, questions: Mapping[str, Determination]) -> "Imports":
        """Read every module under `shared`; a test that asks a question by its name imports who answers it."""
        paths = [path.relative_to(root) for path in sorted((root / "shared").rglob("*.py"))]
        found: dict[str, set[str]] = {name_of(path): set() for path in paths}
        for path in paths:
            tree, name = ast.parse((root / path).read_text(encoding="utf-8")), name_of(path)
            asked = _asked(tree, questions) if _is_test_of_the_law(name) else set()
            for imported in (_imported(tree) | asked) & found.keys():
                found[imported].add(name)
        return cls({name: frozenset(importers) for name, importers in found.items()})

    def distances(self, module: str) -> dict[str, int]:
        """The module itself, at zero, and all that import it, at one, or import those, by the steps between."""
        found = {module: 0}
        waiting = deque([module])
        while waiting:
            name = waiting.popleft()
            for importer in sorted(self.importers.get(name, ())):
                if importer not in found:
                    found[importer] = found[name] + 1
                    waiting.append(importer)
        return found


def name_of(path: Path) -> str:
    """The import path of a file."""
    return ".".join(path.with_suffix("").parts)


def file_of(module: str) -> str:
    """The file of an import path."""
    return f"{module.replace('.', '/')}.py"


def near_cases(
    distances: Mapping[str, int], cases: Iterable[Case], questions: Mapping[str, Determination]
) -> list[Case]:
    """The cases about a question whose code rests on the module, the nearest first."""

    def distance(case: Case) -> int:
        return distances.get(questions[case.about].decide.__module__, FAR)

    return sorted((case for case in cases if distance(case) < FAR), key=distance)


def near_tests(distances: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The test files of the law that import the module, and those that rest on it by others."""
    tests = [module for module in distances if _is_test_of_the_law(module)]
    near = sorted(file_of(module) for module in tests if distances[module] == 1)
    return near, sorted(file_of(module) for module in tests if distances[module] > 1)


def tests_of_the_law(imports: Imports) -> list[str]:
    """Every test file of the law."""
    return sorted(file_of(module) for module in imports.importers if _is_test_of_the_law(module))


def outside_modules(root: Path, files: Sequence[str]) -> set[str]:
    """The modules of others that test files import: read once, before anything is forked."""
    found = {name for file in files for name in _imported(ast.parse((root / file).read_text(encoding="utf-8")))}
    return {name for name in found if name.partition(".")[0] not in ("shared", "services", "tests", "deploy")}


def _is_test_of_the_law(module: str) -> bool:
    return module.startswith("shared.law.") and module.rpartition(".")[2].startswith("test_")


def _asked(tree: ast.Module, questions: Mapping[str, Determination]) -> set[str]:
    """The modules that answer the questions which a file names."""
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {asked.decide.__module__ for question, asked in questions.items() if question in named}


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found
