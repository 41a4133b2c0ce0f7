"""deploy/observe beside the platform that it shows: targets, limits, reasons and the page that says what to do."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.platform import PROCESSES
from tests.architecture.tree import syntax_tree

GAUGES = "shared/process/gauges.py"
OPERATIONS = "docs/operations.md"
_DURATION = re.compile(r"[1-9][0-9]*[smh]")
_LIMIT = re.compile(r">=?\s*(?P<limit>[0-9]+)\s*$")
Rule = Mapping[str, Any]


def wrong_targets(configuration: Mapping[str, Any]) -> list[str]:
    """Processes that Prometheus does not read, and targets that are no process."""
    read = {
        (f"{name}:{each['port']}", *_relabelled(job["relabel_configs"], name))
        for job in configuration["scrape_configs"]
        for each in job["dns_sd_configs"]
        # Only by its addresses is every container behind a name found.
        if each["type"] == "A"
        for name in each["names"]
    }
    there = {(f"{each.name}:{each.port}", each.service, each.kind) for each in PROCESSES}
    return [f"not read: {name}" for name, *_ in sorted(there - read)] + [
        f"is no process: {name}" for name, *_ in sorted(read - there)
    ]


def _relabelled(relabelling: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    """The service and the process that a target of this name says it is."""
    for label in ("service", "process"):
        [rule] = (each for each in relabelling if each["target_label"] == label)
        found = re.fullmatch(rule["regex"], name) if rule["source_labels"] == ["__meta_dns_name"] else None
        yield found.expand(rule["replacement"].replace("$", "\\")) if found else ""


def never_missed(rules: Sequence[Rule]) -> list[str]:
    """Processes of which no alarm says that nothing at all stands behind their name."""
    [away] = (rule["expr"] for rule in rules if rule["alert"] == "ProcessAway")
    said = set(re.findall(r'absent\(up\{service="(\w+)", process="(\w+)"\}\)', away))
    return sorted(each.name for each in PROCESSES if (each.service, each.kind) not in said)


def misshapen(rules: Sequence[Rule]) -> list[str]:
    """Alarms without a severity or a sentence, with a duration that is none, or of a name that another has."""
    names = [rule["alert"] for rule in rules]
    found = [f"{name}: twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for rule in rules:
        if unknown := rule.keys() - {"alert", "expr", "for", "labels", "annotations"}:
            found.append(f"{rule['alert']}: {sorted(unknown)} is no part of an alarm")
        if rule.get("labels", {}).get("severity") not in ("page", "ticket"):
            found.append(f"{rule['alert']}: without a severity")
        if not rule.get("annotations", {}).get("summary"):
            found.append(f"{rule['alert']}: without a summary")
        if not _DURATION.fullmatch(rule.get("for", "1m")):
            found.append(f"{rule['alert']}: for {rule['for']}")
    return found


def reasons(root: Path) -> dict[str, int | None]:
    """The codes of the reasons for which a process is degraded, each with its limit where it has one."""
    tree = syntax_tree(root, GAUGES)
    limits: dict[str, int] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(limit))):
                limits[name] = limit
    return {code: limits[limit] if limit else None for code, limit in _reasons(tree)}


def _reasons(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Each `Degraded(code, ...)`, and the constant in capitals that the condition around it names."""
    conditions = [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For)]
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Degraded":
            around = [each for each in conditions if isinstance(each, ast.If) and call in ast.walk(each)]
            named = re.findall(r"\b[A-Z]+_SECONDS\b", ast.unparse(around[-1].test)) if around else []
            yield ast.literal_eval(call.args[0]), named[0] if named else None


def other_limits(rules: Sequence[Rule], said: Mapping[str, int | None]) -> list[str]:
    """Reasons without an alarm of that code, alarms with a code that no process says, and other numbers."""
    alarms = {rule["labels"]["code"]: rule for rule in rules if "code" in rule["labels"]}
    found = [f"{code}: has no alarm" for code in sorted(said.keys() - alarms.keys())]
    found += [f"{code}: is said by no process" for code in sorted(alarms.keys() - said.keys())]
    for code in sorted(said.keys() & alarms.keys()):
        limit = _LIMIT.search(alarms[code]["expr"])
        if limit is None or int(limit["limit"]) != (said[code] or 0):
            found.append(f"{code}: {alarms[code]['expr']}, and not {said[code] or 0}")
    return found


def undescribed(rules: Sequence[Rule], page: str) -> list[str]:
    """Alarms without a row on the page of operations, and rows of alarms that there are not."""
    rows = set(re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", page, flags=re.MULTILINE))
    names = {rule["alert"] for rule in rules}
    return [f"{name}: has no row" for name in sorted(names - rows)] + [
        f"{name}: is no alarm" for name in sorted(rows - names)
    ]
