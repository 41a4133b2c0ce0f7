"""Spans are recorded for a test that looks at them."""

import pytest
from opentelemetry import trace

from shared.testing.fixtures import WhileWatched


def test_a_span_is_recorded_for_a_test_that_looks_and_for_no_other(
    watching: WhileWatched, request: pytest.FixtureRequest
) -> None:
    tracer = trace.get_tracer("test")
    with tracer.start_as_current_span("for nobody") as span:
        assert span.get_span_context().is_valid
        assert not span.is_recording()
    spans = request.getfixturevalue("spans")
    with tracer.start_as_current_span("for this test"):
        pass
    assert [span.name for span in spans.get_finished_spans()] == ["for this test"]
    assert watching.watched
