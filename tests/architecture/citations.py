"""What the files of the project cite, and what of it the repository does not define.

Rules are defined by docs/rules.md, sources of the law by docs/law/sources.md, decisions by their files in
docs/decisions, pages by standing where they are said to stand. Each check returns `path:line: what is wrong`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.architecture.tree import parsed

RULES, SOURCES, DECISIONS = "docs/rules.md", "docs/law/sources.md", "docs/decisions"
# Data, and what is generated from code that is read itself.
_NOT_READ = (".lock", ".json", ".jsonl", ".csv", ".xsd", ".txt")
# Their links are those of the pages that are made of them.
TEMPLATES = ("shared/law/cases_page.md", "shared/law/pages.py", "shared/law/readings.py")
# What a command writes is no page.
_WRITTEN = ("report.md",)
# What begins first ends where it says: a text holds no comment, and a comment no text.
_TEXT_OR_COMMENT = re.compile(
    r"""(?s:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3})|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(\#[^\n]*)"""
)
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_AND = r"(?:,? and |, | or | to |–|\.\.)"
_GAP = r"(?:[ \t]|\n[ \t]*(?:#[ \t]*|--[ \t]*)?)+"
_RULES = re.compile(rf"\b[Rr]ules?{_GAP}([A-Z][0-9]{{1,2}}(?:{_AND}[A-Z][0-9]{{1,2}})*)\b")
_RULES_ALONE = re.compile(r"(?<![\w\])}`'\"])\(([MFSPR][0-9]{1,2}(?:, [MFSPR][0-9]{1,2})*)\)")
_DECISIONS = re.compile(rf"\b[Dd]ecisions?{_GAP}([0-9]+(?:{_AND}[0-9]+)*)\b")
_ISSUES = re.compile(rf"\b[Ii]ssues?{_GAP}#?([0-9]+)\b")
_PAGES = re.compile(r"(?<![\w@./*}>\[-])((?:\.?[\w-]+/|\.\./)*[\w-]+\.md)\b(?:,? §(\d[\d.]*)|, \"([^\"\n]+)\")?")
_OUTSIDE = re.compile(r"(?<![\w/.])((?:\.\./)+[\w-][\w./-]*)")


def read(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each file that people write, with its text; of tests the comments and docstrings, as they plant findings."""
    return ((path, _text(root, path)) for path in paths if not path.endswith(_NOT_READ))


@cache
def _text(root: Path, path: str) -> str:
    data = (root / path).read_bytes()
    text = "" if b"\0" in data else data.decode("utf-8", "replace")
    return prose(text) if path.endswith(".py") and "tests" in Path(path).parts else text


def prose(code: str) -> str:
    """The comments and docstrings of Python code, each on its line."""
    kept = [""] * len(code.splitlines())
    for found in _TEXT_OR_COMMENT.finditer(code):
        if found[1]:
            kept[code.count("\n", 0, found.start())] = found[1]
    lines = code.splitlines()
    for node in _blocks(parsed(code)):
        if isinstance(node, _Documented) and ast.get_docstring(node):
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            kept[first - 1 : last] = lines[first - 1 : last]
    return "\n".join(kept)


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    """A node and the statements in it, whose expressions hold no docstring."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _blocks(child)


def unknown_rules(root: Path, paths: Iterable[str]) -> list[str]:
    """Citations of a rule that docs/rules.md does not define."""
    known = rules(root)
    return [
        f"{path}:{line}: {RULES} has no rule {rule}"
        for path, text in read(root, paths)
        for pattern in (_RULES, _RULES_ALONE)
        for line, cited in _found(pattern, text)
        for rule in re.findall(r"[A-Z][0-9]+", cited)
        if rule not in known
    ]


def unknown_decisions(root: Path, paths: Iterable[str]) -> list[str]:
    """Citations of a decision that has no file in docs/decisions."""
    known = {int(file.name[:4]) for file in (root / DECISIONS).glob("[0-9]*.md")}
    return [
        f"{path}:{line}: there is no decision {number}"
        for path, text in read(root, paths)
        for line, cited in _found(_DECISIONS, text)
        for number in re.findall(r"[0-9]+", cited)
        if int(number) not in known
    ]


def unknown_pages(root: Path, paths: Iterable[str]) -> list[str]:
    """Pages that do not stand where they are said to stand, and sections that they do not have."""
    found = []
    for path, text in read(root, (path for path in paths if path not in TEMPLATES)):
        for match in _PAGES.finditer(text):
            said, number, title = match.groups()
            page = next((base / said for base in (root, (root / path).parent) if (base / said).is_file()), None)
            if page is None and said not in _WRITTEN:
                found.append(f"{path}:{_line(text, match)}: there is no page {said}")
            elif page is not None and (number or title) and not _has_section(page, number, title):
                found.append(f"{path}:{_line(text, match)}: {said} has no section {number or title}")
    return found


def outside(root: Path, paths: Iterable[str]) -> list[str]:
    """What is cited from a folder above the repository, and issues, which stand in a tracker."""
    found = []
    for path, text in read(root, (path for path in paths if path not in TEMPLATES)):
        for line, said in _found(_OUTSIDE, text):
            target = ((root / path).parent / said).resolve()
            if path.endswith((".py", ".md")) and not (target.is_relative_to(root) and target.exists()):
                found.append(f"{path}:{line}: {said} is not in the repository")
        found += [f"{path}:{line}: issue {number} is not in the repository" for line, number in _found(_ISSUES, text)]
    return found


def rules(root: Path) -> dict[str, str]:
    """What docs/rules.md says under the heading of each rule."""
    parts = re.split(r"^##+ (.+)$", (root / RULES).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = zip(parts[1::2], parts[2::2], strict=True)
    return {heading: text for heading, text in found if re.fullmatch("[A-Z][0-9]+", heading)}


def unproved_rules(root: Path) -> list[str]:
    """Rules of docs/rules.md that name nothing that holds them."""
    holds = re.compile(r"^Held by:\n- `[\w/]+\.py", re.MULTILINE)
    return [f"{RULES}: nothing holds {name}" for name, text in rules(root).items() if not holds.search(text)]


def _has_section(page: Path, number: str | None, title: str | None) -> bool:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return any(heading == title or (number and heading.startswith(f"{number}.")) for heading in headings)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    return ((_line(text, match), match[1]) for match in pattern.finditer(text))


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start(1)) + 1
