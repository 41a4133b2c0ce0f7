"""The OAuth2 token issuer of the local platform: client credentials only (RFC 6749 §4.4), JWT access tokens (RFC 9068).

It stands for the organisation's own identity provider and is no part of the platform. It reads JARING_STATE,
JARING_TOKEN_ISSUER, JARING_HTTP_HOST and JARING_HTTP_PORT.
"""

import base64
import binascii
import hmac
import json
import os
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from joserfc import jwt

from deploy.local.state import State, open_state, secret
from deploy.local.token_clients import ANY_SCOPE, SCOPE, Client, Clients, NewClient
from deploy.local.token_keys import ADMIN_SECRET, ensure_token_secrets, signing_key

LIFE_S = 600
MAX_BODY = 10_000
NO_STORE = {"Cache-Control": "no-store"}
_FORM = {"type": "object", "required": ["grant_type"], "additionalProperties": {"type": "string"}}


class OAuthError(Exception):
    """An error answer of RFC 6749 §5.2: its code, its description and the status."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """`error` is one of the codes of RFC 6749 §5.2."""
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def build(state: State, issuer: str) -> FastAPI:
    """Return the app; `issuer` is what the tokens say in `iss`."""
    ensure_token_secrets(state)
    app = FastAPI(title="Jaring local token issuer", version="1", docs_url=None, redoc_url=None)
    key, clients, admin = signing_key(state), Clients(state), secret(state, ADMIN_SECRET)

    def administrates(request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), admin.encode()):
            raise OAuthError("invalid_client", "the administrator's secret is missing or wrong", 401)

    @app.exception_handler(OAuthError)
    async def _refuse(_: Request, error: OAuthError) -> JSONResponse:
        headers = {**NO_STORE, **({"WWW-Authenticate": "Basic"} if error.status == 401 else {})}
        return JSONResponse({"error": error.error, "error_description": error.description}, error.status, headers)

    @app.post("/token", openapi_extra=_form_body())
    async def token(request: Request) -> JSONResponse:
        """Give a token for a client's own id and secret."""
        form = await _form(request)
        client = _authenticate(clients, request, form)
        granted = _scopes(client, form.get("scope", ""))
        claims = _claims(issuer, client, granted, int(time.time()))
        encoded = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, claims, key, algorithms=["ES256"])
        answer = {"access_token": encoded, "token_type": "Bearer", "expires_in": LIFE_S, "scope": " ".join(granted)}
        return JSONResponse(answer, headers=NO_STORE)

    @app.post("/clients", status_code=201)
    async def create(new: NewClient, request: Request) -> JSONResponse:
        """Register a client; the secret is told once. The caller shows the administrator's secret as a bearer token."""
        administrates(request)
        made = clients.add(new)
        if made is None:
            raise OAuthError("invalid_request", "this client_id is taken", 409)
        return JSONResponse({"client_id": new.client_id, "client_secret": made}, 201, NO_STORE)

    @app.delete("/clients/{client_id}", status_code=204)
    async def remove(client_id: str, request: Request) -> Response:
        """Forget a client; the same of one that is not known."""
        administrates(request)
        clients.remove(client_id)
        return Response(status_code=204)

    @app.get("/jwks.json")
    async def jwks() -> Any:
        """Return the public keys that verify the tokens."""
        return json.loads(state.key_set.read_text())

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Answer: nothing else is needed."""
        return {"status": "ready"}

    return app


def _form_body() -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}


async def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise OAuthError("invalid_request", "the body is application/x-www-form-urlencoded")
    body = await request.body()
    try:
        fields = parse_qs(body[: MAX_BODY + 1].decode("ascii"), max_num_fields=20)
    except ValueError as error:
        raise OAuthError("invalid_request", "the body is no form") from error
    if len(body) > MAX_BODY or any(len(values) > 1 for values in fields.values()):
        raise OAuthError("invalid_request", "a field stands twice, or the body is too long")
    return {name: values[0] for name, values in fields.items()}


def _authenticate(clients: Clients, request: Request, form: Mapping[str, str]) -> Client:
    if form.get("grant_type") != "client_credentials":
        code = "unsupported_grant_type" if "grant_type" in form else "invalid_request"
        raise OAuthError(code, "grant_type is client_credentials")
    client_id, client_secret = _basic(request.headers.get("authorization", "")) or (
        form.get("client_id", ""),
        form.get("client_secret", ""),
    )
    client = clients.find(client_id, client_secret)
    if client is None:
        raise OAuthError("invalid_client", "no such client, or the secret is wrong", 401)
    return client


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(client_id), unquote_plus(client_secret)


def _scopes(client: Client, asked: str) -> list[str]:
    """Return the scopes granted: those asked for, else all that the client may have."""
    scopes = sorted(set(asked.split()) or {scope for scope in client.scopes if scope != ANY_SCOPE})
    if not scopes:
        raise OAuthError("invalid_scope", "name the scopes")
    if not all(re.match(SCOPE, scope) and scope != ANY_SCOPE for scope in scopes) or not client.allows(scopes):
        raise OAuthError("invalid_scope", "a scope is unknown, or this client may not have it")
    return scopes


def _claims(issuer: str, client: Client, scopes: list[str], now: int) -> dict[str, Any]:
    return {
        "iss": issuer,
        "aud": sorted({f"jaring-{scope.partition(':')[0]}" for scope in scopes}),
        "sub": client.client_id,
        "client_id": client.client_id,
        "iat": now,
        "nbf": now,
        "exp": now + LIFE_S,
        "jti": str(uuid.uuid4()),
        "scope": " ".join(scopes),
        "party": client.party,
        "role": client.role,
        **({} if client.office is None else {"office": client.office}),
    }


if __name__ == "__main__":
    uvicorn.run(
        build(open_state(), os.environ["JARING_TOKEN_ISSUER"]),
        host=os.environ["JARING_HTTP_HOST"],
        port=int(os.environ["JARING_HTTP_PORT"]),
        access_log=False,
    )
