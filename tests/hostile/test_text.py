"""Texts, days and amounts that no partner means: every field of every request, path and query refuses them by itself.

The requests are made from the OpenAPI documents, so that a field that is added tomorrow is attacked tomorrow.
"""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from services.benefits.main import build as benefits
from services.benefits.settings import BenefitsSettings
from services.claims.main import build as claims
from services.claims.settings import ClaimsSettings
from services.jobs.main import build as jobs
from services.jobs.settings import JobsSettings
from services.registration.main import build as registration
from services.registration.settings import RegistrationSettings
from services.rehab.main import build as rehab
from services.rehab.settings import RehabSettings
from shared.kernel.identifiers import new_id
from shared.testing.asking import AppClient
from shared.testing.servers import Databases
from shared.testing.service import environment
from shared.testing.tokens import TestIssuer
from tests.architecture.apps import EveryScope, document_of
from tests.architecture.shape import SERVICES

pytestmark = pytest.mark.postgres

BUILDS: dict[str, tuple[Any, Any]] = {
    "registration": (RegistrationSettings, registration),
    "claims": (ClaimsSettings, claims),
    "benefits": (BenefitsSettings, benefits),
    "rehab": (RehabSettings, rehab),
    "jobs": (JobsSettings, jobs),
}
ID = str(new_id())
Path = tuple[str | int, ...]

# Written as JSON, so that a half character can be written.
TEXTS = {
    "NUL": '"A\\u0000B"',
    "a new line": '"A\\nB"',
    "an escape": '"A\\u001b[2J"',
    "a delete": '"A\\u007fB"',
    "a C1 control": '"A\\u0085B"',
    "a line separator": '"A\\u2028B"',
    "no character": '"A\\uffffB"',
    "half a character": '"A\\ud800B"',
}
DAYS = {
    "zero": "0",
    "zero as text": '"0"',
    "seconds": "1784073600",
    "seconds as text": '"1784073600"',
    "a fraction": "0.5",
    "an instant": '"2026-07-15T00:00:00"',
    "an instant in a zone": '"2026-07-15T00:00:00+08:00"',
    "no dashes": '"20260715"',
    "a week": '"2026-W29-3"',
    "one digit": '"2026-7-15"',
    "other digits": '"２０２６-07-15"',
    "no day": '"2026-02-30"',
    "the last that Python knows": '"9999-12-31"',
    "the first that Python knows": '"0001-01-01"',
    "truth": "true",
}
AMOUNTS = {
    "twelve digits": '"999999999999.99"',
    "thirteen digits": '"9999999999999.99"',
    "a number": "2480.00",
    "not a number": '"NaN"',
    "an exponent": '"1e9"',
    "other digits": '"２４８０.00"',
    "NUL": '"2480.00\\u0000"',
}


@dataclass(frozen=True)
class Operation:
    """One operation of a service."""

    service: str
    method: str
    path: str
    described: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        return document_of(self.service)

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body."""
        content = self.described.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    def named(self) -> str:
        return f"{self.service} {self.described['operationId']}"


def operations() -> list[Operation]:
    return [
        Operation(service, method, path, described)
        for service in SERVICES
        for path, methods in document_of(service)["paths"].items()
        for method, described in methods.items()
    ]


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema behind references and behind a choice with null."""
    while True:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = document["components"]["schemas"][name] | {"examples": schema.get("examples")}
        elif "anyOf" in schema:
            schema = {**schema, **next(each for each in schema["anyOf"] if each.get("type") != "null")}
            schema.pop("anyOf")
        elif "oneOf" in schema:
            schema = schema["oneOf"][0]
        else:
            return schema


def example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A body that fits, with every member."""
    schema = resolved(schema, document)
    if schema.get("type") == "object" and "properties" in schema:
        return {name: example(each, document) for name, each in schema["properties"].items()}
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "array":
        return [example(schema["items"], document)]
    return {"boolean": True, "integer": 1, "string": "2026-07-15"}[schema["type"]]


def bodies(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body, once for each branch where a member of it is one of several."""
    schema = resolved(schema, document)
    members = schema.get("properties", {})
    branches = [(name, branch) for name, each in members.items() for branch in each.get("oneOf", [])]
    for name, branch in branches:
        yield {**schema, "properties": {**members, name: branch}}
    if not branches:
        yield schema


