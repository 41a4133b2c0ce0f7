"""Who sends and who receives which event, read from the services' syntax trees."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.architecture.tree import syntax_tree

# What builds events of the classes that a service hands to it.
_BUILDERS = frozenset({"Follower"})


def foreign_publishers(root: Path, paths: Iterable[str], owners: Mapping[str, str]) -> list[str]:
    """Places where a service builds an event that another service owns; `owners` maps event classes to services.

    Building is looked for, not publishing: an event that was built in a helper is published elsewhere by its variable.
    What a service hands to `Follower` (shared/persistence/following.py) is built there in its name.
    """
    found = []
    for path in paths:
        parts = path.split("/")
        if parts[0] != "services" or "tests" in parts:
            continue
        for line, event in _built(syntax_tree(root, path), owners):
            if owners[event] != parts[1]:
                found.append(f"{path}:{line}: {event} is sent by {owners[event]} only")
    return found


def bad_subscriptions(table: Mapping[str, Iterable[str]], topics: Mapping[str, str]) -> list[str]:
    """Subscriptions to a topic that does not exist or that the service writes itself; `topics` maps names to owners."""
    found = []
    for service, names in table.items():
        for name in names:
            if name not in topics:
                found.append(f"{service} listens to {name}, which is no topic")
            elif topics[name] == service:
                found.append(f"{service} listens to {name}, which it writes itself")
    return found


def _built(tree: ast.Module, events: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each call of an event class or of one of its class methods that build it."""
    known = _names_in(tree, set(events))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        target = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr != "type" else node.func
        name = _name_of(target)
        for each in map(_name_of, node.args) if name in _BUILDERS else [name]:
            if each in known:
                yield node.lineno, known[each]


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _names_in(tree: ast.Module, events: set[str]) -> dict[str, str]:
    """The names by which this module knows the events, also where it imports them under another."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    aliases = {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}
    return {event: event for event in events} | {new: name for new, name in aliases.items() if name in events}
