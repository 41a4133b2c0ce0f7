"""A plan answers as FastAPI answers: the same bytes, the same refusals, the same calls in the same order."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.routing import APIRoute, RouteContext
from pydantic import BaseModel, Field

from shared.security.scopes import public
from shared.web import edge
from shared.web.handler import Handler, planned
from shared.web.money import In, Out
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


def app_of(route_class: type[APIRoute]) -> FastAPI:
    """The same routes, answered by routes of this class."""
    router = APIRouter(route_class=route_class)

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

    app = FastAPI(telemetry=edge.UNTRACED, dependencies=[public()])
    edge.install(app)
    # Not included: what is compared are the handlers, and each route makes its own.
    app.router.routes.extend(router.routes)
    return app


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
}


async def answered(route_class: type[APIRoute], request: str) -> tuple[object, ...]:
    """What is answered to one of the requests, and what was called."""
    method, path, body, headers = REQUESTS[request]
    CALLS.clear()
    transport = httpx.ASGITransport(app_of(route_class))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.request(method, path, content=body, headers={**headers, "request-id": "request-1"})
    # Where an earlier test of this process set a tracer, each request has a trace of its own.
    told = [(name, value) for name, value in answer.headers.multi_items() if name != "traceparent"]
    return answer.status_code, told, answer.content, list(CALLS)


@pytest.mark.parametrize("request_name", REQUESTS)
async def test_a_plan_answers_as_fastapi_answers(request_name: str) -> None:
    expected = await answered(APIRoute, request_name)
    assert await answered(Planned, request_name) == expected


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
