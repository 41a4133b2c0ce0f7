"""Problems in the generated OpenAPI document: one component, and the refusals that every operation shares."""

from typing import Any

from fastapi import FastAPI

from shared.web.problems import Problem, problems

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


def describe_problems(app: FastAPI) -> None:
    """Add the Problem component and the shared refusals to what `app.openapi()` generates."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        if "Problem" not in document.setdefault("components", {}).setdefault("schemas", {}):
            _add_problems(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = {**schema, "examples": [_EXAMPLE]}
    for name in _FASTAPI_OWN:
        schemas.pop(name, None)
    for path in document.get("paths", {}).values():
        for operation in path.values():
            _share_refusals(operation)


def _share_refusals(operation: dict[str, Any]) -> None:
    statuses = (401, 403, 422, 503) if operation.get("security") else (422, 503)
    responses = operation.setdefault("responses", {})
    for status, response in problems(*statuses).items():
        declared = responses.get(str(status), {})
        if "application/problem+json" not in declared.get("content", {}):
            responses[str(status)] = response
