"""Spans and log lines bear ids of ours, and nothing that a person typed or is called."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.attributes import ALLOWED
from shared.telemetry.ids import NAMES, ids_of, mark

CLAIM = "0197b6a0-6c00-7000-8000-123456789012"


@dataclass(frozen=True)
class Command:
    """A command with ids among its fields."""

    claim: UUID
    person: int
    name: str
    national_id: str


def test_ids_are_found_in_commands_and_in_what_was_stored_and_nothing_else_is() -> None:
    command = Command(UUID(CLAIM), 12, "Siti", "900101015432")
    assert ids_of(command) == ids_of(vars(command)) == {"claim": CLAIM, "person": 12}
    assert ids_of({"claim": CLAIM, "person": "P000000012T", "employer": "E0000000076"}) == {
        "claim": CLAIM,
        "person": 12,
        "employer": 7,
    }


@pytest.mark.parametrize(
    "typed", ["900101015432", "900101-01-5432", "Siti", "P900101015432X", "P00000001T", "", None, True, 900101015432]
)
def test_what_a_caller_typed_in_the_place_of_an_id_is_left_out(typed: object) -> None:
    assert ids_of({"claim": typed, "person": typed, "employer": typed}) == {}


def test_every_id_may_leave_on_a_span(spans: InMemorySpanExporter) -> None:
    assert {f"jaring.{name}" for name in NAMES} <= ALLOWED.keys()
    with trace.get_tracer("test").start_as_current_span("run assess_claim"):
        mark(ids_of({"claim": CLAIM}))
    (span,) = spans.get_finished_spans()
    assert dict(span.attributes or {}) == {"jaring.claim": CLAIM}
