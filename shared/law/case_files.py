"""Reads worked cases: YAML files that a lawyer writes, documented in docs/law/cases.md.

The YAML is composed, not constructed: every scalar stays the text that was written, so no amount becomes a float.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from shared.kernel.errors import JaringError, Kind
from shared.law.facts import Written

FIELDS = {"name": True, "about": True, "law": False, "expectation from": False, "on": True, "known": False,
          "facts": True, "expect": True}  # fmt: skip


class CaseError(JaringError):
    """A case file is malformed; the detail begins with file and line."""

    code = "case_malformed"
    title = "A worked case is malformed"
    title_ms = "Kes contoh tidak betul bentuknya"
    kind = Kind.MALFORMED

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(f"{place}: {fact}", facts={"place": place})


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


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a file, or of every .yaml and .yml file under a folder, in order; raises `CaseError`."""
    if not path.exists():
        raise CaseError(str(path), "there is no such file or folder")
    files = sorted(each for each in path.rglob("*") if each.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    for file in files:
        yield from _cases_of(file)


def _cases_of(file: Path) -> Iterator[Case]:
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark: Any = getattr(error, "problem_mark", None)
        raise CaseError(f"{file}:{mark.line + 1 if mark else 1}", f"this is not YAML: {error}") from error
    if not isinstance(node, yaml.SequenceNode):
        raise CaseError(f"{file}:1", "a list of cases is expected, each beginning with '- name:'")
    for each in node.value:
        yield _case(file, each)


def _case(file: Path, node: yaml.Node) -> Case:
    place = f"{file}:{node.start_mark.line + 1}"
    fields = _written(node, place)
    if not isinstance(fields, dict):
        raise CaseError(place, f"a case has the fields {', '.join(FIELDS)}")
    for name in fields:
        if name not in FIELDS:
            raise CaseError(place, f"unknown field {name!r}; a case has the fields {', '.join(FIELDS)}")
    missing = [name for name, needed in FIELDS.items() if needed and name not in fields]
    if missing:
        raise CaseError(place, f"missing: {', '.join(missing)}")
    return Case(
        place=place,
        name=_text(fields, "name", place),
        about=_text(fields, "about", place),
        on=_day(fields, "on", place),
        known=_day(fields, "known", place) if "known" in fields else None,
        facts=_mapping(fields, "facts", place),
        expect=_mapping(fields, "expect", place),
        law=_text(fields, "law", place) if "law" in fields else "",
        expectation_from=_text(fields, "expectation from", place) if "expectation from" in fields else "",
    )


def _written(node: yaml.Node, place: str) -> Written:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_written(each, place) for each in node.value]
    found: dict[str, Written] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in found:
            raise CaseError(place, f"{name!r} is given twice (line {key.start_mark.line + 1})")
        found[name] = _written(value, place)
    return found


def _text(fields: Mapping[str, Written], name: str, place: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or not value.strip():
        raise CaseError(place, f"{name} is a text")
    return value


def _day(fields: Mapping[str, Written], name: str, place: str) -> date:
    try:
        return date.fromisoformat(_text(fields, name, place))
    except ValueError as error:
        raise CaseError(place, f"{name} is a date such as 2026-07-15") from error


def _mapping(fields: Mapping[str, Written], name: str, place: str) -> Mapping[str, Written]:
    value = fields[name]
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise CaseError(place, f"{name} is a mapping of names to values")
    return value
