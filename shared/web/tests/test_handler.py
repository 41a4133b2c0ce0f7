"""A plan answers as FastAPI answers: the same bytes, the same refusals, the same calls in the same order; and so do the
routes that a process finds by its table."""

import functools
import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi import HTTPException as FastAPIHTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, RouteContext
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from shared.kernel.errors import JaringError, Kind
from shared.persistence.engine import LineLost
from shared.security.scopes import public
from shared.web import edge
from shared.web.handler import Handler, planned
from shared.web.money import In, Out
from shared.web.paging import refuse_unknown_filters
from shared.web.routing import CommittingRoute
from shared.web.table import Table
from shared.web.tests.app import NoCover

PATTERN = "^[a-z]+$"


class Planned(APIRoute):
    """Answers by a plan; raises LookupError where there is none."""

    def get_route_handler(self) -> Handler:
        plan = planned(RouteContext(self))
        if plan is None:
            raise LookupError(self.path)
        return plan


class Order(In):
    kind: Annotated[str, Field(pattern=PATTERN)]
    count: int = Field(default=1, ge=1)


class Receipt(Out):
    kind: str
    count: int
    note: str | None = None


class Window(BaseModel):
    first: int = 0
    last: int = 9


# What was called, in this order, for one request.
CALLS: list[str] = []


async def first(request: Request) -> None:
    CALLS.append(f"first {request.method}")


async def shared(request: Request) -> str:
    CALLS.append("shared")
    return request.headers.get("x-shared", "none")


async def needs_shared(found: Annotated[str, Depends(shared)]) -> str:
    CALLS.append("needs_shared")
    return found.upper()


async def refuses(found: Annotated[str, Depends(shared)]) -> None:
    CALLS.append("refuses")
    if found == "refused":
        raise NoCover


async def numbered(size: Annotated[int, Query(ge=1)] = 7) -> int:
    CALLS.append("numbered")
    return size


async def of_number(number: Annotated[int, Depends(numbered)]) -> int:
    CALLS.append("of_number")
    return 10 * number


class OurFault(JaringError):
    """A defect that a use case found itself."""

    code = "our_fault"
    title = "A fault of ours"
    kind = Kind.INTERNAL


# Of each class that has a handler, one of itself, and one of what is derived from it.
FAULTS: dict[str, Exception] = {
    "refused": NoCover("on that day"),
    "found": OurFault(),
    "invalid": RequestValidationError([{"type": "missing", "loc": ("body", "kind"), "msg": "missing", "input": {}}]),
    "http": HTTPException(404),
    "http_with_headers": HTTPException(418, "tea", {"retry-after": "7"}),
    "http_of_fastapi": FastAPIHTTPException(400, "no", {"x-own": "1"}),
    "driver": DBAPIError("SELECT", {}, asyncpg.CannotConnectNowError("starting up")),
    "driver_gone": DBAPIError("SELECT", {}, Exception("gone"), connection_invalidated=True),
    "driver_defect": DBAPIError("SELECT", {}, asyncpg.UndefinedTableError("none")),
    "operational": OperationalError("SELECT", {}, Exception("lost")),
    "integrity": IntegrityError("INSERT", {}, asyncpg.UniqueViolationError("twice")),
    "programming": ProgrammingError("SELECT", {}, asyncpg.UndefinedTableError("none")),
    "interface": InterfaceError("SELECT", {}, asyncpg.InterfaceError("connection is closed")),
    "contention": DBAPIError("UPDATE", {}, asyncpg.DeadlockDetectedError("deadlock")),
    "pool": PoolTimeout("no connection"),
    "postgres": asyncpg.PostgresError("something"),
    "postgres_cancelled": asyncpg.QueryCanceledError("statement timeout"),
    "asyncpg_closed": asyncpg.InterfaceError("connection is closed"),
    "asyncpg_defect": asyncpg.InterfaceError("too many arguments"),
    "connection": ConnectionError("none"),
    "connection_reset": ConnectionResetError("reset"),
    "timeout": TimeoutError(),
    "line": LineLost(),
    "os": OSError("no space left on device"),
    "bug": ZeroDivisionError("Siti"),
    "group": ExceptionGroup("both", [ZeroDivisionError("Siti"), TimeoutError()]),
}


@functools.cache
def app_of(route_class: type[APIRoute]) -> FastAPI:
    """The routes, answered by this class."""
    app = FastAPI(telemetry=edge.UNTRACED, dependencies=[public()])
    edge.install(app)
    # Not included: what is compared are the handlers, and each route makes its own.
    app.router.routes.extend(router_of(route_class).routes)
    return app


@functools.cache
def shipped() -> FastAPI:
    """The routes as a process has them: below a prefix, in a transaction, found by the table where it has them."""
    app = FastAPI(telemetry=edge.UNTRACED, dependencies=[Depends(refuse_unknown_filters)], redirect_slashes=False)
    edge.install(app)
    versioned = APIRouter(prefix="/v1", dependencies=[public()])
    versioned.include_router(router_of(CommittingRoute))
    app.include_router(versioned)
    return app


