"""The list of attribute names that a span may carry; an exporter wrapper drops whatever is not on it."""

import re
from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import AttributeValue

from shared.telemetry.redaction import mask

OWN = {
    "jaring.aggregate": "kind of the thing that changed, for example claim",
    "jaring.amount_sen": "an amount of money in sen",
    "jaring.attempt": "how often this work has been tried, from 1",
    "jaring.bank_file": "id of a bank file (UUID)",
    "jaring.claim": "claim id (UUID)",
    "jaring.command": "name of the use case",
    "jaring.consumer": "name of the consumer",
    "jaring.correlation_id": "id that all events of one story share (UUID)",
    "jaring.decision_outcome": "entitled, refused or superseded",
    "jaring.due_work": "kind of due work",
    "jaring.employer": "employer number (integer)",
    "jaring.error_code": "stable code of the error that was answered",
    "jaring.event_id": "id of an event (UUID)",
    "jaring.event_type": "type and version of an event",
    "jaring.file": "id of a bank or contribution file (UUID)",
    "jaring.instruction": "id of a payment instruction (UUID)",
    "jaring.party": "the tenant that called, for example employer:12",
    "jaring.payment": "id of a payment (UUID)",
    "jaring.person": "person number (integer)",
    "jaring.placement": "id of a placement (UUID)",
    "jaring.referral": "id of a referral (UUID)",
    "jaring.request_id": "the Request-Id of the answer",
    "jaring.revision": "revision of an entitlement or a line",
    "jaring.rows": "number of rows that were written",
    "jaring.seeker": "id of a job seeker (UUID)",
    "jaring.spell": "id of a spell of employment (UUID)",
    "jaring.statements": "number of SQL statements that ran in this span",
    "jaring.statements_ms": "milliseconds that they took together",
}

# Semantic conventions that the instrumentations and our messaging spans emit and that hold no personal data. Not
# here, and so dropped: url.path and url.query (a caller may type a national id there), client and network peer
# addresses, user agent, message keys, database parameters, exception messages and stack traces.
CONVENTIONS = {
    "db.collection.name": "table",
    "db.name": "database (older convention)",
    "db.namespace": "database",
    "db.operation.name": "SQL verb",
    "db.query.text": "SQL with placeholders",
    "db.response.status_code": "SQLSTATE",
    "db.statement": "SQL with placeholders (older convention)",
    "db.system": "postgresql (older convention)",
    "db.system.name": "postgresql",
    "error.type": "class of an error",
    "exception.escaped": "whether an exception left the span",
    "exception.type": "class of an exception",
    "http.method": "method (older convention)",
    "http.request.method": "method",
    "http.response.status_code": "status",
    "http.route": "path template",
    "http.scheme": "http or https (older convention)",
    "http.status_code": "status (older convention)",
    "messaging.batch.message_count": "events in a batch",
    "messaging.consumer.group.name": "consumer group",
    "messaging.destination.name": "topic",
    "messaging.destination.partition.id": "partition",
    "messaging.kafka.offset": "offset",
    "messaging.message.id": "event id",
    "messaging.operation.name": "create, send or process",
    "messaging.operation.type": "create, send or process",
    "messaging.system": "kafka",
    "network.protocol.version": "HTTP version",
    "server.address": "our own host",
    "server.port": "our own port",
    "url.scheme": "http or https",
}

ALLOWED = OWN | CONVENTIONS
_CLASS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class AllowedAttributesExporter(SpanExporter):
    """Passes spans on with listed attributes only, national ids masked in every text, and no exception message.

    It works in the exporter's thread, so a request does not pay for it.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([cleaned(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def allowed(attributes: Mapping[str, AttributeValue] | None) -> dict[str, AttributeValue]:
    """The listed attributes among these, with national ids masked."""
    return {
        name: mask(value) if isinstance(value, str) else value
        for name, value in (attributes or {}).items()
        if name in ALLOWED
    }


def cleaned(span: ReadableSpan) -> ReadableSpan:
    """A copy of a finished span that may leave the process."""
    return ReadableSpan(
        name=mask(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=allowed(span.attributes),
        events=[Event(event.name, allowed(event.attributes), event.timestamp) for event in span.events],
        links=[Link(link.context, allowed(link.attributes)) for link in span.links],
        kind=span.kind,
        status=_cleaned_status(span.status),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _cleaned_status(status: Status) -> Status:
    # The SDK writes "Class: message"; the message may hold row values.
    found = _CLASS_NAME.match(status.description or "")
    return Status(status.status_code, found[0]) if found and not status.is_ok else Status(status.status_code)
