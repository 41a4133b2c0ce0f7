"""What stands around every request: its id, its log line and metrics, the size and the pace of its body. Pure ASGI:
Starlette's BaseHTTPMiddleware would run the route in another task and lose its context variables."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

import structlog
from fastapi import FastAPI, Request, Response
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel import bound
from shared.kernel.errors import JaringError
from shared.kernel.identifiers import new_id_text
from shared.security.tokens import Caller
from shared.telemetry import messaging, metrics
from shared.telemetry.ids import ids_of, mark
from shared.telemetry.redaction import mask
from shared.telemetry.server_span import ServerSpan
from shared.web.errors import BodyTooLarge, EncodingUnsupported
from shared.web.limits import Admission
from shared.web.problems import internal_problem, problem_response
from shared.web.table import Entry, Table

UNLOGGED = frozenset({"/livez", "/readyz", "/metrics"})
# An extension of the scope: the server has the body to its last byte, so that nobody waits for it.
WHOLE = "jaring.whole_body"
# No status of HTTP: the client left before it was answered. The number is nginx's.
CLIENT_LEFT = 499
UNKNOWN = "unknown"

Headers: TypeAlias = Mapping[bytes, bytes]
Found: TypeAlias = tuple[Entry, dict[str, str]]

_USUAL = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_USUAL_NAMES = frozenset(name for name, _ in _USUAL)
_ANNOUNCE = frozenset({b"content-length", b"transfer-encoding"})
_NONE: Mapping[str, Any] = {}
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger(__name__)


class Door:
    """Stands around every request, in one layer: gives it an id (the sender's if it is sane), which log lines and the
    answer bear, and a span; refuses compressed bodies with 415, long ones with 413 by their declared and by their real
    length, slow ones with 408, and those of a client that has too many bytes in flight with 429; has it answered, by
    the table of routes or else by FastAPI; turns what is raised into a problem, and what nobody has foreseen into a
    500; measures, and writes one line.
    """

    def __init__(self, app: ASGIApp, api: FastAPI, larger: Mapping[str, int]) -> None:
        self._app = app
        self._api = api
        self._larger = tuple(larger.items())
        self._table = Table(api)
        self._meters = Meters()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = _first_of_each(scope["headers"])
        request_id = _request_id(headers.get(b"request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        bound.begin(request_id=request_id)
        found = None if self._api.dependency_overrides else self._table.find(scope["method"], _path(scope))
        is_told = scope["path"] not in UNLOGGED
        span = ServerSpan(scope, None if found is None else found[0].template) if is_told else None
        answer = _Answer(send, request_id, span)
        try:
            await self._guarded(scope, receive, headers, answer, found)
        except ClientDisconnect:
            # Nobody is left to be answered, and nothing is wrong with us.
            answer.status = answer.status or CLIENT_LEFT
        except Exception as fault:
            # An answer that has begun cannot be replaced; the server cuts the connection.
            if answer.status:
                if span is not None:
                    span.broke(fault)
                raise
            await internal_problem(Request(scope), fault)(scope, receive, answer.send)
        finally:
            route = _route(scope)
            try:
                if is_told:
                    self._tell(scope, route, answer.status, time.perf_counter() - started)
            finally:
                if span is not None:
                    span.end(route)
                bound.clear()

    async def _guarded(
        self, scope: Scope, receive: Receive, headers: Headers, answer: "_Answer", found: Found | None
    ) -> None:
        admission: Admission = self._api.state.admission
        longest = self._longest(scope["path"], admission)
        refusal = _refusal(headers, longest)
        if refusal is not None:
            await problem_response(Request(scope), refusal)(scope, receive, answer.send)
            return
        body = _Body(scope, receive, longest, admission, is_announced=not _ANNOUNCE.isdisjoint(headers))
        try:
            if found is None:
                await self._app(scope, body.receive, answer.send)
            else:
                response = await self._answered(scope, body.receive, *found)
                await response(scope, body.receive, answer.send)
        finally:
            body.let_go()

    async def _answered(self, scope: Scope, receive: Receive, entry: Entry, parameters: dict[str, str]) -> Response:
        """The answer of a route of the table, or of the handler of what it raised."""
        scope["route"], scope["path_params"] = entry.route, parameters
        request = _Request(scope, receive)
        try:
            return await entry.handler(request)
        except Exception as fault:
            handler = self._handler_of(fault)
            if handler is None:
                raise
            response: Response = await handler(request, fault)
            return response

    def _handler_of(self, fault: Exception) -> Callable[[Request, Any], Any] | None:
        """As Starlette chooses it: the nearest class of the fault's that has one. All of ours are coroutines."""
        handlers = self._api.exception_handlers
        return next((handlers[kind] for kind in type(fault).__mro__ if kind in handlers), None)

    def _longest(self, path: str, admission: Admission) -> int:
        larger = (limit for prefix, limit in self._larger if path.startswith(prefix))
        return next(larger, admission.limits.body_bytes)

    def _tell(self, scope: Scope, template: str | None, status: int, seconds: float) -> None:
        route = template or UNKNOWN
        self._meters.count(scope["method"], route, status, seconds)
        ids = ids_of(scope.get("path_params", {}))
        mark(ids)
        milliseconds = round(seconds * 1000, 1)
        log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds, **ids)


