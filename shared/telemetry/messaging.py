"""Spans of messaging, after the OpenTelemetry conventions: create (in the writer's transaction), send (the relay),
process (a consumer).

A *context* here is what `inject` returned when the event was written: `{"traceparent": ..., "tracestate": ...}`,
or empty. It is stored in the outbox row, travels as CloudEvents extensions, and is what these functions accept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

MOST_LINKS = 128
_USUAL_LENGTH = len(f"00-{'0' * 32}-{'0' * 16}-01")

_tracer = trace.get_tracer("jaring.messaging")
_propagator = TraceContextTextMapPropagator()

TraceCarrier = Mapping[str, str]


def inject() -> dict[str, str]:
    """The current span's `traceparent` (and `tracestate`), to be stored beside a row; empty without a span."""
    return carrier_of(trace.get_current_span())


def carrier_of(span: Span) -> dict[str, str]:
    """The same of a span that is at hand."""
    context = span.get_span_context()
    if not context.is_valid:
        return {}
    # As the library's propagator writes it, at a fifth of its price: each answer and each event bears one.
    carrier = {"traceparent": f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"}
    if context.trace_state:
        carrier["tracestate"] = context.trace_state.to_header()
    return carrier


def trace_id_of(carrier: TraceCarrier) -> str | None:
    """The id of the trace that a stored context belongs to, for a log line that is written outside its span."""
    context = _span_context(carrier)
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


@contextmanager
def create_span(topic: str, event_type: str) -> Iterator[dict[str, str]]:
    """The creation of one event; yields the context to store with it. Without a trace no span is made."""
    current = trace.get_current_span()
    if not current.is_recording():
        yield carrier_of(current)
        return
    attributes = {**_attributes("create", topic), "jaring.event_type": event_type}
    with _tracer.start_as_current_span(f"create {topic}", kind=SpanKind.PRODUCER, attributes=attributes):
        yield inject()


@contextmanager
def send_span(topic: str, events: int, contexts: Sequence[TraceCarrier]) -> Iterator[Span]:
    """One batch of the relay, of so many events, linked to the sampled ones among these contexts; with none of them
    sampled no span is made."""
    attributes = {**_attributes("send", topic), "messaging.batch.message_count": events}
    with _linked_root(f"send {topic}", SpanKind.CLIENT, attributes, contexts) as span:
        yield span


@contextmanager
def process_span(topic: str, consumer: str, contexts: Sequence[TraceCarrier]) -> Iterator[Span]:
    """The processing of one event (a child of its creation) or of several (a new trace, linked to each of them)."""
    attributes = {
        **_attributes("process", topic),
        "messaging.consumer.group.name": consumer,
        "messaging.batch.message_count": len(contexts),
    }
    if len(contexts) == 1 and _span_context(contexts[0]).is_valid:
        with _child(contexts[0], f"process {topic}", SpanKind.CONSUMER, attributes) as span:
            yield span
    else:
        with _linked_root(f"process {topic}", SpanKind.CONSUMER, attributes, contexts) as span:
            yield span


@contextmanager
def child_of(
    traceparent: str | None, name: str, attributes: Mapping[str, AttributeValue] | None = None
) -> Iterator[Span]:
    """Work that was asked for earlier (due work, a payment instruction): a child of the stored `traceparent`.

    Without a stored one it starts a trace of its own.
    """
    carrier = {"traceparent": traceparent} if traceparent else {}
    with _child(carrier, name, SpanKind.INTERNAL, attributes or {}) as span:
        yield span


def _attributes(operation: str, topic: str) -> dict[str, AttributeValue]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }


@contextmanager
def _child(
    carrier: TraceCarrier, name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue]
) -> Iterator[Span]:
    parent = _propagator.extract(carrier, context=Context())
    with _tracer.start_as_current_span(name, context=parent, kind=kind, attributes=attributes) as span:
        yield span


@contextmanager
def _linked_root(
    name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue], contexts: Sequence[TraceCarrier]
) -> Iterator[Span]:
    sampled = list(islice(_sampled(contexts), MOST_LINKS))
    known = next(_valid(contexts), None) if not sampled else None
    if known is not None or (not sampled and kind is SpanKind.CLIENT):
        # Whoever began did not sample: what follows from it inside this block stays unsampled as well.
        with trace.use_span(NonRecordingSpan(known) if known is not None else trace.INVALID_SPAN):
            yield trace.get_current_span()
        return
    links = [Link(context) for context in sampled]
    with _tracer.start_as_current_span(name, context=Context(), kind=kind, attributes=attributes, links=links) as span:
        yield span


def _sampled(contexts: Sequence[TraceCarrier]) -> Iterator[SpanContext]:
    """One by one: the library takes as long for each as the rest of a batch takes for an event."""
    may_be = (context for context in contexts if _may_be_sampled(context.get("traceparent", "")))
    return (context for context in _valid(may_be) if context.trace_flags.sampled)


def _may_be_sampled(traceparent: str) -> bool:
    """The last bit of the flags, which end the usual form; any other form is read whole."""
    return traceparent[-1] in "13579bdf" if len(traceparent) == _USUAL_LENGTH else bool(traceparent)


def _valid(contexts: Iterable[TraceCarrier]) -> Iterator[SpanContext]:
    return (context for context in map(_span_context, contexts) if context.is_valid)


def _span_context(carrier: TraceCarrier) -> SpanContext:
    return trace.get_current_span(_propagator.extract(carrier, context=Context())).get_span_context()
