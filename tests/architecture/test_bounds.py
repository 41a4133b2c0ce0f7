"""The documents of the services' APIs bound every string, number and array."""

import json
from typing import Any

import pytest

from shared.contracts.generate import OPENAPI
from tests.architecture.bounds import unbounded
from tests.architecture.tree import ROOT


def test_every_value_in_the_apis_is_bounded() -> None:
    documents = sorted((ROOT / OPENAPI).glob("*.json"))
    found = [f"{file.name} {place}" for file in documents for place in unbounded(json.loads(file.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, "#/properties/a: string without maxLength"),
        ({"type": "string", "format": "binary"}, "#/properties/a: string without maxLength"),
        ({"type": "integer", "minimum": 0}, "#/properties/a: integer without maximum"),
        ({"type": "number"}, "#/properties/a: number without minimum and maximum"),
        ({"type": "array", "items": {"type": "boolean"}}, "#/properties/a: array without maxItems"),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "#/properties/a/anyOf/1: string without maxLength"),
    ],
)
def test_a_value_without_limits_is_found(schema: dict[str, Any], said: str) -> None:
    assert list(unbounded({"type": "object", "properties": {"a": schema}})) == [said]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 9},
        {"type": "string", "pattern": "^[0-9]{3}$"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "enum": ["a"]},
        {"type": "integer", "exclusiveMinimum": 0, "maximum": 9},
        {"type": "boolean", "default": True, "examples": [{"type": "string"}]},
    ],
)
def test_a_value_with_limits_is_no_finding(schema: dict[str, Any]) -> None:
    assert list(unbounded({"type": "object", "properties": {"type": schema}})) == []
