"""What stands around every request: its id, its log line and metrics, the size of its body. Pure ASGI: Starlette's
BaseHTTPMiddleware would run the route in another task and lose its context variables."""

import re
import time
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel.errors import JaringError
from shared.kernel.identifiers import new_id
from shared.telemetry import messaging, metrics
from shared.telemetry.redaction import mask
from shared.web.errors import BodyTooLarge, EncodingUnsupported
from shared.web.problems import internal_problem, problem_response

UNLOGGED = frozenset({"/livez", "/readyz", "/metrics"})

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger(__name__)


class RequestContext:
    """Gives each request an id (the sender's if it is sane), binds it to log lines, measures, and turns what nobody
    has caught into a 500 problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get("request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._run(scope, receive, answer)
        finally:
            _measure(scope, answer.status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    async def _run(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except Exception as fault:
            # An answer that has begun cannot be replaced; the server cuts the connection.
            if answer.status:
                raise
            await internal_problem(Request(scope), fault)(scope, receive, answer.send)


class BodyLimit:
    """Refuses compressed bodies with 415 and long ones with 413, by their declared and by their real length."""

    def __init__(self, app: ASGIApp, largest_body: int, larger: Mapping[str, int]) -> None:
        self._app = app
        self._largest_body = largest_body
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        refusal = _refusal(Headers(scope=scope), limit)
        if refusal is None:
            await self._app(scope, _counted(receive, limit), send)
        else:
            await problem_response(Request(scope), refusal)(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next((limit for prefix, limit in self._larger.items() if path.startswith(prefix)), self._largest_body)


class _Answer:
    """Sees the answer pass: keeps its status and adds `Request-Id` and `traceparent`."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["Request-Id"] = self._request_id
            headers.update(messaging.inject())
        await self._send(message)


def _request_id(offered: str) -> str:
    return offered if _SANE_ID.fullmatch(offered) and mask(offered) == offered else str(new_id())


def _refusal(headers: Headers, limit: int) -> JaringError | None:
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return EncodingUnsupported()
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        return _too_large(limit)
    return None


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # FastAPI turns any other exception raised while it reads a body into a 400.
            raise HTTPException(413)
        return message

    return counted


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"At most {limit} bytes are accepted here.", facts={"limit": limit})


def _measure(scope: Scope, status: int, seconds: float) -> None:
    route = _route(scope)
    if route in UNLOGGED:
        return
    metrics.HTTP_REQUESTS.labels(scope["method"], route, str(status)).inc()
    metrics.HTTP_REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
    log.info("request", method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1000, 1))


def _route(scope: Scope) -> str:
    """The template, never the path: a path may hold what somebody typed. An unmatched one is `unknown`."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unknown"))