def router_of(route_class: type[APIRoute]) -> APIRouter:
    """The routes."""
    router = APIRouter(route_class=route_class, dependencies=[public()])

    @router.post("/orders", status_code=201, dependencies=[Depends(first), Depends(refuses)])
    async def order(body: Order, found: Annotated[str, Depends(needs_shared)], response: Response) -> Receipt:
        CALLS.append("order")
        response.headers["location"] = "/orders/1"
        response.status_code = {2: 202, 4: 204}.get(body.count)  # type: ignore[assignment]
        return Receipt(kind=f"{body.kind} {found}", count=body.count)

    @router.get("/orders/{number}")
    async def read(
        number: int,
        tens: Annotated[int, Depends(of_number)],
        found: Annotated[str, Depends(needs_shared)],
        kind: Annotated[list[str] | None, Query(max_length=2)] = None,
        x_least: Annotated[int, Header(ge=1)] = 1,
    ) -> dict[str, Any]:
        CALLS.append("read")
        return {"number": number, "tens": tens, "found": found, "kind": kind, "least": x_least, "float": 1.0, "ä": "ü"}

    @router.get("/windows")
    async def window(found: Annotated[Window, Query()]) -> list[Receipt]:
        return [Receipt(kind="w", count=found.first), Receipt(kind="w", count=found.last)]

    @router.post("/pairs")
    async def pair(one: Order, other: Order) -> int:
        return one.count + other.count

    @router.post("/maybe")
    async def maybe(body: Order | None = None) -> str | None:
        return None if body is None else body.kind

    @router.get("/bare")
    async def bare() -> Receipt:
        return Response(b"bytes", 203, {"x-own": "1"})  # type: ignore[return-value]

    @router.get("/wrong")
    async def wrong() -> Receipt:
        return {"kind": 1}  # type: ignore[return-value]

    @router.post("/faults/{name}")
    async def fault(name: str) -> int:
        CALLS.append("fault")
        raise FAULTS[name]

    return router


JSON = {"content-type": "application/json"}
ORDER = b'{"kind": "tea", "count": 3}'

REQUESTS: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "an order": ("POST", "/orders", ORDER, JSON),
    "another status": ("POST", "/orders", b'{"kind": "tea", "count": 2}', JSON),
    "a status without a body": ("POST", "/orders", b'{"kind": "tea", "count": 4}', JSON),
    "a charset": ("POST", "/orders", ORDER, {"content-type": "application/json; charset=utf-8"}),
    "JSON of a kind": ("POST", "/orders", ORDER, {"content-type": "application/merge-patch+json"}),
    "a content type in capitals": ("POST", "/orders", ORDER, {"content-type": "Application/JSON"}),
    "no content type": ("POST", "/orders", ORDER, {}),
    "an odd content type": ("POST", "/orders", ORDER, {"content-type": ";;="}),
    "text": ("POST", "/orders", ORDER, {"content-type": "text/plain"}),
    "no body": ("POST", "/orders", b"", JSON),
    "null": ("POST", "/orders", b"null", JSON),
    "a list": ("POST", "/orders", b"[1]", JSON),
    "broken JSON": ("POST", "/orders", b'{"kind": ', JSON),
    "another encoding": ("POST", "/orders", b'{"kind": "\xff\xfe"}', JSON),
    "UTF-16": ("POST", "/orders", ORDER.decode().encode("utf-16"), JSON),
    "deep JSON": ("POST", "/orders", b"[" * 20_000 + b"]" * 20_000, JSON),
    "a long number": ("POST", "/orders", b'{"count": ' + b"9" * 5000 + b"}", JSON),
    "no number": ("POST", "/orders", b'{"kind": "tea", "count": NaN}', JSON),
    "wrong members": ("POST", "/orders", b'{"kind": "TEA", "count": 0, "more": 1}', JSON),
    "a refusal before a wrong body": ("POST", "/orders", b"{}", {**JSON, "x-shared": "refused"}),
    "a header that is taken": ("POST", "/orders", ORDER, {**JSON, "x-shared": "seen"}),
    "a number": ("GET", "/orders/4", b"", {}),
    "all parameters": ("GET", "/orders/4?size=2&kind=a&kind=b", b"", {"x-least": "5"}),
    "a word in the path": ("GET", "/orders/four", b"", {}),
    "all parameters wrong": ("GET", "/orders/four?size=0&kind=a&kind=b&kind=c", b"", {"x-least": "0"}),
    "wrong below": ("GET", "/orders/4?size=none", b"", {}),
    "a model of parameters": ("GET", "/windows?first=3", b"", {}),
    "a wrong model of parameters": ("GET", "/windows?first=x&last=y", b"", {}),
    "two bodies": ("POST", "/pairs", b'{"one": {"kind": "a"}, "other": {"kind": "b", "count": 4}}', JSON),
    "one of two bodies": ("POST", "/pairs", b'{"one": {"kind": "a"}}', JSON),
    "an optional body": ("POST", "/maybe", b'{"kind": "a"}', JSON),
    "no optional body": ("POST", "/maybe", b"", {}),
    "a response of its own": ("GET", "/bare", b"", {}),
    "an answer that is wrong": ("GET", "/wrong", b"", {}),
    "an encoded path": ("GET", "/orders/%34", b"", {}),
    "an unknown filter": ("GET", "/orders/4?colour=red", b"", {}),
    **{f"fault {name}": ("POST", f"/faults/{name}", b"", {}) for name in FAULTS},
}
# What is FastAPI's either way.
OTHERS: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "an encoded slash": ("GET", "/orders/4%2F5", b"", {}),
    "a slash at the end": ("GET", "/orders/4/", b"", {}),
    "an empty parameter": ("GET", "/orders/", b"", {}),
    "another method": ("DELETE", "/orders/4", b"", {}),
    "the head": ("HEAD", "/orders/4", b"", {}),
    "nowhere": ("GET", "/order", b"", {}),
}


