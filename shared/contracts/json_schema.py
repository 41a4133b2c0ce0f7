"""JSON Schemas (draft 2020-12) of the events, one document per event and version, from their pydantic models."""

import ast
import inspect
from collections.abc import Mapping
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from shared.contracts.envelope import Event
from shared.contracts.event_answered import TYPE as ANSWERED
from shared.contracts.event_answered import EventAnswered
from shared.contracts.heartbeat import DailyTotals, Heartbeat
from shared.contracts.registry import EVENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HEARTBEAT_PATH = "heartbeat/heartbeat.v1.json"
DAILY_TOTALS_PATH = "heartbeat/daily.totals.v1.json"


class _Described(GenerateJsonSchema):
    """Describes a field by the text that stands below it, and leaves out its title, which only repeats the name.

    pydantic can read these texts too, but as it makes a class, in each process: it looks through all that is imported
    for the file, which took 100 ms and made nine megabytes of a forked process its own.
    """

    def model_schema(self, schema: Any) -> dict[str, Any]:
        described = super().model_schema(schema)
        texts = _texts_below_fields(schema["cls"])
        for name, field in described["properties"].items():
            if name in texts:
                field["description"] = texts[name]
        return described

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_path(event: type[Event]) -> str:
    """Where the schema of an event stands below the folder of schemas, which is also its `$id`."""
    return f"{event.topic.name}/{event.name}.v{event.version}.json"


def inbound_path(type_: str) -> str:
    """Where the schema of the data of a pushed event stands."""
    return f"inbound/{type_}.json"


def schema_files() -> dict[str, dict[str, Any]]:
    """Every schema by its path below the folder of schemas."""
    found = {schema_path(event): schema_of(event, schema_path(event)) for event in EVENTS}
    controls: dict[str, type[BaseModel]] = {HEARTBEAT_PATH: Heartbeat, DAILY_TOTALS_PATH: DailyTotals}
    controls[inbound_path(ANSWERED)] = EventAnswered
    return found | {path: schema_of(model, path) for path, model in controls.items()}


def schema_of(model: type[BaseModel], identifier: str) -> dict[str, Any]:
    """The JSON Schema of what is sent, whole in itself: an optional value is absent or of its type, never null."""
    schema = model.model_json_schema(schema_generator=_Described)
    parts = schema.pop("$defs", {})
    described: dict[str, Any] = _without_null(_inlined(schema, parts))
    first = {"$schema": DIALECT, "$id": identifier, "title": described.pop("title"), "description": ""}
    return first | described


def _texts_below_fields(model: type[BaseModel]) -> Mapping[str, str]:
    """By field; of one that a subclass overrides, the text there or none."""
    texts: dict[str, str | None] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            texts |= _texts_in_class(each)
    return {name: text for name, text in texts.items() if text is not None}


def _texts_in_class(model: type[BaseModel]) -> dict[str, str | None]:
    (found,) = ast.parse(dedent(inspect.getsource(model))).body
    texts: dict[str, str | None] = {}
    for node, below in pairwise([*getattr(found, "body", []), None]):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            texts[node.target.id] = inspect.cleandoc(str(below.value.value)) if is_text else None
    return texts


def _inlined(node: Any, parts: dict[str, Any]) -> Any:
    """The node with every reference replaced by its part, since linters of AsyncAPI know no `$defs`."""
    if isinstance(node, list):
        return [_inlined(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _inlined(value, parts) for key, value in node.items() if key != "$ref"}
    if "$ref" not in node:
        return rest
    return _inlined(parts[node["$ref"].removeprefix("#/$defs/")], parts) | rest


def _without_null(node: Any) -> Any:
    """The node without its null alternatives and null defaults: `Event.data` leaves absent values out."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_null(value) for key, value in node.items() if (key, value) != ("default", None)}
    alternatives = kept.get("anyOf")
    if not alternatives:
        return kept
    present = [alternative for alternative in alternatives if alternative != {"type": "null"}]
    del kept["anyOf"]
    return kept | (present[0] if len(present) == 1 else {"anyOf": present})
