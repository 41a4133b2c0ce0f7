"""What every operation shares in the generated OpenAPI document: the headers of the idempotency key and of the purpose,
the refusals that any operation may answer, and whole examples of bodies. Routes declare their own (decision 31)."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.kernel.reading import Purpose
from shared.web.problems import MEDIA_TYPE, Problem, problems
from shared.web.reading import declared_reads
from shared.web.routing import idempotent

_FASTAPI_OWN = ("HTTPValidationError", "ValidationError")
_EXAMPLE = {
    "type": "/errors/request_invalid",
    "title": "The request is not valid",
    "status": 422,
    "detail": "One or more members of the request are missing, unknown or out of bounds.",
    "instance": "urn:jaring:request:0197b6a0-6c00-7000-8000-000000000000",
    "code": "request_invalid",
    "request_id": "0197b6a0-6c00-7000-8000-000000000000",
    "errors": [
        {
            "pointer": "/wage/amount",
            "code": "missing",
            "detail": "This member is needed.",
            "location": "body",
        }
    ],
}
# What the door answers to any request, before or after its route: unknown parameters and what cannot be read; too
# slow; too large; compressed; the head; a defect; a dependency that is away.
_OF_THE_DOOR = (400, 408, 413, 415, 431, 500, 503)
_OF_CALLERS = (401, 403, 429)
# The name of each shared refusal in `components/responses`.
_NAMES = {
    400: "Malformed",
    401: "TokenRefused",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodRefused",
    408: "TooSlow",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "TooLarge",
    415: "MediaTypeRefused",
    422: "Invalid",
    428: "PreconditionMissing",
    429: "TooManyRequests",
    431: "HeadTooLarge",
    460: "ChecksumRefused",
    500: "Defect",
    503: "Unavailable",
}
_RETRY_AFTER = {
    "description": "Seconds to wait.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0, "maximum": 86_400, "examples": [5]},
}
_HEADERS: dict[int, dict[str, Any]] = {429: {"Retry-After": _RETRY_AFTER}, 503: {"Retry-After": _RETRY_AFTER}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Made by the caller, fresh for each new request; a repeat of the request carries the same one and "
    "gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!#-~]{1,200}$"},
    "example": "0197b6a0-6c00-7000-8000-000000000001",
}
_PURPOSES = {
    "title": "Purpose",
    "type": "string",
    "enum": [*Purpose],
    "description": "For what data of people is read.",
}
_FOR = {
    "name": "Purpose",
    "in": "header",
    "required": False,
    "description": "For what the caller reads what is told of people; it is kept, and the person reads it. Officers "
    "state it, or are refused; who reads for a partner may, and a person needs none.",
    "schema": {"$ref": "#/components/schemas/Purpose"},
    "example": Purpose.CLAIM,
}
_REPLAYED = {
    "description": "Stands in an answer that was kept from the first time.",
    "schema": {"type": "string", "enum": ["true"]},
}


def describe_problems(app: FastAPI) -> None:
    """Add what every operation shares to what `app.openapi()` generates."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        if "Problem" not in document.setdefault("components", {}).setdefault("schemas", {}):
            _complete(app, document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(app: FastAPI, document: dict[str, Any]) -> None:
    components = document["components"]
    schemas = components["schemas"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = {**schema, "examples": [_EXAMPLE]}
    for name in _FASTAPI_OWN:
        schemas.pop(name, None)
    keyed, read, used = set(_keyed(app)), set(_read(app)), set[int]()
    schemas["Purpose"] = _PURPOSES
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if (method, path) in keyed:
                _take_a_key(operation)
            used |= _share_refusals(operation, path, keyed=(method, path) in keyed)
            if (method, path) in read:
                operation.setdefault("parameters", []).append(_FOR)
            _show_examples(operation, schemas)
    components["responses"] = {_NAMES[status]: _refusal(status) for status in sorted(used)}


def _keyed(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route that needs an idempotency key."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        calls = [] if dependant is None else [each.call for each in dependant.dependencies]
        if idempotent in calls and context.path is not None:
            yield from ((method.lower(), context.path) for method in context.methods or () if method == "POST")


def _read(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route that tells data of people."""
    for context in iter_route_contexts(app.routes):
        if declared_reads(context) is not None and context.path is not None:
            yield from ((method.lower(), context.path) for method in context.methods or ())


def _take_a_key(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_KEY)
    for status, response in operation.get("responses", {}).items():
        if status.startswith("2"):
            response.setdefault("headers", {})["Idempotency-Replayed"] = _REPLAYED


def _share_refusals(operation: dict[str, Any], path: str, *, keyed: bool) -> set[int]:
    """Name every refusal that the operation may answer, those that its route declares too; their statuses."""
    responses = operation.setdefault("responses", {})
    statuses = {int(status) for status, response in responses.items() if MEDIA_TYPE in response.get("content", {})}
    statuses.update(_OF_THE_DOOR, _OF_CALLERS if operation.get("security") else ())
    if keyed:
        statuses.update((409, 422))
    if "{" in path:
        statuses.add(404)
    if operation.get("parameters") or operation.get("requestBody"):
        statuses.add(422)
    else:
        # FastAPI writes one wherever a dependency takes something.
        responses.pop("422", None)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/{_NAMES[status]}"}
    operation["responses"] = dict(sorted(responses.items()))
    return statuses


def _refusal(status: int) -> dict[str, Any]:
    response = problems(status)[status]
    return {**response, "headers": _HEADERS[status]} if status in _HEADERS else response


def _show_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The examples of the body's model stand beside its media type, where tools look for whole ones."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = schemas.get(name, {}).get("examples", [])
    if examples:
        content["examples"] = {f"example {number}": {"value": each} for number, each in enumerate(examples, start=1)}
