"""The one dialect of the api rooms: which files there are, what they are named, and what they leave to shared.web."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import syntax_tree

DEPENDENCIES, FIELDS = "dependencies.py", "fields.py"
# The first of every api/dependencies.py, in this order.
FIRST_DEPENDENCIES = ("unit", "CommittedBeforeAnswer")
# What a route's function is named, by its HTTP method: the name is published as its operation id.
# A POST is named by what it does in the domain; a verb that is new stands here first.
POST_VERBS: tuple[str, ...] = (
    "admit_",
    "announce_",
    "answer_",
    "approve_",
    "claim_",
    "correct_",
    "discharge_",
    "draw_",
    "end_",
    "enter_",
    "inquire_",
    "record_",
)
POST_VERBS += ("propose_", "refuse_", "register_", "release_", "report_", "resume_", "send_", "start_", "stop_")
POST_VERBS += ("take_", "verify_", "withdraw_", "issue_", "retract_", "search_", "state_")
# Beside those of all resources, the verbs of resumable uploads, whose protocol has these methods.
VERBS = {"get": ("list_", "read_"), "post": POST_VERBS, "patch": ("append_",), "head": ("read_",), "delete": ("drop_",)}
# What lists by page are made of; routes ask for a Listing.
PAGING = {"Cursors", "ListRequest"}


def odd_api_files(root: Path, paths: Iterable[str]) -> list[str]:
    """Files of an api room that are neither a router, nor its dependencies, nor fields that two routers share.

    A request or an answer stands beside its routes: so there is no file of models alone.
    """
    found = []
    for path, tree in _api_files(root, paths):
        name = Path(path).name
        if name not in (DEPENDENCIES, FIELDS) and "router" not in _assigned(tree):
            found.append(f"{path}: defines no router; models stand beside their routes, shared parts in {FIELDS}")
        if any(name == "announcement_router" for _, name in _named(tree)):
            found.append(f"{path}: builds the router of announcements; main.py does")
    return found


def lone_fields(root: Path, paths: Iterable[str]) -> list[str]:
    """What stands in a fields.py and is used by fewer than two routers: it belongs beside the routes of the one."""
    trees = dict(_api_files(root, paths))
    found = []
    for path in (path for path in trees if Path(path).name == FIELDS):
        module = path.removesuffix(".py").replace("/", ".")
        users = Counter(name for tree in trees.values() for name in _imported_from(module, tree))
        names = [name for name in _defined(trees[path]) if not name.startswith("_")]
        found += [f"{path}: {name} is used by {users[name]} routers" for name in names if users[name] < 2]
    return found


def odd_dependencies(root: Path, paths: Iterable[str]) -> list[str]:
    """Services whose api/dependencies.py is missing, or does not begin with the names that all of them share."""
    listed = list(paths)
    rooms = sorted({path.rpartition("/")[0] for path in listed if _is_api(path)})
    trees = dict(_api_files(root, listed))
    found = []
    for room in rooms:
        tree = trees.get(f"{room}/{DEPENDENCIES}")
        names = tuple(_assigned(tree))[: len(FIRST_DEPENDENCIES)] if tree else ()
        if names != FIRST_DEPENDENCIES:
            found.append(f"{room}/{DEPENDENCIES}: begins with {', '.join(names) or 'nothing'}")
    return found


def hand_made_lists(root: Path, paths: Iterable[str]) -> list[str]:
    """Routes that sign, read or name cursors themselves: a `Listing` does, and it forgets no filter."""
    found = []
    for path, tree in _api_files(root, paths):
        for line, name in _named(tree):
            if name in PAGING or name == "cursors":
                found.append(f"{path}:{line}: {name}; a route asks for a Listing")
    return found


def odd_routes(root: Path, paths: Iterable[str]) -> list[str]:
    """Routes whose function has another verb than its HTTP method asks for, or a name that its service has twice."""
    found = []
    for_service: dict[str, str] = {}
    for path, tree in _api_files(root, paths):
        for function, method in _routes(tree):
            place, key = f"{path}:{function.lineno}", f"{path.split('/')[1]} {function.name}"
            if not function.name.startswith(VERBS.get(method, ())):
                found.append(f"{place}: {function.name} is a {method}: {' or '.join(VERBS.get(method, ('no verb',)))}")
            if key in for_service:
                found.append(f"{place}: {function.name} stands at {for_service[key]} too")
            for_service.setdefault(key, place)
    return found


def _is_api(path: str) -> bool:
    parts = path.split("/")
    return len(parts) > 3 and parts[0] == "services" and parts[2] == "api" and path.endswith(".py")


def _api_files(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, ast.Module]]:
    for path in filter(_is_api, paths):
        yield path, syntax_tree(root, path)


def _assigned(tree: ast.Module) -> list[str]:
    """The names that the module assigns, in order."""
    targets = [node.targets for node in tree.body if isinstance(node, ast.Assign)]
    return [target.id for group in targets for target in group if isinstance(target, ast.Name)]


def _defined(tree: ast.Module) -> list[str]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return _assigned(tree) + [node.name for node in tree.body if isinstance(node, kinds)]


def _imported_from(module: str, tree: ast.Module) -> set[str]:
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == module)
    return {alias.name for node in imports for alias in node.names}


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each name that is imported, read or reached for."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.Name():
                yield node.lineno, node.id
            case ast.Attribute():
                yield node.lineno, node.attr
            case ast.arg():
                yield node.lineno, node.arg


def _routes(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """The functions of the routes with their HTTP methods."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in (each.func for each in node.decorator_list if isinstance(each, ast.Call)):
            if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "router":
                yield node, call.attr
