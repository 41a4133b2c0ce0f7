"""Whether the events' schemas are still what was committed, plus additions (rules M10).

`python -m shared.contracts.compatibility` compares the schemas in the tree with those of the last commits and exits
with 1 when one breaks. The only change that a version bears is one more optional field; anything else is a new version
in a new file. A wider bound breaks as much as a narrower one: the release that runs refuses what it does not allow. A
list of values is widened before anybody states the new one: `widened.txt` has each finding with the decision (47).
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = "shared/contracts/schemas"
WIDENED = "shared/contracts/widened.txt"
# Nothing is excused but a value more in a list: the finding as it is printed, and the decision that allows it.
_EXCUSED = re.compile(r"(?P<finding>[^ :]+\.json: \S+: the value '[a-z0-9_]+' is new) \(decision (?P<decision>\d+)\)")
# The commit before the last as well: after a commit the tree equals it, and a break inside it would go unseen.
BASES = ("HEAD", "HEAD^")
_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "examples", "deprecated"})
_STRUCTURE = frozenset({"properties", "required", "items", "enum", "type", "format", "anyOf"})


def breaks(old: Schema, new: Schema, path: str = "") -> list[str]:
    """Every way in which `new` is not `old` plus optional fields, as `path: what is broken`."""
    return list(_breaks(old, new, path or "(root)"))


def breaks_between(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """The breaks of a whole set of schemas by file name; a file that is new breaks nothing, one that is gone does."""
    found = [f"{name}: the schema was removed" for name in old if name not in new]
    for name in old.keys() & new.keys():
        found += [f"{name}: {finding}" for finding in breaks(old[name], new[name])]
    return sorted(found)


def _breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    yield from _type_breaks(old, new, path)
    yield from _field_breaks(old, new, path)
    yield from _enum_breaks(old, new, path)
    if "items" in old and "items" in new:
        yield from _breaks(old["items"], new["items"], f"{path}[]")
    for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS - _STRUCTURE):
        if old.get(keyword) != new.get(keyword):
            yield f"{path}: {keyword} was {_said(old, keyword)} and is {_said(new, keyword)}"


def _type_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for keyword in ("type", "format"):
        if old.get(keyword) != new.get(keyword):
            yield f"{path}: retyped, {keyword} was {_said(old, keyword)} and is {_said(new, keyword)}"
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if len(before) != len(after):
        yield f"{path}: retyped, {len(before)} alternatives became {len(after)}"
        return
    for index, (alternative, other) in enumerate(zip(before, after, strict=True)):
        yield from _breaks(alternative, other, f"{path}|{index}")


def _field_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", [])), set(new.get("required", []))
    for name in before:
        if name not in after:
            yield f"{path}.{name}: the field was lost"
            continue
        if name in was_required - is_required:
            yield f"{path}.{name}: the field was required and is optional"
        yield from _breaks(before[name], after[name], f"{path}.{name}")
    for name in sorted(is_required - was_required):
        was = "was optional" if name in before else "is new"
        yield f"{path}.{name}: the field {was} and is required"


def _enum_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    if ("enum" in old) != ("enum" in new):
        yield f"{path}: narrowed to or widened from a list of values"
        return
    before, after = old.get("enum", []), new.get("enum", [])
    yield from (f"{path}: the value {value!r} was lost" for value in before if value not in after)
    yield from (f"{path}: the value {value!r} is new" for value in after if value not in before)


def _said(schema: Schema, keyword: str) -> str:
    return json.dumps(schema[keyword]) if keyword in schema else "absent"


def in_tree(root: Path = ROOT) -> dict[str, Schema]:
    """The schemas that stand in the tree, by path below their folder."""
    folder = root / SCHEMAS
    return {
        str(file.relative_to(folder)): json.loads(file.read_text(encoding="utf-8")) for file in folder.rglob("*.json")
    }


def committed(revision: str, root: Path = ROOT) -> dict[str, Schema]:
    """The schemas of a commit, by path below their folder; none where there is no such commit."""
    listed = _git(root, "ls-tree", "-r", "--name-only", "-z", revision, "--", SCHEMAS).split("\0")
    paths = [path for path in listed if path.endswith(".json")]
    return {path.removeprefix(SCHEMAS + "/"): json.loads(_git(root, "show", f"{revision}:{path}")) for path in paths}


def widened(root: Path = ROOT) -> dict[str, int]:
    """The lists of values that were widened: each finding with the number of the decision that allows it."""
    lines = (root / WIDENED).read_text(encoding="utf-8").splitlines()
    said = {line: _EXCUSED.fullmatch(line) for line in lines}
    if unread := [line for line, match in said.items() if match is None]:
        raise ValueError(f"{WIDENED} excuses a value more in a list and nothing else: {unread[0]}")
    return {match["finding"]: int(match["decision"]) for match in said.values() if match is not None}


def exists(revision: str, root: Path = ROOT) -> bool:
    """Whether the repository holds this commit: the first commit has none before it, a shallow clone neither."""
    return bool(_git(root, "rev-list", "--max-count=1", "--ignore-missing", revision, "--", check=False).strip())


def _git(root: Path, *arguments: str, check: bool = True) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout  # noqa: S603


def main(arguments: list[str] | None = None) -> int:
    """Print every break against the bases; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.compatibility", description=__doc__)
    parser.add_argument("bases", nargs="*", help="commits to compare the tree with; the last two when none is named")
    bases = parser.parse_args(arguments).bases or [base for base in BASES if exists(base)]
    found = {finding for base in bases for finding in breaks_between(committed(base), in_tree())} - widened().keys()
    if found:
        sys.stderr.write("\n".join([*sorted(found), "Additions only; anything else is a new version (rules M10).", ""]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