def leaves(schema: dict[str, Any], document: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every text of a body with its schema."""
    schema = resolved(schema, document)
    if schema.get("type") == "object":
        for name, each in schema.get("properties", {}).items():
            yield from leaves(each, document, (*path, name))
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], document, (*path, 0))
    elif schema.get("type") == "string" or "enum" in schema:
        yield path, schema


def attacks(path: Path, schema: dict[str, Any]) -> dict[str, str]:
    if schema.get("format") == "date":
        return DAYS
    return AMOUNTS | TEXTS if path[-1] == "amount" else TEXTS


def with_value(body: Any, path: Path, value: str) -> bytes:
    """The body as JSON with this JSON in one place."""
    body = copy.deepcopy(body)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "@@"
    return json.dumps(body).replace('"@@"', value).encode()


def cases() -> Iterator[Any]:
    """Each text of each body; the word by which branches are told apart once."""
    for operation in operations():
        attacked: set[Path] = set()
        for body in bodies(operation.body, operation.document) if operation.body is not None else ():
            for path, schema in leaves(body, operation.document):
                if path in attacked and "const" in schema:
                    continue
                attacked.add(path)
                named = f"{operation.named()} {'/'.join(map(str, path))}"
                yield pytest.param(operation, body, path, schema, id=named)


CASES = list(cases())


@pytest.fixture(scope="module")
async def clients(databases: Databases, issuer: TestIssuer) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Whoever asks is an officer with every scope, at each of the five services on a database of its own."""
    async with AsyncExitStack() as stack:
        opened: dict[str, httpx.AsyncClient] = {}
        for service, (settings, build) in BUILDS.items():
            database = await stack.enter_async_context(databases.fresh(service))
            told: dict[str, Any] = dict(environment(issuer, database.url("api"), "127.0.0.1:1", ""))
            app = build(settings(**told))
            app.state.token_verifier = EveryScope(app)
            opened[service] = await stack.enter_async_context(AppClient(app))
            stack.push_async_callback(app.state.database.close)
        yield opened


async def ask(client: httpx.AsyncClient, operation: Operation, path: str, body: bytes | None) -> httpx.Response:
    headers = {"authorization": "Bearer x", "idempotency-key": str(new_id()), "content-type": "application/json"}
    headers["purpose"] = "claim"
    return await client.request(operation.method.upper(), path, headers=headers, content=body)


def filled(operation: Operation, value: str = "") -> str:
    """The path with a value for each of its parameters: without one, its example, or an id."""
    path = operation.path
    for parameter in operation.described.get("parameters", []):
        if parameter["in"] == "path":
            fits = parameter["schema"].get("examples", [ID])[0]
            path = path.replace(f"{{{parameter['name']}}}", value or str(fits))
    return path


@pytest.mark.parametrize(("operation", "described", "path", "schema"), CASES)
async def test_a_field_refuses_what_nobody_means(
    clients: dict[str, httpx.AsyncClient],
    operation: Operation,
    described: dict[str, Any],
    path: Path,
    schema: dict[str, Any],
) -> None:
    body = example(described, operation.document)
    for what, value in attacks(path, schema).items():
        answer = await ask(clients[operation.service], operation, filled(operation), with_value(body, path, value))
        assert answer.status_code == 422, f"{what}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "request_invalid", f"{what}: {answer.text}"
        assert [each["pointer"] for each in answer.json()["errors"]] == ["".join(f"/{step}" for step in path)], what


@pytest.mark.parametrize("operation", [each for each in operations() if each.body is not None], ids=Operation.named)
async def test_an_example_is_no_attack(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    """Else the test above could be green for another reason."""
    assert operation.body is not None
    body = json.dumps(example(operation.body, operation.document)).encode()
    answer = await ask(clients[operation.service], operation, filled(operation), body)
    assert answer.status_code < 500
    assert answer.json().get("code") != "request_invalid", answer.text


BODIES = {
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a long number": b'{"a":' + b"9" * 60_000 + b"}",
    "half a character as a name": b'{"\\ud800":1}',
    "NUL as a name": b'{"\\u0000":1}',
    "other bytes": b"\xff\xfe\x00",
    "no number": b'{"a":NaN,"b":Infinity}',
    "many names": json.dumps({f"a{number}": number for number in range(3000)}).encode(),
    "a list": b"[]",
    "nothing": b"null",
}


@pytest.mark.parametrize("operation", [each for each in operations() if each.body is not None], ids=Operation.named)
async def test_a_body_that_is_no_body_is_refused(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    for what, body in BODIES.items():
        answer = await ask(clients[operation.service], operation, filled(operation), body)
        assert answer.status_code in (400, 422), f"{what}: {answer.status_code} {answer.text}"


VALUES = ["\x00", "A\x00B", "\n", "\x85", "\ud800", "9" * 400, "0", "-1", "..", "%", "' OR 1=1", "\u2028", "é"]


@pytest.mark.parametrize("operation", operations(), ids=Operation.named)
async def test_paths_and_queries_refuse_it_too(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    client = clients[operation.service]
    queries = [each["name"] for each in operation.described.get("parameters", []) if each["in"] == "query"]
    for value in VALUES:
        raw = quote(value.encode("utf-8", "surrogatepass"), safe="")
        asked = [f"{filled(operation)}?{name}={raw}" for name in queries]
        if "{" in operation.path:
            asked.append(filled(operation, raw))
        for path in [*asked, f"{filled(operation)}?{raw}=1"]:
            answer = await ask(client, operation, path, None)
            assert answer.status_code < 500, f"{path}: {answer.text}"
