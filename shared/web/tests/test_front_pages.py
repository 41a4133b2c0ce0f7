"""The pages that a person opens: what this is, the API pages without anything from elsewhere, and every error code."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from shared.process.api import described_app
from shared.web import front_pages
from shared.web.error_page import declared_errors
from shared.web.front_pages import ASSETS
from shared.web.validation import DETAILS

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# What a page lets the browser fetch: an address in an attribute, or in a style.
FETCHED = re.compile(r"""(?:src|href|spec-url)="([^"]*)"|url\(([^)]*)\)""")


@pytest.fixture
def app() -> FastAPI:
    return described_app("claims", "What happened & what is owed.", [])


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


async def test_the_front_says_what_this_is_to_a_program_and_to_a_person(http: httpx.AsyncClient) -> None:
    told = (await http.get("/")).json()
    assert (told["name"], told["about"]) == ("Jaring claims", "What happened & what is owed.")
    page = await http.get("/", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert "What happened &amp; what is owed." in page.text
    for link in ("docs", "redoc", "openapi.json", "errors"):
        assert link in told["links"].values()
        assert f'href="{link}"' in page.text
        assert (await http.get(f"/{link}")).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_api_pages_fetch_nothing_from_elsewhere(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path, headers=BROWSER)
    fetched = [first or second for first, second in FETCHED.findall(page.text)]
    assert len(fetched) >= 3
    for address in fetched:
        answer = await http.get(f"/{address}")
        assert answer.status_code == 200, address
        assert len(answer.content) > 100
    assert "<script>" not in page.text
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["style-src"] == ("'self'" if path == "/docs" else "'self' 'unsafe-inline'")
    assert "http" not in page.headers["content-security-policy"]


async def test_what_is_fetched_is_of_its_kind_and_nothing_else_is_given(http: httpx.AsyncClient) -> None:
    for name, media_type in ASSETS.items():
        assert (await http.get(f"/assets/{name}")).headers["content-type"].startswith(media_type)
    for name in ("__init__.py", "..%2F__init__.py", "start-swagger.ts"):
        assert (await http.get(f"/assets/{name}")).status_code == 404


ERRORS = declared_errors()


async def test_the_type_of_every_problem_leads_to_a_page(http: httpx.AsyncClient) -> None:
    listed = [each["code"] for each in (await http.get("/errors")).json()["codes"]]
    assert {error.code for error in ERRORS} | set(DETAILS) | {"check_failed"} <= set(listed)
    for error in ERRORS:
        told = (await http.get(f"/errors/{error.code}")).json()
        assert (told["title"], told["title_ms"], told["hint"]) == (error.title, error.title_ms, error.hint)
        assert error.code in (await http.get(f"/errors/{error.code}", headers=BROWSER)).text


async def test_a_page_of_a_code_leads_back_to_all_of_them(http: httpx.AsyncClient) -> None:
    page = await http.get("/errors/claim_unknown", headers=BROWSER)
    [back] = FETCHED.findall(page.text)
    assert (await http.get(page.url.join(back[0]))).status_code == 200


async def test_an_unknown_code_is_a_problem_itself(http: httpx.AsyncClient) -> None:
    problem = (await http.get("/errors/no_such_code")).json()
    assert problem["code"] == "route_unknown"
    assert (await http.get(problem["type"])).json()["code"] == "route_unknown"
    assert (await http.get("/errors/<script>")).status_code == 422


def test_the_pages_stand_in_no_openapi_document(app: FastAPI) -> None:
    assert app.openapi()["paths"] == {}
    assert all(
        route.include_in_schema is False for route in front_pages.router.routes if hasattr(route, "include_in_schema")
    )
