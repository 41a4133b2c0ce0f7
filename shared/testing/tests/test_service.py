"""What apps of one service share, and what they do not."""

import importlib

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from deploy.platform import SERVICES
from shared.process.api import described_app
from shared.security.scopes import public
from shared.testing.service import _with_known_routes
from shared.web import front_pages


def _app(name: str) -> FastAPI:
    """An app with a room of its own, made for it alone, beside the front pages, which stand in a module."""
    router = APIRouter(dependencies=[public()])

    @router.get("/v1/whose")
    async def read_whose(request: Request) -> dict[str, str]:
        return {"app": request.app.state.name, "room": name}

    app = _with_known_routes("a service of this test", described_app("test", "", [router]))
    app.state.name = name
    return app


async def test_apps_share_what_fastapi_made_of_the_routers_of_modules_and_nothing_else() -> None:
    apps = {name: _app(name) for name in ("one", "two")}
    for _ in range(2):
        for name, app in apps.items():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                assert (await client.get("/v1/whose")).json() == {"app": name, "room": name}
    of_modules, own = (
        [[route for route in app.router.routes if _is_of_a_module(route) is wanted] for app in apps.values()]
        for wanted in (True, False)
    )
    assert of_modules[0]
    assert all(one is two for one, two in zip(*of_modules, strict=True))
    assert not any(one is two for one, two in zip(*own, strict=True))


@pytest.mark.parametrize("service", SERVICES)
def test_no_app_of_a_service_has_a_router_that_is_made_for_it_alone(service: str) -> None:
    made = importlib.import_module(f"services.{service}.main").openapi_app
    one, two = ({id(route.original_router) for route in made().routes if _is_included(route)} for _ in range(2))
    assert one
    assert one == two


def _is_included(route: object) -> bool:
    return isinstance(getattr(route, "original_router", None), APIRouter)


def _is_of_a_module(route: object) -> bool:
    return getattr(route, "original_router", None) is front_pages.router
