"""The span of one request that a process answers, after the OpenTelemetry conventions for HTTP servers.

Nine requests in ten are not sampled: of these there is the context that logs, events and the answer carry, and nothing
else is made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
_HTTP_PORT = 80

_tracer = trace.get_tracer("jaring.web")
_propagator = TraceContextTextMapPropagator()


class ServerSpan:
    """A span that is current from `begin` to `end`, which one task calls."""

    def __init__(self, scope: Mapping[str, Any], template: str | None) -> None:
        self._method = _known(scope["method"])
        name = _name(self._method, template)
        self.span: Span = _tracer.start_span(name, context=_parent(scope["headers"]), kind=SpanKind.SERVER)
        self._token = context.attach(trace.set_span_in_context(self.span))
        self._template = template
        if self.span.is_recording():
            self.span.set_attributes(_attributes(scope, self._method))

    def answered(self, status: int) -> None:
        """The status that the answer begins with: a defect is an error, a refusal is none."""
        if not self.span.is_recording():
            return
        self.span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self.span.set_attribute("error.type", str(status))
            self.span.set_status(Status(StatusCode.ERROR))

    def broke(self, fault: Exception) -> None:
        """An answer that had begun was cut."""
        if self.span.is_recording():
            self.span.record_exception(fault)
            self.span.set_status(Status(StatusCode.ERROR, f"{type(fault).__name__}: {fault}"))

    def end(self, template: str | None) -> None:
        """The request is over; `template` is the path of its route, which may have been found only on the way."""
        if self.span.is_recording():
            if template is not None:
                self.span.set_attribute("http.route", template)
                if template != self._template:
                    self.span.update_name(_name(self._method, template))
            self.span.end()
        context.detach(self._token)


def _parent(headers: Iterable[tuple[bytes, bytes]]) -> context.Context:
    """The caller's context, and an empty one where it sent none: what is current is no part of this request. A request
    that was sent before the last one was answered begins in the context in which that one ends."""
    sent: dict[str, list[str]] = {}
    for name, value in headers:
        if name in (b"traceparent", b"tracestate"):
            sent.setdefault(name.decode(), []).append(value.decode("latin-1"))
    return _propagator.extract(sent) if "traceparent" in sent else context.Context()


def _known(method: str) -> str:
    return method if method in _METHODS else "_OTHER"


def _name(method: str, template: str | None) -> str:
    verb = "HTTP" if method == "_OTHER" else method
    return verb if template is None else f"{verb} {template}"


def _attributes(scope: Mapping[str, Any], method: str) -> dict[str, str | int]:
    host, port = scope.get("server") or ("0.0.0.0", _HTTP_PORT)  # noqa: S104 (a name for what is not known)
    return {
        "http.request.method": method,
        "network.protocol.version": scope["http_version"],
        "server.address": host if port == _HTTP_PORT else f"{host}:{port}",
        "server.port": port,
        "url.scheme": scope["scheme"],
    }
