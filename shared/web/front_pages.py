"""What a person meets who opens a service in a browser: what it is, its API pages, and a page for each error code.

Open to all, not in the OpenAPI document. Nothing comes from elsewhere: scripts and styles are those of a wheel
(decision 2), and the content security policy lets the browser fetch nothing that this service does not serve.
"""

from functools import cache
from html import escape
from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from shared.kernel.errors import JaringError, error_classes
from shared.security.scopes import public
from shared.web import malay
from shared.web.errors import RouteUnknown
from shared.web.health import CHECK_FAILED
from shared.web.problems import STATUS
from shared.web.validation import DETAILS

WHEEL = "fastapi_offline"
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "favicon.png": "image/png",
}
_DAY = {"Cache-Control": "public, max-age=86400"}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_OURS = f"{_NOTHING}; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self'"
# Redoc writes style elements while it runs, and searches in a worker that it makes of a text of its own.
_OURS_FOR_REDOC = f"{_OURS} 'unsafe-inline'; worker-src blob:"
_START_SWAGGER = b"""SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
"""
_SWAGGER = (
    '<div id="swagger-ui"></div><script src="assets/swagger-ui-bundle.js"></script>'
    '<script src="assets/start-swagger.js"></script>'
)
_REDOC = '<redoc spec-url="openapi.json"></redoc><script src="assets/redoc.standalone.js"></script>'
_LINKS = {
    "docs": "docs",
    "redoc": "redoc",
    "openapi": "openapi.json",
    "errors": "errors",
    "live": "livez",
    "ready": "readyz",
}

CodeInPath = Annotated[str, Path(max_length=64, pattern="^[a-z0-9_]+$", description="A stable code.")]

router = APIRouter(include_in_schema=False, dependencies=[public()])


@router.get("/")
async def read_front(request: Request) -> Response:
    """What this is and where to go on: a page for a browser, JSON for everybody else."""
    app: FastAPI = request.app
    about = {"name": app.title, "about": app.summary or "", "version": app.version, "links": _LINKS}
    if not _wants_html(request):
        return JSONResponse(about)
    links = "".join(f'<li><a href="{target}">{name}</a></li>' for name, target in _LINKS.items())
    return _plain(app.title, f"<p>{escape(app.summary or '')}</p><p>Version {escape(app.version)}.</p><ul>{links}</ul>")


@router.get("/docs")
async def read_docs(request: Request) -> Response:
    """The OpenAPI document to try out."""
    return _viewer(request.app.title, '<link rel="stylesheet" href="assets/swagger-ui.css">', _SWAGGER, _OURS)


@router.get("/redoc")
async def read_redoc(request: Request) -> Response:
    """The OpenAPI document to read."""
    return _viewer(request.app.title, "", _REDOC, _OURS_FOR_REDOC)


@router.get("/assets/{name}")
async def read_asset(name: Annotated[str, Path(max_length=64)]) -> Response:
    """A script, a style or a picture of these pages."""
    if name == "start-swagger.js":
        return Response(_START_SWAGGER, media_type="text/javascript", headers=_DAY)
    if name not in ASSETS:
        raise RouteUnknown()
    return Response(_asset(name), media_type=ASSETS[name], headers=_DAY)


@router.get("/errors")
async def list_errors(request: Request) -> Response:
    """Every code that this service answers with."""
    codes = known_codes()
    if not _wants_html(request):
        return JSONResponse({"codes": list(codes.values())})
    rows = "".join(
        f'<li><a href="errors/{code}">{code}</a>: {escape(told["title"])}</li>' for code, told in codes.items()
    )
    return _plain("Errors", f"<ul>{rows}</ul>")


@router.get("/errors/{code}")
async def read_error(code: CodeInPath, request: Request) -> Response:
    """What a code means: where the `type` of a problem leads."""
    told = known_codes().get(code)
    if told is None:
        raise RouteUnknown("There is no such code.", hint="/errors lists the codes.")
    if not _wants_html(request):
        return JSONResponse(told)
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in told.items() if value)
    return _plain(code, f'<dl>{rows}</dl><p><a href="/errors">All codes</a></p>')


def known_codes() -> dict[str, dict[str, Any]]:
    """What each code means, of problems and then of bad members (`errors[].code`), by code."""
    problems = {error.code: _told(error) for error in error_classes() if "tests" not in error.__module__.split(".")}
    members = {
        code: {"code": code, "title": detail, "title_ms": malay.FIELDS.get(code, "")}
        for code, detail in {**DETAILS, CHECK_FAILED: "A dependency gave no answer in time."}.items()
    }
    return problems | {code: told for code, told in sorted(members.items()) if code not in problems}


def _told(error: type[JaringError]) -> dict[str, Any]:
    law = {"law": str(error.law)} if error.law else {}
    about = {"code": error.code, "status": STATUS[error.kind], "title": error.title, "title_ms": error.title_ms}
    return about | {"detail": error.detail, "hint": error.hint} | law


def _wants_html(request: Request) -> bool:
    """Browsers name HTML; clients that name nothing, anything or JSON get JSON."""
    return "text/html" in request.headers.get("accept", "").lower()


@cache
def _asset(name: str) -> bytes:
    """Looked for when asked: the rest of the service does not need the wheel."""
    return (resources.files(WHEEL) / "static" / name).read_bytes()


def _viewer(title: str, head: str, body: str, policy: str) -> Response:
    return _html(title, f'<link rel="icon" href="assets/favicon.png">{head}', body, policy)


def _plain(title: str, body: str) -> Response:
    return _html(title, "", f"<h1>{escape(title)}</h1>{body}", _NOTHING)


def _html(title: str, head: str, body: str, policy: str) -> Response:
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head><body>{body}</body></html>'
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    return HTMLResponse(page, headers=headers)
