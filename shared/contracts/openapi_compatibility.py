"""Whether the services' APIs are still what was released, plus additions (rules M11).

`python -m shared.contracts.openapi_compatibility` compares docs/openapi with shared/contracts/released and exits with 1
when a change would break a caller; `--release` makes what stands in docs/openapi the released form. What is taken may
grow wider, what is answered may grow narrower; a member of an answer may be added, an optional one of a request too.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.contracts.generate import OPENAPI, ROOT

Node = Mapping[str, Any]

RELEASED = "shared/contracts/released"
_ANNOTATIONS = frozenset({"title", "description", "summary", "example", "examples", "tags", "license", "servers"})
# What stands below these is found by a name of somebody's choice.
_BY_NAME = frozenset({"properties", "schemas", "paths", "headers", "responses", "content", "securitySchemes"})
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_KIND = ("type", "format", "const")
_NULL = {"type": "null"}


def breaks_between(old: Mapping[str, Node], new: Mapping[str, Node]) -> list[str]:
    """The breaks of all services, by name; a service that is new breaks nothing, one that is gone does."""
    found = [f"{service}: the service was lost" for service in old if service not in new]
    for service in old.keys() & new.keys():
        found += [f"{service}: {finding}" for finding in breaks(old[service], new[service])]
    return sorted(found)


def breaks(old: Node, new: Node) -> list[str]:
    """Every way in which a caller of `old` is let down by `new`."""
    comparison = _Comparison(old, new)
    found: list[str] = []
    for path, methods in old["paths"].items():
        for method, operation in methods.items():
            place, other = f"{method.upper()} {path}", new["paths"].get(path, {}).get(method)
            found += [f"{place}: the operation was lost"] if other is None else comparison.of(operation, other, place)
    return found


class _Comparison:
    """Two documents, whose references are followed."""

    def __init__(self, old: Node, new: Node) -> None:
        self._old, self._new = old, new
        self._open: set[tuple[str, str]] = set()

    def of(self, old: Node, new: Node, place: str) -> Iterator[str]:
        """The breaks of one operation."""
        if old["operationId"] != new["operationId"]:
            yield f"{place}: the operation id was {old['operationId']} and is {new['operationId']}"
        for scope in sorted(_scopes(new) - _scopes(old)):
            yield f"{place}: the scope {scope} is needed"
        yield from self._parameters(old, new, place)
        yield from self._body(old.get("requestBody"), new.get("requestBody"), place)
        yield from self._answers(old["responses"], new["responses"], place)

    def _parameters(self, old: Node, new: Node, place: str) -> Iterator[str]:
        before, after = _parameters(old), _parameters(new)
        for name in before:
            if name not in after:
                yield f"{place}: {name} was lost"
                continue
            if after[name].get("required") and not before[name].get("required"):
                yield f"{place}: {name} was optional and is required"
            yield from self._schema(before[name]["schema"], after[name]["schema"], f"{place}: {name}", taken=True)
        for name in after:
            if name not in before and after[name].get("required"):
                yield f"{place}: {name} is new and is required"

    def _body(self, old: Node | None, new: Node | None, place: str) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{place}: a body is required"
            return
        after = {} if new is None else new["content"]
        yield from self._content(old["content"], after, f"{place}: body", taken=True)

    def _answers(self, old: Node, new: Node, place: str) -> Iterator[str]:
        before = {status: self._at(self._old, answer) for status, answer in old.items() if status.startswith("2")}
        after = {status: self._at(self._new, answer) for status, answer in new.items() if status.startswith("2")}
        yield from (f"{place}: the answer {status} was lost" for status in before if status not in after)
        yield from (f"{place}: the answer {status} is new" for status in after if status not in before)
        for status in before.keys() & after.keys():
            content, other = before[status].get("content", {}), after[status].get("content", {})
            yield from self._content(content, other, f"{place}: {status}", taken=False)

    def _content(self, old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
        for media_type in old:
            if media_type not in new:
                yield f"{place}: {media_type} was lost"
                continue
            yield from self._schema(old[media_type]["schema"], new[media_type]["schema"], place, taken=taken)

    def _schema(self, old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
        """The breaks of a value that a caller sends (`taken`) or gets."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._open:
                return
            self._open.add(pair)
        old, new = self._at(self._old, old), self._at(self._new, new)
        if any(word in each for each in (old, new) for word in ("anyOf", "oneOf")):
            yield from self._alternatives(old, new, place, taken=taken)
        else:
            yield from _value_breaks(old, new, place, taken=taken)
            yield from self._members(old, new, place, taken=taken)
        self._open.discard(pair)

    def _alternatives(self, old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
        before, after = _alternatives_of(old), _alternatives_of(new)
        # Who sends must still find each alternative taken; who gets must know each that comes.
        must_fit, among = (before, after) if taken else (after, before)
        for each in must_fit:
            others = [other for other in among if (other == _NULL) is (each == _NULL)]
            tried = [
                list(self._schema(*((each, other) if taken else (other, each)), place, taken=taken)) for other in others
            ]
            if not tried:
                kind = each.get("type", each.get("$ref", "an alternative"))
                yield f"{place}: {kind} is {'not taken any more' if taken else 'new'}"
            elif all(tried):
                yield from min(tried, key=len)

    def _members(self, old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield f"{place}.{name}: the member was lost"
            else:
                yield from self._schema(before[name], after[name], f"{place}.{name}", taken=taken)
        yield from _required_breaks(old, new, place, taken=taken)
        for keyword, step in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping):
                yield from self._schema(old[keyword], new[keyword], f"{place}{step}", taken=taken)

    def _at(self, document: Node, node: Node) -> Node:
        while "$ref" in node:
            found: Any = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node


def _alternatives_of(schema: Node) -> list[Node]:
    """Those of a choice, be it told apart by a member of each (`oneOf`) or not; else the one that it is."""
    return list(schema.get("anyOf", schema.get("oneOf", [schema])))


def _required_breaks(old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
    before, after = set(old.get("required", [])), set(new.get("required", []))
    if taken:
        yield from (f"{place}.{name}: the member is required" for name in sorted(after - before))
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            yield f"{place}: unknown members are refused"
    else:
        lost = sorted(name for name in before - after if name in new.get("properties", {}))
        yield from (f"{place}.{name}: the member may be missing" for name in lost)


def _value_breaks(old: Node, new: Node, place: str, *, taken: bool) -> Iterator[str]:
    for keyword in _KIND:
        if old.get(keyword) != new.get(keyword):
            yield f"{place}: {keyword} was {_said(old, keyword)} and is {_said(new, keyword)}"
    # What may come is what the stricter side lets through.
    wide, narrow = (old, new) if taken else (new, old)
    for keyword, sign in [*((each, 1) for each in _LOWER), *((each, -1) for each in _UPPER)]:
        limit, other = narrow.get(keyword), wide.get(keyword)
        if limit is not None and (other is None or sign * limit > sign * other):
            yield f"{place}: {keyword} was {_said(old, keyword)} and is {_said(new, keyword)}"
    if "pattern" in narrow and narrow["pattern"] != wide.get("pattern"):
        yield f"{place}: pattern was {_said(old, 'pattern')} and is {_said(new, 'pattern')}"
    if "enum" in narrow:
        odd = [value for value in wide.get("enum", ["any value"]) if value not in narrow["enum"]]
        yield from (f"{place}: {value!r} {'is not taken any more' if taken else 'is new'}" for value in odd)
    if taken and old.get("default") != new.get("default"):
        yield f"{place}: default was {_said(old, 'default')} and is {_said(new, 'default')}"


def _scopes(operation: Node) -> set[str]:
    return {scope for each in operation.get("security", []) for scopes in each.values() for scope in scopes}


def _parameters(operation: Node) -> dict[str, Node]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", [])}


def _said(schema: Node, keyword: str) -> str:
    return json.dumps(schema[keyword]) if keyword in schema else "absent"


def binding(node: Any, *, by_name: bool = False) -> Any:
    """What binds of a document: all but its texts and examples."""
    if isinstance(node, list):
        return [binding(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = node if by_name else {key: value for key, value in node.items() if key not in _ANNOTATIONS}
    return {key: binding(value, by_name=not by_name and key in _BY_NAME) for key, value in kept.items()}


def documents(folder: Path) -> dict[str, Node]:
    """The documents of a folder by service."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def release(root: Path = ROOT) -> None:
    """Make what stands in docs/openapi the released form."""
    folder = root / RELEASED
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.json"):
        file.unlink()
    for service, document in documents(root / OPENAPI).items():
        text = json.dumps(binding(document), indent=1, ensure_ascii=False)
        (folder / f"{service}.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Print every break, or release; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.openapi_compatibility", description=__doc__)
    parser.add_argument("--release", action="store_true", help="make docs/openapi the released form")
    if parser.parse_args(arguments).release:
        release(root)
        return 0
    released = documents(root / RELEASED)
    found = breaks_between(released, documents(root / OPENAPI)) if released else [f"{RELEASED}: nothing is released"]
    if found:
        sys.stderr.write("\n".join([*found, "A caller would be let down; see CONTRIBUTING.md, a route.", ""]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
