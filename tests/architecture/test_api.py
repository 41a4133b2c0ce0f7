"""What holds for every route of every service: it declares its scope, and refuses what it does not know."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from shared.kernel.identifiers import new_id
from shared.security.scopes import declared_scope, routes_without_scope
from tests.architecture.apps import APPS, EveryScope
from tests.architecture.shape import SERVICES


def operations() -> Iterator[tuple[str, str, str]]:
    """Service, method and path of every route, with an id for each parameter of the path."""
    for service, app in APPS.items():
        for path, methods in app.openapi()["paths"].items():
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
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown"), answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/surprise"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_its_scope(service: str) -> None:
    assert routes_without_scope(APPS[service]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_can_be_asked_to_state_everything_again(service: str) -> None:
    scopes = {
        context.path: declared_scope(context)
        for context in iter_route_contexts(APPS[service].routes)
        if context.methods == {"POST"}
    }
    assert scopes["/v1/announcements"] == f"{service}:announcement:write"
