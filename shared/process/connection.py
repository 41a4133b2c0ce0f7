"""A connection to the HTTP server that ends when its client is too slow, sends too much, or takes no answer.

uvicorn bounds the head of a request with h11 only, and has no time for a head, a body or an answer at all: its
keep-alive timer is put back by every byte that comes. The body, which ASGI can see, is bounded in
`shared.web.middleware`.
"""

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.kernel.errors import JaringError, Kind
from shared.kernel.identifiers import new_id
from shared.telemetry import metrics
from shared.web.errors import HeadTooLarge, RequestMalformed, RequestTooSlow, TooManyConnections
from shared.web.limits import Limits
from shared.web.middleware import WHOLE
from shared.web.problems import MEDIA_TYPE, RETRY_AFTER_SECONDS, STATUS, problem

LOOK_SECONDS = 0.5


class HeadEnds(Exception):
    """Ends the parsing of a request whose head is too large."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection with limits; each server makes a class of its own (`connections`)."""

    limits: ClassVar[Limits]
    by_address: ClassVar[Counter[str]]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it when there are too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.by_address[self._address] += 1
        # Bytes since the last that made progress: the head so far, or what stands between the parts of a body.
        self._aside = 0
        self._head_bytes = self._head_lines = 0
        self._has_head = self._is_refused = False
        self._waits_since = self._taken_at = self.loop.time()
        self._untaken = 0
        self._leaves_at: float | None = None
        self._watch = self.loop.call_later(LOOK_SECONDS, self._look)
        if len(self.connections) > self.limits.connections:
            self._refuse(TooManyConnections(), "connections", lingers=False)
        elif self.by_address[self._address] > self.limits.connections_per_address:
            self._refuse(TooManyConnections(), "connections_per_address", lingers=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._watch.cancel()
        self.by_address[self._address] -= 1
        if not self.by_address[self._address]:
            del self.by_address[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the client was refused: then it is dropped."""
        if self._is_refused:
            return
        if not self._aside and not self._has_head:
            self._waits_since = self.loop.time()
        self._aside += len(data)
        super().data_received(data)
        if self._aside > self.limits.head_bytes and not self._is_refused:
            self._refuse(HeadTooLarge(), "head_bytes")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's signature; it repeats what was sent)
        """Say in our own form what cannot be parsed."""
        if self._head_lines > self.limits.head_lines:
            self._refuse(HeadTooLarge(), "head_lines")
        elif self._head_bytes > self.limits.head_bytes:
            self._refuse(HeadTooLarge(), "head_bytes")
        else:
            self._refuse(RequestMalformed(), None)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_bytes = self._head_lines = 0
        self._has_head = False
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address into the head."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a line of the head; lines after the body are counted and dropped, nobody here reads them."""
        self._head_lines += 1
        self._count(len(name) + len(value))
        if not self._has_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there: the request starts."""
        self._has_head = True
        self._aside = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._aside = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there to its last byte."""
        self._has_head = False
        self._aside = 0
        self._leaves_at = None
        self._waits_since = self.loop.time()
        self.scope.setdefault("extensions", {})[WHOLE] = {}
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written. Whoever still sends was refused, and is not listened to for long."""
        super().on_response_complete()
        self._waits_since = self.loop.time()
        if self.cycle.response_complete and self.cycle.more_body:
            self._leaves_at = self.loop.time() + self.limits.leave_seconds

    # What ends it.

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self.limits.head_bytes or self._head_lines > self.limits.head_lines:
            raise HeadEnds

    def _look(self) -> None:
        now = self.loop.time()
        self._watch = self.loop.call_later(LOOK_SECONDS, self._look)
        if self._leaves_at is not None and now > self._leaves_at:
            self.transport.abort()
        elif self._takes_nothing(now):
            metrics.LIMIT_REFUSALS.labels("answer_pause_seconds").inc()
            self.transport.abort()
        elif self._is_waited_for() and now - self._waits_since > self.limits.head_seconds:
            if self._aside:
                self._refuse(RequestTooSlow(), "head_seconds")
            else:
                self.transport.close()

    def _takes_nothing(self, now: float) -> bool:
        """Whether an answer lies here, and none of it has left for too long."""
        untaken = self.transport.get_write_buffer_size()
        if not untaken or untaken < self._untaken or not self._untaken:
            self._taken_at = now
        self._untaken = untaken
        return bool(untaken) and now - self._taken_at > self.limits.answer_pause_seconds

    def _is_waited_for(self) -> bool:
        """Whether the next thing to come is the head of a request."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not self._has_head and not self._is_refused and not self.transport.is_closing()

    def _refuse(self, error: JaringError, limit: str | None, *, lingers: bool = True) -> None:
        """Answer with a problem where an answer can still begin, and end the connection."""
        self._is_refused = True
        if limit is not None:
            metrics.LIMIT_REFUSALS.labels(limit).inc()
        if self.transport.is_closing():
            return
        is_open = self.cycle is not None and not self.cycle.response_complete
        if self.pipeline or (is_open and self.cycle.response_started):
            self.transport.abort()
            return
        self.transport.write(_answer(error))
        if is_open:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if lingers and self.transport.can_write_eof():
            # A close while the client still sends would reset the connection, and the answer with it.
            self.transport.write_eof()
            self._leaves_at = self.loop.time() + self.limits.leave_seconds
        else:
            self.transport.close()


def connections(limits: Limits) -> type[BoundedConnection]:
    """The class of one server's connections, which are counted together."""
    members: dict[str, Any] = {"limits": limits, "by_address": Counter()}
    return type("Connection", (BoundedConnection,), members)


def _answer(error: JaringError) -> bytes:
    status = STATUS[error.kind]
    request_id = str(new_id())
    body = orjson.dumps(problem(error, request_id).model_dump(exclude_none=True))
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        f"Request-Id: {request_id}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if error.kind is Kind.UNAVAILABLE:
        lines.append(f"Retry-After: {RETRY_AFTER_SECONDS}")
    return "\r\n".join([*lines, "", ""]).encode() + body
