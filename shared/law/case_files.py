"""Reads worked cases: YAML files that a lawyer writes, documented in docs/law/cases.md.

The YAML is composed, not constructed: every scalar stays the text that was written, so no amount becomes a float.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from shared.kernel.errors import JaringError, Kind
from shared.law.fact_types import Written

FIELDS = {"name": True, "about": True, "law": False, "expectation from": False, "on": True, "known": False,
          "facts": False, "expect": True}  # fmt: skip


NULL, MERGE = "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"


class CaseError(JaringError):
    """A case file is malformed; the detail begins with file and line."""

    code = "case_malformed"
    title = "A worked case is malformed"
    title_ms = "Kes contoh tidak betul bentuknya"
    kind = Kind.MALFORMED

    def __init__(self, place: str, fact: str, name: str = "") -> None:
        """`name` is the case's own, where it could be read."""
        super().__init__(f"{place}: {fact}", facts={"place": place})
        self.place = place
        self.name = name


@dataclass(frozen=True)
class Case:
    """One worked case: what is asked, on which day's law, the facts, and what is expected, all as written."""

    place: str
    name: str
    about: str
    on: date
    known: date | None
    facts: Mapping[str, Written]
    expect: Mapping[str, Written]
    law: str = ""
    expectation_from: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)

    def line_of(self, part: str, name: str) -> str:
        """File and line of a fact or an expectation by its name, or else of the case."""
        return self.lines.get(f"{part}: {name}", self.place)


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a file, or of every .yaml and .yml file under a folder, in order; raises `CaseError`."""
    for each in cases_and_faults(path):
        if isinstance(each, CaseError):
            raise each
        yield each


def cases_and_faults(path: Path) -> Iterator[Case | CaseError]:
    """The cases as `read_cases` has them, and in the place of a malformed case or file what is wrong with it."""
    if not path.exists():
        yield CaseError(str(path), "there is no such file or folder")
        return
    files = sorted(each for each in path.rglob("*") if each.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    for file in files:
        yield from _cases_of(file)


def _cases_of(file: Path) -> Iterator[Case | CaseError]:
    try:
        node = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark: Any = getattr(error, "problem_mark", None)
        yield CaseError(f"{file}:{mark.line + 1 if mark else 1}", f"this is not YAML: {error}")
        return
    except (OSError, RecursionError) as error:
        yield CaseError(f"{file}:1", f"the file cannot be read: {getattr(error, 'strerror', '') or 'it is too deep'}")
        return
    if not isinstance(node, yaml.SequenceNode):
        yield CaseError(f"{file}:1", "a list of cases is expected, each beginning with '- name:'")
        return
    for each in node.value:
        place = f"{file}:{each.start_mark.line + 1}"
        try:
            yield _case(place, each)
        except CaseError as fault:
            fault.name = fault.name or _name_of(each)
            yield fault
        except RecursionError:
            yield CaseError(place, "the case holds itself, by an anchor within it", _name_of(each))


def _name_of(node: yaml.Node) -> str:
    """The name of a case that cannot be read, where it has one."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "name" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return ""


def _case(place: str, node: yaml.Node) -> Case:
    fields = written(node, place)
    if not isinstance(fields, dict):
        raise CaseError(place, f"a case has the fields {', '.join(FIELDS)}")
    lines = _lines(place, node)
    for name in fields:
        if name not in FIELDS:
            where = lines.get(name, place)
            raise CaseError(where, f"unknown field {name!r}; a case has the fields {', '.join(FIELDS)}")
    missing = [name for name, needed in FIELDS.items() if needed and name not in fields]
    if missing:
        raise CaseError(place, f"missing: {', '.join(missing)}")
    at = {name: lines.get(name, place) for name in FIELDS}
    return Case(
        place=place,
        name=_text(fields, "name", at["name"]),
        about=_text(fields, "about", at["about"]),
        on=_day(fields, "on", at["on"]),
        known=_day(fields, "known", at["known"]) if "known" in fields else None,
        facts=_mapping(fields, "facts", at["facts"]) if "facts" in fields else {},
        expect=_mapping(fields, "expect", at["expect"]),
        law=_text(fields, "law", at["law"]) if "law" in fields else "",
        expectation_from=_text(fields, "expectation from", at["expectation from"])
        if "expectation from" in fields
        else "",
        lines=lines,
    )


def _lines(place: str, node: yaml.Node) -> dict[str, str]:
    """File and line of each field of a case, and of each fact ("facts: accident") and expectation."""
    file = place.rpartition(":")[0]
    found: dict[str, str] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        found[str(key.value)] = f"{file}:{key.start_mark.line + 1}"
        if isinstance(value, yaml.MappingNode):
            found.update(
                (f"{key.value}: {inner.value}", f"{file}:{inner.start_mark.line + 1}") for inner, _ in value.value
            )
    return found


def written(node: yaml.Node, place: str) -> Written:
    """What was written, every scalar as its text; raises `CaseError` for what is given twice or merged amiss."""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag == NULL else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [written(each, place) for each in node.value]
    found: dict[str, Written] = {}
    merged: dict[str, Written] = {}
    for key, value in node.value:
        name = str(key.value)
        if key.tag == MERGE:
            merged = {**_merged(value, place), **merged}
        elif name in found:
            raise CaseError(place, f"{name!r} is given twice (line {key.start_mark.line + 1})")
        else:
            found[name] = written(value, place)
    return {**merged, **found}


def _merged(node: yaml.Node, place: str) -> dict[str, Written]:
    """What a merge key (`<<: *same`) brings; of several mappings the first that has a name counts, as YAML has it."""
    parts = written(node, place)
    found: dict[str, Written] = {}
    for part in parts if isinstance(parts, list) else [parts]:
        if not isinstance(part, dict):
            raise CaseError(place, "<< takes a mapping, such as *same")
        found = {**part, **found}
    return found


def _text(fields: Mapping[str, Written], name: str, place: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or not value.strip():
        raise CaseError(place, f"{name} is a text")
    return value


def _day(fields: Mapping[str, Written], name: str, place: str) -> date:
    try:
        return date.fromisoformat(_text(fields, name, place).strip())
    except ValueError as error:
        raise CaseError(place, f"{name} is a date such as 2026-07-15") from error


def _mapping(fields: Mapping[str, Written], name: str, place: str) -> Mapping[str, Written]:
    value = fields[name]
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise CaseError(place, f"{name} is a mapping of names to values")
    return value
