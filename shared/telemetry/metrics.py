"""Every metric of the platform, by name; `/metrics` shows this registry and nothing else."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"jaring_{name}", meaning, labels, registry=REGISTRY)


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"jaring_{name}", meaning, labels, registry=REGISTRY)


def _histogram(name: str, meaning: str, *labels: str) -> Histogram:
    return Histogram(f"jaring_{name}", meaning, labels, buckets=_FAST, registry=REGISTRY)


# The outbox and its relay.
OUTBOX_OLDEST_UNPUBLISHED = _gauge("outbox_oldest_unpublished_seconds", "Age of the oldest event not yet sent")
OUTBOX_ROWS = _gauge("outbox_rows", "Rows of the outbox", "state")
RELAY_BATCH_SECONDS = _histogram("relay_batch_seconds", "From reading a batch to marking its rows")
RELAYED_EVENTS = _counter("relayed_events", "Events sent and acknowledged", "topic")

# Consumers.
CONSUMED_EVENTS = _counter("consumed_events", "Events applied or handled", "topic", "consumer")
INBOX_DUPLICATES = _counter("inbox_duplicates", "Events seen before and dropped", "topic", "consumer")
PARKED_EVENTS = _counter("parked_events", "Events that were parked", "topic", "consumer")
PARKED_ROWS = _gauge("parked_rows", "Parked events that wait for replay", "topic", "consumer")
STREAM_GAPS = _counter("stream_gaps", "Gaps seen in a stream's versions", "topic", "consumer")
LAG_SECONDS = _gauge("lag_seconds", "How far behind a projection is", "topic", "consumer")
LAG_EVENTS = _gauge("lag_events", "Events not yet consumed", "topic", "consumer")
COMMIT_FAILURES = _counter("commit_failures", "Commits that failed, by database or broker", "target")

# Due work.
DUE_WORK_WAITING = _gauge("due_work_waiting", "Rows that are not due yet", "kind")
DUE_WORK_OVERDUE = _gauge("due_work_overdue", "Rows that are due and not done", "kind")

# HTTP; the route is the template, never the path.
HTTP_REQUESTS = _counter("http_requests", "Answers", "method", "route", "status")
HTTP_REQUEST_SECONDS = _histogram("http_request_seconds", "Time to answer", "method", "route")

# Money, in sen; whole sen are exact in a double up to 90 billion ringgit a hundred times over.
MONEY_IN_SEN = _counter("money_in_sen", "Contributions received, in sen", "kind")
MONEY_OUT_SEN = _counter("money_out_sen", "Benefits settled, in sen", "kind")


def body() -> tuple[bytes, str]:
    """The text of `/metrics` and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
