"""Rules M11: what was released of an API is kept; what is taken may grow, what is answered may not surprise."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.generate import OPENAPI
from shared.contracts.openapi_compatibility import RELEASED, binding, breaks, breaks_between, main

Change = Callable[[dict[str, Any]], object]

OLD: dict[str, Any] = {
    "paths": {
        "/v1/notices": {
            "post": {
                "operationId": "report_accident",
                "security": [{"token": ["claims:notice:write"]}],
                "parameters": [
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100, "default": 50}},
                    {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NoticeIn"}},
                        "text/plain": {"schema": {"type": "string"}},
                    },
                },
                "responses": {
                    "202": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NoticeOut"}}}},
                    "404": {"content": {}},
                },
            }
        },
        "/v1/claims": {"get": {"operationId": "list_claims", "responses": {"200": {"content": {}}}}},
    },
    "components": {
        "schemas": {
            "NoticeIn": {
                "type": "object",
                "additionalProperties": False,
                "required": ["place"],
                "properties": {
                    "place": {"type": "string", "enum": ["at_work", "commuting"]},
                    "days": {"type": "array", "maxItems": 5, "items": {"type": "string", "format": "date"}},
                    "person": {"anyOf": [{"type": "string", "pattern": "^P"}, {"type": "null"}]},
                    "other": {"$ref": "#/components/schemas/NoticeIn"},
                    "says": {
                        "discriminator": {"propertyName": "kind"},
                        "oneOf": [
                            {"properties": {"kind": {"const": "yes"}}, "required": ["kind"]},
                            {"properties": {"kind": {"const": "no"}}, "required": ["kind"]},
                        ],
                    },
                },
            },
            "NoticeOut": {
                "type": "object",
                "required": ["claim", "state"],
                "properties": {
                    "claim": {"type": "string", "format": "uuid"},
                    "state": {"type": "string", "enum": ["received", "decided"]},
                    "reason": {"type": "string", "maxLength": 20},
                },
            },
        }
    },
}


def _post(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/notices"]["post"]
    return found


def _given(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["NoticeIn"]
    return found


def _got(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["NoticeOut"]
    return found


BREAKING: dict[str, tuple[Change, str]] = {
    "a lost path": (lambda d: d["paths"].pop("/v1/claims"), "GET /v1/claims: the operation was lost"),
    "a lost method": (lambda d: d["paths"]["/v1/claims"].pop("get"), "GET /v1/claims: the operation was lost"),
    "another id": (lambda d: _post(d).update(operationId="add_notice"), "id was report_accident and is add_notice"),
    "another scope": (lambda d: _post(d)["security"][0]["token"].append("claims:x:y"), "claims:x:y is needed"),
    "a lost parameter": (lambda d: _post(d)["parameters"].pop(0), "query limit was lost"),
    "a required parameter": (lambda d: _post(d)["parameters"][0].update(required=True), "was optional and is required"),
    "a new required parameter": (
        lambda d: _post(d)["parameters"].append({"in": "query", "name": "x", "required": True, "schema": {}}),
        "query x is new and is required",
    ),
    "a narrower parameter": (lambda d: _post(d)["parameters"][0]["schema"].update(maximum=50), "maximum was 100"),
    "another default": (lambda d: _post(d)["parameters"][0]["schema"].update(default=10), "default was 50 and is 10"),
    "a lost media type": (lambda d: _post(d)["requestBody"]["content"].pop("text/plain"), "text/plain was lost"),
    "a body for a read": (
        lambda d: d["paths"]["/v1/claims"]["get"].update(requestBody={"required": True, "content": {}}),
        "a body is required",
    ),
    "a lost answer": (lambda d: _post(d)["responses"].pop("202"), "the answer 202 was lost"),
    "a new success": (lambda d: _post(d)["responses"].update({"200": {"content": {}}}), "the answer 200 is new"),
    "a place that is not taken": (lambda d: _given(d)["properties"]["place"].update(enum=["at_work"]), "'commuting'"),
    "free text made a choice": (
        lambda d: _given(d)["properties"]["days"]["items"].update(enum=["2026-01-01"]),
        "'any value' is not taken",
    ),
    "a new required member": (lambda d: _given(d)["required"].append("days"), ".days: the member is required"),
    "a member that is not taken": (lambda d: _given(d)["properties"].pop("days"), ".days: the member was lost"),
    "fewer items": (lambda d: _given(d)["properties"]["days"].update(maxItems=4), "maxItems was 5 and is 4"),
    "another format of an item": (lambda d: _given(d)["properties"]["days"]["items"].pop("format"), "[]: format was"),
    "null not taken": (lambda d: _given(d)["properties"]["person"]["anyOf"].pop(), "null is not taken any more"),
    "another pattern": (
        lambda d: _given(d)["properties"]["person"]["anyOf"][0].update(pattern="^Q"),
        'pattern was "^P"',
    ),
    "a new required member of one of a choice": (
        lambda d: _given(d)["properties"]["says"]["oneOf"][0]["required"].append("day"),
        ".says.day: the member is required",
    ),
    "a lost member of an answer": (lambda d: _got(d)["properties"].pop("claim"), ".claim: the member was lost"),
    "one that may be missing": (lambda d: _got(d)["required"].remove("claim"), ".claim: the member may be missing"),
    "one that may be null": (
        lambda d: _got(d)["properties"].update(
            claim={"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
        ),
        "null is new",
    ),
    "a state that clients do not know": (lambda d: _got(d)["properties"]["state"]["enum"].append("x"), "'x' is new"),
    "a longer text": (lambda d: _got(d)["properties"]["reason"].update(maxLength=30), "maxLength was 20 and is 30"),
    "a retyped member": (lambda d: _got(d)["properties"]["claim"].update(type="integer"), ".claim: type was"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_lets_a_caller_down_is_found(name: str) -> None:
    change, said = BREAKING[name]
    new = copy.deepcopy(OLD)
    change(new)
    found = breaks(OLD, new)
    assert len(found) == 1, found
    assert said in found[0]


ADDITIONS: dict[str, Change] = {
    "a path": lambda d: d["paths"].update({"/v1/more": {"get": {"operationId": "list_more", "responses": {}}}}),
    "an optional parameter": lambda d: _post(d)["parameters"].append({"in": "query", "name": "x", "schema": {}}),
    "an optional member": lambda d: _given(d)["properties"].update(name={"type": "string"}),
    "a place that is taken": lambda d: _given(d)["properties"]["place"]["enum"].append("at_sea"),
    "more items": lambda d: _given(d)["properties"]["days"].update(maxItems=9),
    "null is taken": lambda d: _given(d)["properties"].update(
        place={"anyOf": [_given(d)["properties"]["place"], {"type": "null"}]}
    ),
    "another one of a choice": lambda d: _given(d)["properties"]["says"]["oneOf"].append({"const": "perhaps"}),
    "a member that may be left out": lambda d: _given(d)["required"].remove("place"),
    "another media type": lambda d: _post(d)["requestBody"]["content"].update({"text/xml": {"schema": {}}}),
    "a refusal": lambda d: _post(d)["responses"].update({"429": {"content": {}}}),
    "a member of an answer": lambda d: _got(d)["properties"].update(more={"type": "string"}),
    "an answer that is always there": lambda d: _got(d)["required"].append("reason"),
    "a shorter text": lambda d: _got(d)["properties"]["reason"].update(maxLength=10),
    "a state less": lambda d: _got(d)["properties"]["state"]["enum"].pop(),
    "another description": lambda d: _got(d).update(description="More words."),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_lets_nobody_down(name: str) -> None:
    new = copy.deepcopy(OLD)
    ADDITIONS[name](new)
    assert breaks(OLD, new) == []


def test_a_service_that_is_gone_breaks_and_a_new_one_does_not() -> None:
    assert breaks_between({"claims": OLD}, {"jobs": OLD}) == ["claims: the service was lost"]


def test_texts_bind_nobody_and_members_of_their_names_do() -> None:
    schema = {"description": "x", "examples": [1], "properties": {"title": {"type": "string", "title": "Title"}}}
    assert binding({"schema": schema}) == {"schema": {"properties": {"title": {"type": "string"}}}}


def test_a_break_fails_until_it_is_released(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / OPENAPI).mkdir(parents=True)
    file = tmp_path / OPENAPI / "claims.json"
    file.write_text(json.dumps(OLD))
    assert main([], tmp_path) == 1
    assert "nothing is released" in capsys.readouterr().err
    assert main(["--release"], tmp_path) == 0
    assert main([], tmp_path) == 0
    assert sorted(each.name for each in (tmp_path / RELEASED).iterdir()) == ["claims.json"]
    new = copy.deepcopy(OLD)
    _post(new)["operationId"] = "add_notice"
    file.write_text(json.dumps(new))
    assert main([], tmp_path) == 1
    assert "claims: POST /v1/notices: the operation id was report_accident" in capsys.readouterr().err
