"""What Zipkin is sent: both ends of each span, so that there is a map, and nothing that is the same for all of them."""

import contextlib
import json
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.zipkin.node_endpoint import NodeEndpoint
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.telemetry import zipkin
from shared.telemetry.messaging import create_span, process_span, send_span


def encoded(spans: InMemorySpanExporter) -> dict[str, dict[str, Any]]:
    endpoint = NodeEndpoint()
    endpoint.service_name = "claims"
    finished: Any = spans.get_finished_spans()
    texts = json.loads(zipkin.PeerEncoder().serialize(finished, endpoint))
    return {each["name"]: each for each in texts}


def test_a_span_has_its_kind_and_the_other_end(spans: InMemorySpanExporter) -> None:
    tracer = trace.get_tracer("test")
    with tracer.start_as_current_span(
        "POST /v1/notices", kind=SpanKind.SERVER, attributes={"jaring.party": "hospital:1"}
    ):
        with tracer.start_as_current_span(
            "SELECT", kind=SpanKind.CLIENT, attributes={"db.system.name": "postgresql", "db.namespace": "claims"}
        ):
            pass
        with create_span("claim.assessed", "jaring.claim.assessed.v1") as context:
            pass
    with process_span("claim.assessed", "benefits", [context]), send_span("claims", 1, [context]):
        pass
    with tracer.start_as_current_span("run assess_claim"):
        pass
    ends = {
        name: (each.get("kind"), each.get("remoteEndpoint", {}).get("serviceName"))
        for name, each in encoded(spans).items()
    }
    assert ends == {
        "POST /v1/notices": ("SERVER", "hospital"),
        "SELECT": ("CLIENT", "postgresql/claims"),
        "create claim.assessed": ("PRODUCER", "kafka/claim.assessed"),
        "process claim.assessed": ("CONSUMER", "kafka/claim.assessed"),
        "send claims": ("CLIENT", "kafka"),
        "run assess_claim": (None, None),
    }


def test_a_span_has_its_own_attributes_and_little_else(spans: InMemorySpanExporter) -> None:
    about = {"jaring.claim": "0197b6a0-6c00-7000-8000-123456789012"}
    running = trace.get_tracer("test").start_as_current_span("run assess_claim", attributes=about)
    with contextlib.suppress(ZeroDivisionError), running:
        raise ZeroDivisionError
    found = encoded(spans)["run assess_claim"]
    assert set(found["tags"]) == {"jaring.claim", "instance", "error"}
    assert found["tags"]["error"] == "ZeroDivisionError"
    assert "debug" not in found


def test_the_exporter_speaks_so() -> None:
    assert isinstance(zipkin.exporter(2).encoder, zipkin.PeerEncoder)
