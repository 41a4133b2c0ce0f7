"""Scopes per route, deny by default: `dependencies=[requires("claims:notice:write")]`, or `[public()]` on purpose."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security, params
from fastapi.openapi.models import HTTPBearer
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase
from opentelemetry import trace
from starlette.routing import BaseRoute

from shared.kernel.bound import bind
from shared.security.errors import OfficersOnly, ScopeMissing
from shared.security.tokens import Caller, TokenVerifier, bearer_token

PUBLIC = "public"
_SCOPE = re.compile(r"[a-z]+:[a-z_]+:[a-z_]+")


class RequiredScope(SecurityBase):
    """The dependency behind `requires`; it authenticates, demands its scope and keeps the caller on the request."""

    def __init__(self, scope: str) -> None:
        if not _SCOPE.fullmatch(scope):
            raise ValueError(f"a scope reads service:resource:verb, not {scope!r}")
        self.scope = scope
        self.scheme_name = "access_token"
        self.model = HTTPBearer(bearerFormat="JWT", description="An access token (RFC 9068) of at most ten minutes.")

    async def __call__(self, request: Request) -> Caller:
        return await admit(request, self.scope)


class Public:
    """The marker behind `public`."""

    scope = PUBLIC

    async def __call__(self) -> None:
        """Let everybody in."""


def requires(scope: str) -> params.Depends:
    """Admit callers whose token carries the scope `service:resource:verb`; 401 without a token, 403 without it."""
    return Security(RequiredScope(scope), scopes=[scope])  # type: ignore[no-any-return]


def public() -> params.Depends:
    """Mark a route that is open on purpose, such as health."""
    return Depends(Public())  # type: ignore[no-any-return]


async def admit(request: Request, scope: str) -> Caller:
    """The caller, whose token is checked once and must carry the scope; raises ScopeMissing, or what is wrong."""
    caller = await authenticate(request)
    if scope not in caller.scopes:
        raise ScopeMissing(f"The scope {scope} is needed.", facts={"scope": scope})
    return caller


async def authenticate(request: Request) -> Caller:
    """Check the request's token with `app.state.token_verifier`, once, and keep it as `request.state.caller`."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    known = state.get("caller")
    if isinstance(known, Caller):
        return known
    verifier: TokenVerifier = request.app.state.token_verifier
    sent = [value.decode("latin-1") for name, value in request.scope["headers"] if name == b"authorization"]
    caller = state["caller"] = await verifier.verify(bearer_token(sent))
    bind(party=caller.party, client_id=caller.client_id)
    trace.get_current_span().set_attribute("jaring.party", caller.party)
    return caller


async def current_caller(request: Request) -> Caller:
    """The caller that `requires` has let in; a public route that asks for one is a defect and fails."""
    caller = request.scope.get("state", {}).get("caller")
    if not isinstance(caller, Caller):
        raise LookupError("this route declares no scope, so it has no caller")
    return caller


Party = Annotated[Caller, Depends(current_caller)]


async def officers_only(caller: Party) -> None:
    """Dependency of what partners may not do, whatever scope their token carries; raises OfficersOnly."""
    if not caller.is_officer:
        raise OfficersOnly()


def declared_scope(route: Any) -> str | None:
    """The scope that a route (or FastAPI's `RouteContext` of it) demands, `PUBLIC`, or None when it declares none."""
    dependant = getattr(route, "dependant", None)
    scopes = [] if dependant is None else list(_scopes(dependant))
    return scopes[0] if scopes else None


def routes_without_scope(app: FastAPI) -> list[str]:
    """Method and path of every route that declares neither a scope nor `public()`; FastAPI's own pages are exempt."""
    own_pages = {app.openapi_url, app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url}
    contexts = iter_route_contexts(app.routes)
    return sorted(
        _name(context)
        for context in contexts
        if declared_scope(context) is None and not (context.path in own_pages and _is_own_page(context.original_route))
    )


def _scopes(dependant: Any) -> Iterator[str]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, RequiredScope | Public):
            yield dependency.call.scope
        yield from _scopes(dependency)


def _is_own_page(route: BaseRoute) -> bool:
    return getattr(getattr(route, "endpoint", None), "__module__", "") == "fastapi.applications"


def _name(context: Any) -> str:
    return f"{','.join(sorted(context.methods or {'ANY'}))} {context.path}"
