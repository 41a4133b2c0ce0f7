"""The metrics that an expression of Prometheus names: enough of its grammar for the rules and panels of this tree."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ALARMS = "deploy/observe/alarms.yml"
DASHBOARDS = ("deploy/observe/grafana/platform.json",)
# What Prometheus itself knows: of its targets, and of the rules.
ITS_OWN = {"up", "ALERTS"}
_NOT_A_METRIC = re.compile(r"\"[^\"]*\"|'[^']*'|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring)\s*\([^)]*\)")
_NAME = re.compile(r"(?<![\w.:])(?P<name>[A-Za-z_:][\w:]*)(?P<call>\s*\()?")
_WORDS = {"and", "or", "unless", "bool", "offset"}


def metrics_in(expression: str) -> set[str]:
    """The names of series in an expression."""
    # Labels first: a regular expression in them may hold brackets.
    bare = _NOT_A_METRIC.sub(" ", re.sub(r"\{[^}]*\}", " ", expression))
    return {found["name"] for found in _NAME.finditer(bare) if not found["call"]} - _WORDS


def rules(root: Path) -> list[dict[str, Any]]:
    """The alarms."""
    groups = yaml.safe_load((root / ALARMS).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions(root: Path) -> list[str]:
    """Every expression of an alarm, and of a panel or annotation that asks Prometheus."""
    found = [rule["expr"] for rule in rules(root)]
    for file in DASHBOARDS:
        found += _asked(json.loads((root / file).read_text(encoding="utf-8")))
    return found


def _asked(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("expr"), str) and node.get("datasource", {}).get("type") == "prometheus":
            yield node["expr"]
        for member in node.values():
            yield from _asked(member)
    elif isinstance(node, list):
        for member in node:
            yield from _asked(member)


def families(name: str) -> set[str]:
    """The names under which a series may be declared: a histogram's buckets stand below the histogram's own."""
    return {name} | {name.removesuffix(suffix) for suffix in ("_total", "_bucket", "_count", "_sum")}
