"""What holds for every route of every service: it declares its scope, and refuses what it does not know."""

import json
import re
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from shared.kernel.identifiers import new_id
from shared.security.scopes import declared_scope, routes_without_scope
from shared.web.handler import planned
from shared.web.routing import CommittingRoute
from tests.architecture.apps import APPS, EveryScope, document_of
from tests.architecture.shape import SERVICES


def operations() -> Iterator[tuple[str, str, str]]:
    """Service, method and path of every route, with an id for each parameter of the path."""
    for service in SERVICES:
        for path, methods in document_of(service)["paths"].items():
            for method in methods:
                yield service, method, re.sub(r"\{\w+\}", str(new_id()), path)


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [pytest.param(*each, id=" ".join(each[:2]) + str(n)) for n, each in enumerate(operations())],
)
async def test_an_unknown_parameter_is_refused_by_every_route(service: str, method: str, path: str) -> None:
    app = APPS[service]
    app.state.token_verifier = EveryScope(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.request(method, f"{path}?surprise=1", headers={"authorization": "Bearer x"})
    if method == "head":
        # Of a HEAD nobody gets the body.
        assert answer.status_code == 400
        return
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown"), answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/surprise"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_its_scope(service: str) -> None:
    assert routes_without_scope(APPS[service]) == []


# They answer files, which FastAPI hands on as they are; uploads answer with headers alone.
OF_FILES = {
    "/v1/bank-files/{bank_file}/content",
    "/v1/documents/{document}/content",
    "/v1/contribution-files/{file}/errors",
    "/v1/contribution-files/{file}/rejected-lines",
    "/v1/letters/{letter}/content",
    "/v1/uploads",
    "/v1/uploads/{upload}",
    "/v1/opening-files/{opening_file}/errors",
    "/v1/opening-files/{opening_file}/rejected-lines",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_of_a_unit_of_work_is_answered_by_a_plan(service: str) -> None:
    """What FastAPI answers itself costs three times as much."""
    contexts = iter_route_contexts(APPS[service].routes)
    unplanned = {
        each.path for each in contexts if isinstance(each.original_route, CommittingRoute) and planned(each) is None
    }
    assert unplanned <= OF_FILES


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_can_be_asked_to_state_everything_again(service: str) -> None:
    scopes = {
        context.path: declared_scope(context)
        for context in iter_route_contexts(APPS[service].routes)
        if context.methods == {"POST"}
    }
    assert scopes["/v1/announcements"] == f"{service}:announcement:write"


@pytest.mark.parametrize("service", SERVICES)
def test_no_request_is_handed_to_a_thread_on_its_way(service: str) -> None:
    """As FastAPI does for each function that is no coroutine: three of them were a fifth of what a request cost."""
    assert in_threads(APPS[service]) == []


def in_threads(app: FastAPI) -> list[str]:
    """The dependencies and handlers of an app that are no coroutines."""
    called = {
        call for context in iter_route_contexts(app.routes) for call in _called(getattr(context, "dependant", None))
    }
    return sorted(str(call) for call in called if not (iscoroutinefunction(call) or iscoroutinefunction(_of(call))))


def _called(dependant: Any) -> Iterator[Any]:
    if dependant is not None:
        yield dependant.call
        for each in dependant.dependencies:
            yield from _called(each)


def _of(instance: Any) -> Any:
    return type(instance).__call__


def test_a_dependency_that_is_no_coroutine_is_found() -> None:
    async def waits() -> None: ...

    def blocks() -> None: ...

    app = FastAPI(dependencies=[Depends(waits), Depends(blocks)])
    app.add_api_route("/v1/things", waits)
    (found,) = in_threads(app)
    assert "blocks" in found


BODIES = [
    pytest.param(service, context, id=f"{service} {context.name}")
    for service, app in APPS.items()
    for context in iter_route_contexts(app.routes)
    if getattr(context, "body_field", None) is not None
]


@pytest.mark.parametrize(("service", "context"), BODIES)
def test_every_body_has_whole_examples_that_are_valid(service: str, context: Any) -> None:
    model = context.body_field.field_info.annotation
    examples = model.model_config.get("json_schema_extra", {}).get("examples", [])
    assert examples, f"{model.__name__} shows no example: model_config = examples(...)"
    for each in examples:
        TypeAdapter(model).validate_json(json.dumps(each))
    schema = model.model_json_schema()
    shown = set().union(*(members(each) for each in examples))
    assert shown == described(schema, schema.get("$defs", {}))


def members(value: Any, path: str = "") -> set[str]:
    """The paths of all members of a body."""
    if isinstance(value, list):
        return set().union(*(members(each, f"{path}[]") for each in value))
    if not isinstance(value, dict):
        return {path}
    return set().union(*(members(each, f"{path}.{name}") for name, each in value.items()))


def described(schema: dict[str, Any], models: dict[str, Any], path: str = "") -> set[str]:
    """The paths of all members that a schema has."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = models[schema["$ref"].rpartition("/")[2]]
        else:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    if "oneOf" in schema:
        # One of several that are told apart: the examples show each.
        return set().union(*(described(each, models, path) for each in schema["oneOf"]))
    if "items" in schema:
        return described(schema["items"], models, f"{path}[]")
    if "properties" not in schema:
        return {path}
    return set().union(*(described(each, models, f"{path}.{name}") for name, each in schema["properties"].items()))


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_names_its_refusals_and_every_keyed_one_its_key(service: str) -> None:
    for path, methods in document_of(service)["paths"].items():
        for method, operation in methods.items():
            refusals = {int(status) for status in operation["responses"] if not status.startswith("2")}
            assert refusals >= {400, 401, 403, 408, 413, 415, 429, 431, 500, 503}, path
            assert (404 in refusals) >= ("{" in path), path
            keys = [each for each in operation.get("parameters", []) if each["name"] == "Idempotency-Key"]
            assert [each["required"] for each in keys] == [True] * (method == "post"), path
            assert refusals >= ({409, 422} if keys else set()), path
