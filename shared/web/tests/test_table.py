"""The table finds the route that FastAPI would choose, and leaves to FastAPI what is not in it."""

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from shared.web.routing import CommittingRoute, Handler
from shared.web.table import Table


class OfItsOwn(CommittingRoute):
    """Answers in its own way."""

    def get_route_handler(self) -> Handler:
        async def handle(_: Request) -> Response:
            return Response(b"own")

        return handle


def table() -> Table:
    first, second = APIRouter(route_class=CommittingRoute), APIRouter(route_class=CommittingRoute)
    third, fourth = APIRouter(route_class=OfItsOwn), APIRouter(route_class=APIRoute)

    async def answer() -> int:
        return 1

    for router, path in ((first, "/a/{name}"), (second, "/a/fixed"), (second, "/b/fixed"), (second, "/b/{name}")):
        router.add_api_route(path, answer)
    fourth.add_api_route("/c/fixed", answer)
    second.add_api_route("/d/{number:int}", answer, methods=["POST"])
    third.add_api_route("/e/{name}", answer)
    second.add_api_route("/e/fixed", answer)
    second.add_api_route("/c/{name}", answer)
    app = FastAPI(openapi_url=None)
    for router in (first, fourth, third, second):
        app.include_router(router)
    return Table(app)


CHOSEN: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("GET", "/a/x"): ("/a/{name}", {"name": "x"}),
    # Asked first, as it stands first.
    ("GET", "/a/fixed"): ("/a/{name}", {"name": "fixed"}),
    ("GET", "/b/fixed"): ("/b/fixed", {}),
    ("GET", "/b/x"): ("/b/{name}", {"name": "x"}),
    ("GET", "/c/x"): ("/c/{name}", {"name": "x"}),
}


@pytest.mark.parametrize(("method", "path"), CHOSEN)
def test_the_route_is_the_first_that_fits(method: str, path: str) -> None:
    found = table().find(method, path)
    assert found is not None
    assert (found[0].template, found[1]) == CHOSEN[method, path]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/a/x"),
        ("HEAD", "/a/x"),
        ("OPTIONS", "/b/fixed"),
        ("get", "/b/fixed"),
        ("GET", "/b/x/y"),
        ("GET", "/b/fixed/"),
        # A text that is turned into something else may be none.
        ("POST", "/d/12"),
        ("GET", "/nowhere"),
        ("GET", ""),
        # Routes that answer in a way of their own, and what stands behind them.
        ("GET", "/c/fixed"),
        ("GET", "/e/x"),
        ("GET", "/e/fixed"),
    ],
)
def test_whatever_else_is_asked_is_fastapis(method: str, path: str) -> None:
    assert table().find(method, path) is None
