"""Deny by default: a route names its scope or is found by `routes_without_scope`."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from shared.security.errors import TokenInvalid
from shared.security.scopes import PUBLIC, Party, declared_scope, public, requires, routes_without_scope
from shared.security.tokens import Caller, Role
from shared.web import edge

CALLERS = {
    "reader": Caller("hospital-1", "hospital:1", Role.PARTNER, frozenset({"claims:notice:read"})),
    "writer": Caller("hospital-1", "hospital:1", Role.PARTNER, frozenset({"claims:notice:write"})),
}


class KnownCallers:
    """Stands where the token verifier stands; tokens have tests of their own."""

    async def verify(self, token: str) -> Caller:
        if token not in CALLERS:
            raise TokenInvalid
        return CALLERS[token]


def build() -> FastAPI:
    app = FastAPI()
    app.state.token_verifier = KnownCallers()
    edge.install(app)
    router = APIRouter(prefix="/v1")

    @router.get("/notices", dependencies=[requires("claims:notice:read")])
    async def notices(sender: Party) -> dict[str, str]:
        return {"party": sender.party}

    @router.get("/open", dependencies=[public()])
    async def opened() -> str:
        return "open"

    app.include_router(router)
    return app


async def get(app: FastAPI, path: str, token: str | None = None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path, headers=headers)


async def test_a_caller_with_the_scope_is_let_in_and_known() -> None:
    answer = await get(build(), "/v1/notices", "reader")
    assert (answer.status_code, answer.json()) == (200, {"party": "hospital:1"})


async def test_a_caller_without_the_scope_is_refused_and_told_which() -> None:
    answer = await get(build(), "/v1/notices", "writer")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert 'scope="claims:notice:read"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("token", "code"), [(None, "token_missing"), ("forged", "token_invalid")])
async def test_without_a_good_token_the_answer_is_401(token: str | None, code: str) -> None:
    answer = await get(build(), "/v1/notices", token)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_public_route_asks_for_nothing() -> None:
    assert (await get(build(), "/v1/open")).status_code == 200


def test_a_route_without_a_scope_is_found() -> None:
    app = build()
    assert routes_without_scope(app) == []
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", lambda: None, methods=["DELETE"])
    app.include_router(forgotten, prefix="/v1")
    app.mount("/raw", FastAPI())
    assert routes_without_scope(app) == ["ANY /raw", "DELETE /v1/forgotten"]


def test_the_scope_of_a_route_can_be_read() -> None:
    app = FastAPI()
    app.add_api_route("/a", lambda: None, dependencies=[requires("jobs:vacancy:write")])
    app.add_api_route("/b", lambda: None, dependencies=[public()])
    app.add_api_route("/c", lambda: None)
    scopes: dict[str, Any] = {getattr(route, "path", ""): declared_scope(route) for route in app.routes}
    assert [scopes["/a"], scopes["/b"], scopes["/c"]] == ["jobs:vacancy:write", PUBLIC, None]


def test_a_scope_has_three_parts() -> None:
    with pytest.raises(ValueError, match="service:resource:verb"):
        requires("claims:write")


def test_the_openapi_document_names_the_scope() -> None:
    operation = build().openapi()["paths"]["/v1/notices"]["get"]
    assert operation["security"] == [{"access_token": ["claims:notice:read"]}]
