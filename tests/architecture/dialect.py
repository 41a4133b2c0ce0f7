"""One dialect in five services: what the rooms `commands/`, `events/` and `consumers/` hold, and who takes what last.

Each function returns `path: what is wrong`, read from syntax trees.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from shared.contracts.topics import TOPICS
from tests.architecture.tree import syntax_tree

_Function = ast.FunctionDef | ast.AsyncFunctionDef
ROOM = re.compile(
    r"services/[a-z]+/(?P<room>commands|consumers|events|queries|schedules|storage)/(?P<file>[a-z0-9_]+)\.py"
)
UNIT = re.compile(r"(UnitOfWork|U)$")


def commands_without_command(root: Path, paths: Iterable[str]) -> list[str]:
    """Files of `commands/` that do not hold the command and the handler that they are named after."""
    found = []
    for path, room, name in _in_rooms(paths):
        if room != "commands":
            continue
        tree = syntax_tree(root, path)
        classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        handlers = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
        command = "".join(word.capitalize() for word in name.split("_"))
        if command not in classes:
            found.append(f"{path}: holds no command {command}")
        if name not in handlers:
            found.append(f"{path}: holds no handler {name}")
    return found


def files_without_topic(paths: Iterable[str]) -> list[str]:
    """Files of `events/` and `consumers/` that are not named after a topic, or after the last word of several.

    Topics that share it have one shape, and each its own owner: of what all of them state one file makes the same.
    """
    topics = {topic.name.replace(".", "_") for topic in TOPICS}
    last_words = Counter(topic.name.rpartition(".")[2] for topic in TOPICS)
    topics |= {word for word, number in last_words.items() if number > 1}
    return [
        f"{path}: there is no such topic"
        for path, room, name in _in_rooms(paths)
        if room in ("events", "consumers") and name not in topics
    ]


def units_not_last(root: Path, paths: Iterable[str]) -> list[str]:
    """Functions of these rooms that take the unit of work anywhere but last."""
    found = []
    for path, _, _ in _in_rooms(paths):
        for function in (node for node in ast.walk(syntax_tree(root, path)) if isinstance(node, _Function)):
            takes = [_annotation(each) for each in (*function.args.args, *function.args.kwonlyargs)]
            if any(UNIT.search(annotation) for annotation in takes[:-1]):
                found.append(f"{path}:{function.lineno}: {function.name} takes the unit of work before something else")
    return found


def bare_subjects(root: Path, paths: Iterable[str]) -> list[str]:
    """Calls of `due.when`, `due.wake` and `due.wake_arrived` that are given a text: a subject has one constructor."""
    return [
        f"{path}:{call.lineno}: a subject is made by Subject.of, never a bare text"
        for path in _naming(root, paths, "due.")
        for call in _calls(syntax_tree(root, path))
        if _is_due(call.func) and any(map(_holds_text, call.args))
    ]


def subjects_elsewhere(root: Path, paths: Iterable[str]) -> list[str]:
    """Calls of `Subject.of` in a service outside its `domain/subjects.py`: each kind is written once."""
    return [
        f"{path}:{call.lineno}: a subject of a service is made in its domain/subjects.py"
        for path in _naming(root, paths, "Subject.of")
        if path.startswith("services/") and not re.search(r"/tests/|/domain/subjects\.py$", path)
        for call in _calls(syntax_tree(root, path))
        if ast.unparse(call.func) == "Subject.of"
    ]


def _is_due(function: ast.expr) -> bool:
    return bool(re.search(r"\bdue\.(when|wake|wake_arrived)$", ast.unparse(function)))


def _holds_text(node: ast.AST) -> bool:
    """Whether a text stands in it, outside the calls that make subjects of texts."""
    if isinstance(node, ast.Call):
        return False
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    return any(map(_holds_text, ast.iter_child_nodes(node)))


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _annotation(argument: ast.arg) -> str:
    return "" if argument.annotation is None else ast.unparse(argument.annotation)


def _in_rooms(paths: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for path in paths:
        found = ROOM.fullmatch(path)
        if found is not None:
            yield path, found["room"], found["file"]


def _naming(root: Path, paths: Iterable[str], text: str) -> Iterator[str]:
    """The files in which a text stands at all: to read a tree takes a hundred times as long."""
    return (path for path in paths if text in (root / path).read_text(encoding="utf-8"))
