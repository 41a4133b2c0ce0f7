"""Officers are held apart in one place: nobody refuses one for being another by hand, but leaves it to that place."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.tree import syntax_tree

_REFUSAL = re.compile(r"\w*(OfOneself|SecondOfficer\w*|ApproverIsProposer)")
# Who acts, and who acted before.
_OFFICERS = re.compile(r"(^|\.)(officer|approved_by|proposed_by|stated_by|entered_by|reported_by)$")
_PLACE = "shared/kernel/officers.py"


def refused_by_hand(root: Path, paths: Iterable[str]) -> list[str]:
    """Refusals of an officer for being another one, by a comparison or by name, outside `must_be_another`."""
    found = []
    for path in (each for each in paths if each.startswith(("services/", "shared/")) and "/tests/" not in each):
        for node in ast.walk(syntax_tree(root, path)) if path != _PLACE else ():
            if isinstance(node, ast.Raise) and _REFUSAL.fullmatch(_name(node.exc)):
                found.append(f"{path}:{node.lineno}: {_name(node.exc)} is raised by must_be_another")
            if (
                isinstance(node, ast.If)
                and isinstance(node.body[0], ast.Raise)
                and any(map(_is_same, ast.walk(node.test)))
            ):
                found.append(f"{path}:{node.lineno}: two officers are compared: must_be_another does that")
    return found


def _is_same(node: ast.AST) -> bool:
    """Whether it compares two officers, or looks for one among others."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.In):
        return False
    return _is_officer(node.left) and (isinstance(node.ops[0], ast.In) or _is_officer(node.comparators[0]))


def _name(raised: ast.expr | None) -> str:
    called = raised.func if isinstance(raised, ast.Call) else raised
    return "" if called is None else ast.unparse(called)


def _is_officer(node: ast.expr) -> bool:
    return bool(_OFFICERS.search(ast.unparse(node)))
