"""Spans in Zipkin's own format, each with the other end that it spoke to: without one there is no map of services.

Zipkin draws a line for a span whose two ends it knows. The library's encoder sends one; the other is the topic, the
database, or the kind of party that called.
"""

from typing import Any

from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.exporter.zipkin.json.v2 import JsonV2Encoder
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode


class PeerEncoder(JsonV2Encoder):
    """Adds the other end, and leaves out what is the same for every span of a process: it filled Zipkin's memory."""

    def _encode_span(self, span: Any, encoded_local_endpoint: Any) -> dict[str, Any]:
        encoded: dict[str, Any] = super()._encode_span(span, encoded_local_endpoint)
        # "debug" asks the collector to pass by its own limits.
        encoded.pop("debug", None)
        if encoded["kind"] is None:
            del encoded["kind"]
        peer = peer_of(span)
        return encoded if peer is None else {**encoded, "remoteEndpoint": {"serviceName": peer}}

    def _extract_tags_from_span(self, span: Any) -> dict[str, str]:
        tags: dict[str, str] = self._extract_tags_from_dict(dict(span.attributes or {}))
        tags["instance"] = str(span.resource.attributes.get("service.instance.id", ""))
        if span.status.status_code is StatusCode.ERROR:
            tags["error"] = span.status.description or "error"
        return tags


def peer_of(span: ReadableSpan) -> str | None:
    """The other end of a span, as a node of the map: ``kafka/claim.assessed``, ``postgresql/claims``, ``hospital``."""
    attributes = span.attributes or {}
    if "messaging.system" in attributes:
        topic = attributes.get("messaging.destination.name")
        return f"kafka/{topic}" if span.kind in (SpanKind.PRODUCER, SpanKind.CONSUMER) else "kafka"
    if "db.system.name" in attributes:
        return f"postgresql/{attributes.get('db.namespace', '')}".rstrip("/")
    party = attributes.get("jaring.party")
    return str(party).partition(":")[0] if span.kind is SpanKind.SERVER and party else None


def exporter(timeout_seconds: int) -> ZipkinExporter:
    """An exporter to OTEL_EXPORTER_ZIPKIN_ENDPOINT."""
    made = ZipkinExporter(timeout=timeout_seconds)
    made.encoder = PeerEncoder()  # type: ignore[assignment]  # typed by the first that the library may choose
    return made
