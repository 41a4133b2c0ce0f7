"""What stands around every request: its id, its log line and metrics, the size and the pace of its body. Pure ASGI:
Starlette's BaseHTTPMiddleware would run the route in another task and lose its context variables."""

import asyncio
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel.errors import JaringError
from shared.kernel.identifiers import new_id
from shared.security.tokens import Caller
from shared.telemetry import messaging, metrics
from shared.telemetry.ids import ids_of, mark
from shared.telemetry.redaction import mask
from shared.web.errors import BodyTooLarge, EncodingUnsupported
from shared.web.limits import Admission
from shared.web.problems import internal_problem, problem_response

UNLOGGED = frozenset({"/livez", "/readyz", "/metrics"})
# No status of HTTP: the client left before it was answered. The number is nginx's.
CLIENT_LEFT = 499

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
        except ClientDisconnect:
            # Nobody is left to be answered, and nothing is wrong with us.
            answer.status = answer.status or CLIENT_LEFT
        except Exception as fault:
            # An answer that has begun cannot be replaced; the server cuts the connection.
            if answer.status:
                raise
            await internal_problem(Request(scope), fault)(scope, receive, answer.send)


class BodyGuard:
    """Refuses compressed bodies with 415, long ones with 413 by their declared and by their real length, slow ones with
    408, and those of a client that has too many bytes in flight with 429."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        admission: Admission = scope["app"].state.admission
        longest = self._longest(scope["path"], admission)
        refusal = _refusal(Headers(scope=scope), longest)
        if refusal is not None:
            await problem_response(Request(scope), refusal)(scope, receive, send)
            return
        body = _Body(scope, receive, longest, admission)
        try:
            await self._app(scope, body.receive, send)
        finally:
            body.let_go()

    def _longest(self, path: str, admission: Admission) -> int:
        larger = (limit for prefix, limit in self._larger.items() if path.startswith(prefix))
        return next(larger, admission.limits.body_bytes)


class _Body:
    """A body on its way in: it is counted, held against its client's share, and not waited for for ever."""

    def __init__(self, scope: Scope, receive: Receive, longest: int, admission: Admission) -> None:
        self._scope = scope
        self._receive = receive
        self._longest = longest
        self._admission = admission
        self._client: str | None = None
        self._seen = self._held = 0
        self._is_whole = False
        self._began = asyncio.get_running_loop().time()

    async def receive(self) -> Message:
        """The next part. FastAPI turns whatever else is raised while it reads a body into a 400."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._patience()):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self._is_whole = not message.get("more_body", False)
        size = len(message.get("body", b""))
        self._seen += size
        if self._seen > self._longest:
            raise HTTPException(413)
        self._hold(size)
        return message

    def let_go(self) -> None:
        """The request is over."""
        if self._client is not None:
            self._admission.let_go(self._client, self._held)

    def _patience(self) -> float:
        """How long to wait for the next part: the share of the body that has come buys time, a pause costs it."""
        limits = self._admission.limits
        over = self._began + limits.body_seconds + self._seen / limits.body_bytes_a_second
        return min(limits.body_pause_seconds, max(over - asyncio.get_running_loop().time(), 0))

    def _hold(self, size: int) -> None:
        # Who it is is known before the body is read; a route that is open to all has one share for all.
        caller = self._scope["state"].get("caller")
        self._client = caller.client if isinstance(caller, Caller) else ""
        self._held += size
        self._admission.hold(self._client, size)


class _Answer:
    """Sees the answer pass: keeps its status and adds `Request-Id`, `traceparent` and `Cache-Control`."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["Request-Id"] = self._request_id
            # Whatever is answered is about somebody, and browsers and proxies keep what they are not told not to.
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("X-Content-Type-Options", "nosniff")
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


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"At most {limit} bytes are accepted here.", facts={"limit": limit})


def _measure(scope: Scope, status: int, seconds: float) -> None:
    route = _route(scope)
    if route in UNLOGGED:
        return
    metrics.HTTP_REQUESTS.labels(scope["method"], route, str(status)).inc()
    metrics.HTTP_REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        metrics.HTTP_UNAVAILABLE.inc()
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        metrics.HTTP_SERVER_ERRORS.inc()
    ids = ids_of(scope.get("path_params", {}))
    mark(ids)
    milliseconds = round(seconds * 1000, 1)
    log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds, **ids)


def _route(scope: Scope) -> str:
    """The template, never the path: a path may hold what somebody typed. An unmatched one is `unknown`."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unknown"))
