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


def _histogram(name: str, meaning: str, *labels: str) -> Histogram:
    return Histogram(f"jaring_{name}", meaning, labels, buckets=_FAST, registry=REGISTRY)


# The outbox and its relay.
RELAY_BATCH_SECONDS = _histogram("relay_batch_seconds", "From reading a batch to marking its rows")
RELAYED_EVENTS = _counter("relayed_events", "Events sent and acknowledged", "topic")

# Consumers.
CONSUMED_EVENTS = _counter("consumed_events", "Events applied or handled", "topic", "consumer")
INBOX_DUPLICATES = _counter("inbox_duplicates", "Events seen before and dropped", "topic", "consumer")
PARKED_EVENTS = _counter("parked_events", "Events that were parked", "topic", "consumer")
STREAM_GAPS = _counter("stream_gaps", "Gaps seen in a stream's versions", "topic", "consumer")
COMMIT_FAILURES = _counter("commit_failures", "Commits that failed, by database or broker", "target")

# Due work.
DUE_WORK_FAILURES = _counter("due_work_failures", "Runs that failed, to be tried again or kept", "kind")

# HTTP; the route is the template, never the path.
HTTP_REQUESTS = _counter("http_requests", "Answers", "method", "route", "status")
HTTP_REQUEST_SECONDS = _histogram("http_request_seconds", "Time to answer", "method", "route")
LIMIT_REFUSALS = _counter("limit_refusals", "Connections and requests that a limit refused", "limit")
TOKEN_KEYS_SKIPPED = _counter(
    "token_keys_skipped", "Keys of the issuer's set that cannot be used here, by reason", "reason"
)
TOKEN_KEYS_AGE = Gauge(
    "jaring_token_keys_age_seconds", "Since the issuer's keys were last seen to be good", registry=REGISTRY
)


def body() -> tuple[bytes, str]:
    """The text of `/metrics` and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
