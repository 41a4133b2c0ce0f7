"""What a JSON Schema leaves without limits: every string, number and array of an interface is bounded."""

from collections.abc import Iterator, Mapping
from typing import Any

# Formats whose values have a length of their own.
_BOUNDED_FORMATS = frozenset({"date", "date-time", "uuid"})
_MAPS = frozenset({"properties", "$defs", "schemas", "patternProperties"})
_DATA = frozenset({"example", "examples", "default", "enum", "const"})


def unbounded(node: Any, path: str = "#") -> Iterator[str]:
    """The place of each string without a length, number without a range and array without a size."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from unbounded(item, f"{path}/{index}")
    if not isinstance(node, Mapping):
        return
    missing = _missing(node)
    if missing:
        yield f"{path}: {node['type']} without {missing}"
    for key, value in node.items():
        if key in _MAPS and isinstance(value, Mapping):
            for name, schema in value.items():
                yield from unbounded(schema, f"{path}/{key}/{name}")
        elif key not in _DATA:
            yield from unbounded(value, f"{path}/{key}")


def _missing(schema: Mapping[str, Any]) -> str:
    if "enum" in schema or "const" in schema:
        return ""
    match schema.get("type"):
        case "string" if schema.get("format") not in _BOUNDED_FORMATS and not {"maxLength", "pattern"} & schema.keys():
            return "maxLength"
        case "integer" | "number":
            lower, upper = {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}
            return " and ".join(min(names, key=len) for names in (lower, upper) if not names & schema.keys())
        case "array" if "maxItems" not in schema:
            return "maxItems"
    return ""
