"""Every mutant of the law: one mistake in one place of one module, and how it reads."""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from shared.law.book import Book
from shared.law.figures import Entry, Figure
from tests.prove.mutations.operators import Figures, changes

LAW = Path("shared/law")
# Besides the Acts: what the statute book, its records and the twins are made of.
CORE = ("book", "bulk", "canonical", "decision", "determination", "facts", "figures", "loader", "population", "rule",
        "table")  # fmt: skip
_PASSED_OVER_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_comment"})
_PASSED_OVER = (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Raise)
_LONGEST = 120


@dataclass(frozen=True, eq=False)
class Mutant:
    """One mistake: its module by path, the function or name it stands in, the line, and the code before and after."""

    path: str
    where: str
    line: int
    before: str
    after: str
    tree: ast.Module
    site: "Site"
    node: ast.AST

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it while lines move."""
        return self.path, self.where, self.before, self.after

    @property
    def module(self) -> str:
        """The import path of its module."""
        return self.path.removesuffix(".py").replace("/", ".")

    def code(self) -> CodeType:
        """The module with the mistake, compiled; the tree keeps the mistake, so a process asks for one mutant only."""
        self.site.put(self.node)
        return compile(ast.fix_missing_locations(self.tree), self.path, "exec")


@dataclass(frozen=True, eq=False)
class Site:
    """A place of a syntax tree: a field of its parent, or an item of one."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        """Let a node stand here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def modules(root: Path) -> list[str]:
    """The paths of the modules that are mutated, below the root of the tree."""
    acts = [path for path in (root / LAW).glob("act*/**/*.py") if path.name != "errors.py"]
    core = [root / LAW / f"{name}.py" for name in CORE]
    return sorted(path.relative_to(root).as_posix() for path in (*core, *acts))


def mutants(root: Path, book: Book) -> list[Mutant]:
    """Every mutant, in the order of path and place."""
    figures = swapped_figures(book)
    found: list[Mutant] = []
    for path in modules(root):
        found += mutants_of(path, (root / path).read_text(encoding="utf-8"), figures)
    return found


def sample(everything: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many of them, spread evenly: each module has its share, within one, and chance chooses in it."""
    if size >= len(everything):
        return list(everything)
    chance = random.Random(seed)
    shuffled = sorted(everything, key=lambda mutant: (mutant.path, chance.random()))
    start = chance.random()
    return [shuffled[int((start + place) * len(shuffled) / size)] for place in range(size)]


def swapped_figures(book: Book) -> Figures:
    """For each figure another of its unit: one that says something else, of the same part or Act if there is one."""
    found = {name: _other(figure, book.figures) for name, figure in book.figures.items() if figure.entries}
    return {name: other for name, other in found.items() if other}


def _other(figure: Figure, figures: Mapping[str, Figure]) -> str | None:
    def far(other: Figure) -> tuple[bool, bool, bool, str]:
        same = _newest(other).value == _newest(figure).value
        parts, others = figure.name.split("."), other.name.split(".")
        return same, others[:-1] != parts[:-1], others[0] != parts[0], other.name

    # Of what officers enter the files may have nothing.
    alike = [other for other in figures.values() if other.unit is figure.unit and other is not figure and other.entries]
    return min(alike, key=far).name if alike else None


def _newest(figure: Figure) -> Entry:
    return next((entry for entry in reversed(figure.entries) if entry.in_force.year < 9999), figure.entries[-1])


def mutants_of(path: str, source: str, figures: Figures) -> Iterator[Mutant]:
    """Every mutant of one module's text."""
    tree = ast.parse(source)
    for site, node, above in _sites(tree, (tree,)):
        for changed in changes(node, site.parent, _returns(above), figures):
            before, after = _texts(site, node, changed, above)
            if before != after:
                yield Mutant(path, _where(above), _line(node), before, after, tree, site, changed)


def _sites(node: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[tuple[Site, ast.AST, tuple[ast.AST, ...]]]:
    """Every place under a node with what stands there and all that is above it, the module first."""
    for field, value in ast.iter_fields(node):
        if field in _PASSED_OVER_FIELDS:
            continue
        for index, item in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(item, ast.AST) and not isinstance(item, _PASSED_OVER) and not _is_alias(item):
                yield Site(node, field, index), item, above
                yield from _sites(item, (*above, item))


def _is_alias(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def _returns(above: Sequence[ast.AST]) -> str:
    functions = [node for node in above if isinstance(node, ast.FunctionDef)]
    return ast.unparse(functions[-1].returns) if functions and functions[-1].returns else ""


def _where(above: Sequence[ast.AST]) -> str:
    names = [node.name for node in above if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    if not names:
        names = [ast.unparse(node.targets[0]) for node in above if isinstance(node, ast.Assign)]
    return ".".join(names) or "module"


def _line(node: Any) -> int:
    found = node.target if isinstance(node, ast.comprehension) else node
    return int(found.lineno)


def _texts(site: Site, node: ast.AST, changed: ast.AST, above: Sequence[ast.AST]) -> tuple[str, str]:
    """The widest simple code around a place that still is one short line, before and after."""
    shown = node
    for wider in reversed(above):
        is_block = hasattr(wider, "body") and not isinstance(wider, ast.IfExp | ast.Lambda)
        if is_block or len(ast.unparse(wider)) > _LONGEST:
            break
        shown = wider
    before = ast.unparse(shown)
    if shown is node:
        return _short(before), _short(ast.unparse(changed))
    site.put(changed)
    after = ast.unparse(shown)
    site.put(node)
    return _short(before), _short(after)


def _short(text: str) -> str:
    return " ".join(text.split())