class Meters:
    """The metrics of requests, with the child of each set of labels at hand: to look it up costs more than to count."""

    def __init__(self) -> None:
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer more."""
        labels = (method, route, status)
        children = self._children.get(labels)
        if children is None:
            seen = metrics.HTTP_REQUEST_SECONDS.labels(method, route)
            children = self._children[labels] = (metrics.HTTP_REQUESTS.labels(method, route, str(status)), seen)
        answers, times = children
        answers.inc()
        times.observe(seconds)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            metrics.HTTP_UNAVAILABLE.inc()
        elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            metrics.HTTP_SERVER_ERRORS.inc()


class _Request(Request):
    """Reads its body as Starlette's does, without a generator that is closed for each."""

    async def body(self) -> bytes:
        """All of it; raises ClientDisconnect."""
        if not hasattr(self, "_body"):
            self._body = await super().body() if self._stream_consumed else await self._read()
        return self._body

    async def _read(self) -> bytes:
        parts: list[bytes] = []
        while not self._stream_consumed:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._is_disconnected = True
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            self._stream_consumed = not message.get("more_body", False)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class _Body:
    """A body on its way in: it is counted, held against its client's share, and not waited for for ever."""

    def __init__(
        self, scope: Scope, receive: Receive, longest: int, admission: Admission, *, is_announced: bool
    ) -> None:
        self._scope = scope
        # The head says that there is one (RFC 9112 §6.3); otherwise there is nothing to wait for.
        self._is_announced = is_announced
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
        is_awaited = self._is_announced and WHOLE not in self._scope.get("extensions", _NONE)
        message = await (self._receive_in_time() if is_awaited else self._receive())
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

    async def _receive_in_time(self) -> Message:
        try:
            async with asyncio.timeout(self._patience()):
                return await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None

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

    def __init__(self, send: Send, request_id: str, span: ServerSpan | None) -> None:
        self._send = send
        self._request_id = request_id
        self._span = span
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._span is not None:
                self._span.answered(self.status)
            message["headers"] = self._headers(message.get("headers", ()))
        await self._send(message)

    def _headers(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        given = list(given)
        ours = [(b"request-id", self._request_id.encode())]
        carrier = messaging.inject() if self._span is None else messaging.carrier_of(self._span.span)
        ours += [(name.encode(), value.encode()) for name, value in carrier.items()]
        names = {name for name, _ in given}
        if names.isdisjoint(_USUAL_NAMES) and names.isdisjoint(name for name, _ in ours):
            return [*given, *_USUAL, *ours]
        replaced = {name for name, _ in ours}
        headers = [each for each in given if each[0] not in replaced]
        known = {name for name, _ in headers}
        # Whatever is answered is about somebody, and browsers and proxies keep what they are not told not to.
        return headers + [each for each in _USUAL if each[0] not in known] + ours


def _first_of_each(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """What a header says, which may stand there more than once: the first counts."""
    return dict(reversed(headers))


def _request_id(offered: bytes) -> str:
    if not offered:
        return new_id_text()
    text = offered.decode("latin-1")
    return text if _SANE_ID.fullmatch(text) and mask(text) == text else new_id_text()


def _refusal(headers: Headers, limit: int) -> JaringError | None:
    encoding = headers.get(b"content-encoding")
    if encoding is not None and encoding.decode("latin-1").strip().lower() not in ("", "identity"):
        return EncodingUnsupported()
    declared = headers.get(b"content-length", b"").decode("latin-1")
    if declared.isdecimal() and int(declared) > limit:
        return _too_large(limit)
    return None


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"At most {limit} bytes are accepted here.", facts={"limit": limit})


def _path(scope: Scope) -> str:
    """The path that routes are found by; below a root, which FastAPI takes off, none."""
    return "" if scope.get("root_path") else str(scope["path"])


def _route(scope: Scope) -> str | None:
    """The template, never the path: a path may hold what somebody typed. An unmatched one has none."""
    path = getattr(scope.get("route"), "path", None)
    return None if path is None else str(path)
