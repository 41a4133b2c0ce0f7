"""Rules M10: a committed version bears one more optional field and nothing else."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.compatibility import (
    ROOT,
    SCHEMAS,
    WIDENED,
    breaks,
    breaks_between,
    committed,
    exists,
    in_tree,
    widened,
)

Change = Callable[[dict[str, Any]], object]

OLD: dict[str, Any] = {
    "title": "ClaimAssessedV1",
    "type": "object",
    "required": ["claim", "amount_sen"],
    "properties": {
        "claim": {"type": "string", "format": "uuid"},
        "amount_sen": {"type": "integer", "minimum": 0, "maximum": 1000},
        "reason": {"type": "string", "maxLength": 20, "default": "late"},
        "place": {"type": "string", "enum": ["at_work", "commuting"]},
        "periods": {
            "type": "array",
            "items": {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]},
        },
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    },
}


def _field(name: str, **keywords: Any) -> Change:
    return lambda schema: schema["properties"][name].update(keywords)


def _period(change: Change) -> Change:
    return lambda schema: change(schema["properties"]["periods"]["items"])


BREAKING: dict[str, tuple[Change, str]] = {
    "a lost field": (lambda s: s["properties"].pop("reason"), ".reason: the field was lost"),
    "a retyped field": (_field("amount_sen", type="string"), ".amount_sen: retyped, type"),
    "another format": (_field("claim", format="date"), ".claim: retyped, format"),
    "optional made required": (lambda s: s["required"].append("reason"), ".reason: the field was optional"),
    "a new required field": (
        lambda s: (s["properties"].update(extra={"type": "string"}), s["required"].append("extra")),
        ".extra: the field is new and is required",
    ),
    "required made optional": (lambda s: s["required"].remove("claim"), ".claim: the field was required"),
    "a higher minimum": (_field("amount_sen", minimum=1), ".amount_sen: minimum was 0 and is 1"),
    "a lower maximum": (_field("amount_sen", maximum=999), ".amount_sen: maximum was 1000 and is 999"),
    "a wider maximum": (_field("amount_sen", maximum=1001), ".amount_sen: maximum was 1000 and is 1001"),
    "a new bound": (_field("reason", minLength=1), ".reason: minLength was absent and is 1"),
    "a bound taken away": (lambda s: s["properties"]["reason"].pop("maxLength"), "maxLength was 20 and is absent"),
    "another default": (_field("reason", default="early"), '.reason: default was "late" and is "early"'),
    "unknown fields refused": (lambda s: s.update(additionalProperties=False), "additionalProperties was absent"),
    "a new enum value": (_field("place", enum=["at_work", "commuting", "at_sea"]), "value 'at_sea' is new"),
    "a lost enum value": (_field("place", enum=["at_work"]), "value 'commuting' was lost"),
    "free text made an enum": (_field("reason", enum=["late"]), ".reason: narrowed to"),
    "a lost field in a list": (_period(lambda p: p.update(properties={})), ".periods[].days: the field was lost"),
    "an alternative less": (_field("either", anyOf=[{"type": "string"}]), ".either: retyped, 2 alternatives became 1"),
    "another alternative": (_field("either", anyOf=[{"type": "string"}, {"type": "boolean"}]), ".either|1: retyped"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_is_not_an_addition_breaks(name: str) -> None:
    change, said = BREAKING[name]
    new = copy.deepcopy(OLD)
    change(new)
    found = breaks(OLD, new)
    assert len(found) == 1
    assert said in found[0]


def test_an_optional_field_more_and_another_description_break_nothing() -> None:
    new = copy.deepcopy(OLD)
    new["properties"]["extra"] = {"type": "string", "enum": ["a"]}
    new["description"] = "Said better."
    assert breaks(OLD, new) == []


def test_a_removed_schema_breaks_and_a_new_version_does_not() -> None:
    retyped = {"type": "object", "properties": {}}
    assert breaks_between({"t/e.v1.json": OLD}, {"t/e.v1.json": OLD, "t/e.v2.json": retyped}) == []
    assert breaks_between({"t/e.v1.json": OLD}, {"t/e.v2.json": retyped}) == ["t/e.v1.json: the schema was removed"]


def test_the_base_is_read_from_the_commit_and_not_from_the_tree(tmp_path: Path) -> None:
    file = tmp_path / SCHEMAS / "t" / "e.v1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(OLD))
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "Begin")
    file.write_text("{}")
    assert committed("HEAD", tmp_path) == {"t/e.v1.json": OLD}
    assert exists("HEAD", tmp_path)
    assert not exists("HEAD^", tmp_path)


def test_a_list_that_is_excused_has_the_value_and_a_decision() -> None:
    """Without the value in the tree the line would excuse another change one day."""
    schemas = in_tree()
    for finding, decision in widened().items():
        file, path, said = finding.split(": ")
        value = said.split("'")[1]
        narrower = copy.deepcopy(schemas[file])
        assert _values_at(narrower, path).pop(_values_at(narrower, path).index(value)) == value
        assert breaks(narrower, schemas[file]) == [f"{path}: {said}"]
        assert list((ROOT / "docs" / "decisions").glob(f"{decision:04d}-*.md")), finding


def _values_at(schema: Any, path: str) -> list[str]:
    """The list of values of the field at a path as findings name it, such as `(root).funds[].fund`."""
    for step in path.removeprefix("(root).").split("."):
        schema = schema["properties"][step.removesuffix("[]")]
        schema = schema["items"] if step.endswith("[]") else schema
    values: list[str] = schema["enum"]
    return values


@pytest.mark.parametrize(
    "line",
    [
        "t/e.v1.json: (root).reason: the field was lost (decision 47)",
        "t/e.v1.json: (root).place: the value 'at_sea' is new",
        "t/e.v1.json: (root).place: the value 'at_sea' was lost (decision 47)",
    ],
)
def test_nothing_but_a_value_more_is_excused(tmp_path: Path, line: str) -> None:
    (tmp_path / WIDENED).parent.mkdir(parents=True)
    (tmp_path / WIDENED).write_text(line + "\n")
    with pytest.raises(ValueError, match="nothing else"):
        widened(tmp_path)


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)  # noqa: S603, S607
