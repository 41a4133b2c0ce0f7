"""A run that fails is one line that says what it was about, where it failed, and in which trace; so is all it logs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.runner import ATTEMPTS, FIRST_PAUSE, DueCommand, DueWorkRunner
from shared.testing.clock import BusinessClock
from shared.testing.logs import logged
from shared.testing.servers import Databases

pytestmark = pytest.mark.postgres

CLAIM = UUID("0197b6a0-6c00-7000-8000-123456789012")


@dataclass(frozen=True)
class Decide:
    """A command about a claim."""

    claim: UUID
    name: str


async def decide(command: Decide, _: UnitOfWork) -> None:
    structlog.get_logger("test.decide").warning("looking")
    raise ValueError(f"bad name {command.name!r}")


async def test_a_failure_is_logged_with_its_claim_and_its_trace(
    databases: Databases, business_clock: BusinessClock, spans: InMemorySpanExporter
) -> None:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")
        with trace.get_tracer("test").start_as_current_span("POST /v1/notices") as request:
            async with opened.begin(UnitOfWork, Cause("story")) as uow:
                await uow.due.at(Decide(CLAIM, "Siti"), now())
        runner = DueWorkRunner(opened, UnitOfWork, [DueCommand(Decide, decide)])
        with logged() as stream:
            for attempt in range(ATTEMPTS):
                assert await runner.run_one()
                business_clock.advance(seconds=FIRST_PAUSE.total_seconds() * 2**attempt)
        await opened.close()
    lines: list[dict[str, Any]] = [orjson.loads(line) for line in stream.getvalue().splitlines()]
    trace_id = f"{request.get_span_context().trace_id:032x}"
    assert {(line["claim"], line["trace_id"]) for line in lines} == {(str(CLAIM), trace_id)}
    failures = [line for line in lines if line["event"] == "due_work_failed"]
    assert [line["kept"] for line in failures] == [False] * (ATTEMPTS - 1) + [True]
    first = failures[0]
    assert (first["kind"], first["error"], first["correlation_id"]) == ("decide", "ValueError", "story")
    assert "test_logged_failures.py" in first["exception"]["at"][-1]
    assert "Siti" not in stream.getvalue()
    run = next(span for span in spans.get_finished_spans() if span.name == "run decide")
    assert dict(run.attributes or {})["jaring.claim"] == str(CLAIM)