async def answered(app: FastAPI, request: str, prefix: str = "") -> tuple[object, ...]:
    """What is answered to one of the requests, what was called, and what the log has of it."""
    method, path, body, headers = {**REQUESTS, **OTHERS}[request]
    CALLS.clear()
    transport = httpx.ASGITransport(app)
    with capture_logs() as lines:  # rendering a trace for people takes a second
        async with httpx.AsyncClient(transport=transport, base_url=f"http://test{prefix}") as http:
            answer = await http.request(method, path, content=body, headers={**headers, "request-id": "request-1"})
    # Where an earlier test of this process set a tracer, each request has a trace of its own.
    told = [(name, value) for name, value in answer.headers.multi_items() if name != "traceparent"]
    logged = [(line["event"], line["log_level"], line.get("route"), line.get("status")) for line in lines]
    return answer.status_code, told, answer.content, list(CALLS), logged


@pytest.mark.parametrize("request_name", REQUESTS)
async def test_a_plan_answers_as_fastapi_answers(request_name: str) -> None:
    expected = await answered(app_of(APIRoute), request_name)
    assert await answered(app_of(Planned), request_name) == expected


@pytest.mark.parametrize("request_name", [*REQUESTS, *OTHERS])
async def test_what_the_table_finds_is_answered_as_fastapi_answers(
    request_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await answered(shipped(), request_name, "/v1")
    monkeypatch.setattr(Table, "find", lambda *_: None)
    assert found == await answered(shipped(), request_name, "/v1")


def test_the_table_finds_them() -> None:
    """Else the comparison would compare FastAPI with itself."""
    table = Table(shipped())
    paths = {name: (method, unquote("/v1" + path.partition("?")[0])) for name, (method, path, *_) in REQUESTS.items()}
    assert [name for name, asked in paths.items() if table.find(*asked) is None] == []


def test_the_requests_are_taken_refused_and_broken() -> None:
    """Else the comparison would compare little."""
    assert {len(body) > 1000 for _, _, body, _ in REQUESTS.values()} == {True, False}
    assert json.loads(ORDER) == {"kind": "tea", "count": 3}


async def a_body(body: Order) -> Order:
    return body


async def limited(number: Annotated[int, Query(ge=1)] = 1) -> int:
    return number


def of_a_thread() -> int:
    return 1


async def of_a_generator() -> Any:
    yield 1


async def twice(one: Annotated[int, Depends(limited)], other: Annotated[int, Depends(limited)]) -> int:
    return one + other


async def takes_a_body(found: Annotated[Order, Depends(a_body)]) -> int:
    return found.count


async def takes_a_thread(found: Annotated[int, Depends(of_a_thread)]) -> int:
    return found


async def takes_a_generator(found: Annotated[int, Depends(of_a_generator)]) -> int:
    return found


async def takes_it_uncached(found: Annotated[int, Depends(limited, use_cache=False)]) -> int:
    return found


@pytest.mark.parametrize(
    "endpoint", [twice, takes_a_body, takes_a_thread, takes_a_generator, takes_it_uncached, of_a_thread, of_a_generator]
)
def test_what_a_plan_would_not_do_alike_is_left_to_fastapi(endpoint: Callable[..., Any]) -> None:
    assert planned(RouteContext(APIRoute("/v1/x", endpoint, methods=["POST"]))) is None


@pytest.mark.parametrize("options", [{"response_class": Response}, {"response_model": None}])
def test_an_answer_that_is_no_json_of_a_model_is_left_to_fastapi(options: dict[str, Any]) -> None:
    assert planned(RouteContext(APIRoute("/v1/x", limited, **options))) is None
