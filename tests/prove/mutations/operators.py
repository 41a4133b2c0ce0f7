"""What may go wrong in one place of the law: for a node of the syntax tree, what could stand there by mistake.

Words are left alone: names of facts, tests and results, messages, docstrings and what is put together in f-strings.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any, TypeAlias

Figures: TypeAlias = Mapping[str, str]
"""By the name of a figure, another figure of the same unit, to be read in its place."""

_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "half_up": "int"}
_OTHER_DEFAULTS = {"yes": "no", "no": "yes", "0.00": "0.01", "0": "1", "1": "2"}
# A switch of the machine, not of the law: a mutant of one is equivalent or breaks at once.
_SWITCHES = frozenset({"strict", "frozen", "slots", "maxsize", "eq"})


def changes(node: ast.AST, parent: ast.AST, returns: str, figures: Figures) -> Iterator[ast.AST]:
    """What could stand in place of a node; `returns` is the annotated type of the function that the node stands in."""
    if isinstance(parent, ast.keyword) and parent.arg in _SWITCHES:
        return
    if isinstance(node, ast.Return):
        yield from _returned(node, returns)
    elif type(node) in _CHANGES:
        yield from _CHANGES[type(node)](node)
    if isinstance(node, ast.Call):
        yield from _figure_swapped(node, figures)
    if isinstance(parent, ast.If | ast.IfExp) and node is parent.test and not isinstance(node, _NEGATED_ELSEWHERE):
        yield _not(node)


_NEGATED_ELSEWHERE = (ast.Compare, ast.BoolOp, ast.UnaryOp)


def _not(node: Any) -> ast.UnaryOp:
    return ast.UnaryOp(op=ast.Not(), operand=node)


def _with(node: Any, **fields: object) -> Any:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _reckoned(node: ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())


def _combined(node: ast.BoolOp) -> Iterator[ast.AST]:
    """The other operator; and one condition forgotten."""
    yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    for place in range(len(node.values)):
        left = [*node.values[:place], *node.values[place + 1 :]]
        yield left[0] if len(left) == 1 else _with(node, values=left)


def _unsigned(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield node.operand


def _counted(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield _with(node, value=not node.value)
    elif isinstance(node.value, int):
        yield from (_with(node, value=node.value + step) for step in (1, -1))


def _called(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _SWAPPED:
        yield _with(node, func=_with(node.func, id=_SWAPPED[node.func.id]))


def _declared(node: ast.keyword) -> Iterator[ast.AST]:
    """Another default of a fact, and one choice forgotten."""
    value = node.value
    if node.arg == "default" and isinstance(value, ast.Constant) and value.value in _OTHER_DEFAULTS:
        yield _with(node, value=_with(value, value=_OTHER_DEFAULTS[value.value]))
    if node.arg == "choices" and isinstance(value, ast.Tuple) and len(value.elts) > 1:
        yield _with(node, value=_with(value, elts=value.elts[:-1]))


def _filtered(node: ast.comprehension) -> Iterator[ast.AST]:
    for place in range(len(node.ifs)):
        yield _with(node, ifs=[*node.ifs[:place], *node.ifs[place + 1 :]])


def _dropped(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call):
        yield ast.copy_location(ast.Pass(), node)


def _returned(node: ast.Return, returns: str) -> Iterator[ast.AST]:
    if node.value is None or isinstance(node.value, ast.Constant):
        return
    if returns == "bool":
        if not isinstance(node.value, _NEGATED_ELSEWHERE):
            yield _with(node, value=_not(node.value))
    elif returns in ("Sen", "int", "Fraction"):
        yield _with(node, value=ast.BinOp(left=node.value, op=ast.Add(), right=ast.Constant(value=1)))
    else:
        yield _with(node, value=ast.Constant(value=None))


def _figure_swapped(node: ast.Call, figures: Figures) -> Iterator[ast.AST]:
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value in figures:
            other = _with(argument, value=figures[argument.value])
            yield _with(node, args=[*node.args[:place], other, *node.args[place + 1 :]])


_CHANGES: Mapping[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compared,
    ast.BinOp: _reckoned,
    ast.AugAssign: _reckoned,
    ast.BoolOp: _combined,
    ast.UnaryOp: _unsigned,
    ast.Constant: _counted,
    ast.Call: _called,
    ast.keyword: _declared,
    ast.comprehension: _filtered,
    ast.Expr: _dropped,
}
